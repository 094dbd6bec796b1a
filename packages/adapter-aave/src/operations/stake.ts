import { MAX_UINT256, max } from "@shortfall/math";
import { mulDivCeil } from "../arithmetic.js";
import { STAKE_FLOOR_ASSETS, ZERO_ADDRESS } from "../constants.js";
import { panicOverflow, Refusal } from "../refusal.js";
import type { StakeToken } from "../stake-token.js";
import type { Step } from "../step.js";

/** Shares for a deposit, rounded down; the virtual share and unit keep the vault's first price. */
export const stakeSharesDown = (stake: StakeToken, assets: bigint): bigint =>
  (assets * (stake.supplyShares + 1n)) / (stake.totalAssets + 1n);

/** Shares for a withdrawal of an exact amount, rounded up. */
export const stakeSharesUp = (stake: StakeToken, assets: bigint): bigint =>
  mulDivCeil(assets, stake.supplyShares + 1n, stake.totalAssets + 1n);

/** Assets that shares redeem for, rounded down: the vault keeps the dust. */
export const stakeAssetsDown = (stake: StakeToken, shares: bigint): bigint =>
  (shares * (stake.totalAssets + 1n)) / (stake.supplyShares + 1n);

/** Assets that an exact number of shares costs, rounded up. */
export const stakeAssetsUp = (stake: StakeToken, shares: bigint): bigint =>
  mulDivCeil(shares, stake.totalAssets + 1n, stake.supplyShares + 1n);

/** Most that a slash may take: everything above the floor. */
export const maxSlashableAssets = (stake: StakeToken): bigint =>
  max(stake.totalAssets - STAKE_FLOOR_ASSETS, 0n);

/** Moves the staked token between wallets. */
export function moveStaked(step: Step, stake: StakeToken, from: string, to: string, assets: bigint): void {
  const { market } = step;
  stake.wallets.shift(market.account(from), -assets);
  stake.wallets.shift(market.account(to), assets);
  step.effects.stakes.add(stake);
  step.emit(stake.underlying, "Transfer", { from, to, value: assets });
}

/** Sets the price of a staked token; its test feed says so. */
export function setStakePrice(step: Step, stake: StakeToken, priceBase: bigint): void {
  stake.priceBase = priceBase;
  stake.priceKnown = true;
  step.emit(stake.priceFeed, "FeedSet", { answer: priceBase });
}

export interface StakeDeposit {
  readonly stake: StakeToken;
  readonly sender: string;
  readonly owner: string;
  readonly assets: bigint;
  readonly shares: bigint;
}

/** Stakes tokens for shares (ERC4626 deposit or mint). */
export function depositStake(step: Step, input: StakeDeposit): void {
  const { stake, assets, shares } = input;
  const { market } = step;
  // Both are words of the contract: a conversion beyond one reverts before anything moves.
  if (assets > MAX_UINT256 || stake.supplyShares + shares > MAX_UINT256) panicOverflow();
  moveStaked(step, stake, input.sender, stake.address, assets);
  const owner = market.account(input.owner);
  stake.shares.set(owner, stake.shares.get(owner) + shares);
  stake.supplyShares += shares;
  stake.totalAssets += assets;
  step.emit(stake.address, "Transfer", { from: ZERO_ADDRESS, to: input.owner, value: shares });
  step.emit(stake.address, "Deposit", { sender: input.sender, owner: input.owner, assets, shares });
}

export interface StakeWithdrawal {
  readonly stake: StakeToken;
  readonly sender: string;
  readonly receiver: string;
  readonly owner: string;
  readonly assets: bigint;
  readonly shares: bigint;
}

/** Shares an account may redeem now: its cooldown snapshot, inside the window. */
export function redeemableShares(step: Step, stake: StakeToken, account: number): bigint {
  const end = stake.cooldownEnds.get(account);
  const open = end <= step.now && step.now <= end + stake.cooldownWindows.get(account);
  return open ? stake.cooldownShares.get(account) : 0n;
}

/** Redeems shares after a cooldown (ERC4626 redeem or withdraw). */
export function withdrawStake(step: Step, input: StakeWithdrawal): void {
  const { stake, assets, shares } = input;
  const { market } = step;
  const owner = market.account(input.owner);
  if (step.guard) {
    const most = redeemableShares(step, stake, owner);
    if (shares > most) {
      throw new Refusal(`ERC4626ExceededMaxRedeem(${market.spelled(input.owner)},${shares},${most})`);
    }
  }
  setCooldown(step, stake, owner, stake.cooldownShares.get(owner) - shares);
  const held = stake.shares.get(owner);
  if (held < shares) step.refuse("ERC20InsufficientBalance", market.spelled(input.owner), held, shares);
  stake.shares.set(owner, held - shares);
  stake.supplyShares -= shares;
  stake.totalAssets -= assets;
  step.emit(stake.address, "Transfer", { from: input.owner, to: ZERO_ADDRESS, value: shares });
  moveStaked(step, stake, stake.address, input.receiver, assets);
  step.emit(stake.address, "Withdraw", {
    sender: input.sender,
    receiver: input.receiver,
    owner: input.owner,
    assets,
    shares,
  });
}

/** Reduces a cooldown; at 0 its times go too. */
function setCooldown(step: Step, stake: StakeToken, account: number, left: bigint): void {
  stake.cooldownShares.set(account, left);
  if (left === 0n) {
    stake.cooldownEnds.set(account, 0n);
    stake.cooldownWindows.set(account, 0n);
  }
  logCooldown(step, stake, account);
}

function logCooldown(step: Step, stake: StakeToken, account: number): void {
  step.effects.stakes.add(stake);
  step.emit(stake.address, "StakerCooldownUpdated", {
    user: step.market.address(account),
    amount: stake.cooldownShares.get(account),
    endOfCooldown: stake.cooldownEnds.get(account),
    unstakeWindow: stake.cooldownWindows.get(account),
  });
}

/** Snapshots the caller's shares and starts the clock. */
export function startCooldown(
  step: Step,
  stake: StakeToken,
  account: number,
  snapshot: { readonly shares: bigint; readonly ends: bigint; readonly window: bigint },
): void {
  stake.cooldownShares.set(account, snapshot.shares);
  stake.cooldownEnds.set(account, snapshot.ends);
  stake.cooldownWindows.set(account, snapshot.window);
  logCooldown(step, stake, account);
}

/** Moves shares between holders; a cooldown above the sender's remaining balance shrinks to it. */
export function transferStake(step: Step, stake: StakeToken, from: string, to: string, shares: bigint): void {
  const { market } = step;
  const source = market.account(from);
  const target = market.account(to);
  const held = stake.shares.get(source);
  if (held < shares) step.refuse("ERC20InsufficientBalance", market.spelled(from), held, shares);
  if (from !== to && stake.cooldownShares.get(source) > held - shares) {
    setCooldown(step, stake, source, held - shares);
  }
  stake.shares.set(source, held - shares);
  stake.shares.set(target, stake.shares.get(target) + shares);
  step.effects.stakes.add(stake);
  step.emit(stake.address, "Transfer", { from, to, value: shares });
}
