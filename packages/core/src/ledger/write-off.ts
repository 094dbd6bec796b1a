import type { SeizedCollateral } from "../ports/policy.js";
import { runWaterfall } from "../waterfall/run.js";
import { layerIndex } from "../waterfall/waterfall.js";
import type { ActionInputs } from "./actions.js";
import { cancelledShares, owedAssets } from "./debt.js";
import type { Draft } from "./draft.js";
import { AmountError, CollateralRemainsError, InsufficientBalanceError, ProvisionError } from "./errors.js";
import { applyLossEffect } from "./loss-effects.js";
import type { WriteOffDetail } from "./pool.js";
import { draftFacts } from "./pool-facts.js";
import type { LedgerContext, Transition } from "./transition.js";

/**
 * Recognises a deficit and lets the waterfall's layers take it. Realised: the debt is cancelled. Provisional:
 * the debt stays owed, against a provision, until the loss is realised or reversed.
 *
 * Costs O(layers) whatever the number of holders: totals, indices and an epoch move, no holder does.
 */
export const writeOff: Transition<"write-off"> = (draft, input, context) => {
  const { pool, next } = draft;
  const provisional = input.provisional ?? false;
  const borrower = draft.account(input.account);
  const held = draft.get(pool.debt, borrower);
  const owed = owedAssets(pool.definition.debtRule, next.debt, held);
  const marked = pool.provisions.get(borrower) ?? 0n;
  const open = owed > marked ? owed - marked : 0n;
  const assets = draft.requirePositive("assets", input.assets ?? open);
  if (assets > open) {
    throw new InsufficientBalanceError(
      pool.id,
      "debt that is not written off yet",
      input.account,
      open,
      assets,
    );
  }
  const id = input.deficit ?? `${pool.id}#${pool.deficitCount + 1}`;
  requireFreeId(context, id, assets);
  const seized = seizable(draft, input, borrower, provisional);
  const outcome = runWaterfall(
    pool.waterfall,
    pool.waterfallState,
    draftFacts(draft, context, input),
    {
      deficit: id,
      amount: assets,
      borrower: input.account,
      position: input.at,
      ...(seized ? { seized } : {}),
    },
    { trust: context.trust },
  );
  const epoch = draft.checkpoint();
  const before = next.classes.slice();
  for (const layer of outcome.layers) {
    const target = { layer: layer.layer, borrower: input.account, provisional };
    for (const effect of layer.effects) applyLossEffect(draft, effect, target);
  }
  if (provisional) next.provision += assets;
  else cancelDebt(draft, input.account, held, owed, assets);
  next.uncovered += outcome.uncovered;
  draft.setWaterfallState(outcome.state);
  const detail: Omit<WriteOffDetail, "sequence"> = {
    deficit: id,
    borrower: input.account,
    assets,
    epoch,
    layers: outcome.layers
      .filter((layer) => layer.effects.length > 0)
      .map((layer) => ({
        index: layerIndex(pool.waterfall, layer.layer),
        layer: layer.layer,
        epoch,
        effects: layer.effects,
      })),
    before,
    after: next.classes.slice(),
    stateBefore: pool.waterfallState,
    stateAfter: outcome.state,
    uncovered: outcome.uncovered,
  };
  draft.afterwards((sequence) => {
    context.deficits.recognise({
      id,
      pool: pool.id,
      asset: pool.definition.asset,
      borrower: input.account,
      recognised: assets,
      recognisedAt: { ...input.at },
      provisional,
      layers: outcome.layers
        .filter((layer) => layer.taken > 0n)
        .map(({ layer, policy, taken }) => ({ layer, policy, taken })),
      epoch,
    });
    pool.writeOffs.set(id, { ...detail, sequence });
    pool.deficitCount++;
    if (provisional) pool.provisions.set(borrower, marked + assets);
    else pool.deficitRealised += assets;
  });
  const { layers, absorbed, uncovered } = outcome;
  return {
    result: { deficit: id, assets, absorbed, uncovered, layers, epoch },
    account: input.account,
    deficit: id,
  };
};

function requireFreeId(context: LedgerContext, id: string, assets: bigint): void {
  if (context.deficits.has(id))
    throw new AmountError("write-off", `deficit "${id}"`, assets, "an id that no deficit has yet");
}

/** Collateral that goes with the loss. @throws {CollateralRemainsError} */
function seizable(
  draft: Draft,
  input: ActionInputs["write-off"],
  borrower: number,
  provisional: boolean,
): readonly SeizedCollateral[] | undefined {
  const { pool } = draft;
  const posted = pool.definition.collateral
    .map((entry, index) => ({ asset: entry.asset, amount: draft.get(pool.collateral[index]!, borrower) }))
    .filter((part) => part.amount > 0n);
  const first = posted[0];
  if (first && !provisional && input.collateral === undefined)
    throw new CollateralRemainsError(pool.id, input.account, first.asset, first.amount);
  return input.collateral === "give" ? posted : undefined;
}

function cancelDebt(draft: Draft, account: string, held: bigint, owed: bigint, assets: bigint): void {
  const shares = cancelledShares(draft, held, owed, assets);
  draft.take(draft.pool.debt, account, shares, "debt shares");
  draft.moveDebt(-assets, -shares);
}

/** Cancels the debt behind a provisional write-off, which is final then. */
export const realise: Transition<"realise"> = (draft, input, context) => {
  const { pool, next } = draft;
  const detail = provisionalDetail(draft, input.deficit, context, "realised");
  const borrower = draft.account(detail.borrower);
  const held = draft.get(pool.debt, borrower);
  const owed = owedAssets(pool.definition.debtRule, next.debt, held);
  if (owed < detail.assets) {
    throw new ProvisionError(
      detail.deficit,
      "realised",
      `"${detail.borrower}" owes only ${owed} of the ${detail.assets} marked. Reverse it and write off what is left`,
    );
  }
  next.provision -= detail.assets;
  cancelDebt(draft, detail.borrower, held, owed, detail.assets);
  draft.afterwards(() => {
    context.deficits.realise(detail.deficit);
    pool.deficitRealised += detail.assets;
    lowerProvision(draft, borrower, detail.assets);
  });
  return {
    result: { deficit: detail.deficit, assets: detail.assets },
    account: detail.borrower,
    deficit: detail.deficit,
  };
};

export function lowerProvision(draft: Draft, borrower: number, assets: bigint): void {
  const left = (draft.pool.provisions.get(borrower) ?? 0n) - assets;
  if (left > 0n) draft.pool.provisions.set(borrower, left);
  else draft.pool.provisions.delete(borrower);
}

/** @throws {UnknownIdError} @throws {ProvisionError} it is not provisional. */
export function provisionalDetail(
  draft: Draft,
  deficit: string,
  context: LedgerContext,
  action: string,
): WriteOffDetail {
  const detail = draft.pool.writeOff(deficit);
  const { status } = context.deficits.get(deficit);
  if (status !== "provisional")
    throw new ProvisionError(deficit, action, `it is ${status}; only a provisional one can be`);
  return detail;
}
