import { min } from "@shortfall/math";

export interface FundPath {
  /** Balance after each period. */
  readonly path: readonly bigint[];
  readonly unpaid: bigint;
  /** First period with an unpaid remainder, or null. */
  readonly firstDepletion: number | null;
}

/** A fund over periods: inflow first, then the claim, of which it pays what it has. */
export function fundPath(start: bigint, inflows: readonly bigint[], claims: readonly bigint[]): FundPath {
  let fund = start;
  let unpaid = 0n;
  let firstDepletion: number | null = null;
  const path = claims.map((claim, period) => {
    fund += inflows[period] ?? 0n;
    const paid = min(fund, claim);
    fund -= paid;
    unpaid += claim - paid;
    if (paid < claim && firstDepletion === null) firstDepletion = period;
    return fund;
  });
  return { path, unpaid, firstDepletion };
}

/** Σ of the n largest stressed losses (n = 2: the cover-two standard of clearing houses). */
export function coverN(exposures: readonly bigint[], n: number): bigint {
  return [...exposures]
    .sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))
    .slice(0, n)
    .reduce((sum, exposure) => sum + exposure, 0n);
}
