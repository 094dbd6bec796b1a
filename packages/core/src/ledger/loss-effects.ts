import { assertNever } from "@shortfall/math";
import type { LossEffect } from "../ports/policy.js";
import { releaseCollateral } from "./collateral.js";
import type { Draft } from "./draft.js";
import { UnsupportedEffectError } from "./errors.js";
import { atIndex } from "./share-rule.js";

/** Where an effect of a loss falls. */
export interface LossTarget {
  readonly layer: string;
  readonly borrower: string;
  /** Effects that leave the pool's books for good are refused then. */
  readonly provisional: boolean;
}

/** Moves a draft by what a layer does to take its part of a loss. */
export function applyLossEffect(draft: Draft, effect: LossEffect, target: LossTarget): void {
  const { pool, next } = draft;
  if (target.provisional && isFinal(effect)) {
    throw new UnsupportedEffectError(
      pool.id,
      target.layer,
      effect.kind,
      "it moves value out of the pool, which a provisional mark could not take back; realise the loss instead",
    );
  }
  switch (effect.kind) {
    case "draw-fund": {
      const index = pool.fundIndex(effect.fund);
      requirePoolAsset(draft, index, target.layer, effect.kind);
      draft.moveFund(index, -effect.assets, 0n);
      draft.cash(effect.assets);
      return;
    }
    case "slash-stake":
      draft.moveFund(pool.fundIndex(effect.fund), -effect.units, 0n);
      draft.cash(effect.assets);
      return;
    case "draw-reserve":
      next.reserves -= effect.assets;
      return;
    case "write-down":
      moveClaim(draft, pool.classIndex(effect.class), -effect.assets, effect.index);
      return;
    case "burn-shares": {
      const index = pool.classIndex(effect.class);
      draft.take(pool.books[index]!, effect.account, effect.shares, `shares of class "${effect.class}"`);
      draft.moveClass(index, -effect.assets, -effect.shares);
      return;
    }
    case "carry":
      next.carried += effect.assets;
      return;
    case "mark": {
      const index = pool.classIndex(effect.class);
      requireTotals(draft, index, target.layer, effect.kind);
      next.marked[index]! += effect.assets;
      next.carried += effect.assets;
      return;
    }
    case "charge":
      draft.add(pool.charges, draft.account(effect.account), effect.assets);
      next.charges += effect.assets;
      return;
    case "transfer-debt": {
      const id = draft.account(effect.to);
      const shares = pool.definition.debtRule.sharesIn(
        next.debt,
        draft.get(pool.debt, id),
        effect.assets,
        "up",
      );
      draft.add(pool.debt, id, shares);
      draft.moveDebt(effect.assets, shares);
      return;
    }
    case "sale":
      draft.cash(effect.assets);
      return;
    case "give-collateral":
      releaseCollateral(draft, pool.collateralIndex(effect.asset), target.borrower, effect.amount);
      return;
    default:
      assertNever(effect);
  }
}

/** A class's claim moves by an amount, to the index that a policy worked out where there is one. */
export function moveClaim(draft: Draft, index: number, assets: bigint, to: bigint | undefined): void {
  if (to === undefined) draft.revalueClass(index, assets);
  else {
    const { shareRule } = draft.pool.definition.classes[index]!;
    draft.setClass(index, atIndex(shareRule, draft.next.classes[index]!, to), assets);
  }
}

/** A mark needs a class whose price comes from totals. @throws {UnsupportedEffectError} */
export function requireTotals(draft: Draft, index: number, layer: string, effect: string): void {
  if (draft.pool.definition.classes[index]!.shareRule.divisor === 0n) return;
  throw new UnsupportedEffectError(
    draft.pool.id,
    layer,
    effect,
    "the class keeps an index, and a mark needs a share rule on totals",
  );
}

function requirePoolAsset(draft: Draft, index: number, layer: string, effect: string): void {
  const fund = draft.pool.definition.funds[index]!;
  if (fund.asset === draft.pool.definition.asset) return;
  throw new UnsupportedEffectError(
    draft.pool.id,
    layer,
    effect,
    `fund "${fund.id}" holds ${fund.asset}, which must be sold first; use a policy that slashes stake`,
  );
}

const isFinal = (effect: LossEffect): boolean =>
  effect.kind === "slash-stake" ||
  effect.kind === "transfer-debt" ||
  effect.kind === "sale" ||
  effect.kind === "give-collateral";
