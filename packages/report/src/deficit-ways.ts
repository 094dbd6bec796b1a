import type { ReconciledWriteOff } from "@shortfall/audit";
import type { LayerFill } from "./charts/index.js";
import { stackOf } from "./layers.js";
import type { ReportView } from "./report-view.js";
import { shortName } from "./text/escape.js";

/** What reaches a bearer through one layer, from one market where that is known. */
export interface DeficitPart {
  readonly layer: number;
  readonly market: number | undefined;
  readonly amount: bigint;
}

/** Somebody who bears part of a layer's loss, or the layer's own capital, or nobody yet. */
export interface DeficitBearer {
  readonly name: string;
  readonly amount: bigint;
  /** None where several layers lead to it. */
  readonly fill?: LayerFill;
  /** Σ parts = amount. */
  readonly parts: readonly DeficitPart[];
}

/** The way of one asset's deficits. Σ markets = Σ layers = Σ bearers. */
export interface DeficitWays {
  readonly markets: readonly { readonly name: string; readonly amount: bigint }[];
  readonly layers: readonly { readonly name: string; readonly amount: bigint; readonly fill: LayerFill }[];
  /** What each market sent to each layer. */
  readonly toLayers: readonly { readonly from: number; readonly to: number; readonly amount: bigint }[];
  /** By layer, then by amount. */
  readonly bearers: readonly DeficitBearer[];
}

/** Traces an asset's deficits from market over layer to bearer. Markets stand in the order of their first loss. */
export function deficitWays(view: ReportView, asset: string): DeficitWays {
  const rows = view.data.writeOffs.filter((row) => row.asset === asset && row.recomputed > 0n);
  const stack = stackOf(rows);
  const pools = [...new Set(rows.map((row) => row.pool))];
  const sent = new Map<string, bigint>();
  for (const row of rows) {
    for (const [layer, amount] of stack.amountsOf(row).entries()) {
      const key = `${pools.indexOf(row.pool)} ${layer}`;
      if (amount > 0n) sent.set(key, (sent.get(key) ?? 0n) + amount);
    }
  }
  const toLayers = [...sent].map(([key, amount]) => {
    const [from = 0, to = 0] = key.split(" ").map(Number);
    return { from, to, amount };
  });
  const sum = (part: readonly { readonly amount: bigint }[]): bigint =>
    part.reduce((total, { amount }) => total + amount, 0n);
  const layers = stack.layers.map(({ name, fill }, k) => ({
    name,
    fill,
    amount: sum(toLayers.filter(({ to }) => to === k)),
  }));
  const held = holdersByLayer(view, asset, rows, pools, layers);
  return {
    markets: pools.map((pool, k) => ({
      name: shortName(pool),
      amount: sum(toLayers.filter(({ from }) => from === k)),
    })),
    layers,
    toLayers,
    bearers: layers.flatMap((layer, k) => {
      const holders = held.holders.filter(({ parts }) => parts[0]?.layer === k);
      const amount = layer.amount - sum(holders);
      if (amount <= 0n) return holders;
      const markets = toLayers.filter(({ to }) => to === k).map(({ from }) => from);
      const itself = layer.fill.kind === "depth" ? layer.name : "nobody yet";
      const name =
        holders.length === 0 ? itself : amount === held.dust.get(k) ? "rounding" : "others and rounding";
      const market = markets.length === 1 ? markets[0] : undefined;
      return [...holders, { name, amount, fill: layer.fill, parts: [{ layer: k, market, amount }] }];
    }),
  };
}

/** Realised losses of holders, each with the layer that its table belongs to, largest first; and their dust. */
function holdersByLayer(
  view: ReportView,
  asset: string,
  rows: readonly ReconciledWriteOff[],
  pools: readonly string[],
  layers: readonly { readonly name: string; readonly fill: LayerFill }[],
): { readonly holders: readonly DeficitBearer[]; readonly dust: ReadonlyMap<number, bigint> } {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = new Map<string, { layers: Set<number>; markets: Set<number> }>();
  for (const table of view.data.haircuts) {
    const row = byId.get(table.writeOff);
    const name = row && layerOf(row, table);
    if (table.asset !== asset || table.basis !== "realised" || !row || name === undefined) continue;
    const way = found.get(wayKey(table)) ?? { layers: new Set(), markets: new Set() };
    way.layers.add(layers.findIndex((each) => each.name === name));
    way.markets.add(pools.indexOf(row.pool));
    found.set(wayKey(table), way);
  }
  // Holders of a table that several layers drew on cannot be told apart: the layer's rest has them.
  const wayOf = (row: { pool: string; bearer: string; asset: string; basis: string }) => {
    const way = row.asset === asset && row.basis === "realised" ? found.get(wayKey(row)) : undefined;
    const [layer = -1] = way?.layers ?? [];
    const [market] = way?.markets ?? [];
    return way?.layers.size !== 1 || layer < 0
      ? undefined
      : { layer, market: way.markets.size === 1 ? market : undefined };
  };
  const dust = new Map<number, bigint>();
  for (const total of view.holders.totals) {
    const way = wayOf(total);
    if (way) dust.set(way.layer, (dust.get(way.layer) ?? 0n) + total.dust);
  }
  const holders = new Map<string, DeficitBearer>();
  for (const row of view.holders.rows) {
    const way = wayOf(row);
    if (!way || row.loss <= 0n) continue;
    const key = `${way.layer} ${row.account}`;
    const before = holders.get(key);
    const fill = layers[way.layer]?.fill;
    holders.set(key, {
      name: shortName(row.account),
      amount: (before?.amount ?? 0n) + row.loss,
      ...(fill ? { fill } : {}),
      parts: [...(before?.parts ?? []), { ...way, amount: row.loss }],
    });
  }
  const sorted = [...holders.values()].sort((a, b) =>
    a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0,
  );
  return { holders: sorted, dust };
}

const wayKey = ({ pool, bearer }: { readonly pool: string; readonly bearer: string }): string =>
  `${pool}\u0000${bearer}`;

/** The layer that a table of holders belongs to: of its name, or the only one that took what the table absorbed. */
function layerOf(
  { layers }: ReconciledWriteOff,
  { bearer, absorbed }: { readonly bearer: string; readonly absorbed: bigint },
): string | undefined {
  if (layers.some(({ layer }) => layer === bearer)) return bearer;
  const equal = layers.filter(({ amount }) => amount === absorbed);
  return equal.length === 1 ? equal[0]?.layer : undefined;
}
