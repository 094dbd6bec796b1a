import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTrial, runTrial } from "./index.js";

const layers = [
  { id: "fund", policy: "cash-fund", parameters: { fund: "insurance" } },
  { id: "lenders", policy: "pro-rata", parameters: { class: "lenders" } },
];
const waterfall = { format: "shortfall-waterfall/1", id: "w", version: "1", layers };
const pool = { funds: { insurance: "30" }, classes: [{ id: "lenders", assets: "100" }] };
const document = { format: "shortfall-trial/1", waterfall, pool, loss: "50", recovered: "25" };

describe("a trial", () => {
  it("says who bears a loss and who gets back what returns", () => {
    const { loss, recovery, after, capacities } = runTrial(parseTrial(document));
    expect(loss.layers.map(({ taken }) => taken)).toEqual([30n, 20n]);
    expect(capacities).toEqual([30n, 100n]);
    expect(recovery.slots.map(({ slot, restored }) => [slot, restored])).toEqual([
      ["lenders", 20n],
      ["fund", 5n],
    ]);
    expect(after.funds.get("insurance")?.balance).toBe(5n);
  });

  it("leaves nothing out, whatever the loss", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 200n), fc.bigInt(0n, 250n), (amount, back) => {
        const { loss, recovery } = runTrial(
          parseTrial({ ...document, loss: `${amount}`, recovered: `${back}` }),
        );
        expect(loss.absorbed + loss.uncovered).toBe(amount);
        expect(recovery.restored + recovery.uncovered + recovery.excess).toBe(back);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it("does first what comes before, and names what its layer refuses", () => {
    const stability = {
      ...document,
      waterfall: {
        ...waterfall,
        layers: [
          { id: "sp", policy: "stability-pool", parameters: { variant: "epochs", fund: "insurance" } },
        ],
      },
      pool: { funds: { insurance: "0" } },
      before: [{ layer: "sp", action: "deposit", input: { user: "ana", amount: "60" } }],
    };
    expect(runTrial(parseTrial(stability)).loss.absorbed).toBe(50n);
    const auction = {
      ...document,
      waterfall: {
        ...waterfall,
        layers: [
          {
            id: "auction",
            policy: "fund-auction",
            parameters: { fund: "insurance", incentiveBps: "1000", fundPriceWad: "1" },
          },
        ],
      },
      before: [{ layer: "auction", action: "start" }],
    };
    expect(() => runTrial(parseTrial(auction))).toThrow(/before\[0\].*pool bad debt is too low/);
  });

  it.each([
    [{ ...document, format: "x" }, "format"],
    [{ ...document, los: "1" }, "los"],
    [{ ...document, loss: "-1" }, "loss"],
    [{ ...document, pool: { ...pool, fund: {} } }, "pool.fund"],
    [{ ...document, pool: { ...pool, decimals: 99 } }, "pool.decimals"],
    [{ ...document, pool: { classes: [pool.classes[0], pool.classes[0]] } }, "pool.classes"],
  ])("is refused by field (%#)", (input, field) => {
    expect(() => parseTrial(input)).toThrow(expect.objectContaining({ code: "SF_TRIAL", field }));
  });
});
