import type { ClassFacts, LayerView } from "@shortfall/core";
import { ShortfallError } from "@shortfall/math";

/** A layer names a class, fund or group that the pool does not have. */
export class MissingBearerError extends ShortfallError {
  readonly code = "SF_MISSING_BEARER";

  constructor(
    readonly kind: string,
    readonly id: string,
    readonly pool: string,
  ) {
    super(`Pool "${pool}" has no ${kind} "${id}". Name one it has.`);
  }
}

/** The class a layer is about. @throws {MissingBearerError} */
export function classOf(view: LayerView<unknown, unknown>, id: string): ClassFacts {
  const { classes, classPositions } = view.pool;
  const at = classPositions === undefined ? searched(classes, id) : (classPositions.get(id) ?? -1);
  if (at >= 0) return classes[at]!;
  throw new MissingBearerError("class", id, view.pool.pool);
}

function searched(classes: readonly ClassFacts[], id: string): number {
  for (let at = 0; at < classes.length; at++) if (classes[at]!.id === id) return at;
  return -1;
}

/** A group's rows in their own order. @throws {MissingBearerError} */
export function groupOf(view: LayerView<unknown, unknown>, id: string): [string, bigint][] {
  const group = view.pool.groups?.get(id);
  if (!group) throw new MissingBearerError("group", id, view.pool.pool);
  return [...group];
}

/** Totals of a class with its virtual amounts added. */
export function virtualTotals(entry: ClassFacts): { assets: bigint; shares: bigint } {
  return {
    assets: entry.assets + (entry.virtual?.assets ?? 0n),
    shares: entry.shares + (entry.virtual?.shares ?? 0n),
  };
}

/**
 * Assets that shares of a class are worth, rounded down: the pool keeps the dust. 0 in a class without
 * shares, virtual ones included.
 */
export function shareValueDown(entry: ClassFacts, shares: bigint): bigint {
  if (entry.index) return (shares * entry.index.value) / entry.index.divisor;
  const totals = virtualTotals(entry);
  return totals.shares === 0n ? 0n : (shares * totals.assets) / totals.shares;
}

/**
 * Shares that assets buy, rounded down: the pool keeps the dust. One to one where the class has no price
 * (no assets or no shares, virtual ones included).
 */
export function sharesForDown(entry: ClassFacts, assets: bigint): bigint {
  const totals = virtualTotals(entry);
  return totals.assets === 0n || totals.shares === 0n ? assets : (assets * totals.shares) / totals.assets;
}
