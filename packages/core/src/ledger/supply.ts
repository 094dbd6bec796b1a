import { Book } from "../book.js";
import type { Draft } from "./draft.js";
import { AmountError, LimitError, NoHoldersError, UndefinedPriceError, ZeroSharesError } from "./errors.js";
import type { ShareState } from "./share-rule.js";
import type { Transition } from "./transition.js";

/** Deposits mint shares at the price after marks, rounded down: the pool keeps the dust. */
export const deposit: Transition<"deposit"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const assets = draft.requirePositive("assets", input.assets);
  const rule = draft.pool.definition.classes[index]!.shareRule;
  const state = pricedState(draft, index);
  const id = draft.account(input.account);
  const book = draft.pool.books[index]!;
  const shares = rule.sharesIn(state, draft.get(book, id), assets, "down");
  if (shares <= 0n) throw new ZeroSharesError(draft.pool.id, "deposit", assets);
  comeIn(draft, index, id, assets, shares);
  return { result: { assets, shares }, account: input.account };
};

/** The same for many accounts at the price before the first of them. */
export const depositMany: Transition<"deposit-many"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const rule = draft.pool.definition.classes[index]!.shareRule;
  const state = pricedState(draft, index);
  const book = draft.pool.books[index]!;
  let assets = 0n;
  let shares = 0n;
  for (const [account, amount] of input.deposits) {
    draft.requirePositive(`assets of "${account}"`, amount);
    const id = draft.account(account);
    const minted = rule.sharesIn(state, draft.get(book, id), amount, "down");
    if (minted <= 0n) throw new ZeroSharesError(draft.pool.id, "deposit-many", amount);
    draft.add(book, id, minted);
    assets += amount;
    shares += minted;
  }
  draft.requirePositive("the sum of deposits", assets);
  enter(draft, index, assets, shares);
  return { result: { assets, shares } };
};

/** Mints exactly the shares asked for; the assets they cost round up. */
export const mint: Transition<"mint"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const shares = draft.requirePositive("shares", input.shares);
  const rule = draft.pool.definition.classes[index]!.shareRule;
  const assets = rule.assetsOf(pricedState(draft, index), shares, "up");
  if (assets <= 0n) throw new AmountError("mint", "shares", shares, "shares worth at least one base unit");
  comeIn(draft, index, draft.account(input.account), assets, shares);
  return { result: { assets, shares }, account: input.account };
};

function comeIn(draft: Draft, index: number, account: number, assets: bigint, shares: bigint): void {
  draft.add(draft.pool.books[index]!, account, shares);
  enter(draft, index, assets, shares);
}

/** @throws {LimitError} the class would claim more than its cap. */
function enter(draft: Draft, index: number, assets: bigint, shares: bigint): void {
  const { pool } = draft;
  draft.cash(assets);
  draft.moveClass(index, assets, shares);
  const definition = pool.definition.classes[index]!;
  const claim = draft.next.classes[index]!.assets;
  if (definition.supplyCap !== undefined && claim > definition.supplyCap)
    throw new LimitError(pool.id, `supply cap of class "${definition.id}"`, definition.supplyCap, claim);
}

/** Pays assets out of a class at the price after marks; the shares burned round up. */
export const withdraw: Transition<"withdraw"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const { id: classId, shareRule } = draft.pool.definition.classes[index]!;
  const state = exitState(draft, index);
  const book = draft.pool.books[index]!;
  const held = draft.get(book, draft.account(input.account));
  let assets: bigint;
  let shares: bigint;
  if (input.assets === "all") {
    shares = draft.requirePositive("shares held", held);
    assets = shareRule.assetsOf(state, shares, "down");
  } else {
    assets = draft.requirePositive("assets", input.assets);
    if (!shareRule.isPriced(state)) throw new UndefinedPriceError(draft.pool.id, classId, state.shares);
    shares = shareRule.sharesOut(state, held, assets, "up");
    if (shares <= 0n) throw new ZeroSharesError(draft.pool.id, "withdraw", assets);
  }
  goOut(draft, index, input.account, assets, shares);
  return { result: { assets, shares }, account: input.account };
};

/** Burns exactly the shares given; the assets paid round down, possibly to nothing. */
export const redeem: Transition<"redeem"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const shares = draft.requirePositive("shares", input.shares);
  const rule = draft.pool.definition.classes[index]!.shareRule;
  const state = exitState(draft, index);
  const assets = state.shares === 0n ? 0n : rule.assetsOf(state, shares, "down");
  goOut(draft, index, input.account, assets, shares);
  return { result: { assets, shares }, account: input.account };
};

function goOut(draft: Draft, index: number, account: string, assets: bigint, shares: bigint): void {
  const { pool } = draft;
  draft.take(pool.books[index]!, account, shares, `shares of class "${pool.definition.classes[index]!.id}"`);
  draft.cash(-assets);
  draft.moveClass(index, -assets, -shares);
}

export const transfer: Transition<"transfer"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const shares = draft.requirePositive("shares", input.shares);
  const book = draft.pool.books[index]!;
  draft.take(book, input.account, shares, `shares of class "${draft.pool.definition.classes[index]!.id}"`);
  draft.add(book, draft.account(input.to), shares);
  return { result: { shares }, account: input.account };
};

/** Raises what present holders' shares are worth; the way back from a total loss. */
export const recapitalise: Transition<"recapitalise"> = (draft, input) => {
  const index = draft.pool.classIndex(input.class);
  const assets = draft.requirePositive("assets", input.assets);
  if (draft.next.classes[index]!.shares === 0n)
    throw new NoHoldersError(draft.pool.id, draft.pool.definition.classes[index]!.id, "recapitalise");
  draft.cash(assets);
  draft.revalueClass(index, assets);
  return { result: { assets }, account: input.account };
};

/** Cancels worthless shares at once by starting a new book; the old one stays readable through its epochs. */
export const retireClass: Transition<"retire-class"> = (draft, input) => {
  const { pool } = draft;
  const index = pool.classIndex(input.class);
  const state = draft.next.classes[index]!;
  if (state.assets !== 0n) {
    throw new AmountError(
      "retire-class",
      "the class's claim",
      state.assets,
      "a class that is worth nothing: write its claim down or let its holders withdraw first",
    );
  }
  draft.setClass(index, pool.definition.classes[index]!.shareRule.open(), 0n);
  const name = pool.books[index]!.name;
  draft.afterwards(() => {
    pool.books[index] = new Book(name);
  });
  return { result: { shares: state.shares } };
};

/** A class's totals as an entry or exit sees them: what marks hold back is not there. */
export function exitState(draft: Draft, index: number): ShareState {
  return markedState(draft.next.classes[index]!, draft.next.marked[index]!);
}

/** The totals after a mark. */
export function markedState(state: ShareState, marked: bigint): ShareState {
  if (marked === 0n) return state;
  return { ...state, assets: state.assets > marked ? state.assets - marked : 0n };
}

/** @throws {UndefinedPriceError} shares exist and are worth nothing. */
function pricedState(draft: Draft, index: number): ShareState {
  const state = exitState(draft, index);
  const definition = draft.pool.definition.classes[index]!;
  if (!definition.shareRule.isPriced(state))
    throw new UndefinedPriceError(draft.pool.id, definition.id, state.shares);
  return state;
}
