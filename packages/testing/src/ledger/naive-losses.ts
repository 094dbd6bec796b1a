import type { ActionInput } from "@shortfall/core";
import { type NaiveBook, refuse } from "./naive-book.js";
import {
  atLeastZero,
  byLargestRemainder,
  cancelled,
  copyBook,
  credit,
  freeInFund,
  move,
  moveDebt,
  type NaiveDeficit,
  type NaiveLoss,
  type NaivePart,
  type NaivePool,
  payOut,
  revalue,
  smaller,
} from "./naive-pool.js";
import { layerId, type PoolSpec } from "./scenario.js";

export function writeOff(pool: NaivePool, input: ActionInput<"write-off">, seen: readonly string[]) {
  const owed = pool.debt.owed(input.account);
  const open = atLeastZero(owed - pool.provisionOf(input.account));
  const assets = input.assets ?? open;
  if (assets <= 0n) refuse("SF_AMOUNT");
  if (assets > open) refuse("SF_INSUFFICIENT_BALANCE");
  const id = input.deficit ?? `${pool.spec.id}#${pool.deficits.length + 1}`;
  if (!input.provisional && input.collateral === undefined) {
    for (const rows of pool.collateral.values())
      if ((rows.get(input.account) ?? 0n) > 0n) refuse("SF_COLLATERAL_REMAINS");
  }
  const held = pool.classes.map(
    (book) => new Map(book.holders.map(({ account, shares }) => [account, shares])),
  );
  const lost = pool.classes.map(() => 0n);
  const indexBefore = pool.classes.map((book) => book.index);
  const books = pool.classes.map((book) => ordered(book, seen));
  const { losses, left } = run(pool, 0, assets, lost);
  const haircuts = lost.map((loss, index) => {
    const { losses: rows, dust } = books[index]!.split(loss);
    return loss > 0n ? rows.set("", dust) : new Map<string, bigint>();
  });
  pool.uncovered += left;
  if (!input.provisional) {
    moveDebt(pool, input.account, -assets, -cancelled(pool, input.account, owed, assets));
  }
  pool.deficits.push({
    id,
    borrower: input.account,
    assets,
    status: input.provisional ? "provisional" : "realised",
    parts: losses.map(({ index, assets: taken }) => ({
      layer: layerId(index),
      index,
      taken,
      restored: 0n,
    })),
    firstUncovered: left,
    uncovered: left,
    recovered: 0n,
    excess: 0n,
    losses,
    held,
    indexBefore,
    indexAfter: pool.classes.map((book) => book.index),
    haircuts,
  });
  return { deficit: id, assets, absorbed: assets - left, uncovered: left };
}

/** A copy of a class as it is, holders in the ledger's order. */
function ordered(book: NaiveBook, seen: readonly string[]): NaiveBook {
  const copy = copyBook(book);
  copy.holders.sort((a, b) => seen.indexOf(a.account) - seen.indexOf(b.account));
  return copy;
}

function find(pool: NaivePool, id: string): NaiveDeficit {
  return pool.deficits.find((deficit) => deficit.id === id) ?? refuse("SF_UNKNOWN_ID");
}

export function realise(pool: NaivePool, input: ActionInput<"realise">) {
  const deficit = find(pool, input.deficit);
  if (deficit.status !== "provisional") refuse("SF_PROVISION");
  const owed = pool.debt.owed(deficit.borrower);
  if (owed < deficit.assets) refuse("SF_PROVISION");
  deficit.status = "realised";
  const shares = cancelled(pool, deficit.borrower, owed, deficit.assets);
  moveDebt(pool, deficit.borrower, -deficit.assets, -shares);
  return { deficit: deficit.id, assets: deficit.assets };
}

export function reverse(pool: NaivePool, input: ActionInput<"reverse">) {
  const deficit = find(pool, input.deficit);
  if (deficit.status !== "provisional") refuse("SF_PROVISION");
  const back = pool.classes.map(() => 0n);
  for (const { index, assets } of deficit.losses) {
    const layer = pool.spec.layers[index]!;
    if (layer.kind === "class") back[pool.classAt(layer.class)]! += assets;
    else if (layer.kind === "carry") pool.carried -= assets;
    else if (layer.kind === "reserve") pool.reserves += assets;
    else {
      payOut(pool, assets);
      pool.funds.set(layer.fund, pool.funds.get(layer.fund)! + assets);
    }
  }
  pool.classes.forEach((book, index) => {
    if (back[index] === 0n) return;
    if (book.shares === 0n && book.rule.kind !== "virtual") refuse("SF_PROVISION");
    if (book.divisor > 0n && book.index === deficit.indexAfter[index]) {
      const claim = book.assets;
      book.index = deficit.indexBefore[index]!;
      pool.rounding += back[index]! - (book.assets - claim);
    } else revalue(pool, book, back[index]!);
  });
  pool.uncovered -= deficit.firstUncovered;
  deficit.status = "reversed";
  return { deficit: deficit.id, assets: deficit.assets };
}

export function recover(pool: NaivePool, input: ActionInput<"recover">, seen: readonly string[]) {
  if (input.assets <= 0n) refuse("SF_AMOUNT");
  const deficit = find(pool, input.deficit);
  if (deficit.status !== "realised") refuse("SF_PROVISION");
  pool.cash += input.assets;
  const due = pool.spec.layers.map((_, index) => {
    let sum = 0n;
    for (const part of deficit.parts) if (part.index === index) sum += part.taken - part.restored;
    return sum;
  });
  const order = recoveryOrder(pool.spec);
  const claims = order.map((slot) => (slot === "uncovered" ? deficit.uncovered : due[slot]!));
  let claimed = 0n;
  for (const claim of claims) claimed += claim;
  const offers =
    pool.spec.order === "pro-rata"
      ? (byLargestRemainder(smaller(input.assets, claimed), claims) ?? claims)
      : claims;
  const slots: [string, bigint][] = [];
  let left = input.assets;
  let uncovered = 0n;
  order.forEach((slot, at) => {
    const amount = smaller(left, offers[at]!);
    if (amount === 0n) return;
    left -= amount;
    if (slot === "uncovered") {
      uncovered = amount;
      deficit.uncovered -= amount;
      pool.uncovered -= amount;
      slots.push(["uncovered", amount]);
      return;
    }
    restore(pool, deficit, slot, amount, input.holders ?? pool.spec.holders, seen);
    let rest = amount;
    for (const part of deficit.parts) {
      if (part.index !== slot) continue;
      const share = smaller(rest, part.taken - part.restored);
      part.restored += share;
      rest -= share;
    }
    slots.push([layerId(slot), amount]);
  });
  for (const part of [...deficit.parts].reverse()) {
    if (!part.cover || left === 0n) continue;
    const amount = smaller(left, part.taken - part.restored);
    if (amount === 0n) continue;
    left -= amount;
    part.restored += amount;
    slots.push([part.layer, amount]);
    const { kind, id } = part.cover;
    if (kind === "fund") {
      payOut(pool, amount);
      pool.funds.set(id, pool.funds.get(id)! + amount);
    } else if (kind === "reserves") pool.reserves += amount;
    else credit(pool, id, amount);
  }
  if (left > 0n) {
    if (pool.spec.excess === "refuse") refuse("SF_AMOUNT");
    if (pool.spec.excess === "reserves") pool.reserves += left;
    else if (pool.spec.excess === "treasury") pool.treasury += left;
    else credit(pool, deficit.borrower, left);
  }
  deficit.recovered += input.assets;
  deficit.excess += left;
  return { deficit: deficit.id, assets: input.assets, uncovered, excess: left, slots };
}

function restore(
  pool: NaivePool,
  deficit: NaiveDeficit,
  index: number,
  amount: bigint,
  holders: "current-holders" | "loss-bearers",
  seen: readonly string[],
): void {
  const layer = pool.spec.layers[index]!;
  if (layer.kind === "carry") pool.carried -= amount;
  else if (layer.kind === "reserve") pool.reserves += amount;
  else if (layer.kind === "fund") {
    payOut(pool, amount);
    pool.funds.set(layer.fund, pool.funds.get(layer.fund)! + amount);
  } else {
    const at = pool.classAt(layer.class);
    const book = pool.classes[at]!;
    if (holders === "current-holders" && book.shares > 0n) {
      revalue(pool, book, amount);
      return;
    }
    const bearers = seen.filter((account) => (deficit.held[at]!.get(account) ?? 0n) > 0n);
    if (bearers.length === 0) refuse("SF_INSUFFICIENT_BALANCE");
    const parts = byLargestRemainder(
      amount,
      bearers.map((account) => deficit.held[at]!.get(account)!),
    )!;
    bearers.forEach((account, k) => {
      credit(pool, account, parts[k]!);
    });
  }
}

export function cover(pool: NaivePool, input: ActionInput<"cover">) {
  if (input.assets <= 0n) refuse("SF_AMOUNT");
  const deficit = find(pool, input.deficit);
  if (deficit.status !== "realised") refuse("SF_PROVISION");
  const carrying = deficit.parts.find(
    (part) =>
      part.index !== undefined &&
      pool.spec.layers[part.index]!.kind === "carry" &&
      part.taken > part.restored,
  );
  if (!carrying || input.assets > carrying.taken - carrying.restored) refuse("SF_INSUFFICIENT_BALANCE");
  pool.carried -= input.assets;
  carrying.taken -= input.assets;
  const { by } = input;
  const add = (layer: string, cover: NonNullable<NaivePart["cover"]>) => {
    deficit.parts.push({ layer, index: undefined, taken: input.assets, restored: 0n, cover });
  };
  let shares = 0n;
  if (by.kind === "payer") {
    pool.cash += input.assets;
    add(`cover:payer:${by.account}`, { kind: "payer", id: by.account });
  } else if (by.kind === "fund") {
    if (input.assets > freeInFund(pool, by.fund)) refuse("SF_INSUFFICIENT_BALANCE");
    pool.funds.set(by.fund, pool.funds.get(by.fund)! - input.assets);
    pool.cash += input.assets;
    add(`cover:fund:${by.fund}`, { kind: "fund", id: by.fund });
  } else if (by.kind === "reserves") {
    if (input.assets > pool.reserves) refuse("SF_INSUFFICIENT_BALANCE");
    pool.reserves -= input.assets;
    add("cover:reserves", { kind: "reserves", id: "" });
  } else if (by.kind === "shares") {
    const book = pool.classes[pool.classAt(by.class)]!;
    if (!book.isPriced) refuse("SF_UNDEFINED_PRICE");
    shares = book.sharesOut(by.account, input.assets, true);
    if (shares <= 0n) refuse("SF_ZERO_SHARES");
    if (shares > book.of(by.account)) refuse("SF_INSUFFICIENT_BALANCE");
    move(pool, book, by.account, -input.assets, -shares);
    add(`cover:holder:${by.account}`, { kind: "holder", id: by.account });
  } else {
    const { losses, left } = run(pool, carrying.index! + 1, input.assets, []);
    if (left > 0n) refuse("SF_INSUFFICIENT_BALANCE");
    for (const { index, assets } of losses)
      deficit.parts.push({ layer: layerId(index), index, taken: assets, restored: 0n });
  }
  return { deficit: deficit.id, assets: input.assets, shares };
}

/** Runs a loss down the layers from a position. `lost` collects what each class lost. */
function run(pool: NaivePool, from: number, assets: bigint, lost: bigint[]) {
  const losses: NaiveLoss[] = [];
  let left = assets;
  pool.spec.layers.forEach((layer, index) => {
    if (index < from || left === 0n) return;
    let taken: bigint;
    if (layer.kind === "fund") {
      taken = smaller(left, freeInFund(pool, layer.fund));
      pool.funds.set(layer.fund, pool.funds.get(layer.fund)! - taken);
      pool.cash += taken;
    } else if (layer.kind === "reserve") {
      taken = smaller(left, atLeastZero(pool.reserves));
      pool.reserves -= taken;
    } else if (layer.kind === "class") {
      const at = pool.classAt(layer.class);
      taken = smaller(left, pool.classes[at]!.assets);
      if (taken > 0n) revalue(pool, pool.classes[at]!, -taken);
      lost[at] = (lost[at] ?? 0n) + taken;
    } else {
      taken = left;
      pool.carried += taken;
    }
    left -= taken;
    if (taken > 0n) losses.push({ index, assets: taken });
  });
  return { losses, left };
}

function recoveryOrder(spec: PoolSpec): (number | "uncovered")[] {
  const layers = spec.layers.map((_, index) => index);
  const rank = (index: number): number => {
    const layer = spec.layers[index]!;
    return layer.kind === "class"
      ? spec.classes.findIndex((entry) => entry.id === layer.class)
      : spec.classes.length;
  };
  const seniorFirst: (number | "uncovered")[] = ["uncovered"];
  for (let level = 0; level <= spec.classes.length; level++) {
    for (const index of [...layers].reverse()) if (rank(index) === level) seniorFirst.push(index);
  }
  switch (spec.order) {
    case "same-order":
    case "pro-rata":
      return [...layers, "uncovered"];
    case "reverse-order":
      return ["uncovered", ...layers.reverse()];
    case "senior-first":
      return seniorFirst;
    case "junior-first":
      return seniorFirst.reverse();
    default:
      throw new Error(`The naive ledger does not know the order "${String(spec.order)}".`);
  }
}
