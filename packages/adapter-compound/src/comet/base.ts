import { MAX_INT256, MAX_UINT104, MAX_UINT256 } from "@shortfall/math";
import {
  type Accrual,
  projectAccrual,
  type Settlement,
  settle,
  storeAccrual,
  storeSettlement,
} from "./accrual.js";
import {
  addWithin,
  presentValue,
  presentValueBorrowDown,
  presentValueSupplyDown,
  principalValue,
  repayAndSupply,
  subtractChecked,
  toInt256,
  withdrawAndBorrow,
} from "./amounts.js";
import { type Checks, fail } from "./checks.js";
import { ZERO_ADDRESS } from "./constants.js";
import { CometRefusal, overflow, TOKEN_SHORTAGE } from "./errors.js";
import type { CometMarket } from "./market.js";
import { baseControls, type Outcome } from "./outcome.js";

/** The amount that means "all of it". */
export const MAXIMUM = MAX_UINT256;

const accruedValues = (market: CometMarket, accrual: Accrual) => ({
  loans: market.loans(accrual),
  suppliers: market.suppliers(accrual),
});

/** Valuations right after an accrual that is not stored yet, if time passes with it. */
export const accruedPart = (market: CometMarket, accrual: Accrual): Pick<Outcome, "accrued"> =>
  accrual.time === market.state.lastAccrualTime ? {} : { accrued: accruedValues(market, accrual) };

/** Whole debt of an account at projected indexes: what an unlimited repayment pays. */
export function debtAt(market: CometMarket, account: string, time: bigint): bigint {
  const accrual = projectAccrual(market.configuration, market.state, time);
  const id = market.state.accounts.find(account);
  return id === undefined ? 0n : presentValueBorrowDown(accrual.borrowIndex, market.state.debt.get(id));
}

/** Whole claim of an account at projected indexes: what an unlimited withdrawal or transfer moves. */
export function claimAt(market: CometMarket, account: string, time: bigint): bigint {
  const accrual = projectAccrual(market.configuration, market.state, time);
  const id = market.state.accounts.find(account);
  return id === undefined ? 0n : presentValueSupplyDown(accrual.supplyIndex, market.state.supply.get(id));
}

/** supplyBase: credits `amount` tokens that came from `payer` to `account`, debt first. */
export function supplyBase(
  market: CometMarket,
  payer: string,
  account: string,
  amount: bigint,
  time: bigint,
  checks: Checks,
): Outcome {
  const { configuration, state } = market;
  market.requireRunning("supply", checks);
  if (state.baseBalance + amount > MAX_UINT256) throw overflow();
  const accrual = projectAccrual(configuration, state, time);
  const id = state.accounts.intern(account);
  const old = state.principal(id);
  const balance = presentValue(accrual, old) + toInt256(amount);
  if (balance > MAX_INT256) throw overflow();
  const next = principalValue(accrual, balance);
  const [repaid, supplied] = repayAndSupply(old, next);
  const totalSupplyBase = addWithin(state.totalSupplyBase, supplied, MAX_UINT104);
  const totalBorrowBase = subtractChecked(state.totalBorrowBase, repaid);
  const settlement = settle(configuration, state, accrual, id, next);

  const accruedIfAny = accruedPart(market, accrual);
  storeAccrual(state, accrual);
  state.totalSupplyBase = totalSupplyBase;
  state.totalBorrowBase = totalBorrowBase;
  state.baseBalance += amount;
  storeSettlement(state, settlement);
  const logs = [
    market.movement(configuration.baseToken, payer, configuration.comet, amount),
    market.event("Supply", { from: payer, dst: account, amount }),
  ];
  if (supplied > 0n) logs.push(mint(market, accrual, account, supplied));
  return {
    kind: "supply",
    account,
    logs,
    ...accruedIfAny,
    base: baseControls(market),
    collateral: [],
    cashChange: amount,
    conversions: 1,
    amount,
  };
}

/** withdrawBase: pays `amount` to `to`; what exceeds the account's claim is borrowed. */
export function withdrawBase(
  market: CometMarket,
  account: string,
  to: string,
  amount: bigint,
  time: bigint,
  checks: Checks,
): Outcome {
  const { configuration, state } = market;
  market.requireRunning("withdraw", checks);
  const accrual = projectAccrual(configuration, state, time);
  const id = state.accounts.intern(account);
  const old = state.principal(id);
  const balance = presentValue(accrual, old) - toInt256(amount);
  if (balance < -MAX_INT256) throw overflow();
  const next = principalValue(accrual, balance);
  const [withdrawn, borrowed] = withdrawAndBorrow(old, next);
  const totalSupplyBase = subtractChecked(state.totalSupplyBase, withdrawn);
  const totalBorrowBase = addWithin(state.totalBorrowBase, borrowed, MAX_UINT104);
  const settlement = settle(configuration, state, accrual, id, next);
  requireBorrowable(market, accrual, id, balance, next, checks);
  if (amount > state.baseBalance) throw new CometRefusal(TOKEN_SHORTAGE);

  // Tokens sent to the market itself never leave it: the reserves gain what the account gave up.
  const stays = to === configuration.comet;
  const accruedIfAny = accruedPart(market, accrual);
  storeAccrual(state, accrual);
  state.totalSupplyBase = totalSupplyBase;
  state.totalBorrowBase = totalBorrowBase;
  if (!stays) state.baseBalance -= amount;
  storeSettlement(state, settlement);
  const logs = [
    market.movement(configuration.baseToken, configuration.comet, to, amount),
    market.event("Withdraw", { src: account, to, amount }),
  ];
  if (withdrawn > 0n) logs.push(burn(market, accrual, account, withdrawn));
  return {
    kind: "withdraw",
    account,
    logs,
    ...accruedIfAny,
    base: baseControls(market),
    collateral: [],
    cashChange: stays ? 0n : -amount,
    conversions: 1,
    ...(stays ? { donated: { commodity: configuration.baseSymbol, amount } } : {}),
    amount,
  };
}

function requireBorrowable(
  market: CometMarket,
  accrual: Accrual,
  id: number,
  balance: bigint,
  next: bigint,
  checks: Checks,
): void {
  if (balance >= 0n) return;
  if (-balance < market.configuration.baseBorrowMin) fail(checks, "BorrowTooSmall()");
  market.requireBorrowCollateral(id, next, accrual, checks);
}

/** A base transfer that would succeed, not yet stored. */
export interface TransferPlan {
  readonly source: Settlement;
  readonly destination: Settlement;
  readonly totalSupplyBase: bigint;
  readonly totalBorrowBase: bigint;
  /** Principal burned from the source and minted to the destination. */
  readonly withdrawn: bigint;
  readonly supplied: bigint;
  readonly amount: bigint;
}

/** transferBase up to its writes: the same arithmetic serves to test candidate amounts. */
export function planTransfer(
  market: CometMarket,
  accrual: Accrual,
  source: string,
  destination: string,
  amount: bigint,
  checks: Checks,
): TransferPlan {
  const { configuration, state } = market;
  if (source === destination) throw new CometRefusal("NoSelfTransfer()");
  const from = state.accounts.intern(source);
  const to = state.accounts.intern(destination);
  const sourceOld = state.principal(from);
  const destinationOld = state.principal(to);
  const moved = toInt256(amount);
  const sourceBalance = presentValue(accrual, sourceOld) - moved;
  const destinationBalance = presentValue(accrual, destinationOld) + moved;
  if (sourceBalance < -MAX_INT256 || destinationBalance > MAX_INT256) throw overflow();
  const sourceNext = principalValue(accrual, sourceBalance);
  const destinationNext = principalValue(accrual, destinationBalance);
  const [withdrawn, borrowed] = withdrawAndBorrow(sourceOld, sourceNext);
  const [repaid, supplied] = repayAndSupply(destinationOld, destinationNext);
  const totalSupplyBase = subtractChecked(addWithin(state.totalSupplyBase, supplied, MAX_UINT104), withdrawn);
  const totalBorrowBase = subtractChecked(addWithin(state.totalBorrowBase, borrowed, MAX_UINT104), repaid);
  const plan: TransferPlan = {
    source: settle(configuration, state, accrual, from, sourceNext),
    destination: settle(configuration, state, accrual, to, destinationNext),
    totalSupplyBase,
    totalBorrowBase,
    withdrawn,
    supplied,
    amount,
  };
  requireBorrowable(market, accrual, from, sourceBalance, sourceNext, checks);
  return plan;
}

/** Stores a planned transfer. */
export function storeTransfer(
  market: CometMarket,
  accrual: Accrual,
  plan: TransferPlan,
  amountRange?: readonly [bigint, bigint],
): Outcome {
  const { state } = market;
  const accruedIfAny = accruedPart(market, accrual);
  storeAccrual(state, accrual);
  state.totalSupplyBase = plan.totalSupplyBase;
  state.totalBorrowBase = plan.totalBorrowBase;
  storeSettlement(state, plan.source);
  storeSettlement(state, plan.destination);
  const source = state.accounts.keyOf(plan.source.id);
  const destination = state.accounts.keyOf(plan.destination.id);
  const logs = [];
  if (plan.withdrawn > 0n) logs.push(burn(market, accrual, source, plan.withdrawn));
  if (plan.supplied > 0n) logs.push(mint(market, accrual, destination, plan.supplied));
  return {
    kind: "transfer",
    account: source,
    logs,
    ...accruedIfAny,
    base: baseControls(market),
    collateral: [],
    cashChange: 0n,
    conversions: 2,
    amountRange: amountRange ?? [plan.amount, plan.amount],
  };
}

/** transferBase: moves value between accounts; it can borrow for one and repay for the other. */
export function transferBase(
  market: CometMarket,
  source: string,
  destination: string,
  amount: bigint,
  time: bigint,
  checks: Checks,
): Outcome {
  market.requireRunning("transfer", checks);
  const accrual = projectAccrual(market.configuration, market.state, time);
  return storeTransfer(market, accrual, planTransfer(market, accrual, source, destination, amount, checks));
}

/** accrueAccount: accrues, and settles one account's reward tracking if an account is given. */
export function accrueAccount(market: CometMarket, account: string | undefined, time: bigint): Outcome {
  const { configuration, state } = market;
  const accrual = projectAccrual(configuration, state, time);
  const id = account === undefined ? undefined : state.accounts.intern(account);
  const settlement =
    id === undefined ? undefined : settle(configuration, state, accrual, id, state.principal(id));
  const accruedIfAny = accruedPart(market, accrual);
  storeAccrual(state, accrual);
  if (settlement) storeSettlement(state, settlement);
  return {
    kind: "accrue",
    ...(account === undefined ? {} : { account }),
    logs: [],
    ...accruedIfAny,
    base: baseControls(market),
    collateral: [],
    cashChange: 0n,
    conversions: 0,
  };
}

/** The event of supply principal that appears. Its amount is a present value, not the tokens paid. */
export const mint = (market: CometMarket, accrual: Accrual, account: string, principal: bigint) =>
  market.event("Transfer", {
    from: ZERO_ADDRESS,
    to: account,
    amount: presentValueSupplyDown(accrual.supplyIndex, principal),
  });

const burn = (market: CometMarket, accrual: Accrual, account: string, principal: bigint) =>
  market.event("Transfer", {
    from: account,
    to: ZERO_ADDRESS,
    amount: presentValueSupplyDown(accrual.supplyIndex, principal),
  });
