import { openWaterfall, type PolicyRegistry, type WriteOff } from "@shortfall/core";
import type { HistoryResult } from "../reconcile/index.js";
import { AlternativePool } from "./alternative.js";
import type { WhatIfDefinition, WhatIfRule } from "./definition.js";
import { WhatIfDefinitionError, WhatIfNotConservedError, WhatIfUnsupportedError } from "./errors.js";
import { type NativeOutcome, nativeOutcome, type WhatIfModel } from "./native.js";
import { type BearerKind, type NamedOutcomes, type Side, Tally } from "./tally.js";

/** What of a reconciled history is read; a `HistoryResult` is one. */
export interface WhatIfHistory extends Pick<HistoryResult, "name" | "protocol"> {
  readonly model: WhatIfModel;
}

export interface WhatIfOptions {
  /** `shares` where absent. */
  readonly rule?: WhatIfRule;
  /** Policies by id, those of the alternative and of the native waterfall. */
  readonly registry: PolicyRegistry;
}

export interface WhatIfHolder extends NamedOutcomes {
  readonly account: string;
}

/** By the alternative's class; the native loss is that of the same holders. */
export interface WhatIfClassOutcome extends NamedOutcomes {
  readonly class: string;
}

export interface WhatIfFundOutcome extends NamedOutcomes {
  /** A fund of the alternative, or the native layer that paid from one. */
  readonly fund: string;
}

/** Where the losses of one asset ended under one waterfall. Σ of the kinds = recognised − recovered. */
export interface WhatIfTotals extends Readonly<Record<BearerKind, bigint>> {
  readonly asset: string;
  readonly recognised: bigint;
  /** Came back from outside: from borrowers, collateral sales, donations. */
  readonly recovered: bigint;
}

export interface WhatIfWriteOff {
  readonly id: string;
  readonly pool: string;
  readonly asset: string;
  readonly recomputed: bigint;
  readonly native: WriteOff["layers"];
  readonly alternative: readonly {
    readonly layer: string;
    readonly policy: string;
    readonly amount: bigint;
    readonly reason: string;
  }[];
  readonly uncovered: { readonly native: bigint; readonly alternative: bigint };
}

/** One history under two waterfalls. Losses in base units, gains negative. */
export interface WhatIfResult {
  readonly file: string;
  readonly protocol: string;
  readonly rule: WhatIfRule;
  readonly native: { readonly waterfall: string; readonly totals: readonly WhatIfTotals[] };
  readonly alternative: { readonly waterfall: string; readonly totals: readonly WhatIfTotals[] };
  /** Whoever bears something on either side; largest difference first. */
  readonly holders: readonly WhatIfHolder[];
  readonly classes: readonly WhatIfClassOutcome[];
  readonly funds: readonly WhatIfFundOutcome[];
  readonly writeOffs: readonly WhatIfWriteOff[];
  /** Write-offs that were not run again, and why. */
  readonly skipped: readonly { readonly id: string; readonly pool: string; readonly reason: string }[];
  /** Always true: anything else is an error. */
  readonly conserved: true;
}

/**
 * Runs the losses of a reconciled history down another waterfall, one after the other, and says who would have
 * lost more and who less. What the alternative changes carries forward to later losses by the rule; loans,
 * prices, liquidations and the losses themselves stay as they were. Recoveries of the history go through the
 * alternative's recovery order after the last loss.
 *
 * Pure: the result's model is only read.
 *
 * @throws {WhatIfUnsupportedError} {@link WhatIfDefinitionError} {@link WaterfallDefinitionError}
 * {@link PolicyFaultError} {@link WhatIfNotConservedError}
 */
export function whatIf(
  history: WhatIfHistory,
  definition: WhatIfDefinition,
  options: WhatIfOptions,
): WhatIfResult {
  const { model } = history;
  const { registry, rule = "shares" } = options;
  if (model.lossMoment === undefined) throw new WhatIfUnsupportedError(history.protocol);
  const waterfall = openWaterfall(definition.waterfall, registry);
  const tally = new Tally();
  const pools = new Map<string, AlternativePool>();
  const runs: WhatIfWriteOff[] = [];
  const skipped: { id: string; pool: string; reason: string }[] = [];
  const recoveries: { pool: AlternativePool; amount: bigint }[] = [];
  const sums = new Map<string, { recognised: bigint; recovered: bigint }>();
  requirePools(definition, model.writeOffs());
  for (const writeOff of model.writeOffs()) {
    const { id, asset } = writeOff;
    const moment = model.lossMoment(id);
    const reason = skipReason(definition, writeOff, moment);
    if (reason !== undefined || moment === undefined) {
      skipped.push({ id, pool: writeOff.pool, reason: reason ?? NO_MOMENT });
      continue;
    }
    let pool = pools.get(moment.pool);
    if (pool === undefined) {
      pool = new AlternativePool(waterfall, definition, moment, { rule, tally });
      pools.set(moment.pool, pool);
    }
    const outcome = pool.absorb(writeOff, moment);
    const record = model.deficits.has(id) ? model.deficits.get(id) : undefined;
    const native = nativeOutcome(model, writeOff, record, registry, moment);
    bookNative(tally, moment, native, pool);
    pool.contrast(native);
    if (native.recovered > 0n) recoveries.push({ pool, amount: native.recovered });
    const sum = sums.get(asset) ?? { recognised: 0n, recovered: 0n };
    sum.recognised += writeOff.recomputed;
    sum.recovered += native.recovered;
    sums.set(asset, sum);
    runs.push({
      id,
      pool: writeOff.pool,
      asset,
      recomputed: writeOff.recomputed,
      native: writeOff.layers,
      alternative: outcome.layers.map(({ layer, policy, taken, reason: why }) => ({
        layer,
        policy,
        amount: taken,
        reason: why,
      })),
      uncovered: { native: writeOff.uncovered, alternative: outcome.uncovered },
    });
  }
  for (const { pool, amount } of recoveries) pool.recover(amount);
  for (const [asset, { recognised, recovered }] of sums)
    requireConserved(tally, asset, recognised - recovered);
  const native = model.nativeWaterfall();
  return {
    file: history.name,
    protocol: history.protocol,
    rule,
    native: { waterfall: `${native.id} ${native.version}`, totals: totals(tally, sums, "native") },
    alternative: {
      waterfall: `${definition.waterfall.id} ${definition.waterfall.version}`,
      totals: totals(tally, sums, "alternative"),
    },
    holders: tally
      .named("holders")
      .filter(({ native: before, alternative }) => before !== 0n || alternative !== 0n)
      .map(({ name, ...outcomes }) => ({ account: name, ...outcomes }))
      .sort(byDifference),
    classes: tally.classes().map(({ name, ...outcomes }) => ({ class: name, ...outcomes })),
    funds: tally
      .named("funds")
      .filter(matters)
      .map(({ name, ...outcomes }) => ({ fund: name, ...outcomes })),
    writeOffs: runs,
    skipped,
    conserved: true,
  };
}

const NO_MOMENT = "No loss of a pool's own: it pays for one, or nothing was lost.";

function skipReason(
  definition: WhatIfDefinition,
  writeOff: WriteOff,
  moment: { readonly passedOn?: boolean } | undefined,
): string | undefined {
  if (moment === undefined) return NO_MOMENT;
  if (definition.pools !== undefined)
    return definition.pools.includes(writeOff.pool) ? undefined : "Its pool is not among those asked for.";
  return moment.passedOn
    ? "The loss was counted in another pool; name this one in `pools` to run it."
    : undefined;
}

function requirePools(definition: WhatIfDefinition, writeOffs: readonly WriteOff[]): void {
  if (definition.pools === undefined) return;
  const known = new Set(writeOffs.map(({ pool }) => pool));
  const strange = definition.pools.find((pool) => !known.has(pool));
  if (strange !== undefined)
    throw new WhatIfDefinitionError(
      "pools",
      `pools with losses: ${[...known].join(", ") || "none"}`,
      strange,
    );
}

function bookNative(
  tally: Tally,
  place: { readonly pool: string; readonly asset: string },
  native: NativeOutcome,
  pool: AlternativePool,
): void {
  for (const { account, loss } of native.holders)
    tally.addHolder("native", place, { class: pool.classOf(account), account }, loss);
  for (const [kind, name, loss] of native.rest) if (loss !== 0n) tally.add("native", place, kind, name, loss);
}

const KINDS = ["holders", "funds", "reserves", "carried", "uncovered", "others", "dust", "excess"] as const;

function totals(
  tally: Tally,
  sums: ReadonlyMap<string, { readonly recognised: bigint; readonly recovered: bigint }>,
  side: Side,
): WhatIfTotals[] {
  return [...sums].map(([asset, sum]) => {
    const [holders, funds, reserves, carried, uncovered, others, dust, excess] = KINDS.map((kind) =>
      tally.total(side, asset, kind),
    ) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    return { asset, ...sum, holders, funds, reserves, carried, uncovered, others, dust, excess };
  });
}

function requireConserved(tally: Tally, asset: string, expected: bigint): void {
  for (const side of ["native", "alternative"] as const) {
    const found = tally.total(side, asset);
    if (found !== expected) throw new WhatIfNotConservedError(asset, side, expected, found);
  }
}

const matters = ({ native, alternative }: NamedOutcomes): boolean => native !== 0n || alternative !== 0n;

const size = (value: bigint): bigint => (value < 0n ? -value : value);

function byDifference(a: WhatIfHolder, b: WhatIfHolder): number {
  const [left, right] = [size(a.difference), size(b.difference)];
  if (left !== right) return left > right ? -1 : 1;
  return a.account < b.account ? -1 : a.account > b.account ? 1 : 0;
}
