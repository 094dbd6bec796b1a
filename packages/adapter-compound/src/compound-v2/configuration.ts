import type { Step } from "../ctoken/step.js";
import { accrueInterest } from "./accrual.js";
import type { CompoundOperation } from "./operation.js";
import type { CompoundState } from "./state.js";

type Configuration = Extract<CompoundOperation, { kind: "configure" }>;

/**
 * Takes over a changed factor. A new reserve factor accrues first, at the old one; the Comptroller's factors
 * do not accrue.
 */
export function configure(state: CompoundState, step: Step, operation: Configuration): void {
  const { event, address, args } = operation;
  const market = state.pool.market(event === "NewCollateralFactor" ? String(args.cToken) : address);
  const value = (name: string): bigint => {
    const found = args[name];
    return typeof found === "bigint" ? found : 0n;
  };
  switch (event) {
    case "NewReserveFactor":
      if (!market) break;
      accrueInterest(state, step, market);
      market.reserveFactorWad = value("newReserveFactorMantissa");
      break;
    case "NewCollateralFactor":
      if (!market) break;
      market.collateralFactorWad = value("newCollateralFactorMantissa");
      market.liquidationThresholdWad = market.collateralFactorWad;
      break;
    case "NewCloseFactor":
      state.pool.closeFactorWad = value("newCloseFactorMantissa");
      break;
    case "NewLiquidationIncentive":
      state.pool.liquidationIncentiveWad = value("newLiquidationIncentiveMantissa");
      break;
  }
  step.emit(address, event, args);
  step.seal("configure");
}
