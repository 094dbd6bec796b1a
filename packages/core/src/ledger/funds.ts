import type { Draft } from "./draft.js";
import { InsufficientBalanceError, LimitError, UndefinedPriceError, ZeroSharesError } from "./errors.js";
import type { Transition } from "./transition.js";

export const topUpFund: Transition<"top-up-fund"> = (draft, input) => {
  const { pool } = draft;
  const index = pool.fundIndex(input.fund);
  const fund = pool.definition.funds[index]!;
  const assets = draft.requirePositive("assets", input.assets);
  let shares = 0n;
  if (fund.shareRule) {
    const state = draft.next.funds[index]!;
    if (!fund.shareRule.isPriced(state)) throw new UndefinedPriceError(pool.id, fund.id, state.shares);
    const id = draft.account(input.account);
    const book = pool.fundBooks[index]!;
    shares = fund.shareRule.sharesIn(state, draft.get(book, id), assets, "down");
    if (shares <= 0n) throw new ZeroSharesError(pool.id, "top-up-fund", assets);
    draft.add(book, id, shares);
  }
  draft.moveFund(index, assets, shares);
  const after = draft.next.funds[index]!.assets;
  if (fund.cap !== undefined && after > fund.cap)
    throw new LimitError(pool.id, `cap of fund "${fund.id}"`, fund.cap, after);
  return { result: { assets, shares }, account: input.account };
};

export const withdrawFund: Transition<"withdraw-fund"> = (draft, input) => {
  const { pool } = draft;
  const index = pool.fundIndex(input.fund);
  const fund = pool.definition.funds[index]!;
  const assets = draft.requirePositive("assets", input.assets);
  const held = draft.next.funds[index]!;
  const free = held.assets > fund.floor ? held.assets - fund.floor : 0n;
  if (assets > free)
    throw new InsufficientBalanceError(pool.id, "tokens above the floor", fund.id, free, assets);
  let shares = 0n;
  if (fund.shareRule) {
    const book = pool.fundBooks[index]!;
    const own = draft.get(book, draft.account(input.account));
    shares = fund.shareRule.sharesOut(held, own, assets, "up");
    if (shares <= 0n) throw new ZeroSharesError(pool.id, "withdraw-fund", assets);
    draft.take(book, input.account, shares, `shares of fund "${fund.id}"`);
  }
  draft.moveFund(index, -assets, -shares);
  return { result: { assets, shares }, account: input.account };
};

export const addReserves: Transition<"add-reserves"> = (draft, input) => {
  const assets = draft.requirePositive("assets", input.assets);
  draft.cash(assets);
  draft.next.reserves += assets;
  return { result: { assets }, account: input.account };
};

export const withdrawReserves: Transition<"withdraw-reserves"> = (draft, input) => {
  const assets = draft.requirePositive("assets", input.assets);
  drawReserves(draft, assets);
  draft.cash(-assets);
  return { result: { assets }, account: input.account };
};

/** @throws {InsufficientBalanceError} the reserves would fall below their floor. */
export function drawReserves(draft: Draft, assets: bigint): void {
  const { reservesFloor } = draft.pool.definition;
  const { reserves } = draft.next;
  if (reservesFloor !== "none" && reserves - assets < reservesFloor) {
    const free = reserves > reservesFloor ? reserves - reservesFloor : 0n;
    throw new InsufficientBalanceError(
      draft.pool.id,
      "of reserves above the floor",
      "reserves",
      free,
      assets,
    );
  }
  draft.next.reserves = reserves - assets;
}

export const payTreasury: Transition<"pay-treasury"> = (draft, input) => {
  const assets = draft.requirePositive("assets", input.assets);
  const { treasury } = draft.next;
  if (assets > treasury)
    throw new InsufficientBalanceError(draft.pool.id, "accrued", "treasury", treasury, assets);
  draft.next.treasury = treasury - assets;
  draft.cash(-assets);
  return { result: { assets } };
};

/** Pays an account what recoveries have credited to it. */
export const claim: Transition<"claim"> = (draft, input) => {
  const { pool } = draft;
  const credited = draft.get(pool.payable, draft.account(input.account));
  const assets = draft.requirePositive("assets", input.assets ?? credited);
  draft.take(pool.payable, input.account, assets, "credited from recoveries");
  draft.next.payable -= assets;
  draft.cash(-assets);
  return { result: { assets }, account: input.account };
};

/** An account pays what a layer charged it for a loss. */
export const settleCharge: Transition<"settle-charge"> = (draft, input) => {
  const { pool } = draft;
  const assets = draft.requirePositive("assets", input.assets);
  draft.take(pool.charges, input.account, assets, "charged");
  draft.next.charges -= assets;
  draft.cash(assets);
  return { result: { assets }, account: input.account };
};

/** Credits an account with what a recovery owes it. */
export function credit(draft: Draft, account: string, assets: bigint): void {
  draft.add(draft.pool.payable, draft.account(account), assets);
  draft.next.payable += assets;
}
