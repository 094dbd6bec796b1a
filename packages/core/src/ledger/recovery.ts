import { allocateLargestRemainder, assertNever, min } from "@shortfall/math";
import type { DeficitRecord } from "../deficit.js";
import type { RecoveryEffect } from "../ports/policy.js";
import { recoverThroughWaterfall } from "../waterfall/recover.js";
import type { WaterfallState } from "../waterfall/waterfall.js";
import { layerIndex } from "../waterfall/waterfall.js";
import type { RecoveryHolders } from "./definition.js";
import type { Draft } from "./draft.js";
import { AmountError, InsufficientBalanceError, ProvisionError } from "./errors.js";
import { credit } from "./funds.js";
import { moveClaim } from "./loss-effects.js";
import type { WriteOffDetail } from "./pool.js";
import { draftFacts } from "./pool-facts.js";
import type { LedgerContext, Transition } from "./transition.js";

/**
 * Shares money that came back among those who bore the loss, in the waterfall's recovery order, never more
 * than each is still out of pocket; then among those who covered it later, last one first. The rest is excess.
 */
export const recover: Transition<"recover"> = (draft, input, context) => {
  const { pool, next } = draft;
  const assets = draft.requirePositive("assets", input.assets);
  const detail = pool.writeOff(input.deficit);
  const record = realisedRecord(detail.deficit, context, "recovered");
  draft.cash(assets);
  const outcome = recoverThroughWaterfall(
    pool.waterfall,
    pool.waterfallState,
    draftFacts(draft, context, input),
    {
      amount: assets,
      position: input.at,
      outstanding: { layers: outstandingByLayer(draft, record), uncovered: record.uncovered },
      ...(input.order ? { order: input.order } : {}),
    },
    { trust: context.trust },
  );
  const holders = input.holders ?? pool.definition.recoveryHolders;
  const restored = record.layers.map(() => 0n);
  for (const slot of outcome.slots) {
    for (const effect of slot.effects) applyRecoveryEffect(draft, effect, detail, holders, context);
    if (slot.layer >= 0) spreadOver(record, slot.slot, slot.restored, restored);
  }
  next.uncovered -= outcome.uncovered;
  const slots = outcome.slots.map(({ slot, restored: part, reason }) => ({ slot, restored: part, reason }));
  const excess = repayCovers(draft, record, outcome.excess, restored, slots);
  if (excess > 0n) keepExcess(draft, detail, excess);
  draft.setWaterfallState(withExcess(outcome.state, pool.waterfallState.excess + excess));
  draft.afterwards(() => context.deficits.recover(detail.deficit, restored, outcome.uncovered, excess));
  return {
    result: { deficit: detail.deficit, assets, slots, uncovered: outcome.uncovered, excess },
    account: detail.borrower,
    deficit: detail.deficit,
  };
};

const withExcess = (state: WaterfallState, excess: bigint): WaterfallState =>
  Object.freeze({ ...state, excess });

/** @throws {ProvisionError} the deficit is not realised. */
export function realisedRecord(deficit: string, context: LedgerContext, action: string): DeficitRecord {
  const record = context.deficits.get(deficit);
  if (record.status !== "realised") {
    throw new ProvisionError(
      deficit,
      action,
      record.status === "provisional"
        ? "the debt is still owed. Take money as a repayment, or realise the loss first"
        : "it was reversed",
    );
  }
  return record;
}

/** What each layer of the waterfall is still out of pocket for this deficit. */
export function outstandingByLayer(draft: Draft, record: DeficitRecord): bigint[] {
  const outstanding = draft.pool.waterfall.layers.map(() => 0n);
  for (const layer of record.layers) {
    const index = layerIndex(draft.pool.waterfall, layer.layer);
    if (index >= 0) outstanding[index]! += layer.taken - layer.restored;
  }
  return outstanding;
}

/** A layer may stand in a record more than once: first its own part, then what it took over from a carry. */
export function spreadOver(record: DeficitRecord, layer: string, amount: bigint, restored: bigint[]): void {
  let left = amount;
  record.layers.forEach((entry, index) => {
    if (entry.layer !== layer || left === 0n) return;
    const part = min(left, entry.taken - entry.restored - restored[index]!);
    restored[index]! += part;
    left -= part;
  });
}

/** Prefix of the layers under which a record names those who covered a carried deficit. */
export const COVER = "cover:";

/** Pays back those who covered a carried deficit, the last one first. Returns what is left. */
function repayCovers(
  draft: Draft,
  record: DeficitRecord,
  amount: bigint,
  restored: bigint[],
  slots: { slot: string; restored: bigint; reason: string }[],
): bigint {
  let left = amount;
  for (let index = record.layers.length - 1; index >= 0 && left > 0n; index--) {
    const entry = record.layers[index]!;
    if (!entry.layer.startsWith(COVER)) continue;
    const part = min(left, entry.taken - entry.restored);
    if (part === 0n) continue;
    restored[index] = part;
    left -= part;
    const [kind, ...rest] = entry.layer.slice(COVER.length).split(":");
    const id = rest.join(":");
    if (kind === "fund") {
      draft.cash(-part);
      draft.moveFund(draft.pool.fundIndex(id), part, 0n);
    } else if (kind === "reserves") draft.next.reserves += part;
    else credit(draft, id, part);
    slots.push({ slot: entry.layer, restored: part, reason: "Pays back who covered the deficit." });
  }
  return left;
}

function keepExcess(draft: Draft, detail: WriteOffDetail, excess: bigint): void {
  switch (draft.pool.definition.recoveryExcess) {
    case "reserves":
      draft.next.reserves += excess;
      return;
    case "treasury":
      draft.next.treasury += excess;
      return;
    case "borrower":
      credit(draft, detail.borrower, excess);
      return;
    case "refuse":
      throw new AmountError(
        "recover",
        "the excess over every unreimbursed loss",
        excess,
        "a recovery of at most what was lost, or another excess rule",
      );
  }
}

/** Moves a draft by what a layer does to get something back. */
export function applyRecoveryEffect(
  draft: Draft,
  effect: RecoveryEffect,
  detail: WriteOffDetail,
  holders: RecoveryHolders,
  context: LedgerContext,
): void {
  const { pool, next } = draft;
  switch (effect.kind) {
    case "fill-fund":
      draft.cash(-effect.assets);
      draft.moveFund(pool.fundIndex(effect.fund), effect.assets, 0n);
      return;
    case "return-stake":
      draft.cash(-effect.assets);
      draft.moveFund(pool.fundIndex(effect.fund), effect.units, 0n);
      return;
    case "fill-reserve":
      next.reserves += effect.assets;
      return;
    case "write-up": {
      const index = pool.classIndex(effect.class);
      // With no present holder the money can only go to those who bore the loss.
      const toBearers = holders === "loss-bearers" || next.classes[index]!.shares === 0n;
      if (toBearers) creditBearers(draft, index, effect.assets, detail, context);
      else moveClaim(draft, index, effect.assets, effect.index);
      return;
    }
    case "mint-shares": {
      const index = pool.classIndex(effect.class);
      draft.add(pool.books[index]!, draft.account(effect.account), effect.shares);
      draft.moveClass(index, effect.assets, effect.shares);
      return;
    }
    case "uncarry":
      next.carried -= effect.assets;
      return;
    case "unmark":
      next.marked[pool.classIndex(effect.class)]! -= effect.assets;
      next.carried -= effect.assets;
      return;
    case "refund": {
      const unpaid = min(draft.get(pool.charges, draft.account(effect.account)), effect.assets);
      draft.take(pool.charges, effect.account, unpaid, "charged");
      next.charges -= unpaid;
      if (unpaid < effect.assets) credit(draft, effect.account, effect.assets - unpaid);
      return;
    }
    case "pay":
      credit(draft, effect.to, effect.assets);
      return;
    default:
      assertNever(effect);
  }
}

/** Credits a class's holders at the time of the loss, by shares, largest remainder. O(holders). */
function creditBearers(
  draft: Draft,
  index: number,
  assets: bigint,
  detail: WriteOffDetail,
  context: LedgerContext,
): void {
  const { book, epoch } = draft.pool.epoch(detail.epoch).classes[index]!;
  const holders = [...book.holders(epoch)];
  if (holders.length === 0) {
    const { id } = draft.pool.definition.classes[index]!;
    throw new InsufficientBalanceError(draft.pool.id, "holders at the time of the loss", id, 0n, 1n);
  }
  const { parts } = allocateLargestRemainder(
    assets,
    holders.map(([, shares]) => shares),
  );
  holders.forEach(([holder], at) => {
    if (parts[at]! > 0n) credit(draft, context.accounts.keyOf(holder), parts[at]!);
  });
}
