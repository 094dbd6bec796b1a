import { poolFacts } from "@shortfall/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bench, layer } from "../cases/bench.js";
import { resultAmount, resultObject, resultObjects } from "../cases/results.js";
import { deposit, leavingMinimum, openProductSum, type ProductSum, withEpochs } from "./product-sum.js";

const step = fc.record({
  user: fc.constantFrom("a", "b", "c"),
  deposit: fc.bigInt({ min: 1n, max: 10n ** 24n }),
  /** Share of the pool that a loss takes, in 1e9ths; 1e9 is all of it. */
  share: fc.oneof(fc.constant(1_000_000_000n), fc.bigInt({ min: 1n, max: 999_999_999n })),
  collateral: fc.bigInt({ min: 0n, max: 10n ** 21n }),
});

describe("product and sum", () => {
  for (const [name, rules] of [
    ["with epochs", withEpochs],
    ["leaving a minimum", leavingMinimum],
  ] as const) {
    it(`${name}: deposits never exceed the pool, gains never exceed the collateral`, () => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
          let pool: ProductSum = openProductSum(rules);
          let collateral = 0n;
          for (const event of steps) {
            const added = deposit(rules, pool, event.user, event.deposit + 10n ** 18n);
            collateral -= added.paid;
            pool = added.pool;
            const free = pool.total - rules.minimumLeft;
            const debt = (free * event.share) / 1_000_000_000n;
            const next = debt > 0n ? rules.offset(pool, debt, event.collateral) : undefined;
            if (next) {
              pool = next;
              collateral += event.collateral;
            }
            const worth = Object.values(pool.deposits);
            const compounded = worth.reduce((sum, entry) => sum + rules.compounded(pool, entry), 0n);
            const gains = worth.reduce((sum, entry) => sum + rules.gain(pool, entry), 0n);
            expect(compounded <= pool.total).toBe(true);
            expect(gains <= collateral).toBe(true);
            expect(pool.collateral).toBe(collateral);
          }
        }),
        { numRuns: 500, seed: 21 },
      );
    });
  }

  it("bumps the epoch when emptied and starts the next depositor anew", () => {
    let pool = deposit(withEpochs, openProductSum(withEpochs), "a", 100n).pool;
    pool = withEpochs.offset(pool, 100n, 7n)!;
    expect([pool.epoch, pool.product, pool.total]).toEqual([1n, 10n ** 18n, 0n]);
    pool = deposit(withEpochs, pool, "b", 50n).pool;
    expect(withEpochs.compounded(pool, pool.deposits.a!)).toBe(0n);
    expect(withEpochs.compounded(pool, pool.deposits.b!)).toBe(50n);
    expect(withEpochs.gain(pool, pool.deposits.a!)).toBe(7n);
  });

  it("refuses what the contracts cannot do", () => {
    const empty = openProductSum(withEpochs);
    expect(withEpochs.offset(empty, 1n, 0n)).toBeUndefined();
    const pool = deposit(withEpochs, empty, "a", 100n).pool;
    expect(withEpochs.offset(pool, 101n, 0n)).toBeUndefined();
    expect(
      leavingMinimum.offset(deposit(leavingMinimum, openProductSum(leavingMinimum), "a", 5n).pool, 5n, 0n),
    ).toBeUndefined();
  });
});

describe("redistribution", () => {
  const bench = () =>
    new Bench(
      [
        layer("others", "redistribution", {
          troves: { a: { collateral: 10n, debt: 90n }, b: { collateral: 20n, debt: 5n } },
        }),
      ],
      poolFacts({}),
    );

  it("keeps everything that moves: settled, pending and carried", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 24n })), {
          minLength: 1,
          maxLength: 8,
        }),
        (losses) => {
          const made = bench();
          let moved = 0n;
          for (const [debt, collateral] of losses) {
            made.lose(debt, { seized: [{ asset: "collateral", amount: collateral }] });
            moved += debt;
          }
          const standing = made.act("others", "standing", {});
          if (!standing.ok) throw new Error(standing.reason);
          const pending = resultObjects(resultObject(standing.result, "troves")).reduce(
            (sum, [, trove]) => sum + resultAmount(resultObject(trove, "pending"), "debt"),
            0n,
          );
          // Each trove rounds down once and the carried error is below one unit of stake.
          expect(pending <= moved && moved - pending <= 3n).toBe(true);
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  it("refuses a second trove of a name and unknown troves, and takes nothing when nobody is left", () => {
    const made = bench();
    expect(made.act("others", "open", { trove: "a", collateral: 1n, debt: 1n })).toEqual({
      ok: false,
      reason: "TroveIsActive",
    });
    for (const action of ["touch", "close"])
      expect(made.act("others", action, { trove: "x" })).toEqual({ ok: false, reason: "TroveNotActive" });
    made.act("others", "close", { trove: "a" });
    made.act("others", "close", { trove: "b" });
    expect(made.lose(100n).uncovered).toBe(100n);
  });
});

describe("a vault", () => {
  const vault = (shares: bigint) =>
    new Bench(
      [
        layer("vault", "vault-redistribution", {
          debtShares: { a: 10n ** 18n, b: shares },
          debts: { a: 10n ** 20n },
          collateralShares: { a: 10n ** 18n, b: shares },
        }),
      ],
      poolFacts({}),
    );

  it("refuses a liquidation that leaves only dust shares, nobody, or all collateral as reward", () => {
    expect(vault(1n).act("vault", "liquidate", { account: "a", reward: 0n })).toEqual({
      ok: false,
      reason: "OverflowInt256ToInt128",
    });
    expect(vault(0n).act("vault", "liquidate", { account: "a", reward: 0n })).toMatchObject({
      reason: "MustBeVaultLiquidated",
    });
    expect(
      vault(10n ** 18n).act("vault", "liquidate", { account: "a", reward: 2n * 10n ** 18n }),
    ).toMatchObject({
      reason: "MustBeVaultLiquidated",
    });
    expect(vault(1n).act("vault", "liquidate", { account: "z", reward: 0n })).toMatchObject({
      reason: "AccountNotFound",
    });
  });
});

describe("a safety module", () => {
  const stake = (bound: bigint) =>
    new Bench(
      [
        layer("stake", "safety-module", {
          fund: "stake",
          maxSlashableBps: 9_999n,
          lowerBound: bound,
          shares: 1_000n,
          holders: { a: 1_000n },
        }),
      ],
      poolFacts({ funds: [{ id: "stake", balance: 1_000n }] }),
    );

  it("says why it does not act", () => {
    const made = stake(100n);
    const act = (action: string, input: Record<string, unknown>) => made.act("stake", action, input);
    expect(act("stake", { user: "b", amount: 0n })).toMatchObject({ reason: "INVALID_ZERO_AMOUNT" });
    expect(act("redeem-post-slash", { user: "a", shares: 5n })).toMatchObject({
      reason: "UNSTAKE_WINDOW_FINISHED",
    });
    expect(act("return", { amount: 99n })).toMatchObject({ reason: "AMOUNT_LT_MINIMUM" });
    expect(made.lose(950n).layers[0]?.refusal).toBe("REMAINING_LT_MINIMUM");
    expect(made.lose(900n).absorbed).toBe(900n);
    expect(made.lose(1n).layers[0]?.refusal).toBe("PREVIOUS_SLASHING_NOT_SETTLED");
    expect(act("redeem-post-slash", { user: "a", shares: 5_000n })).toMatchObject({
      ok: true,
      result: { assets: 100n },
    });
    expect(act("return", { amount: 500n })).toMatchObject({ reason: "SHARES_LT_MINIMUM" });
  });
});
