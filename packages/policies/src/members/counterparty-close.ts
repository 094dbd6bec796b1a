import { definePolicy, type LayerView, type LossEffect } from "@shortfall/core";
import { abs, max, min } from "@shortfall/math";
import * as z from "zod";
import { amount, divisor, identifier } from "../pieces/schema.js";
import { groupOf, MissingBearerError } from "../pieces/shares.js";

/** Order in which counterparties are closed. */
export const closeOrder = z.enum(["pnl-x-leverage", "mark-entry-x-leverage", "offset"]);
export type CloseOrder = z.output<typeof closeOrder>;

const parameters = z.strictObject({
  positions: identifier.describe("Group with each counterparty's open size, in base units of the contract."),
  order: closeOrder.describe("Order in which counterparties are closed."),
  offset: amount.default(0n).describe("First position of a walk, counted from 0 (`offset` only)."),
  pnl: identifier.optional().describe("Group with the gain of each, for ranking."),
  margin: identifier.optional().describe("Group with the margin of each, for ranking."),
  notional: identifier.optional().describe("Group with the notional of each, for ranking."),
  mark: identifier.optional().describe("Group with the mark price of each, for ranking."),
  entry: identifier.optional().describe("Group with the entry price of each, for ranking."),
  bankruptcyPrice: amount.describe("Price at which the bankrupt account has nothing left."),
  priceScale: divisor.default(1n).describe("What one unit of the price is divided by."),
});
type Parameters = z.output<typeof parameters>;
type View = LayerView<Parameters, object>;

/**
 * Winners are closed against the bankrupt account at its bankruptcy price, in order, until its size is gone
 * (automatic deleveraging of BitMEX, Hyperliquid, dYdX). Sizes, not money, are absorbed: the request's amount
 * is the size to close. A fill's quote is floor(size·price/scale).
 *
 * `pnl-x-leverage`: profit ratio times leverage, a loser's divided by it; `mark-entry-x-leverage`: price ratio
 * times leverage; both as exact fractions, highest first, ties by account. `offset`: the group's own order
 * from a start, once around. What is closed does not come back.
 */
export const counterpartyClose = definePolicy({
  id: "counterparty-close",
  version: "1",
  title: "Counterparty close",
  parameters,
  describe: (p) =>
    `Counterparties in "${p.positions}" are closed at ${p.bankruptcyPrice}/${p.priceScale}, by ${p.order}.`,
  bearer: (p) => ({ kind: "group", id: p.positions }),
  open: () => ({}),
  capacity: (view: View) =>
    groupOf(view, view.parameters.positions).reduce((sum, [, size]) => sum + max(0n, size), 0n),
  absorb(view, request) {
    let left = request.remaining;
    const effects: LossEffect[] = [];
    for (const [account, size] of ordered(view)) {
      const fill = min(left, max(0n, size));
      if (fill === 0n) continue;
      left -= fill;
      effects.push({ kind: "charge", group: view.parameters.positions, account, assets: fill });
    }
    return {
      taken: request.remaining - left,
      state: view.state,
      effects,
      reason: `${effects.length} counterparties are closed.`,
    };
  },
});

/** Quote amount of a fill, rounded down. */
export const closeQuoteDown = (size: bigint, price: bigint, scale: bigint): bigint => (size * price) / scale;

function ordered(view: View): [string, bigint][] {
  const rows = groupOf(view, view.parameters.positions);
  if (view.parameters.order === "offset") {
    const start = rows.length === 0 ? 0 : Number(view.parameters.offset % BigInt(rows.length));
    return [...rows.slice(start), ...rows.slice(0, start)];
  }
  const ranked = rows.map((row) => ({ row, rank: rankOf(view, row[0]) }));
  return ranked
    .sort((a, b) => compare(b.rank, a.rank) || (a.row[0] < b.row[0] ? -1 : a.row[0] > b.row[0] ? 1 : 0))
    .map(({ row }) => row);
}

/** A rank as a fraction with positive denominator. */
interface Rank {
  readonly num: bigint;
  readonly den: bigint;
}

const compare = (a: Rank, b: Rank): number => {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

function rankOf(view: View, account: string): Rank {
  const p = view.parameters;
  const margin = figure(view, p.margin, "margin", account);
  const notional = abs(figure(view, p.notional, "notional", account));
  if (p.order === "mark-entry-x-leverage") {
    const mark = figure(view, p.mark, "mark", account);
    const entry = figure(view, p.entry, "entry", account);
    return ratio(mark * notional, entry * margin);
  }
  const pnl = figure(view, p.pnl, "pnl", account);
  return pnl >= 0n ? ratio(pnl * notional, margin * margin) : ratio(pnl, notional);
}

/** Nothing to divide by ranks last. */
function ratio(num: bigint, den: bigint): Rank {
  if (den === 0n) return { num: -1n, den: 1n };
  return den < 0n ? { num: -num, den: -den } : { num, den };
}

function figure(view: View, group: string | undefined, name: string, account: string): bigint {
  const value = group === undefined ? undefined : view.pool.groups?.get(group)?.get(account);
  if (value === undefined) throw new MissingBearerError(`${name} of`, account, view.pool.pool);
  return value;
}
