import { BPS } from "@shortfall/math";
import { ratio } from "../fraction.js";

export interface ProvisionMatrix {
  readonly allowances: readonly bigint[];
  readonly total: bigint;
}

/** Allowance by ageing bucket, each rounded down (IFRS 9, illustrative example 12). */
export function provisionMatrix(
  buckets: readonly { readonly gross: bigint; readonly rateBps: bigint }[],
): ProvisionMatrix {
  const allowances = buckets.map(({ gross, rateBps }) => (gross * rateBps) / BPS);
  return { allowances, total: allowances.reduce((a, b) => a + b, 0n) };
}

/** Observed loss rate of each group in basis points, for showing (IFRS 9, illustrative example 9). */
export function lossRates(
  groups: readonly { readonly gross: bigint; readonly observedLossPv: bigint }[],
): number[] {
  return groups.map(({ gross, observedLossPv }) => ratio(observedLossPv * BPS, gross));
}

/**
 * Closing allowance = opening + charge − write-offs + recoveries. Impairment is not write-off: it raises the
 * allowance and leaves the gross amount; a write-off removes both.
 */
export function allowanceRoll(
  opening: bigint,
  charge: bigint,
  writeOffs: readonly bigint[],
  recoveries: readonly bigint[],
): bigint {
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
  return opening + charge - sum(writeOffs) + sum(recoveries);
}
