import type { HaircutTable } from "@shortfall/core";

/** Loss of one account in one layer of one pool, over all write-offs of the report. */
export interface HolderLoss {
  readonly account: string;
  readonly pool: string;
  readonly bearer: string;
  readonly asset: string;
  readonly basis: HaircutTable["basis"];
  readonly writeOffs: number;
  readonly loss: bigint;
}

/** What one layer of one pool took, and what rounding left of it. Σ losses of its holders + dust = absorbed. */
export interface BearerTotal {
  readonly pool: string;
  readonly bearer: string;
  readonly asset: string;
  readonly basis: HaircutTable["basis"];
  readonly absorbed: bigint;
  readonly dust: bigint;
  readonly dustOwners: readonly string[];
}

export interface Holders {
  /** By asset in the order given, realised before implied, then largest loss first, then account and pool. */
  readonly rows: readonly HolderLoss[];
  readonly totals: readonly BearerTotal[];
}

interface Gathering {
  readonly key: Pick<HaircutTable, "pool" | "bearer" | "asset" | "basis">;
  readonly losses: Map<string, { writeOffs: number; loss: bigint }>;
  readonly dustOwners: Set<string>;
  absorbed: bigint;
  dust: bigint;
}

/** Adds up tables of haircuts, holder by holder; amounts of different assets or bases are never added. */
export function gatherHolders(tables: Iterable<HaircutTable>, assets: readonly string[]): Holders {
  const groups = new Map<string, Gathering>();
  for (const table of tables) {
    const { pool, bearer, asset, basis } = table;
    const key = [asset, basis, pool, bearer].join("\u0000");
    let group = groups.get(key);
    if (!group) {
      group = {
        key: { pool, bearer, asset, basis },
        losses: new Map(),
        dustOwners: new Set(),
        absorbed: 0n,
        dust: 0n,
      };
      groups.set(key, group);
    }
    group.absorbed += table.absorbed;
    group.dust += table.dust;
    if (table.dust !== 0n) group.dustOwners.add(table.dustOwner);
    for (const { account, loss } of table.rows) {
      const held = group.losses.get(account);
      if (!held) group.losses.set(account, { writeOffs: loss === 0n ? 0 : 1, loss });
      else if (loss !== 0n) {
        held.writeOffs++;
        held.loss += loss;
      }
    }
  }
  const order = new Map(assets.map((asset, index) => [asset, index]));
  const placeOf = (asset: string): number => order.get(asset) ?? assets.length;
  const rows: HolderLoss[] = [];
  for (const { key, losses } of groups.values()) {
    for (const [account, held] of losses) rows.push({ account, ...key, ...held });
  }
  rows.sort(
    (a, b) =>
      placeOf(a.asset) - placeOf(b.asset) ||
      compare(b.basis, a.basis) ||
      compare(b.loss, a.loss) ||
      compare(a.account, b.account) ||
      compare(a.pool, b.pool) ||
      compare(a.bearer, b.bearer),
  );
  const totals = [...groups.values()].map(({ key, absorbed, dust, dustOwners }) => ({
    ...key,
    absorbed,
    dust,
    dustOwners: [...dustOwners].sort(),
  }));
  return { rows, totals };
}

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
