import { add, subtract, wadDiv, wadMul } from "../ctoken/arithmetic.js";
import { lendExactly, repayExactly } from "../ctoken/debt.js";
import type { Market } from "../ctoken/market.js";
import { refuse, refuseText } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";
import { accrueInterest, pushReserves } from "./accrual.js";
import { snapshotOf } from "./liquidity.js";
import type { VenusState } from "./state.js";

const NOBODY = `0x${"0".repeat(40)}`;

/** Supplies: shares at the rate before the tokens arrive, rounded down, possibly 0. Mirrors VToken.mint. */
export function mint(state: VenusState, step: Step, market: Market, minter: string, assets: bigint): void {
  accrueInterest(state, step, market);
  const rate = exchangeRateStored(market);
  step.moveTokens(step.pool.assetOf(market), minter, market.token, assets);
  const tokens = wadDiv(assets, rate);
  const account = step.pool.accounts.intern(minter);
  market.totalSupply = add(market.totalSupply, tokens);
  const accountBalance = add(market.tokens.get(account), tokens);
  market.tokens.set(account, accountBalance);
  step.accounts.add(account);
  step.emit(market.token, "Mint", { minter, mintAmount: assets, mintTokens: tokens, accountBalance });
  step.emit(market.token, "Transfer", { from: NOBODY, to: minter, amount: tokens });
  step.seal("supply", minter);
}

/**
 * Share tokens that redeeming an amount burns: rounded up wherever the rounded-down ones are worth something
 * else than the amount, so the pool keeps the dust. Mirrors the conversion in VToken._redeemFresh.
 */
export function tokensForAmountUp(rateWad: bigint, assets: bigint): bigint {
  const tokens = wadDiv(assets, rateWad);
  const worth = wadMul(tokens, rateWad);
  return worth !== 0n && worth !== assets ? add(tokens, 1n) : tokens;
}

/**
 * Redeems share tokens. Both entry points pay what the share tokens are worth, rounded down. Reserves are
 * ring-fenced; where they exceed cash, the contract panics. Mirrors VToken._redeemFresh.
 */
export function redeem(
  state: VenusState,
  step: Step,
  market: Market,
  redeemer: string,
  wanted: { readonly tokens: bigint } | { readonly assets: bigint },
): void {
  accrueInterest(state, step, market);
  const rate = exchangeRateStored(market);
  const tokens =
    "tokens" in wanted && wanted.tokens > 0n
      ? wanted.tokens
      : tokensForAmountUp(rate, "assets" in wanted ? wanted.assets : 0n);
  const assets = wadMul(rate, tokens);
  if (assets === 0n) refuseText("redeemAmount is zero");
  const account = step.pool.accounts.intern(redeemer);
  requireRedeemable(step, account, market, tokens);
  if (subtract(market.cash, market.totalReserves) < assets) refuse("RedeemTransferOutNotPossible");
  const supply = subtract(market.totalSupply, tokens);
  const accountBalance = subtract(market.tokens.get(account), tokens);
  market.totalSupply = supply;
  market.tokens.set(account, accountBalance);
  step.accounts.add(account);
  step.moveTokens(step.pool.assetOf(market), market.token, redeemer, assets);
  step.emit(market.token, "Transfer", { from: redeemer, to: market.token, amount: tokens });
  step.emit(market.token, "Redeem", {
    redeemer,
    redeemAmount: assets,
    redeemTokens: tokens,
    accountBalance,
  });
  step.seal("withdraw", redeemer);
}

/** Lends what cash leaves above reserves, entering the market first where needed. Mirrors VToken.borrow. */
export function borrow(
  state: VenusState,
  step: Step,
  market: Market,
  borrower: string,
  assets: bigint,
): void {
  accrueInterest(state, step, market);
  enterMarket(step, market, borrower);
  const account = step.pool.accounts.intern(borrower);
  step.check(() => {
    if (market.price === 0n) refuse("PriceError", market.token);
    const change = { market, redeemTokens: 0n, borrowAssets: assets };
    if (snapshotOf(step.pool, account, "collateralFactorWad", change).shortfall > 0n)
      refuse("InsufficientLiquidity");
  });
  if (subtract(market.cash, market.totalReserves) < assets) refuse("BorrowCashNotAvailable");
  lendExactly(step, market, borrower, assets);
  step.seal("borrow", borrower);
}

/** Repays at most the debt. Mirrors VToken.repayBorrow and repayBorrowBehalf. */
export function repay(
  state: VenusState,
  step: Step,
  market: Market,
  payer: string,
  borrower: string,
  assets: bigint,
): void {
  accrueInterest(state, step, market);
  repayFresh(step, market, payer, borrower, assets);
  step.seal("repay", borrower);
}

/** What was repaid after capping at the debt; shared with liquidations. */
export function repayFresh(
  step: Step,
  market: Market,
  payer: string,
  borrower: string,
  assets: bigint,
): bigint {
  const debt = borrowBalanceStored(market, step.pool.accounts.intern(borrower));
  const repaid = assets < debt ? assets : debt;
  repayExactly(step, market, payer, borrower, repaid);
  return repaid;
}

/** Moves share tokens; no accrual. The self-transfer test comes after solvency. Mirrors VToken.transfer. */
export function transferShares(step: Step, market: Market, from: string, to: string, tokens: bigint): void {
  const source = step.pool.accounts.intern(from);
  const target = step.pool.accounts.intern(to);
  requireRedeemable(step, source, market, tokens);
  if (source === target) refuse("TransferNotAllowed");
  const left = subtract(market.tokens.get(source), tokens);
  market.tokens.set(target, add(market.tokens.get(target), tokens));
  market.tokens.set(source, left);
  step.accounts.add(source).add(target);
  step.emit(market.token, "Transfer", { from, to, amount: tokens });
  step.seal("transfer", from);
}

/** Enters a market; nothing when already in. Mirrors Comptroller._addToMarket. */
export function enterMarket(step: Step, market: Market, holder: string): void {
  if (!step.pool.memberships.enter(step.pool.accounts.intern(holder), market.index)) return;
  step.emit(step.pool.comptroller, "MarketEntered", { vToken: market.token, account: holder });
}

/** Leaves a market; nothing when not in. Mirrors Comptroller.exitMarket. */
export function exitMarket(step: Step, market: Market, holder: string): void {
  const account = step.pool.accounts.intern(holder);
  if (borrowBalanceStored(market, account) !== 0n) refuse("NonzeroBorrowBalance");
  requireRedeemable(step, account, market, market.tokens.get(account));
  if (!step.pool.memberships.leave(account, market.index)) return;
  step.accounts.add(account);
  step.emit(step.pool.comptroller, "MarketExited", { vToken: market.token, account: holder });
  step.seal("exit", holder);
}

/** Anyone adds to reserves. Mirrors VToken.addReserves. */
export function addReserves(
  state: VenusState,
  step: Step,
  market: Market,
  from: string,
  assets: bigint,
): void {
  accrueInterest(state, step, market);
  step.moveTokens(step.pool.assetOf(market), from, market.token, assets);
  market.totalReserves = add(market.totalReserves, assets);
  step.emit(market.token, "ReservesAdded", {
    benefactor: from,
    addAmount: assets,
    newTotalReserves: market.totalReserves,
  });
  step.seal("add-reserves", from);
}

/**
 * Anyone sends reserves to the protocol share reserve; without effect in a slot whose accrual pushed already.
 * Mirrors VToken.reduceReserves.
 */
export function reduceReserves(state: VenusState, step: Step, market: Market, assets: bigint): void {
  accrueInterest(state, step, market);
  if (market.pushSlot === step.slot) return;
  pushReserves(state, step, market, assets);
  step.seal("reduce-reserves");
}

/** Whether an account may give up share tokens. Outside the markets entered nothing is tested. */
function requireRedeemable(step: Step, account: number, market: Market, redeemTokens: bigint): void {
  if (!step.pool.memberships.has(account, market.index)) return;
  step.check(() => {
    const change = { market, redeemTokens, borrowAssets: 0n };
    if (snapshotOf(step.pool, account, "collateralFactorWad", change).shortfall > 0n)
      refuse("InsufficientLiquidity");
  });
}
