import { zeroFloorSub } from "@shortfall/math";
import { accrueInterest } from "./accrual.js";
import {
  addUint128,
  addUint256,
  subtract,
  toAssetsDown,
  toAssetsUp,
  toSharesDown,
  toSharesUp,
  toUint128,
} from "./arithmetic.js";
import { ZERO_ADDRESS } from "./constants.js";
import { requireHealthy } from "./health.js";
import type { Market } from "./market.js";
import { closeStep, emit, moveTokens, openStep, type Run, requireThat } from "./step.js";

/** Either assets or shares are given; the other is 0 and follows. */
export interface Amounts {
  readonly assets: bigint;
  readonly shares: bigint;
}

export interface Inward extends Amounts {
  readonly market: Market;
  readonly caller: string;
  readonly onBehalf: string;
}

export interface Outward extends Inward {
  readonly receiver: string;
}

export function requireCreated(market: Market): void {
  requireThat(market.lastUpdate !== 0n, "market not created");
}

export function requireOneAmount(a: bigint, b: bigint): void {
  requireThat((a === 0n) !== (b === 0n), "inconsistent input");
}

/** Permissions and addresses of anything that takes value out of an account. */
export function requireOutward(run: Run, caller: string, onBehalf: string, receiver: string): void {
  requireThat(receiver !== ZERO_ADDRESS, "zero address");
  if (!run.checked) return;
  requireThat(caller === onBehalf || run.state.isAuthorised(onBehalf, caller), "unauthorized");
}

/** Morpho.supply. Shares round down, assets up: the market keeps the dust. Returns both amounts. */
export function supply(run: Run, input: Inward): Amounts {
  const { market, caller, onBehalf } = input;
  requireCreated(market);
  requireOneAmount(input.assets, input.shares);
  requireThat(onBehalf !== ZERO_ADDRESS, "zero address");
  accrueInterest(run, market);
  const { totalSupplyAssets, totalSupplyShares } = market;
  let { assets, shares } = input;
  if (assets > 0n) shares = toSharesDown(assets, totalSupplyAssets, totalSupplyShares);
  else assets = toAssetsUp(shares, totalSupplyAssets, totalSupplyShares);
  const id = run.state.accounts.intern(onBehalf);
  const held = addUint256(market.supply.get(id), shares);
  const nextShares = addUint128(totalSupplyShares, toUint128(shares));
  const nextAssets = addUint128(totalSupplyAssets, toUint128(assets));
  const step = openStep(run, "supply", market.id, market, onBehalf);
  market.supply.set(id, held);
  market.totalSupplyShares = nextShares;
  market.totalSupplyAssets = nextAssets;
  step.cash = assets;
  emit(step, run.state.deployment.morpho, "Supply", { id: market.id, caller, onBehalf, assets, shares });
  moveTokens(run, step, market.parameters.loanToken, caller, run.state.deployment.morpho, assets);
  closeStep(step);
  return { assets, shares };
}

/** Morpho.withdraw. Shares round up, assets down. */
export function withdraw(run: Run, input: Outward): Amounts {
  const { market, caller, onBehalf, receiver } = input;
  requireCreated(market);
  requireOneAmount(input.assets, input.shares);
  requireOutward(run, caller, onBehalf, receiver);
  accrueInterest(run, market);
  const { totalSupplyAssets, totalSupplyShares } = market;
  let { assets, shares } = input;
  if (assets > 0n) shares = toSharesUp(assets, totalSupplyAssets, totalSupplyShares);
  else assets = toAssetsDown(shares, totalSupplyAssets, totalSupplyShares);
  const id = run.state.accounts.intern(onBehalf);
  const held = subtract(market.supply.get(id), shares);
  const nextShares = subtract(totalSupplyShares, toUint128(shares));
  const nextAssets = subtract(totalSupplyAssets, toUint128(assets));
  requireThat(market.totalBorrowAssets <= nextAssets, "insufficient liquidity");
  const step = openStep(run, "withdraw", market.id, market, onBehalf);
  market.supply.set(id, held);
  market.totalSupplyShares = nextShares;
  market.totalSupplyAssets = nextAssets;
  step.cash = -assets;
  emit(step, run.state.deployment.morpho, "Withdraw", {
    id: market.id,
    caller,
    onBehalf,
    receiver,
    assets,
    shares,
  });
  moveTokens(run, step, market.parameters.loanToken, run.state.deployment.morpho, receiver, assets);
  closeStep(step);
  return { assets, shares };
}

/** Morpho.borrow. Shares round up, assets down: the borrower carries the dust. */
export function borrow(run: Run, input: Outward): Amounts {
  const { market, caller, onBehalf, receiver } = input;
  requireCreated(market);
  requireOneAmount(input.assets, input.shares);
  requireOutward(run, caller, onBehalf, receiver);
  accrueInterest(run, market);
  const { totalBorrowAssets, totalBorrowShares } = market;
  let { assets, shares } = input;
  if (assets > 0n) shares = toSharesUp(assets, totalBorrowAssets, totalBorrowShares);
  else assets = toAssetsDown(shares, totalBorrowAssets, totalBorrowShares);
  const id = run.state.accounts.intern(onBehalf);
  const owed = addUint128(market.borrow.get(id), toUint128(shares));
  const nextShares = addUint128(totalBorrowShares, shares);
  const nextAssets = addUint128(totalBorrowAssets, toUint128(assets));
  if (run.checked) requireHealthy(run.state, market, id, owed, nextAssets, nextShares);
  requireThat(nextAssets <= market.totalSupplyAssets, "insufficient liquidity");
  const step = openStep(run, "borrow", market.id, market, onBehalf);
  market.borrow.set(id, owed);
  market.totalBorrowShares = nextShares;
  market.totalBorrowAssets = nextAssets;
  step.cash = -assets;
  emit(step, run.state.deployment.morpho, "Borrow", {
    id: market.id,
    caller,
    onBehalf,
    receiver,
    assets,
    shares,
  });
  moveTokens(run, step, market.parameters.loanToken, run.state.deployment.morpho, receiver, assets);
  closeStep(step);
  return { assets, shares };
}

/**
 * Morpho.repay. Shares round down, assets up, so that the payment may exceed the total debt by one wei; the
 * total stops at 0 and the wei stays in the contract.
 */
export function repay(run: Run, input: Inward): Amounts {
  const { market, caller, onBehalf } = input;
  requireCreated(market);
  requireOneAmount(input.assets, input.shares);
  requireThat(onBehalf !== ZERO_ADDRESS, "zero address");
  accrueInterest(run, market);
  const { totalBorrowAssets, totalBorrowShares } = market;
  let { assets, shares } = input;
  if (assets > 0n) shares = toSharesDown(assets, totalBorrowAssets, totalBorrowShares);
  else assets = toAssetsUp(shares, totalBorrowAssets, totalBorrowShares);
  const id = run.state.accounts.intern(onBehalf);
  const owed = subtract(market.borrow.get(id), toUint128(shares));
  const nextShares = subtract(totalBorrowShares, shares);
  const step = openStep(run, "repay", market.id, market, onBehalf);
  market.borrow.set(id, owed);
  market.totalBorrowShares = nextShares;
  market.totalBorrowAssets = zeroFloorSub(totalBorrowAssets, assets);
  step.cash = assets;
  step.surplus = zeroFloorSub(assets, totalBorrowAssets);
  market.surplus += step.surplus;
  emit(step, run.state.deployment.morpho, "Repay", { id: market.id, caller, onBehalf, assets, shares });
  moveTokens(run, step, market.parameters.loanToken, caller, run.state.deployment.morpho, assets);
  closeStep(step);
  return { assets, shares };
}
