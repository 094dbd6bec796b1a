import { ascending } from "../metrics/order.js";

/** How much the smallest holders hold together, and the largest. Amounts are exact. */
export interface ConcentrationCurve {
  /** Holders with a balance. */
  readonly n: number;
  readonly total: bigint;
  /** From nobody to all, smallest holding first. */
  readonly points: readonly { readonly holders: number; readonly held: bigint }[];
  /** What the k largest hold. */
  readonly top: readonly { readonly k: number; readonly held: bigint }[];
}

/**
 * The Lorenz curve of holdings. Every holder is a point while there are at most `corners`; beyond, those are kept
 * at which a part of the holders or of the total begins or ends, so that neither the long tail nor
 * the few who hold much become a straight line. Kept points are exact.
 */
export function concentrationCurve(
  balances: readonly bigint[],
  topK: readonly number[],
  corners = 200,
): ConcentrationCurve {
  const sorted = ascending(balances.filter((balance) => balance > 0n));
  const n = sorted.length;
  const total = sorted.reduce((sum, balance) => sum + balance, 0n);
  const parts = Math.max(1, Math.floor(corners / 2));
  const points: { holders: number; held: bigint }[] = [{ holders: 0, held: 0n }];
  let held = 0n;
  let kept = -1;
  let skipped: (typeof points)[number] | undefined;
  sorted.forEach((balance, k) => {
    held += balance;
    const holders = k + 1;
    const part = Math.floor((holders * parts) / n) + Number((held * BigInt(parts)) / total);
    if (n > corners && part === kept && holders < n) {
      skipped = { holders, held };
      return;
    }
    // The last one before a new part: a jump begins there, and not at the part's beginning.
    if (skipped) points.push(skipped);
    skipped = undefined;
    kept = part;
    points.push({ holders, held });
  });
  const top = topK.map((k) => ({
    k,
    held: sorted.slice(Math.max(0, n - k)).reduce((sum, balance) => sum + balance, 0n),
  }));
  return { n, total, points, top };
}
