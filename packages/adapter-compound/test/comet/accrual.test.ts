import { describe, expect, it } from "vitest";
import { projectAccrual, ratePerSecond, utilisation } from "../../src/comet/accrual.js";
import { CometRefusal } from "../../src/comet/errors.js";
import { CometModel } from "../../src/comet/model.js";
import { GENESIS_TIME, smallMarket } from "./history.js";

const marketWith = (fields: { supplied: bigint; borrowed: bigint; borrowIndex?: bigint }) => {
  const { market } = new CometModel(smallMarket());
  market.state.totalSupplyBase = fields.supplied;
  market.state.totalBorrowBase = fields.borrowed;
  if (fields.borrowIndex !== undefined) market.state.baseBorrowIndex = fields.borrowIndex;
  return market;
};

describe("accrual", () => {
  it("is nothing at the same second", () => {
    const { configuration, state } = marketWith({ supplied: 10n ** 12n, borrowed: 10n ** 12n });
    const accrual = projectAccrual(configuration, state, BigInt(GENESIS_TIME));
    expect(accrual.supplyIndex).toBe(state.baseSupplyIndex);
    expect(accrual.trackingSupplyIndex).toBe(0n);
  });

  it("does not cap utilisation at one", () => {
    const { state } = marketWith({ supplied: 10n ** 6n, borrowed: 40n * 10n ** 6n });
    expect(utilisation(state)).toBe(40n * 10n ** 18n);
  });

  it("takes utilisation as zero when nothing is supplied, whatever is owed", () => {
    const { state } = marketWith({ supplied: 0n, borrowed: 10n ** 6n });
    expect(utilisation(state)).toBe(0n);
  });

  it("bends the rate above the kink only", () => {
    const curve = { kink: 8n * 10n ** 17n, base: 5n, slopeLow: 100n, slopeHigh: 1000n };
    expect(ratePerSecond(curve, curve.kink)).toBe(85n);
    expect(ratePerSecond(curve, 10n ** 18n)).toBe(285n);
  });

  it("stops for good when the borrow index would leave 64 bits", () => {
    const { configuration, state } = marketWith({
      supplied: 10n ** 12n,
      borrowed: 10n ** 6n,
      borrowIndex: (1n << 64n) - 10n ** 6n,
    });
    const run = () => projectAccrual(configuration, state, BigInt(GENESIS_TIME + 3600));
    expect(run).toThrow(CometRefusal);
    expect(run).toThrow(/Panic\(0x11\)/);
  });

  it("refuses a time before the last accrual, and one beyond 40 bits", () => {
    const { configuration, state } = marketWith({ supplied: 1n, borrowed: 0n });
    expect(() => projectAccrual(configuration, state, BigInt(GENESIS_TIME - 1))).toThrow(/Panic\(0x11\)/);
    expect(() => projectAccrual(configuration, state, 1n << 40n)).toThrow(/TimestampTooLarge/);
  });
});
