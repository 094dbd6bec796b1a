import { allocateRunningFloor, min } from "@shortfall/math";

export interface FinalSettlement {
  /** By class, in order of priority. */
  readonly payouts: readonly (readonly bigint[])[];
  readonly residual: bigint;
}

/** Pays classes by priority; inside a class by running floor, so that it pays out exactly what it has. */
export function finalSettlement(assets: bigint, classes: readonly (readonly bigint[])[]): FinalSettlement {
  let left = assets;
  const payouts = classes.map((claims) => {
    const payable = min(
      left,
      claims.reduce((a, b) => a + b, 0n),
    );
    left -= payable;
    return allocateRunningFloor(payable, claims).parts;
  });
  return { payouts, residual: left };
}

export interface InterimDistributions {
  /** What each distribution paid, claim by claim. */
  readonly rows: readonly (readonly bigint[])[];
  readonly paid: readonly bigint[];
  /** Received and not paid out: rounding carried to the next, or more than was claimed. */
  readonly undistributed: bigint;
}

/**
 * Several part payments without drift: each claim is owed floor(all received · claim / Σ claims), less what it
 * already got, however many payments there are.
 */
export function interimDistributions(
  claims: readonly bigint[],
  distributions: readonly bigint[],
): InterimDistributions {
  const total = claims.reduce((a, b) => a + b, 0n);
  const paid = claims.map(() => 0n);
  let received = 0n;
  const rows = distributions.map((amount) => {
    received += amount;
    const shared = min(received, total);
    return claims.map((claim, k) => {
      const due = total === 0n ? 0n : (shared * claim) / total - paid[k]!;
      paid[k]! += due;
      return due;
    });
  });
  return { rows, paid, undistributed: received - paid.reduce((a, b) => a + b, 0n) };
}
