import { min } from "@shortfall/math";
import { describe, expect, it } from "vitest";
import {
  type Absorption,
  canonicalJson,
  createLedger,
  definePolicy,
  isShortfallError,
  type LayerView,
  type Ledger,
  type LossRequest,
  plainTotals,
} from "../index.js";

type View = LayerView<object, { readonly losses: readonly bigint[] }>;
type Answer = Absorption<{ readonly losses: readonly bigint[] }>;

const draw = (view: View, taken: bigint, moved = taken): Answer => ({
  taken,
  state: { losses: [...view.state.losses, taken] },
  effects: [{ kind: "draw-fund", fund: "insurance", assets: moved }],
  reason: "The fund pays.",
});

/** Takes a tenth of what the fund has: never the fault. */
const honest = (view: View, request: LossRequest): Answer =>
  draw(view, min(request.remaining, (view.pool.funds.get("insurance")?.balance ?? 0n) / 10n));

const policy = (id: string, absorb: (view: View, request: LossRequest) => Answer) =>
  definePolicy<object, { readonly losses: readonly bigint[] }>({
    id,
    version: "1",
    title: id,
    parameters: { parse: () => ({}) },
    describe: () => "Pays from insurance.",
    bearer: () => ({ kind: "fund", id: "insurance" }),
    open: () => ({ losses: [] }),
    capacity: () => "unlimited",
    absorb,
  });

const at = { block: 1, timestamp: 1 };
const usd = { pool: "usd", at };

/** A ledger with a loss to come: an honest layer, then the plugin. */
function ledgerWith(absorb: (view: View, request: LossRequest) => Answer): Ledger {
  const ledger = createLedger({
    policies: [policy("honest", honest), policy("plugin", absorb)],
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "main" }],
        shareRule: plainTotals(),
        funds: [{ id: "insurance" }],
        collateral: [],
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "w",
          version: "1",
          layers: [
            { id: "first", policy: "honest", parameters: {} },
            { id: "second", policy: "plugin", parameters: {} },
          ],
        },
      },
    ],
  });
  ledger.deposit({ ...usd, account: "alice", assets: 1_000n });
  ledger.topUpFund({ ...usd, account: "dao", fund: "insurance", assets: 100n });
  ledger.borrow({ ...usd, account: "carol", assets: 500n });
  return ledger;
}

/** Everything that a half-done write-off would show in. */
const picture = (ledger: Ledger): string =>
  canonicalJson({
    digest: ledger.digest(),
    trialBalance: ledger.trialBalance(),
    classes: ledger.classes("usd"),
    fund: ledger.fund("usd", "insurance"),
    debt: ledger.debt("usd", "carol"),
    alice: ledger.holding("usd", "alice"),
    deficits: ledger.deficits.all(),
    waterfall: ledger.waterfallState("usd"),
  });

describe("a faulty plugin in a ledger is refused by name and the ledger is as it was", () => {
  let calls = 0n;
  it.each<[string, (view: View, request: LossRequest) => Answer, string]>([
    ["over-allocates", (view, request) => draw(view, request.remaining + 1n), "SF_OVER_ALLOCATION"],
    ["loses a wei", (view) => draw(view, 10n, 9n), "SF_EFFECT_SUM"],
    ["takes a negative amount", (view) => draw(view, -1n), "SF_NEGATIVE_ALLOCATION"],
    ["breaks a floor", (view) => draw(view, 91n), "SF_FLOOR_BROKEN"],
    [
      "mutates its input",
      (view) => {
        (view.state.losses as bigint[]).push(1n);
        return draw(view, 1n);
      },
      "SF_MUTATED_INPUT",
    ],
    ["depends on the time", (view) => draw(view, BigInt(Date.now() % 2)), "SF_NON_DETERMINISTIC_POLICY"],
    ["depends on dice", (view) => draw(view, Math.random() < 2 ? 1n : 2n), "SF_NON_DETERMINISTIC_POLICY"],
    [
      "counts its calls",
      (view) => {
        calls += 1n;
        return draw(view, calls % 7n);
      },
      "SF_NON_DETERMINISTIC_POLICY",
    ],
    [
      "throws half-way",
      () => {
        throw new Error("half-way");
      },
      "SF_POLICY_FAILED",
    ],
  ])("%s", (_name, absorb, code) => {
    const ledger = ledgerWith(absorb);
    const before = picture(ledger);
    let fault: unknown;
    try {
      ledger.writeOff({ ...usd, account: "carol" });
    } catch (error) {
      fault = error;
    }
    if (!isShortfallError(fault)) throw fault;
    expect(fault).toMatchObject({ code, policy: "plugin", layer: "second" });
    expect(fault.message).toContain('Policy "plugin" (layer "second") is refused');
    expect(picture(ledger)).toBe(before);
    // It goes on as if nothing had been tried.
    ledger.deposit({ ...usd, account: "bob", assets: 5n });
    ledger.requireControls();
  });

  it("and an honest one in its place is not", () => {
    const ledger = ledgerWith(honest);
    const off = ledger.writeOff({ ...usd, account: "carol" });
    expect(off).toMatchObject({ absorbed: 19n, uncovered: 481n });
  });
});
