import type { Step } from "../ctoken/step.js";
import { accrueInterest } from "./accrual.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

type Configuration = Extract<VenusOperation, { kind: "configure" }>;

/**
 * Takes over a changed parameter. Only a new reserve factor accrues first, at the old one.
 */
export function configure(state: VenusState, step: Step, operation: Configuration): void {
  const { event, address, args } = operation;
  const { pool } = state;
  const named = args.vToken;
  const market = pool.market(typeof named === "string" ? named : address);
  const value = (name: string): bigint => {
    const found = args[name];
    return typeof found === "bigint" ? found : 0n;
  };
  if (event === "NewReserveFactor" && market) accrueInterest(state, step, market);
  switch (event) {
    case "NewReserveFactor":
      if (market) market.reserveFactorWad = value("newReserveFactorMantissa");
      break;
    case "NewProtocolSeizeShare":
      if (market) market.seizeShareWad = value("newProtocolSeizeShareMantissa");
      break;
    case "NewReduceReservesBlockDelta":
      if (market) state.setPushDelta(market, value("newReduceReservesBlockOrTimestampDelta"));
      break;
    case "NewCollateralFactor":
      if (market) market.collateralFactorWad = value("newCollateralFactorMantissa");
      break;
    case "NewLiquidationThreshold":
      if (market) market.liquidationThresholdWad = value("newLiquidationThresholdMantissa");
      break;
    case "NewCloseFactor":
      pool.closeFactorWad = value("newCloseFactorMantissa");
      break;
    case "NewLiquidationIncentive":
      pool.liquidationIncentiveWad = value("newLiquidationIncentiveMantissa");
      break;
    case "NewMinLiquidatableCollateral":
      pool.minLiquidatableCollateral = value("newMinLiquidatableCollateral");
      break;
    case "MinimumPoolBadDebtUpdated":
      state.minimumPoolBadDebt = value("newMinimumPoolBadDebt");
      break;
    case "IncentiveBpsUpdated":
      state.incentiveBps = value("newIncentiveBps");
      break;
    case "WaitForFirstBidderUpdated":
      state.waitForFirstBidder = value("newWaitForFirstBidder");
      break;
    case "NextBidderBlockLimitUpdated":
      state.nextBidderLimit = value("newNextBidderBlockOrTimestampLimit");
      break;
  }
  step.emit(address, event, args);
  step.seal("configure");
}
