import type { Book } from "@shortfall/core";
import { addPacked, rayDiv, rayMul, subtract } from "./arithmetic.js";
import type { Cells } from "./cells.js";
import { ZERO_ADDRESS } from "./constants.js";
import type { Reserve } from "./reserve.js";
import type { Step } from "./step.js";

/** Which of a reserve's two tokens. */
export type TokenSide = "supply" | "debt";

/** An amount in both forms; which one counts depends on the release. */
export interface TokenAmount {
  readonly assets: bigint;
  readonly scaled: bigint;
}

interface Token {
  readonly address: string;
  readonly book: Book;
  readonly indexes: Cells;
  balance(scaled: bigint, indexRay: bigint): bigint;
}

function tokenOf(step: Step, reserve: Reserve, side: TokenSide): Token {
  const { scaling } = step.profile;
  return side === "supply"
    ? {
        address: reserve.identity.aToken,
        book: reserve.supplies,
        indexes: reserve.supplyIndexes,
        balance: scaling.claim,
      }
    : {
        address: reserve.identity.debtToken,
        book: reserve.debts,
        indexes: reserve.debtIndexes,
        balance: scaling.debt,
      };
}

function moveSupply(reserve: Reserve, side: TokenSide, by: bigint): void {
  if (side === "supply") reserve.supplyScaled += by;
  else reserve.debtScaled += by;
}

/** Mint of a scaled token (ScaledBalanceTokenBase._mintScaled). Returns whether it was the first balance. */
export function mintScaled(
  step: Step,
  reserve: Reserve,
  side: TokenSide,
  caller: string,
  user: number,
  amount: TokenAmount,
  indexRay: bigint,
): boolean {
  const token = tokenOf(step, reserve, side);
  const { scaled } = amount;
  if (scaled === 0n) step.refuse("InvalidMintAmount");
  const held = token.book.get(user);
  const before = token.balance(held, token.indexes.get(user));
  const increase = token.balance(held, indexRay) - before;
  const value =
    step.profile.scaling.kind === "half-up"
      ? amount.assets + increase
      : token.balance(held + scaled, indexRay) - before;
  if (side === "debt") accrueUnpaid(step, reserve, user, increase);
  token.indexes.set(user, step.narrow(indexRay, 128n));
  const minted = step.narrow(scaled, step.profile.balanceBits);
  token.book.set(user, addPacked(held, minted, step.profile.balanceBits));
  moveSupply(reserve, side, minted);
  step.effects.moved(reserve);
  const address = step.market.address(user);
  logMint(step, token.address, caller, address, value, increase, indexRay);
  return held === 0n;
}

/**
 * Burn of a scaled token (ScaledBalanceTokenBase._burnScaled). Logs a mint where interest outgrew the burn.
 * Returns whether nothing is left.
 */
export function burnScaled(
  step: Step,
  reserve: Reserve,
  side: TokenSide,
  user: number,
  target: string,
  amount: TokenAmount,
  indexRay: bigint,
): boolean {
  const token = tokenOf(step, reserve, side);
  if (amount.scaled === 0n) step.refuse("InvalidBurnAmount");
  const held = token.book.get(user);
  const halfUp = step.profile.scaling.kind === "half-up";
  // A debt token of an asset that the pool issues burns everything when the whole debt is named.
  const burned =
    side === "debt" && step.market.isIssued(reserve) && amount.assets === rayMul(held, indexRay)
      ? held
      : amount.scaled;
  const left = subtract(held, burned);
  const before = token.balance(held, token.indexes.get(user));
  const increase = token.balance(held, indexRay) - before;
  const change = halfUp ? increase - amount.assets : token.balance(left, indexRay) - before;
  if (side === "debt") accrueUnpaid(step, reserve, user, increase);
  token.indexes.set(user, step.narrow(indexRay, 128n));
  token.book.set(user, left);
  moveSupply(reserve, side, -burned);
  step.effects.moved(reserve);
  const address = step.market.address(user);
  if (change > 0n) {
    logMint(step, token.address, address, address, change, increase, indexRay);
  } else {
    step.emit(token.address, "Transfer", { from: address, to: ZERO_ADDRESS, value: -change });
    step.emit(token.address, "Burn", {
      from: address,
      target,
      value: -change,
      balanceIncrease: increase,
      index: indexRay,
    });
  }
  return left === 0n;
}

/**
 * Transfer of aTokens (ScaledBalanceTokenBase._transfer), up to but without `BalanceTransfer`. `sender` is the
 * direct caller of the token, who shows in interest mints only.
 */
export function transferScaled(
  step: Step,
  reserve: Reserve,
  sender: string,
  from: number,
  to: number,
  amount: TokenAmount,
  indexRay: bigint,
): void {
  const { supplies } = reserve;
  const indexes = reserve.supplyIndexes;
  const { claim } = step.profile.scaling;
  const heldFrom = supplies.get(from);
  const heldTo = supplies.get(to);
  const increaseFrom = claim(heldFrom, indexRay) - claim(heldFrom, indexes.get(from));
  const increaseTo = claim(heldTo, indexRay) - claim(heldTo, indexes.get(to));
  const index = step.narrow(indexRay, 128n);
  const moved = step.narrow(amount.scaled, step.profile.balanceBits);
  indexes.set(from, index);
  indexes.set(to, index);
  supplies.set(from, subtract(heldFrom, moved));
  supplies.set(to, addPacked(supplies.get(to), moved, step.profile.balanceBits));
  step.effects.moved(reserve);
  const token = reserve.identity.aToken;
  const fromAddress = step.market.address(from);
  const toAddress = step.market.address(to);
  if (increaseFrom > 0n) {
    logMint(step, token, sender, fromAddress, increaseFrom, increaseFrom, indexRay);
  }
  if (from !== to && increaseTo > 0n) {
    logMint(step, token, sender, toAddress, increaseTo, increaseTo, indexRay);
  }
  step.emit(token, "Transfer", { from: fromAddress, to: toAddress, value: amount.assets });
}

/** Logs the scaled amount of a transfer. Up to 3.4 it is recomputed from the amount. */
export function logBalanceTransfer(
  step: Step,
  reserve: Reserve,
  from: number,
  to: number,
  amount: TokenAmount,
  indexRay: bigint,
): void {
  step.emit(reserve.identity.aToken, "BalanceTransfer", {
    from: step.market.address(from),
    to: step.market.address(to),
    value: step.profile.scaling.kind === "half-up" ? rayDiv(amount.assets, indexRay) : amount.scaled,
    index: indexRay,
  });
}

/** Debt tokens of issued assets keep each account's unpaid interest. */
function accrueUnpaid(step: Step, reserve: Reserve, user: number, increase: bigint): void {
  if (step.market.isIssued(reserve)) reserve.unpaidInterest.shift(user, increase);
}

function logMint(
  step: Step,
  token: string,
  caller: string,
  user: string,
  value: bigint,
  balanceIncrease: bigint,
  index: bigint,
): void {
  step.emit(token, "Transfer", { from: ZERO_ADDRESS, to: user, value });
  step.emit(token, "Mint", { caller, onBehalfOf: user, value, balanceIncrease, index });
}
