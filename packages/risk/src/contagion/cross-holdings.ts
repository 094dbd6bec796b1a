import { invert } from "./linear-system.js";

export interface CrossHoldings {
  /** (I − C)⁻¹·e: counts what members own of each other. */
  readonly grossValue: readonly number[];
  /** What holders outside the network own of each. */
  readonly outsideValue: readonly number[];
  /** Part of each outside asset (column) that the outside value of each member (row) rests on. */
  readonly dependency: readonly (readonly number[])[];
}

/** Elliott, Golub and Jackson 2014. holdings[i][j] is the fraction of j that i owns. */
export function crossHoldings(
  external: readonly number[],
  holdings: readonly (readonly number[])[],
): CrossHoldings {
  const inverse = invert(holdings.map((row, i) => row.map((part, j) => (i === j ? 1 : 0) - part)));
  const outside = external.map((_, j) => 1 - holdings.reduce((sum, row) => sum + row[j]!, 0));
  const grossValue = inverse.map((row) => row.reduce((sum, weight, j) => sum + weight * external[j]!, 0));
  return {
    grossValue,
    outsideValue: grossValue.map((value, j) => outside[j]! * value),
    dependency: inverse.map((row, i) => row.map((weight) => outside[i]! * weight)),
  };
}
