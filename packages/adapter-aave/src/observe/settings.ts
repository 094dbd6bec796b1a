import { WORD } from "../configuration-word.js";
import type { Market } from "../market.js";
import {
  parkLtv,
  REPLACED,
  replaceParameter,
  SWITCHES,
  setCollateralParameters,
  setFlashPremium,
  setFlashPremiumToProtocol,
  setGrace,
  setLtvZeroInCategory,
  setParameter,
  setPrice,
  setRateParameters,
  setReserveFactor,
  switchParameter,
} from "../operations/configuration.js";
import type { Reserve } from "../reserve.js";
import type { Step } from "../step.js";
import type { DecodedLog } from "./decoded.js";
import { argument, type Proposal } from "./proposal.js";

const { amount, text, flag } = argument;

/** Configurator, rate strategy and oracle: one event is one assignment of its new value. */
export function* settingProposals(market: Market, log: DecodedLog): Generator<Proposal> {
  const asset = text(log, log.name === "RateDataUpdate" ? "reserve" : "asset");
  const reserve = market.reserveByUnderlying.get(asset);
  const run = setting(log, reserve);
  if (run === undefined) return;
  yield {
    kind: log.name === "AssetPriceUpdated" ? "price" : "configure",
    pool: reserve?.symbol ?? market.reserves[0]?.symbol ?? "",
    run,
  };
}

const replaced = Object.keys(REPLACED) as (keyof typeof REPLACED)[];
const switches = Object.keys(SWITCHES) as (keyof typeof SWITCHES)[];

function setting(log: DecodedLog, reserve: Reserve | undefined): ((step: Step) => void) | undefined {
  if (log.name === "FlashloanPremiumTotalUpdated") {
    return (step) => setFlashPremium(step, amount(log, "newFlashloanPremiumTotal"));
  }
  if (log.name === "FlashloanPremiumToProtocolUpdated") {
    return (step) => setFlashPremiumToProtocol(step, amount(log, "newFlashloanPremiumToProtocol"));
  }
  if (log.name === "EModeCategoryAdded") return (step) => addCategory(step, log);
  if (reserve === undefined) {
    // The price of an asset that is not listed here.
    return log.name === "AssetPriceUpdated"
      ? (step) => step.emit(log.address, log.name, log.args)
      : undefined;
  }
  const replacedEvent = replaced.find((name) => name === log.name);
  if (replacedEvent !== undefined) {
    return (step) =>
      replaceParameter(step, reserve, replacedEvent, amount(log, REPLACED[replacedEvent].after));
  }
  const switchEvent = switches.find((name) => name === log.name);
  if (switchEvent !== undefined) {
    return (step) => switchParameter(step, reserve, switchEvent, flag(log, SWITCHES[switchEvent].argument));
  }
  return reserveSetting(log, reserve);
}

function reserveSetting(log: DecodedLog, reserve: Reserve): ((step: Step) => void) | undefined {
  switch (log.name) {
    case "ReserveFactorChanged":
      return (step) => setReserveFactor(step, reserve, amount(log, "newReserveFactor"));
    case "RateDataUpdate":
      return (step) =>
        setRateParameters(step, reserve, {
          optimalUsageBps: amount(log, "optimalUsageRatio"),
          baseRateBps: amount(log, "baseVariableBorrowRate"),
          slope1Bps: amount(log, "variableRateSlope1"),
          slope2Bps: amount(log, "variableRateSlope2"),
        });
    case "CollateralConfigurationChanged":
      return (step) =>
        setCollateralParameters(step, reserve, {
          ltvBps: amount(log, "ltv"),
          thresholdBps: amount(log, "liquidationThreshold"),
          bonusBps: amount(log, "liquidationBonus"),
        });
    case "PendingLtvChanged":
      return (step) => parkLtv(step, reserve, amount(log, "ltv"));
    case "LiquidationGracePeriodChanged":
      return (step) => setGrace(step, reserve, amount(log, "gracePeriodUntil"));
    case "LiquidationGracePeriodDisabled":
      return (step) => {
        reserve.graceUntilSeconds = 0n;
        step.emit(log.address, log.name, { asset: reserve.identity.underlying });
      };
    case "AssetLtvzeroInEModeChanged":
      return (step) =>
        setLtvZeroInCategory(step, reserve, Number(amount(log, "categoryId")), flag(log, "ltvzero"));
    case "AssetCollateralInEModeChanged":
    case "AssetBorrowableInEModeChanged":
      return (step) => setMembership(step, reserve, log);
    case "AssetPriceUpdated":
      return (step) => setPrice(step, reserve, amount(log, "price"));
    default:
      return undefined;
  }
}

function addCategory(step: Step, log: DecodedLog): void {
  const category = step.market.openCategory(Number(amount(log, "categoryId")));
  category.ltvBps = amount(log, "ltv");
  category.thresholdBps = amount(log, "liquidationThreshold");
  category.bonusBps = amount(log, "liquidationBonus");
  step.emit(log.address, log.name, log.args);
}

function setMembership(step: Step, reserve: Reserve, log: DecodedLog): void {
  const id = Number(amount(log, "categoryId"));
  const category = step.market.openCategory(id);
  const bit = 1n << BigInt(reserve.id);
  if (log.name === "AssetCollateralInEModeChanged") {
    const on = flag(log, "collateral");
    category.collateralBitmap = on ? category.collateralBitmap | bit : category.collateralBitmap & ~bit;
    if (step.profile.categories === "single") setParameter(reserve, WORD.category, on ? BigInt(id) : 0n);
  } else {
    const on = flag(log, "borrowable");
    category.borrowableBitmap = on ? category.borrowableBitmap | bit : category.borrowableBitmap & ~bit;
  }
  step.emit(log.address, log.name, log.args);
}
