import { RiskInputError } from "../errors.js";

/**
 * Solves a·x = b by Gauss elimination with partial pivoting. For the small dense systems of a network.
 *
 * @throws {RiskInputError} the matrix is singular.
 */
export function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = b.length;
  const rows = a.map((row, k) => [...row, b[k]!]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let k = column + 1; k < n; k++) {
      if (Math.abs(rows[k]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = k;
    }
    if (rows[pivot]![column] === 0)
      throw new RiskInputError("network", "a system with one solution", "a singular one");
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let k = column + 1; k < n; k++) {
      const factor = rows[k]![column]! / rows[column]![column]!;
      if (factor === 0) continue;
      for (let j = column; j <= n; j++) rows[k]![j]! -= factor * rows[column]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let rest = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) rest -= rows[k]![j]! * x[j]!;
    x[k] = rest / rows[k]![k]!;
  }
  return x;
}

/** Inverse of a matrix, column by column. */
export function invert(a: readonly (readonly number[])[]): number[][] {
  const columns = a.map((_, k) =>
    solve(
      a,
      a.map((__, j) => (j === k ? 1 : 0)),
    ),
  );
  return a.map((_, i) => columns.map((column) => column[i]!));
}
