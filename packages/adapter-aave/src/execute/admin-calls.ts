import { BPS } from "@shortfall/math";
import { percentMul } from "../arithmetic.js";
import {
  parkLtv,
  type RateParameters,
  replaceParameter,
  setCollateralParameters,
  setFlashPremium,
  setFlashPremiumToProtocol,
  setGrace,
  setLtvZeroInCategory,
  setPrice,
  setRateParameters,
  setReserveFactor,
  switchParameter,
  synchronise,
} from "../operations/configuration.js";
import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";
import type { Call } from "./call.js";
import type { CallPlan } from "./pool-calls.js";

/** Largest cap in whole tokens: 36 bits. */
const MAX_CAP = (1n << 36n) - 1n;
/** Liquidations may be held up for at most four hours after a pause. */
const MAX_GRACE_SECONDS = 14_400n;
const OPTIMAL_RANGE_BPS = { least: 100n, most: 9_900n };
const MAX_RATE_BPS = 100_000n;

/** Calls of the configurator and of the test oracle. */
export function adminCall(call: Call): CallPlan | undefined {
  const configure = (run: CallPlan["run"]): CallPlan => ({ kind: "configure", run });
  switch (call.type) {
    case "setPrice": {
      const reserve = call.reserve("asset");
      const price = call.amount("price");
      return { kind: "price", run: (step) => setPrice(step, reserve, price) };
    }
    case "setReserveFactor": {
      const reserve = call.reserve("asset");
      const bps = call.amount("value");
      return configure((step) => {
        step.require(bps <= BPS, "InvalidReserveFactor");
        setReserveFactor(step, reserve, bps);
        if (step.profile.factorChangeSyncs) synchronise(step, reserve);
      });
    }
    case "setLiquidationProtocolFee": {
      const reserve = call.reserve("asset");
      const bps = call.amount("value");
      return configure((step) => {
        step.require(bps <= BPS, "InvalidLiquidationProtocolFee");
        replaceParameter(step, reserve, "LiquidationProtocolFeeChanged", bps);
      });
    }
    case "setSupplyCap":
    case "setBorrowCap": {
      const reserve = call.reserve("asset");
      const cap = call.amount("value");
      const supply = call.type === "setSupplyCap";
      return configure((step) => {
        step.require(cap <= MAX_CAP, supply ? "InvalidSupplyCap" : "InvalidBorrowCap");
        replaceParameter(step, reserve, supply ? "SupplyCapChanged" : "BorrowCapChanged", cap);
      });
    }
    case "setReserveInterestRateData": {
      const reserve = call.reserve("asset");
      const rate = readRate(call);
      return configure((step) => changeRates(step, reserve, rate));
    }
    case "configureReserveAsCollateral": {
      const reserve = call.reserve("asset");
      const values = {
        ltvBps: call.amount("ltv"),
        thresholdBps: call.amount("liquidationThreshold"),
        bonusBps: call.amount("liquidationBonus"),
      };
      return configure((step) => configureCollateral(step, reserve, values));
    }
    case "setReserveFreeze": {
      const reserve = call.reserve("asset");
      const frozen = call.flag("value");
      return configure((step) => freeze(step, reserve, frozen));
    }
    case "setReserveLtvzero": {
      const reserve = call.reserve("asset");
      const zero = call.flag("value");
      return configure((step) => setLtvZero(step, reserve, zero));
    }
    case "setReservePause": {
      const reserve = call.reserve("asset");
      const paused = call.flag("value");
      const grace = call.has("gracePeriod") ? call.amount("gracePeriod") : 0n;
      return configure((step) => pause(step, reserve, paused, grace));
    }
    case "updateFlashloanPremium":
    case "updateFlashloanPremiumTotal": {
      const bps = call.amount("value");
      return configure((step) => {
        step.require(bps <= BPS, "FlashloanPremiumInvalid");
        setFlashPremium(step, bps);
      });
    }
    case "updateFlashloanPremiumToProtocol": {
      const bps = call.amount("value");
      return configure((step) => {
        step.require(bps <= BPS, "FlashloanPremiumInvalid");
        setFlashPremiumToProtocol(step, bps);
      });
    }
    default:
      return undefined;
  }
}

function readRate(call: Call): RateParameters {
  const rate = call.object("rate");
  return {
    optimalUsageBps: rate.uint256("optimalUsageRatio"),
    baseRateBps: rate.uint256("baseVariableBorrowRate"),
    slope1Bps: rate.uint256("variableRateSlope1"),
    slope2Bps: rate.uint256("variableRateSlope2"),
  };
}

function changeRates(step: Step, reserve: Reserve, rate: RateParameters): void {
  const { optimalUsageBps, baseRateBps, slope1Bps, slope2Bps } = rate;
  const inRange = optimalUsageBps >= OPTIMAL_RANGE_BPS.least && optimalUsageBps <= OPTIMAL_RANGE_BPS.most;
  step.require(inRange, "InvalidOptimalUsageRatio");
  step.require(slope1Bps <= slope2Bps, "Slope2MustBeGteSlope1");
  step.require(baseRateBps + slope1Bps + slope2Bps <= MAX_RATE_BPS, "InvalidMaxRate");
  setRateParameters(step, reserve, rate);
  const words = [optimalUsageBps, baseRateBps, slope1Bps, slope2Bps];
  step.emit(step.market.addresses.configurator, "ReserveInterestRateDataChanged", {
    asset: reserve.identity.underlying,
    strategy: reserve.identity.rateStrategy ?? "",
    data: `0x${words.map((word) => word.toString(16).padStart(64, "0")).join("")}`,
  });
  synchronise(step, reserve);
}

function configureCollateral(
  step: Step,
  reserve: Reserve,
  values: { readonly ltvBps: bigint; readonly thresholdBps: bigint; readonly bonusBps: bigint },
): void {
  const { ltvBps, thresholdBps, bonusBps } = values;
  step.require(ltvBps <= thresholdBps, "InvalidReserveParams");
  if (thresholdBps === 0n) step.require(bonusBps === 0n, "InvalidReserveParams");
  else {
    step.require(bonusBps > BPS, "InvalidReserveParams");
    step.require(percentMul(thresholdBps, bonusBps) <= BPS, "InvalidReserveParams");
  }
  const parks = step.profile.freezing !== "bit" && reserve.parameters.frozen;
  if (parks) parkLtv(step, reserve, ltvBps);
  else if (step.profile.freezing === "parks" && reserve.parkedLtvBps !== 0n) parkLtv(step, reserve, 0n);
  setCollateralParameters(step, reserve, { ...values, ltvBps: parks ? 0n : ltvBps });
}

function freeze(step: Step, reserve: Reserve, frozen: boolean): void {
  const { freezing } = step.profile;
  if (freezing !== "bit") step.require(reserve.parameters.frozen !== frozen, "InvalidFreezeState");
  if (freezing === "parks-and-restores") {
    const { ltvBps, thresholdBps, bonusBps } = reserve.parameters;
    const restored = reserve.parkedLtvBps;
    parkLtv(step, reserve, frozen ? ltvBps : 0n);
    setCollateralParameters(step, reserve, { ltvBps: frozen ? 0n : restored, thresholdBps, bonusBps });
  }
  if (freezing === "parks" && frozen) {
    parkOwnLtv(step, reserve);
    const bit = 1n << BigInt(reserve.id);
    const members = [...step.market.categories.values()].filter(
      (category) => (category.collateralBitmap & bit) !== 0n,
    );
    // Logged for each category, whether it changes anything or not.
    for (const { id } of members.sort((one, other) => one.id - other.id)) {
      setLtvZeroInCategory(step, reserve, id, true);
    }
  }
  switchParameter(step, reserve, "ReserveFrozen", frozen);
}

/** Parks the reserve's own loan-to-value; says nothing where it is 0 already. */
function parkOwnLtv(step: Step, reserve: Reserve): void {
  const { ltvBps, thresholdBps, bonusBps } = reserve.parameters;
  if (ltvBps === 0n) return;
  parkLtv(step, reserve, ltvBps);
  setCollateralParameters(step, reserve, { ltvBps: 0n, thresholdBps, bonusBps });
}

function setLtvZero(step: Step, reserve: Reserve, zero: boolean): void {
  if (zero) {
    parkOwnLtv(step, reserve);
    return;
  }
  const { frozen, ltvBps, thresholdBps, bonusBps } = reserve.parameters;
  step.require(!frozen, "ReserveFrozen");
  const parked = reserve.parkedLtvBps;
  if (parked === 0n || ltvBps !== 0n) return;
  parkLtv(step, reserve, 0n);
  setCollateralParameters(step, reserve, { ltvBps: parked, thresholdBps, bonusBps });
}

function pause(step: Step, reserve: Reserve, paused: boolean, graceSeconds: bigint): void {
  if (step.profile.graceSentinel && !paused && graceSeconds !== 0n) {
    step.require(graceSeconds <= MAX_GRACE_SECONDS, "InvalidGracePeriod");
    setGrace(step, reserve, step.now + graceSeconds);
  }
  switchParameter(step, reserve, "ReservePaused", paused);
}
