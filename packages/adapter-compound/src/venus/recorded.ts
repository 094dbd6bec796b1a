import { type Comparison, Fields } from "@shortfall/core";
import type { Outcome } from "../ctoken/model.js";
import { type CallEvidence, compareCall } from "../ctoken/recorded-action.js";
import type { RecordedLine } from "../ctoken/recorded-line.js";
import { accountRecord, compareAccounts, marketRecord, type Recorded } from "../ctoken/recorded-state.js";
import { snapshotOf } from "./liquidity.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

const REPAYMENT = {
  event: "RepayBorrow",
  emitter: "market",
  capped: { field: "amount", left: "accountBorrows" },
} as const;

/** What the logs of each call show of its arguments. */
const CALL_EVIDENCE: Readonly<Record<string, CallEvidence>> = {
  mint: { event: "Mint", emitter: "market", shown: { from: "minter", amount: "mintAmount" } },
  redeem: { event: "Redeem", emitter: "market", shown: { from: "redeemer", tokens: "redeemTokens" } },
  // The amount asked for is rounded up to share tokens; several amounts give the same logs.
  redeemUnderlying: { event: "Redeem", emitter: "market", shown: { from: "redeemer" } },
  borrow: { event: "Borrow", emitter: "market", shown: { from: "borrower", amount: "borrowAmount" } },
  repay: { ...REPAYMENT, shown: { from: "payer", amount: "repayAmount" } },
  repayBehalf: { ...REPAYMENT, shown: { from: "payer", borrower: "borrower", amount: "repayAmount" } },
  liquidate: {
    event: "LiquidateBorrow",
    emitter: "market",
    shown: {
      from: "liquidator",
      borrower: "borrower",
      collateral: "vTokenCollateral",
      repayAmount: "repayAmount",
    },
  },
  liquidateAccount: { event: "LiquidateBorrow", shown: { from: "liquidator", borrower: "borrower" } },
  healAccount: { event: "HealBorrow", shown: { from: "payer", account: "borrower" } },
  transfer: { event: "Transfer", emitter: "market", shown: { from: "from", dst: "to", tokens: "amount" } },
  addReserves: {
    event: "ReservesAdded",
    emitter: "market",
    shown: { from: "benefactor", amount: "addAmount" },
  },
  reduceReserves: {
    event: "SpreadReservesReduced",
    operation: "reduceReserves",
    emitter: "market",
    shown: { amount: "reduceAmount" },
  },
  accrueInterest: { event: "AccrueInterest", emitter: "market", shown: {} },
  donate: { event: "Transfer", shown: { from: "from", market: "to", amount: "value" } },
  riskFundTopUp: { event: "Transfer", shown: { from: "from", amount: "value" }, emitter: "asset" },
  placeBid: {
    event: "BidPlaced",
    shown: { from: "bidder", bidBps: "bidBps", auctionStart: "auctionStartBlockOrTimestamp" },
  },
  enterMarkets: { event: "MarketEntered", shown: { from: "account" } },
};

/** Compares a recorded call with its logs. */
export function compareAction(
  comparison: Comparison,
  line: RecordedLine,
  outcome: Outcome<VenusOperation>,
): void {
  compareCall(comparison, line, outcome, CALL_EVIDENCE);
  if (line.reverted === null && line.action.type === "liquidateAccount")
    compareOrders(comparison, line, outcome);
}

function compareOrders(comparison: Comparison, line: RecordedLine, outcome: Outcome<VenusOperation>): void {
  const logs = outcome.accepted.flatMap(({ step }) =>
    step.logs.filter(({ name }) => name === "LiquidateBorrow"),
  );
  const orders = new Fields(line.action, "action", line.failure).objects("orders");
  comparison.value("action.orders.length", orders.length, logs.length);
  for (const [index, order] of orders.entries()) {
    const log = logs[index];
    const at = `action.orders[${index}]`;
    comparison.value(`${at}.vTokenBorrowed`, order.address("vTokenBorrowed"), log?.address);
    comparison.value(`${at}.vTokenCollateral`, order.address("vTokenCollateral"), log?.args.vTokenCollateral);
    comparison.value(`${at}.repayAmount`, order.uint256("repayAmount"), log?.args.repayAmount);
  }
}

/** Compares a line's state with the model's. */
export function compareState(state: VenusState, comparison: Comparison, line: RecordedLine): void {
  const { pool, constants } = state;
  const recorded = line.state;
  const markets = recorded.object("markets");
  const prices = recorded.object("prices");
  comparison.value("state.markets", markets.keys().length, pool.markets.length);
  comparison.value("state.prices", prices.keys().length, pool.markets.length);
  for (const market of pool.markets) {
    comparison.deep(`state.markets.${market.token}`, markets.raw(market.token), {
      ...marketRecord(market),
      badDebt: market.badDebt,
      reduceReservesBlockNumber: market.pushSlot,
      protocolSeizeShareMantissa: market.seizeShareWad,
    });
    comparison.value(`state.prices.${market.token}`, prices.raw(market.token), market.price);
  }
  compareAccounts(comparison, pool, recorded.object("accounts"), line.full, (account) =>
    accountRecord(pool, account, () => {
      const { liquidity, shortfall } = snapshotOf(pool, account, "liquidationThresholdWad");
      return [0n, liquidity, shortfall];
    }),
  );
  for (const [key, address] of [
    ["protocolShareReserve", constants.protocolShareReserve],
    ["shortfallBalance", constants.shortfall],
  ] as const) {
    const balances = recorded.object(key);
    for (const asset of pool.assets) {
      comparison.value(
        `state.${key}.${asset.address}`,
        balances.raw(asset.address),
        pool.purse(address)?.balance(asset.index),
      );
    }
  }
  comparison.value("state.riskFund", recorded.raw("riskFund"), state.riskFundReserves);
  comparison.deep("state.auction", recorded.raw("auction"), auctionRecord(state));
}

const auctionRecord = ({ auction }: VenusState): Recorded => ({
  startBlockOrTimestamp: auction.startSlot,
  auctionType: auction.type,
  status: auction.status,
  seizedRiskFund: auction.seizedRiskFund,
  highestBidder: auction.highestBidder ?? `0x${"0".repeat(40)}`,
  highestBidBps: auction.highestBidBps,
  highestBidBlockOrTimestamp: auction.highestBidSlot,
  startBidBps: auction.startBidBps,
});
