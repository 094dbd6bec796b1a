import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateWithCaps } from "./allocation-rule.js";
import { type Amounts, amountAt, changeAmounts } from "./amounts.js";
import { addClaims, payClaims } from "./claims.js";
import { coverableLoss, mostCovered, slashFor } from "./conversion.js";
import { absorbBorrower, implicitReserves } from "./implicit-reserves.js";
import { indexDelta, indexedAssets } from "./index-rule.js";
import { ActionInputError, inputAmount, inputSigned, inputText } from "./input.js";
import { boundedCapacity, boundedTake, countUse, limits, openUsage } from "./limits.js";
import { splitProceeds } from "./proceeds.js";

const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 24n });

describe("bounds of a fund", () => {
  it("hold all at once, the smallest decides", () => {
    const bounds = limits.parse({
      floor: "10",
      fraction: { num: "1", den: "3" },
      fixed: "50",
      lifetime: { max: "200", used: "160" },
    });
    const usage = openUsage(bounds);
    expect(boundedCapacity(bounds, 1_000n, usage, 0)).toBe(40n);
    expect(boundedCapacity(bounds, 100n, usage, 0)).toBe(33n);
    expect(boundedCapacity(bounds, 30n, usage, 0)).toBe(10n);
    expect(boundedCapacity(bounds, 9n, usage, 0)).toBe(0n);
    expect(boundedCapacity(bounds, 1_000n, countUse(bounds, usage, 0, 40n), 0)).toBe(0n);
  });

  it("count a stated opening use in the first window met only", () => {
    const bounds = limits.parse({ period: { max: "100", length: "60", used: "70" } });
    const first = countUse(bounds, openUsage(bounds), 600, 10n);
    expect(boundedCapacity(bounds, 1_000n, openUsage(bounds), 600)).toBe(30n);
    expect(boundedCapacity(bounds, 1_000n, first, 659)).toBe(20n);
    expect(boundedCapacity(bounds, 1_000n, first, 660)).toBe(100n);
  });

  it("pay all or nothing where asked to", () => {
    const bounds = limits.parse({ allOrNothing: true });
    expect(boundedTake(bounds, 99n, 100n)).toBe(0n);
    expect(boundedTake(bounds, 100n, 100n)).toBe(100n);
    expect(boundedTake({}, 99n, 100n)).toBe(99n);
  });

  it("are refused where they make no sense", () => {
    expect(() => limits.parse({ period: { max: "1", length: "0" } })).toThrow();
    expect(() => limits.parse({ floor: "-1" })).toThrow();
    expect(() => limits.parse({ flor: "1" })).toThrow();
    expect(() => limits.parse({ floor: 1.5 })).toThrow();
  });
});

describe("a slash in another asset", () => {
  it("covers all, a scaled part, or nothing below one unit", () => {
    const conversion = { priceIn: 1n, priceOut: 3n, feeBps: 0n };
    expect(slashFor(2n, 100n, conversion)).toMatchObject({ wanted: 0n, slashed: 0n, covered: 0n });
    expect(slashFor(7n, 100n, conversion)).toMatchObject({ wanted: 2n, slashed: 2n, covered: 7n });
    expect(slashFor(70n, 10n, conversion)).toMatchObject({ wanted: 23n, slashed: 10n, covered: 30n });
  });

  it("never covers more than the loss, nor more than the coverable loss, which itself is covered in full", () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        positive,
        positive,
        fc.bigInt({ min: 0n, max: 30_000n }),
        (loss, available, priceIn, priceOut, feeBps) => {
          const conversion = { priceIn, priceOut, feeBps };
          const most = coverableLoss(available, conversion);
          const slash = slashFor(loss, available, conversion);
          expect(slash.covered <= loss && slash.slashed <= available).toBe(true);
          expect(slash.covered <= mostCovered(available, conversion)).toBe(true);
          const full = slashFor(most, available, conversion);
          expect(full.slashed === 0n || full.covered === most).toBe(true);
        },
      ),
      { numRuns: 5_000, seed: 3 },
    );
  });
});

describe("index rules", () => {
  const totals = { index: 1_034_567_890_123n, divisor: 10n ** 12n, shares: 123_456_789n };

  it("give four results for one loss", () => {
    const loss = 1_000_003n;
    const deltas = (
      ["proportional-ceil", "per-share-ceil", "per-share-floor", "remainder-floor"] as const
    ).map((rule) => indexDelta(rule, totals, loss));
    expect(deltas).toEqual([8_100_024_420n, 8_100_024_374n, 8_100_024_373n, 8_100_030_183n]);
    expect(new Set(deltas).size).toBe(4);
  });

  it("leave a class without shares or worth alone, and clear one that loses all", () => {
    const rules = ["proportional-ceil", "per-share-ceil", "per-share-floor", "remainder-floor"] as const;
    for (const rule of rules) {
      expect(indexDelta(rule, { ...totals, shares: 0n }, 5n)).toBe(0n);
      expect(indexDelta(rule, totals, indexedAssets(totals) * 2n) >= totals.index).toBe(true);
    }
    expect(indexDelta("proportional-ceil", { index: 1n, divisor: 100n, shares: 5n }, 5n)).toBe(0n);
  });
});

describe("a cut by weight with caps", () => {
  it("conserves, keeps every cap and leaves dust only where it must", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("floor", "largest-remainder", "ceil-capped", "sequential"),
        amount,
        fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 8 }),
        (rule, total, rows) => {
          const weights = rows.map(([weight]) => weight);
          const caps = rows.map(([, cap]) => cap);
          const { parts, dust } = allocateWithCaps(rule, total, weights, caps);
          expect(parts.reduce((sum, part) => sum + part, 0n) + dust).toBe(total);
          parts.forEach((part, at) => {
            expect(part >= 0n && part <= caps[at]!).toBe(true);
          });
          const room = caps.reduce(
            (sum, cap, at) => (rule === "sequential" || weights[at]! > 0n ? sum + cap : sum),
            0n,
          );
          const forced = total > room ? total - room : 0n;
          expect(dust >= forced).toBe(true);
          if (rule !== "floor") expect(dust).toBe(forced);
          else expect(dust < forced + BigInt(rows.length)).toBe(true);
        },
      ),
      { numRuns: 5_000, seed: 5 },
    );
  });

  it("cuts again among the others what a cap turns away", () => {
    expect(allocateWithCaps("largest-remainder", 100n, [1n, 1n, 2n], [10n, 100n, 100n])).toEqual({
      parts: [10n, 30n, 60n],
      dust: 0n,
    });
  });
});

describe("amounts by name", () => {
  it("take any text as a name", () => {
    let amounts: Amounts = {};
    for (const name of ["constructor", "__proto__", "toString", "7"]) {
      expect(amountAt(amounts, name)).toBe(0n);
      amounts = changeAmounts(amounts, [
        [name, 5n],
        [name, -2n],
      ]);
      expect(amountAt(amounts, name)).toBe(3n);
    }
    expect(Object.keys(amounts)).toHaveLength(4);
  });
});

describe("claims of a loss", () => {
  it("sum to the losses and are paid down to nothing, never below", () => {
    fc.assert(
      fc.property(
        fc.array(positive, { minLength: 1, maxLength: 6 }),
        fc.array(amount, { minLength: 1, maxLength: 5 }),
        fc.array(amount, { maxLength: 5 }),
        (shares, losses, payments) => {
          const holders = shares.map((held, at): [string, bigint] => [`h${at}`, held]);
          let claims: Readonly<Record<string, bigint>> = {};
          for (const loss of losses) claims = addClaims(claims, holders, loss);
          let open = losses.reduce((sum, loss) => sum + loss, 0n);
          for (const payment of payments) {
            const paid = payClaims(claims, payment);
            expect(paid.total).toBe(payment < open ? payment : open);
            open -= paid.total;
            claims = paid.left;
          }
          const left = Object.values(claims);
          expect(left.every((claim) => claim >= 0n)).toBe(true);
          expect(left.reduce((sum, claim) => sum + claim, 0n)).toBe(open);
        },
      ),
      { numRuns: 1_000, seed: 9 },
    );
  });
});

describe("smaller pieces", () => {
  it("split proceeds: treasury, pool, borrower", () => {
    expect(splitProceeds(700_001n, 1_000n, 500_050n)).toEqual({
      toTreasury: 1_000n,
      toPool: 500_050n,
      toBorrower: 198_951n,
      feesLeft: 0n,
      lossLeft: 0n,
    });
    expect(splitProceeds(5n, 9n, 7n)).toMatchObject({
      toTreasury: 5n,
      toPool: 0n,
      feesLeft: 4n,
      lossLeft: 7n,
    });
  });

  it("absorb a borrower whose collateral exceeds its debt as supply", () => {
    const pool = {
      balance: 1_000n,
      supplyPrincipal: 1_000n,
      borrowPrincipal: 500n,
      supplyIndex: 10n ** 15n,
      borrowIndex: 10n ** 15n,
    };
    const absorbed = absorbBorrower(
      pool,
      100n,
      [{ amount: 130n, price: 1n, scale: 1n, liquidationFactor: 10n ** 18n }],
      { scale: 1n, price: 1n },
    );
    expect(absorbed).toMatchObject({ newBalance: 30n, supplyPrincipalAdded: 30n, paidOut: 130n });
    expect(implicitReserves(absorbed.pool)).toBe(implicitReserves(pool) - 130n);
  });

  it("read action inputs by name, or say what is wrong with them", () => {
    expect(inputAmount({ amount: "12" }, "amount")).toBe(12n);
    expect(inputSigned({ amount: -3n }, "amount")).toBe(-3n);
    expect(inputText({ user: "a" }, "user")).toBe("a");
    expect(() => inputAmount({ amount: -1n }, "amount")).toThrow(ActionInputError);
    expect(() => inputAmount({ amount: 7 }, "amount")).toThrow(
      /"amount": expected a non-negative amount, got 7/,
    );
    expect(() => inputSigned({}, "delta")).toThrow(/got nothing/);
    expect(() => inputText({ user: "" }, "user")).toThrow(ActionInputError);
  });
});
