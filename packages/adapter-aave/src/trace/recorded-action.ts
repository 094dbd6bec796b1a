import { AbiError, type ChainLog, type Comparison, type EventArgs, type Fields } from "@shortfall/core";
import { MAX_UINT256 } from "@shortfall/math";
import { EVENTS } from "../events.js";
import type { OpenedMarket } from "../header.js";

/** How a recorded call shows in the event that closes it. */
interface Shown {
  readonly event: string;
  /** Event argument that equals a call argument. */
  readonly equal?: Readonly<Record<string, string>>;
  /** Event argument that a call argument bounds: the pool takes less where less is there. */
  readonly atMost?: Readonly<Record<string, string>>;
  /** Arguments that stand in a nested object of the call. */
  readonly within?: string;
}

const SHOWN: Readonly<Record<string, readonly Shown[]>> = {
  supply: [
    {
      event: "Supply",
      equal: { asset: "reserve", from: "user", onBehalfOf: "onBehalfOf", amount: "amount" },
    },
  ],
  withdraw: [
    {
      event: "Withdraw",
      equal: { asset: "reserve", from: "user", to: "to", amount: "amount" },
    },
  ],
  borrow: [
    {
      event: "Borrow",
      equal: { asset: "reserve", from: "user", onBehalfOf: "onBehalfOf", amount: "amount" },
    },
  ],
  repay: [
    {
      event: "Repay",
      equal: { asset: "reserve", from: "repayer", onBehalfOf: "user" },
      atMost: { amount: "amount" },
    },
  ],
  repayWithATokens: [
    { event: "Repay", equal: { asset: "reserve", from: "repayer" }, atMost: { amount: "amount" } },
  ],
  liquidationCall: [
    {
      event: "LiquidationCall",
      equal: {
        collateralAsset: "collateralAsset",
        debtAsset: "debtAsset",
        borrower: "user",
        from: "liquidator",
        receiveAToken: "receiveAToken",
      },
      atMost: { debtToCover: "debtToCover" },
    },
  ],
  eliminateReserveDeficit: [
    {
      event: "DeficitCovered",
      equal: { asset: "reserve", from: "caller" },
      atMost: { amount: "amountCovered" },
    },
  ],
  setUserEMode: [{ event: "UserEModeSet", equal: { from: "user", categoryId: "categoryId" } }],
  aTokenTransfer: [{ event: "BalanceTransfer", equal: { from: "from", to: "to" } }],
  flashLoanSimple: [{ event: "FlashLoan", equal: { from: "initiator", asset: "asset", amount: "amount" } }],
  donate: [{ event: "Transfer", equal: { from: "from", amount: "value" } }],
  setPrice: [{ event: "AssetPriceUpdated", equal: { asset: "asset", price: "price" } }],
  setReserveFactor: [{ event: "ReserveFactorChanged", equal: { asset: "asset", value: "newReserveFactor" } }],
  setLiquidationProtocolFee: [
    { event: "LiquidationProtocolFeeChanged", equal: { asset: "asset", value: "newFee" } },
  ],
  setSupplyCap: [{ event: "SupplyCapChanged", equal: { asset: "asset", value: "newSupplyCap" } }],
  setBorrowCap: [{ event: "BorrowCapChanged", equal: { asset: "asset", value: "newBorrowCap" } }],
  setReserveInterestRateData: [
    {
      event: "RateDataUpdate",
      within: "rate",
      equal: {
        optimalUsageRatio: "optimalUsageRatio",
        baseVariableBorrowRate: "baseVariableBorrowRate",
        variableRateSlope1: "variableRateSlope1",
        variableRateSlope2: "variableRateSlope2",
      },
    },
  ],
  configureReserveAsCollateral: [
    {
      event: "CollateralConfigurationChanged",
      equal: {
        asset: "asset",
        liquidationThreshold: "liquidationThreshold",
        liquidationBonus: "liquidationBonus",
      },
    },
  ],
  setReserveFreeze: [{ event: "ReserveFrozen", equal: { asset: "asset", value: "frozen" } }],
  setReservePause: [{ event: "ReservePaused", equal: { asset: "asset", value: "paused" } }],
  updateFlashloanPremium: [
    { event: "FlashloanPremiumTotalUpdated", equal: { value: "newFlashloanPremiumTotal" } },
  ],
  updateFlashloanPremiumTotal: [
    { event: "FlashloanPremiumTotalUpdated", equal: { value: "newFlashloanPremiumTotal" } },
  ],
  updateFlashloanPremiumToProtocol: [
    { event: "FlashloanPremiumToProtocolUpdated", equal: { value: "newFlashloanPremiumToProtocol" } },
  ],
  stakeDeposit: [{ event: "Deposit", equal: { from: "sender", assets: "assets" } }],
  stakeRedeem: [{ event: "Withdraw", equal: { from: "sender", shares: "shares" } }],
  stakeCooldown: [{ event: "StakerCooldownUpdated", equal: { from: "user" } }],
  stakeDonate: [{ event: "Transfer", equal: { from: "from", amount: "value" } }],
  setStakePrice: [{ event: "FeedSet", equal: { price: "answer" } }],
  slash: [{ event: "StakeTokenSlashed", equal: { reserve: "reserve" } }],
  coverPendingDeficit: [
    { event: "PendingDeficitCovered", equal: { reserve: "reserve" }, atMost: { amount: "amount" } },
  ],
  coverDeficitOffset: [
    { event: "DeficitOffsetCovered", equal: { reserve: "reserve" }, atMost: { amount: "amount" } },
  ],
  coverReserveDeficit: [
    { event: "ReserveDeficitCovered", equal: { reserve: "reserve" }, atMost: { amount: "amount" } },
  ],
  setDeficitOffset: [
    { event: "DeficitOffsetChanged", equal: { reserve: "reserve", amount: "newDeficitOffset" } },
  ],
};

/**
 * Compares a recorded call with what its logs show of it. For comparison only: the model never sees the call.
 * A call that logged nothing shows nothing.
 */
export function compareAction(
  opened: OpenedMarket,
  action: Fields,
  logs: readonly ChainLog[],
  timestamp: number,
  comparison: Comparison,
): void {
  const type = action.string("type");
  if (logs.length === 0) return;
  for (const shown of SHOWN[type] ?? []) {
    const args = lastArguments(logs, shown.event);
    if (args === undefined) {
      comparison.value("action.type", type, `a transaction without ${shown.event}`);
      continue;
    }
    const source = shown.within === undefined ? action : action.object(shown.within);
    for (const [key, argument] of Object.entries(shown.equal ?? {})) {
      const recorded = resolve(opened, key, source.raw(key));
      // The largest integer means "all of it".
      if (recorded !== MAX_UINT256.toString()) comparison.value(`action.${key}`, recorded, args[argument]);
    }
    for (const [key, argument] of Object.entries(shown.atMost ?? {})) {
      const asked = source.uint256(key);
      const taken = args[argument];
      const least = typeof taken === "bigint" && taken > asked ? taken : asked;
      comparison.value(`action.${key}`, asked, least);
    }
  }
  if (type === "aTokenTransfer") compareTransferred(opened, action, logs, comparison);
  if (type === "configureReserveAsCollateral") compareLtv(action, logs, comparison);
  if (type === "setReservePause") compareGrace(action, logs, timestamp, comparison);
  if (type === "setReserveInterestRateData") {
    comparison.value(
      "action.asset",
      resolve(opened, "asset", action.raw("asset")),
      lastArguments(logs, "RateDataUpdate")?.reserve,
    );
  }
}

/** The amount of a transfer stands in the ERC-20 event: `BalanceTransfer` has the scaled one. */
function compareTransferred(
  opened: OpenedMarket,
  action: Fields,
  logs: readonly ChainLog[],
  comparison: Comparison,
): void {
  const from = resolve(opened, "from", action.raw("from"));
  const to = resolve(opened, "to", action.raw("to"));
  const token = opened.reserves.get(action.string("asset"))?.identity.aToken;
  const moved = logs.findLast((log) => {
    const args = log.address === token ? decode(log, "Transfer") : undefined;
    return args !== undefined && args.from === from && args.to === to;
  });
  comparison.value(
    "action.amount",
    action.raw("amount"),
    moved === undefined ? undefined : decode(moved, "Transfer")?.value,
  );
}

/** The loan-to-value takes effect, or is parked while the reserve is frozen. */
function compareLtv(action: Fields, logs: readonly ChainLog[], comparison: Comparison): void {
  const effective = lastArguments(logs, "CollateralConfigurationChanged")?.ltv;
  const parked = lastArguments(logs, "PendingLtvChanged")?.ltv;
  comparison.value("action.ltv", action.raw("ltv"), effective === 0n ? (parked ?? effective) : effective);
}

/** A grace period is logged as its end. */
function compareGrace(
  action: Fields,
  logs: readonly ChainLog[],
  timestamp: number,
  comparison: Comparison,
): void {
  const until = lastArguments(logs, "LiquidationGracePeriodChanged")?.gracePeriodUntil;
  if (typeof until !== "bigint") return;
  comparison.value("action.gracePeriod", action.raw("gracePeriod"), until - BigInt(timestamp));
}

function lastArguments(logs: readonly ChainLog[], event: string): EventArgs | undefined {
  for (let place = logs.length - 1; place >= 0; place--) {
    const args = decode(logs[place]!, event);
    if (args !== undefined) return args;
  }
  return undefined;
}

function decode(log: ChainLog, event: string): EventArgs | undefined {
  const codec = EVENTS.get(log.topics[0] ?? "");
  if (codec?.name !== event) return undefined;
  try {
    return codec.decode(log.topics, log.data);
  } catch (error) {
    // The comparison of the log itself reports what is wrong with it.
    if (error instanceof AbiError) return undefined;
    throw error;
  }
}

/** Names as addresses, where the argument is one. */
function resolve(opened: OpenedMarket, key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (/asset|reserve/i.test(key)) return opened.reserves.get(value)?.identity.underlying ?? value;
  return opened.actors.get(value) ?? value;
}
