import { definePolicy, type LayerView, type LossEffect } from "@shortfall/core";
import { min, mulDivDown, WAD, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { amount, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  to: identifier.describe("Account, pool or group that owes the debt from now on."),
  limit: amount.optional().describe("Most it may owe at once."),
  collateral: z
    .strictObject({ asset: identifier, penaltyWad: amount })
    .optional()
    .describe(
      "Seized collateral that goes with the debt: up to its worth plus a penalty, at the pool's prices.",
    ),
});

type View = LayerView<z.output<typeof parameters>, object>;

/**
 * Somebody else owes the debt: a treasury, a backstop, a market-making vault, the other borrowers as a group
 * (Synthetix v3 treasury, Blend backstop, Hyperliquid HLP, Lido acceptor vault, Liquity v2's branch).
 *
 * Takes floor(debt·(1 + penalty)/price) of the collateral, at most what is left of it; the rest stays for the
 * borrower. Recoveries pay whoever took it over.
 */
export const takeOver = definePolicy({
  id: "take-over",
  version: "1",
  title: "Take-over",
  parameters,
  describe: (p) =>
    `"${p.to}" takes the debt over${p.limit === undefined ? "" : `, at most ${p.limit} at a time`}${
      p.collateral ? `, with collateral worth it plus ${p.collateral.penaltyWad}/1e18` : ""
    }.`,
  bearer: (p) => ({ kind: "account", id: p.to }),
  open: () => ({}),
  capacity: (view) =>
    view.parameters.limit === undefined
      ? "unlimited"
      : zeroFloorSub(view.parameters.limit, view.unreimbursed),
  absorb(view, request) {
    const { limit, to } = view.parameters;
    const taken =
      limit === undefined
        ? request.remaining
        : min(request.remaining, zeroFloorSub(limit, view.unreimbursed));
    const effects: LossEffect[] = [];
    let given = 0n;
    if (taken > 0n) {
      effects.push({ kind: "transfer-debt", to, assets: taken });
      given = collateralFor(view, request.seized ?? [], taken, effects);
    }
    return {
      taken,
      state: view.state,
      effects,
      reason: `"${to}" takes ${taken === request.remaining ? "all of it" : taken} over.`,
      figures: { collateral: given },
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "pay", to: view.parameters.to, assets: offered }],
    reason: `Pays "${view.parameters.to}" back.`,
  }),
});

function collateralFor(
  view: View,
  seized: readonly { readonly asset: string; readonly amount: bigint }[],
  taken: bigint,
  effects: LossEffect[],
): bigint {
  const { collateral, to } = view.parameters;
  if (!collateral) return 0n;
  const held = seized.find((part) => part.asset === collateral.asset)?.amount ?? 0n;
  if (held === 0n) return 0n;
  const price = view.pool.prices?.get(collateral.asset);
  if (price === undefined || price <= 0n)
    throw new MissingBearerError("price of", collateral.asset, view.pool.pool);
  const given = min(held, mulDivDown(taken, WAD + collateral.penaltyWad, price));
  if (given > 0n) effects.push({ kind: "give-collateral", asset: collateral.asset, to, amount: given });
  return given;
}
