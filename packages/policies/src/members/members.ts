import { definePolicy, type LayerView, type LossEffect, type RecoveryEffect } from "@shortfall/core";
import { max, min } from "@shortfall/math";
import * as z from "zod";
import { type AllocationRule, allocateWithCaps, allocationRule } from "../pieces/allocation-rule.js";
import { changeAmounts } from "../pieces/amounts.js";
import { payClaims } from "../pieces/claims.js";
import {
  boundedCapacity,
  boundedTake,
  countUse,
  describeLimits,
  limits,
  openUsage,
  type Usage,
} from "../pieces/limits.js";
import { identifier } from "../pieces/schema.js";
import { groupOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  group: identifier.describe(
    "Group of the pool whose accounts are charged; what stands there is the most each can be charged.",
  ),
  weights: identifier
    .optional()
    .describe("Group whose amounts weigh the split. The charged group itself where absent."),
  rule: allocationRule.default("largest-remainder").describe("How the loss is cut among the accounts."),
  limits: limits
    .default({})
    .describe("Over all accounts: per loss, per period, over their life, a floor that stays."),
  takes: identifier
    .default("contribution")
    .describe("Plain word for what is taken, such as `contribution`, `assessment`, `gain`."),
});
type Parameters = z.output<typeof parameters>;

/** Charged and not yet paid back, by account. */
interface State {
  readonly charged: Readonly<Record<string, bigint>>;
  readonly usage: Usage;
}

/**
 * Members of a group pay: a mutual fund by contribution, assessments up to a multiple of it, a haircut on
 * gains (clearing houses, clawbacks of exchanges). Negative amounts weigh zero.
 *
 * No account pays more than stands in the group; what such a cap turns away is cut again among the others.
 * Dust of the rule `floor` is carried by the pool. Recoveries go to those charged, by largest remainder.
 */
export const members = definePolicy({
  id: "members",
  version: "1",
  title: "Members",
  parameters,
  describe: (p) =>
    `Accounts of "${p.group}" pay by ${p.takes}${p.weights ? `, weighed by "${p.weights}"` : ""}, ${p.rule}${describeLimits(p.limits)}.`,
  bearer: (p) => ({ kind: "group", id: p.group }),
  open: (p): State => ({ charged: {}, usage: openUsage(p.limits) }),
  capacity: (view, position) => capacityOf(view, position.timestamp),
  absorb(view, request) {
    const { timestamp } = request.position;
    const { limits: bounds } = view.parameters;
    const taken = boundedTake(bounds, capacityOf(view, timestamp), request.remaining);
    const rows = groupOf(view, view.parameters.group).map(([account, held]) => ({
      account,
      cap: max(0n, held),
      weight: weightOf(view, account, held),
    }));
    const split = allocateWithCaps(
      view.parameters.rule satisfies AllocationRule,
      taken,
      rows.map((row) => row.weight),
      rows.map((row) => row.cap),
    );
    const effects: LossEffect[] = [];
    const charged: [string, bigint][] = [];
    rows.forEach((row, at) => {
      const assets = split.parts[at]!;
      if (assets === 0n) return;
      effects.push({ kind: "charge", group: view.parameters.group, account: row.account, assets });
      charged.push([row.account, assets]);
    });
    if (split.dust > 0n) effects.push({ kind: "carry", assets: split.dust });
    return {
      taken,
      state: {
        charged: changeAmounts(view.state.charged, charged),
        usage: countUse(bounds, view.state.usage, timestamp, taken),
      },
      effects,
      reason: `"${view.parameters.group}" pays ${taken} by ${view.parameters.takes}.`,
      figures: { dust: split.dust },
    };
  },
  recover(view, offered) {
    const paid = payClaims(view.state.charged, offered);
    const { group } = view.parameters;
    const effects: RecoveryEffect[] = paid.parts.map(([account, assets]) => ({
      kind: "refund",
      group,
      account,
      assets,
    }));
    // What rounding left with the pool is due to nobody in the group.
    const dust = min(offered, view.unreimbursed) - paid.total;
    if (dust > 0n) effects.push({ kind: "uncarry", assets: dust });
    return {
      restored: paid.total + max(0n, dust),
      state: { ...view.state, charged: paid.left },
      effects,
      reason: `Pays accounts of "${group}" back.`,
    };
  },
});

type View = LayerView<Parameters, State>;

function weightOf(view: View, account: string, held: bigint): bigint {
  const { weights } = view.parameters;
  return max(0n, weights === undefined ? held : (view.pool.groups?.get(weights)?.get(account) ?? 0n));
}

function capacityOf(view: View, timestamp: number): bigint {
  let sum = 0n;
  for (const [account, held] of groupOf(view, view.parameters.group)) {
    if (held > 0n && (view.parameters.rule === "sequential" || weightOf(view, account, held) > 0n))
      sum += held;
  }
  return boundedCapacity(view.parameters.limits, sum, view.state.usage, timestamp);
}
