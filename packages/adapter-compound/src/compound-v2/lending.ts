import { MAX_UINT256 } from "@shortfall/math";
import { add, subtract, wadDiv, wadMul } from "../ctoken/arithmetic.js";
import { lendExactly, repayExactly } from "../ctoken/debt.js";
import type { Market } from "../ctoken/market.js";
import { refuse, refuseText } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import { borrowBalanceStored, exchangeRateStored } from "../ctoken/valuation.js";
import { accrueInterest } from "./accrual.js";
import { accountLiquidity, CODE, type Hypothesis } from "./liquidity.js";
import { announceBorrower, announceSupplier } from "./rewards.js";
import type { CompoundState } from "./state.js";

/** Supplies: shares at the rate before the tokens arrive, rounded down, possibly 0. Mirrors CToken.mint. */
export function mint(state: CompoundState, step: Step, market: Market, minter: string, assets: bigint): void {
  accrueInterest(state, step, market);
  announceSupplier(step, market, minter);
  const rate = exchangeRateStored(market);
  step.moveTokens(step.pool.assetOf(market), minter, market.token, assets);
  const tokens = wadDiv(assets, rate);
  const account = step.pool.accounts.intern(minter);
  market.totalSupply = add(market.totalSupply, tokens);
  market.tokens.set(account, add(market.tokens.get(account), tokens));
  step.accounts.add(account);
  step.emit(market.token, "Mint", { minter, mintAmount: assets, mintTokens: tokens });
  step.emit(market.token, "Transfer", { from: market.token, to: minter, amount: tokens });
  step.seal("supply", minter);
}

/**
 * Redeems for share tokens, or for an amount of underlying. An amount burns its share tokens rounded down, in
 * favour of the redeemer. Reserves are not ring-fenced. Mirrors CToken.redeemFresh.
 */
export function redeem(
  state: CompoundState,
  step: Step,
  market: Market,
  redeemer: string,
  wanted: { readonly tokens: bigint } | { readonly assets: bigint },
): void {
  accrueInterest(state, step, market);
  const rate = exchangeRateStored(market);
  const byTokens = "tokens" in wanted && wanted.tokens > 0n;
  const tokens = byTokens ? wanted.tokens : wadDiv("assets" in wanted ? wanted.assets : 0n, rate);
  const assets = byTokens ? wadMul(rate, wanted.tokens) : "assets" in wanted ? wanted.assets : 0n;
  const account = step.pool.accounts.intern(redeemer);
  requireRedeemable(step, "RedeemComptrollerRejection", account, { market, redeemTokens: tokens });
  announceSupplier(step, market, redeemer);
  if (market.cash < assets) refuse("RedeemTransferOutNotPossible");
  const supply = subtract(market.totalSupply, tokens);
  const left = subtract(market.tokens.get(account), tokens);
  if (tokens === 0n && assets > 0n) refuseText("redeemTokens zero");
  market.totalSupply = supply;
  market.tokens.set(account, left);
  step.accounts.add(account);
  step.moveTokens(step.pool.assetOf(market), market.token, redeemer, assets);
  step.emit(market.token, "Transfer", { from: redeemer, to: market.token, amount: tokens });
  step.emit(market.token, "Redeem", { redeemer, redeemAmount: assets, redeemTokens: tokens });
  step.seal("withdraw", redeemer);
}

/** Lends, entering the market first where needed. Mirrors CToken.borrow and Comptroller.borrowAllowed. */
export function borrow(
  state: CompoundState,
  step: Step,
  market: Market,
  borrower: string,
  assets: bigint,
): void {
  accrueInterest(state, step, market);
  enterMarket(step, market, borrower);
  const account = step.pool.accounts.intern(borrower);
  step.check(() => {
    const { code, shortfall } =
      market.price === 0n
        ? { code: CODE.priceError, shortfall: 0n }
        : accountLiquidity(step.pool, account, { market, redeemTokens: 0n, borrowAssets: assets });
    if (code !== 0) refuse("BorrowComptrollerRejection", BigInt(code));
    if (shortfall > 0n) refuse("BorrowComptrollerRejection", BigInt(CODE.insufficientLiquidity));
  });
  announceBorrower(step, market, borrower);
  if (market.cash < assets) refuse("BorrowCashNotAvailable");
  lendExactly(step, market, borrower, assets);
  step.seal("borrow", borrower);
}

/** Repays; 2^256 − 1 means the exact debt, more than the debt panics. Mirrors CToken.repayBorrowFresh. */
export function repay(
  state: CompoundState,
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

/** The part of a repayment that a liquidation shares. */
export function repayFresh(
  step: Step,
  market: Market,
  payer: string,
  borrower: string,
  assets: bigint,
): void {
  announceBorrower(step, market, borrower);
  const debt = borrowBalanceStored(market, step.pool.accounts.intern(borrower));
  repayExactly(step, market, payer, borrower, assets === MAX_UINT256 ? debt : assets);
}

/** Moves share tokens; no accrual. The self-transfer test comes after solvency. Mirrors transferTokens. */
export function transferShares(step: Step, market: Market, from: string, to: string, tokens: bigint): void {
  const source = step.pool.accounts.intern(from);
  const target = step.pool.accounts.intern(to);
  requireRedeemable(step, "TransferComptrollerRejection", source, { market, redeemTokens: tokens });
  announceSupplier(step, market, from);
  announceSupplier(step, market, to);
  if (source === target) refuse("TransferNotAllowed");
  const left = subtract(market.tokens.get(source), tokens);
  market.tokens.set(target, add(market.tokens.get(target), tokens));
  market.tokens.set(source, left);
  step.accounts.add(source).add(target);
  step.emit(market.token, "Transfer", { from, to, amount: tokens });
  step.seal("transfer", from);
}

/** Enters a market; nothing when already in. Mirrors Comptroller.addToMarketInternal. */
export function enterMarket(step: Step, market: Market, holder: string): void {
  if (!step.pool.memberships.enter(step.pool.accounts.intern(holder), market.index)) return;
  step.emit(step.pool.comptroller, "MarketEntered", { cToken: market.token, account: holder });
}

/** Failure event of a refusal by code: Comptroller error, place, and what the inner test returned. */
const FAILURE = { balanceOwed: 2n, exitRejected: 3n } as const;

/**
 * Leaves a market; nothing when not in. With a debt, or collateral that is needed, the Comptroller refuses by
 * code without reverting: nothing happens but a Failure event. Mirrors Comptroller.exitMarket.
 */
export function exitMarket(step: Step, market: Market, holder: string): void {
  const { pool } = step;
  const account = pool.accounts.intern(holder);
  const fail = (error: number, info: bigint, detail: number): void => {
    step.emit(pool.comptroller, "Failure", { error: BigInt(error), info, detail: BigInt(detail) });
    step.seal("exit-refused", holder);
  };
  if (borrowBalanceStored(market, account) !== 0n) {
    fail(CODE.nonzeroBorrowBalance, FAILURE.balanceOwed, 0);
    return;
  }
  if (!pool.memberships.has(account, market.index)) return;
  if (step.guarded) {
    const change = { market, redeemTokens: market.tokens.get(account), borrowAssets: 0n };
    const { code, shortfall } = accountLiquidity(pool, account, change);
    const refused = code !== 0 ? code : shortfall > 0n ? CODE.insufficientLiquidity : 0;
    if (refused !== 0) {
      fail(CODE.rejection, FAILURE.exitRejected, refused);
      return;
    }
  }
  pool.memberships.leave(account, market.index);
  step.accounts.add(account);
  step.emit(pool.comptroller, "MarketExited", { cToken: market.token, account: holder });
  step.seal("exit", holder);
}

/** Whether an account may give up share tokens. Outside the markets entered nothing is tested. */
function requireRedeemable(
  step: Step,
  rejection: string,
  account: number,
  change: Omit<Hypothesis, "borrowAssets">,
): void {
  if (!step.pool.memberships.has(account, change.market.index)) return;
  step.check(() => {
    const { code, shortfall } = accountLiquidity(step.pool, account, { ...change, borrowAssets: 0n });
    if (code !== 0) refuse(rejection, BigInt(code));
    if (shortfall > 0n) refuse(rejection, BigInt(CODE.insufficientLiquidity));
  });
}
