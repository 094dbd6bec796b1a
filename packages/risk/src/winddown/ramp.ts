import { BPS } from "@shortfall/math";
import { RiskInputError } from "../errors.js";

export interface RampStep {
  readonly ltBps: bigint;
  /** Positions, by index, that this step makes liquidatable at constant prices. */
  readonly newlyLiquidatable: readonly number[];
  readonly debt: bigint;
}

/**
 * Lowers a liquidation threshold step by step down to its target. A step whose debt exceeds what liquidators
 * can absorb at once is too large.
 */
export function ltRamp(
  ltFromBps: bigint,
  ltToBps: bigint,
  stepBps: bigint,
  positions: readonly { readonly collateralValue: bigint; readonly debt: bigint }[],
): RampStep[] {
  if (stepBps <= 0n) throw new RiskInputError("stepBps", "a step above 0", stepBps.toString());
  const liquidatable = (lt: bigint, k: number): boolean =>
    positions[k]!.collateralValue * lt < positions[k]!.debt * BPS;
  const schedule: RampStep[] = [];
  for (let before = ltFromBps; before > ltToBps; ) {
    const ltBps = before - stepBps > ltToBps ? before - stepBps : ltToBps;
    const newlyLiquidatable = positions.flatMap((_, k) =>
      liquidatable(ltBps, k) && !liquidatable(before, k) ? [k] : [],
    );
    schedule.push({
      ltBps,
      newlyLiquidatable,
      debt: newlyLiquidatable.reduce((sum, k) => sum + positions[k]!.debt, 0n),
    });
    before = ltBps;
  }
  return schedule;
}
