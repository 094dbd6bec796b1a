import type { ClassMoment } from "@shortfall/core";

/** Whose loss a figure is. Only accounts, classes and funds have names; the rest is one of each a pool. */
export type BearerKind =
  | "holders"
  | "funds"
  | "reserves"
  | "carried"
  | "uncovered"
  | "others"
  | "dust"
  | "excess";

export type Side = "native" | "alternative";

/** A loss under both waterfalls, base units. `difference` is alternative − native: positive loses more. */
export interface Outcomes {
  readonly native: bigint;
  readonly alternative: bigint;
  readonly difference: bigint;
}

export interface NamedOutcomes extends Outcomes {
  readonly pool: string;
  readonly asset: string;
}

interface Row {
  readonly pool: string;
  readonly asset: string;
  readonly kind: BearerKind;
  readonly name: string;
  native: bigint;
  alternative: bigint;
}

/** Adds up who lost what on both sides. Gains are negative losses. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #classes = new Map<string, Row>();

  add(
    side: Side,
    pool: { readonly pool: string; readonly asset: string },
    kind: BearerKind,
    name: string,
    loss: bigint,
  ): void {
    this.#entry(this.#rows, pool, kind, name)[side] += loss;
  }

  /** A holder's loss, which is his class's too. */
  addHolder(
    side: Side,
    pool: { readonly pool: string; readonly asset: string },
    holder: { readonly class: string; readonly account: string },
    loss: bigint,
  ): void {
    this.add(side, pool, "holders", holder.account, loss);
    this.#entry(this.#classes, pool, "holders", holder.class)[side] += loss;
  }

  named(kind: BearerKind): (NamedOutcomes & { readonly name: string })[] {
    return [...this.#rows.values()].filter((row) => row.kind === kind).map(outcomes);
  }

  classes(): (NamedOutcomes & { readonly name: string })[] {
    return [...this.#classes.values()].map(outcomes);
  }

  /** Σ of a side and kind, by asset; all kinds where absent. */
  total(side: Side, asset: string, kind?: BearerKind): bigint {
    let sum = 0n;
    for (const row of this.#rows.values())
      if (row.asset === asset && (kind === undefined || row.kind === kind)) sum += row[side];
    return sum;
  }

  has(kind: BearerKind, pool: string, name: string): boolean {
    return this.#rows.has(keyOf(pool, kind, name));
  }

  #entry(
    rows: Map<string, Row>,
    { pool, asset }: { readonly pool: string; readonly asset: string },
    kind: BearerKind,
    name: string,
  ): Row {
    const key = keyOf(pool, kind, name);
    let row = rows.get(key);
    if (row === undefined) {
      row = { pool, asset, kind, name, native: 0n, alternative: 0n };
      rows.set(key, row);
    }
    return row;
  }
}

const keyOf = (pool: string, kind: BearerKind, name: string): string => JSON.stringify([pool, kind, name]);

const outcomes = ({ pool, asset, name, native, alternative }: Row) => ({
  pool,
  asset,
  name,
  native,
  alternative,
  difference: alternative - native,
});

/** What a holder's shares claim before the loss, rounded down. */
export function claimOf(entry: ClassMoment, shares: bigint): bigint {
  const total = entry.shares + (entry.virtual?.shares ?? 0n);
  return total === 0n ? 0n : (shares * (entry.assets + (entry.virtual?.assets ?? 0n))) / total;
}
