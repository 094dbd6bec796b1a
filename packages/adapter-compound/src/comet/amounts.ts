import { MAX_INT256, MAX_UINT64, MAX_UINT104, MAX_UINT128, MAX_UINT256 } from "@shortfall/math";
import { FACTOR_SCALE, INDEX_SCALE, MAX_INT104 } from "./constants.js";
import { CometRefusal, divisionByZero, overflow } from "./errors.js";

/*
 * Comet's arithmetic (CometCore, CometMath and the factor functions of Comet), with the contract's own
 * failures. Everything truncates toward zero unless the name says Up.
 */

/** A uint256 result of checked arithmetic. */
export function checked(value: bigint): bigint {
  if (value < 0n || value > MAX_UINT256) throw overflow();
  return value;
}

/** safe64. */
export function toUint64(value: bigint): bigint {
  if (value > MAX_UINT64) throw new CometRefusal("InvalidUInt64()");
  return value;
}

/** safe128. */
export function toUint128(value: bigint): bigint {
  if (value > MAX_UINT128) throw new CometRefusal("InvalidUInt128()");
  return value;
}

/** signed256. */
export function toInt256(value: bigint): bigint {
  if (value > MAX_INT256) throw new CometRefusal("InvalidInt256()");
  return value;
}

/** Sum that stays in a packed unsigned field, or reverts. */
export function addWithin(a: bigint, b: bigint, limit: bigint): bigint {
  const sum = a + b;
  if (sum > limit) throw overflow();
  return sum;
}

/** Difference of unsigned fields. */
export function subtractChecked(a: bigint, b: bigint): bigint {
  if (a < b) throw overflow();
  return a - b;
}

/** Base tokens that a supply principal is worth. Rounds down: the market keeps the dust. */
export const presentValueSupplyDown = (supplyIndex: bigint, principal: bigint): bigint =>
  (principal * supplyIndex) / INDEX_SCALE;

/** Base tokens that a borrow principal owes. Rounds down: the borrower keeps the dust. */
export const presentValueBorrowDown = (borrowIndex: bigint, principal: bigint): bigint =>
  (principal * borrowIndex) / INDEX_SCALE;

/** Supply principal for base tokens. Rounds down: the market keeps the dust. */
export function principalSupplyDown(supplyIndex: bigint, value: bigint): bigint {
  return toPrincipal(checked(value * INDEX_SCALE) / supplyIndex);
}

/** Borrow principal for base tokens. Rounds up: the borrower pays the dust. */
export function principalBorrowUp(borrowIndex: bigint, value: bigint): bigint {
  return toPrincipal(checked(value * INDEX_SCALE + borrowIndex - 1n) / borrowIndex);
}

function toPrincipal(value: bigint): bigint {
  if (value > MAX_UINT104) throw new CometRefusal("InvalidUInt104()");
  if (value > MAX_INT104) throw new CometRefusal("InvalidInt104()");
  return value;
}

export interface BaseIndexes {
  readonly supplyIndex: bigint;
  readonly borrowIndex: bigint;
}

/** Signed present value of a signed principal. */
export const presentValue = (indexes: BaseIndexes, principal: bigint): bigint =>
  principal >= 0n
    ? presentValueSupplyDown(indexes.supplyIndex, principal)
    : -presentValueBorrowDown(indexes.borrowIndex, -principal);

/** Signed principal of a signed value. */
export const principalValue = (indexes: BaseIndexes, value: bigint): bigint =>
  value >= 0n
    ? principalSupplyDown(indexes.supplyIndex, value)
    : -principalBorrowUp(indexes.borrowIndex, -value);

/** n·factor/1e18. */
export const mulFactorDown = (n: bigint, factor: bigint): bigint => checked(n * factor) / FACTOR_SCALE;

/** Value of `n` units at `price`: n·price/scale, 1e8. */
export const mulPriceDown = (n: bigint, price: bigint, scale: bigint): bigint => checked(n * price) / scale;

/** Signed form of {@link mulPriceDown}; a debt's value is rounded toward zero. */
export function signedMulPrice(n: bigint, price: bigint, scale: bigint): bigint {
  const product = n * toInt256(price);
  if (product > MAX_INT256 || product < -MAX_INT256 - 1n) throw overflow();
  return product / scale;
}

/** Units worth `value` at `price`: value·scale/price. */
export function divPriceDown(value: bigint, price: bigint, scale: bigint): bigint {
  if (price === 0n) throw divisionByZero();
  return checked(value * scale) / price;
}

/** What a growing principal repays and supplies. Both are 0 when it shrinks (a credit of dust can do that). */
export function repayAndSupply(old: bigint, next: bigint): readonly [repaid: bigint, supplied: bigint] {
  if (next < old) return [0n, 0n];
  if (next <= 0n) return [next - old, 0n];
  if (old >= 0n) return [0n, next - old];
  return [-old, next];
}

/** What a shrinking principal withdraws and borrows. */
export function withdrawAndBorrow(old: bigint, next: bigint): readonly [withdrawn: bigint, borrowed: bigint] {
  if (next > old) return [0n, 0n];
  if (next >= 0n) return [old - next, 0n];
  if (old <= 0n) return [0n, old - next];
  return [old, -next];
}
