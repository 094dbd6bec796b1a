import { type Comparison, Fields } from "@shortfall/core";
import { insolvencyOf } from "../ctoken/insolvency.js";
import type { CTokenModel, Outcome } from "../ctoken/model.js";
import type { Pool } from "../ctoken/pool.js";
import { type CallEvidence, compareCall } from "../ctoken/recorded-action.js";
import type { RecordedLine } from "../ctoken/recorded-line.js";
import { accountRecord, compareAccounts, marketRecord } from "../ctoken/recorded-state.js";
import { accountLiquidity } from "./liquidity.js";
import type { CompoundOperation } from "./operation.js";
import { oracleAsset } from "./oracle.js";

/** What the logs of each call show of its arguments. */
const CALL_EVIDENCE: Readonly<Record<string, CallEvidence>> = {
  mint: { event: "Mint", emitter: "market", shown: { from: "minter", amount: "mintAmount" } },
  redeem: { event: "Redeem", emitter: "market", shown: { from: "redeemer", tokens: "redeemTokens" } },
  redeemUnderlying: {
    event: "Redeem",
    emitter: "market",
    shown: { from: "redeemer", amount: "redeemAmount" },
  },
  borrow: { event: "Borrow", emitter: "market", shown: { from: "borrower", amount: "borrowAmount" } },
  repay: {
    event: "RepayBorrow",
    emitter: "market",
    shown: { from: "payer", amount: "repayAmount" },
    capped: { field: "amount", left: "accountBorrows" },
  },
  repayBehalf: {
    event: "RepayBorrow",
    emitter: "market",
    shown: { from: "payer", borrower: "borrower", amount: "repayAmount" },
    capped: { field: "amount", left: "accountBorrows" },
  },
  liquidate: {
    event: "LiquidateBorrow",
    emitter: "market",
    shown: {
      from: "liquidator",
      borrower: "borrower",
      collateral: "cTokenCollateral",
      repayAmount: "repayAmount",
    },
  },
  transfer: { event: "Transfer", emitter: "market", shown: { from: "from", dst: "to", tokens: "amount" } },
  addReserves: {
    event: "ReservesAdded",
    emitter: "market",
    shown: { from: "benefactor", amount: "addAmount" },
  },
  reduceReserves: {
    event: "ReservesReduced",
    emitter: "market",
    shown: { from: "admin", amount: "reduceAmount" },
  },
  accrueInterest: { event: "AccrueInterest", emitter: "market", shown: {} },
  donate: { event: "Transfer", shown: { from: "from", market: "to", amount: "value" } },
  setPrice: { event: "PricePosted", shown: { price: "newPriceMantissa" } },
  enterMarkets: { event: "MarketEntered", shown: { from: "account" } },
};

/** Compares a recorded call with its logs. A price is posted under the oracle's key of the market. */
export function compareAction(
  comparison: Comparison,
  pool: Pool,
  line: RecordedLine,
  outcome: Outcome<CompoundOperation>,
): void {
  compareCall(comparison, line, outcome, CALL_EVIDENCE);
  for (const { operation } of outcome.accepted) {
    if (line.action.type !== "setPrice" || operation?.kind !== "setPrice") continue;
    const market = pool.market(new Fields(line.action, "action", line.failure).address("market"));
    comparison.value("action.market", market && oracleAsset(market), operation.asset);
  }
}

/** Compares a line's state and derived figures with the model's. */
export function compareState(
  comparison: Comparison,
  model: CTokenModel<CompoundOperation>,
  line: RecordedLine,
  operations: readonly CompoundOperation[],
): void {
  const { pool } = model.family;
  const { state } = line;
  const markets = state.object("markets");
  const prices = state.object("prices");
  comparison.value("state.markets", markets.keys().length, pool.markets.length);
  comparison.value("state.prices", prices.keys().length, pool.markets.length);
  for (const market of pool.markets) {
    comparison.deep(`state.markets.${market.token}`, markets.raw(market.token), marketRecord(market));
    comparison.value(`state.prices.${market.token}`, prices.raw(market.token), market.price);
  }
  compareAccounts(comparison, pool, state.object("accounts"), line.full, (account) =>
    accountRecord(pool, account, () => {
      const { code, liquidity, shortfall } = accountLiquidity(pool, account);
      return [code, liquidity, shortfall];
    }),
  );
  if (line.derived) compareDerived(comparison, model, line, operations);
}

/** Bad debt by account: of everybody in a full line, else of the liquidated borrower. */
function compareDerived(
  comparison: Comparison,
  model: CTokenModel<CompoundOperation>,
  line: RecordedLine,
  operations: readonly CompoundOperation[],
): void {
  const { pool } = model.family;
  const accounts = line.full
    ? pool.accounts.keys()
    : operations.flatMap((operation) => (operation.kind === "liquidate" ? operation.borrower : []));
  let total = 0n;
  const insolvent: Record<string, unknown> = {};
  for (const address of accounts) {
    const found = insolvencyOf(pool, pool.accounts.intern(address));
    if (!found) continue;
    total += found.badDebtValue;
    insolvent[address] = {
      collateralValue: found.collateralValue,
      borrowValue: found.borrowValue,
      badDebtValue: found.badDebtValue,
      badDebtAfterIncentive: found.badDebtAfterIncentive,
    };
  }
  comparison.deep("derived.insolvent", line.derived?.raw("insolvent"), insolvent);
  comparison.value("derived.totalBadDebtValue", line.derived?.raw("totalBadDebtValue"), total);
}
