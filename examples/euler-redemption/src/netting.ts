import { max, mulDivDown } from "@shortfall/math";
import type { Row } from "./inputs.js";
import type { Valuation } from "./valuation.js";

/** A sub-account after its debts were set against its assets. */
export interface NetPosition {
  /** Net deposit of each row, base units. */
  readonly net: readonly bigint[];
  /** Σ value of the net deposits at redemption prices. */
  readonly nav: bigint;
  /** What the same netting at redemption prices would have left more. */
  readonly foregone: bigint;
}

/** How positions are valued and how finely. */
export interface Netting {
  readonly settlement: Valuation;
  readonly redemption: Valuation;
  readonly one: bigint;
  readonly alternativeCost: "settlement" | "redemption";
}

/**
 * Nets debts against assets inside one sub-account: every asset shrinks by the same factor, so that none is
 * seized before another. `claimed` is what each row already gets in kind; its cost at settlement prices
 * lowers the assets in both calculations.
 *
 * The debt ratio is floored, so the factor is rounded in favour of the holder; net deposits are floored.
 */
export function netSubAccount(
  rows: readonly Row[],
  claimed: readonly bigint[],
  { settlement, redemption, one, alternativeCost }: Netting,
): NetPosition {
  const costAt = (valuation: Valuation): bigint =>
    rows.reduce((sum, row, k) => sum + valuation.of(claimed[k]!, row.token), 0n);
  const left = rows.map((row, k) => row.deposit + row.staked - claimed[k]!);
  const factor = (valuation: Valuation, cost: bigint): bigint => {
    const assets = rows.reduce((sum, row) => sum + valuation.of(row.deposit + row.staked, row.token), 0n);
    const debts = rows.reduce((sum, row) => sum + valuation.of(row.debt, row.token), 0n);
    return assets > cost ? max(0n, one - mulDivDown(debts, one, assets - cost)) : 0n;
  };
  const shrink = (by: bigint): bigint[] => left.map((amount) => mulDivDown(amount, by, one));
  const value = (amounts: readonly bigint[]): bigint =>
    rows.reduce((sum, row, k) => sum + redemption.of(amounts[k]!, row.token), 0n);
  const net = shrink(factor(settlement, costAt(settlement)));
  const nav = value(net);
  const alternativePrices = alternativeCost === "settlement" ? settlement : redemption;
  const alternate = value(shrink(factor(redemption, costAt(alternativePrices))));
  return { net, nav, foregone: max(0n, alternate - nav) };
}
