import type { DeficitRecord } from "../deficit.js";
import type { LossEffect } from "../ports/policy.js";
import { recoverThroughWaterfall } from "../waterfall/recover.js";
import { runWaterfall } from "../waterfall/run.js";
import { layerIndex } from "../waterfall/waterfall.js";
import type { ActionInputs } from "./actions.js";
import type { Draft } from "./draft.js";
import {
  InsufficientBalanceError,
  UndefinedPriceError,
  UnsupportedEffectError,
  ZeroSharesError,
} from "./errors.js";
import { drawReserves } from "./funds.js";
import { applyLossEffect } from "./loss-effects.js";
import type { WriteOffDetail } from "./pool.js";
import { draftFacts } from "./pool-facts.js";
import { applyRecoveryEffect, COVER, outstandingByLayer, realisedRecord } from "./recovery.js";
import { exitState } from "./supply.js";
import type { LedgerContext, Transition } from "./transition.js";

/** Pays for what a carry (or a mark) kept open, so that it is an asset no longer. */
export const cover: Transition<"cover"> = (draft, input, context) => {
  const { pool } = draft;
  const assets = draft.requirePositive("assets", input.assets);
  const detail = pool.writeOff(input.deficit);
  const record = realisedRecord(detail.deficit, context, "covered");
  const carrying = carryingLayer(draft, record, detail);
  const open = carrying ? outstandingByLayer(draft, record)[carrying.index]! : 0n;
  if (!carrying || assets > open) {
    throw new InsufficientBalanceError(pool.id, "carried and open", detail.deficit, open, assets);
  }
  release(draft, input, context, carrying, assets, detail);
  const payment = pay(draft, input, context, carrying.layer, assets, detail);
  draft.afterwards(() => {
    for (const by of payment.parts) context.deficits.cover(detail.deficit, carrying.layer, by);
    if (payment.layers.length > 0) {
      pool.writeOffs.set(detail.deficit, { ...detail, layers: [...detail.layers, ...payment.layers] });
    }
  });
  return {
    result: { deficit: detail.deficit, assets, shares: payment.shares },
    ...("account" in input.by ? { account: input.by.account } : {}),
    deficit: detail.deficit,
  };
};

interface Payment {
  /** Who takes the place of the carrying layer in the record. */
  readonly parts: readonly { readonly layer: string; readonly policy: string; readonly taken: bigint }[];
  /** What lower layers did, where the waterfall covers. */
  readonly layers: WriteOffDetail["layers"];
  readonly shares: bigint;
}

/** The first layer that still keeps part of this deficit open. */
function carryingLayer(draft: Draft, record: DeficitRecord, detail: WriteOffDetail) {
  const outstanding = outstandingByLayer(draft, record);
  return detail.layers.find(
    (layer) =>
      outstanding[layer.index]! > 0n &&
      layer.effects.some((effect) => effect.kind === "carry" || effect.kind === "mark"),
  );
}

/** The carrying layer gets its amount back. */
function release(
  draft: Draft,
  input: ActionInputs["cover"],
  context: LedgerContext,
  carrying: { readonly index: number; readonly layer: string },
  assets: bigint,
  detail: WriteOffDetail,
): void {
  const { pool } = draft;
  const outcome = recoverThroughWaterfall(
    pool.waterfall,
    pool.waterfallState,
    draftFacts(draft, context, input),
    { amount: assets, position: input.at, order: [carrying.layer] },
    { trust: context.trust },
  );
  if (outcome.restored !== assets) {
    throw new UnsupportedEffectError(
      pool.id,
      carrying.layer,
      "cover",
      `its policy takes back ${outcome.restored} of ${assets}`,
    );
  }
  for (const slot of outcome.slots) {
    for (const effect of slot.effects) {
      applyRecoveryEffect(draft, effect, detail, pool.definition.recoveryHolders, context);
    }
  }
  draft.setWaterfallState(outcome.state);
}

function pay(
  draft: Draft,
  input: ActionInputs["cover"],
  context: LedgerContext,
  carrying: string,
  assets: bigint,
  detail: WriteOffDetail,
): Payment {
  const { pool } = draft;
  const { by } = input;
  const whole = (id: string): Payment["parts"] => [
    { layer: `${COVER}${id}`, policy: "cover", taken: assets },
  ];
  switch (by.kind) {
    case "payer":
      draft.cash(assets);
      return { parts: whole(`payer:${by.account}`), layers: [], shares: 0n };
    case "fund":
      applyLossEffect(
        draft,
        { kind: "draw-fund", fund: by.fund, assets: requireFund(draft, by.fund, assets) },
        { layer: carrying, borrower: detail.borrower, provisional: false },
      );
      return { parts: whole(`fund:${by.fund}`), layers: [], shares: 0n };
    case "reserves":
      drawReserves(draft, assets);
      return { parts: whole("reserves"), layers: [], shares: 0n };
    case "shares": {
      const index = pool.classIndex(by.class);
      const { shareRule } = pool.definition.classes[index]!;
      const book = pool.books[index]!;
      const state = exitState(draft, index);
      if (!shareRule.isPriced(state)) throw new UndefinedPriceError(pool.id, by.class, state.shares);
      const held = draft.get(book, draft.account(by.account));
      const shares = shareRule.sharesOut(state, held, assets, "up");
      if (shares <= 0n) throw new ZeroSharesError(pool.id, "cover", assets);
      draft.take(book, by.account, shares, `shares of class "${by.class}"`);
      draft.moveClass(index, -assets, -shares);
      return { parts: whole(`holder:${by.account}`), layers: [], shares };
    }
    case "waterfall":
      return payByWaterfall(draft, input, context, carrying, assets, detail);
  }
}

function requireFund(draft: Draft, id: string, assets: bigint): bigint {
  const index = draft.pool.fundIndex(id);
  const { floor } = draft.pool.definition.funds[index]!;
  const { assets: balance } = draft.next.funds[index]!;
  const free = balance > floor ? balance - floor : 0n;
  if (assets > free)
    throw new InsufficientBalanceError(draft.pool.id, "tokens above the floor", id, free, assets);
  return assets;
}

/** The layers below the carrying one take it, all of it or nothing. */
function payByWaterfall(
  draft: Draft,
  input: ActionInputs["cover"],
  context: LedgerContext,
  carrying: string,
  assets: bigint,
  detail: WriteOffDetail,
): Payment {
  const { pool } = draft;
  const outcome = runWaterfall(
    pool.waterfall,
    draft.waterfallState,
    draftFacts(draft, context, input),
    {
      deficit: detail.deficit,
      amount: assets,
      borrower: detail.borrower,
      position: input.at,
      after: carrying,
    },
    { trust: context.trust },
  );
  if (outcome.uncovered > 0n) {
    throw new InsufficientBalanceError(
      pool.id,
      "left in the layers below",
      carrying,
      outcome.absorbed,
      assets,
    );
  }
  const epoch = draft.checkpoint();
  const effects: LossEffect[][] = outcome.layers.map((layer) => [...layer.effects]);
  outcome.layers.forEach((layer, at) => {
    const target = { layer: layer.layer, borrower: detail.borrower, provisional: false };
    for (const effect of effects[at]!) applyLossEffect(draft, effect, target);
  });
  draft.setWaterfallState(outcome.state);
  return {
    parts: outcome.layers
      .filter((layer) => layer.taken > 0n)
      .map(({ layer, policy, taken }) => ({ layer, policy, taken })),
    layers: outcome.layers.map((layer, at) => ({
      index: layerIndex(pool.waterfall, layer.layer),
      layer: layer.layer,
      epoch,
      effects: effects[at]!,
    })),
    shares: 0n,
  };
}
