import type { ReconciledWriteOff } from "@shortfall/audit";
import type { LayerFill } from "./charts/index.js";
import { stackOf } from "./layers.js";
import type { ReportView } from "./report-view.js";
import { shortName } from "./text/escape.js";

/** Somebody who bears part of a layer's loss, or the layer's own capital, or nobody yet. */
export interface DeficitBearer {
  readonly name: string;
  readonly layer: number;
  readonly amount: bigint;
  readonly fill: LayerFill;
  /** The market it came from, by index, where it is one. */
  readonly market: number | undefined;
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
      const holders = held.filter((bearer) => bearer.layer === k && bearer.amount > 0n);
      const rest = layer.amount - sum(holders);
      if (rest <= 0n) return holders;
      const markets = toLayers.filter(({ to }) => to === k).map(({ from }) => from);
      return [
        ...holders,
        {
          name:
            layer.fill.kind !== "depth"
              ? "nobody yet"
              : holders.length > 0
                ? "others and rounding"
                : layer.name,
          layer: k,
          amount: rest,
          fill: layer.fill,
          market: markets.length === 1 ? markets[0] : undefined,
        },
      ];
    }),
  };
}

/** Realised losses of holders, each with the layer that its table belongs to; largest first. */
function holdersByLayer(
  view: ReportView,
  asset: string,
  rows: readonly ReconciledWriteOff[],
  pools: readonly string[],
  layers: readonly { readonly name: string; readonly fill: LayerFill }[],
): DeficitBearer[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ways = new Map<string, Set<string>>();
  for (const table of view.data.haircuts) {
    const row = byId.get(table.writeOff);
    const name = row && layerOf(row, table);
    if (table.asset !== asset || table.basis !== "realised" || !row || name === undefined) continue;
    const layer = layers.findIndex((each) => each.name === name);
    const key = `${table.pool}\u0000${table.bearer}`;
    ways.set(key, (ways.get(key) ?? new Set()).add(`${layer} ${pools.indexOf(row.pool)}`));
  }
  const bearers = new Map<string, DeficitBearer>();
  for (const { account, pool, bearer, loss, basis, asset: lost } of view.holders.rows) {
    const found = ways.get(`${pool}\u0000${bearer}`);
    if (lost !== asset || basis !== "realised" || !found) continue;
    const [ofLayers, ofMarkets] = [0, 1].map((part) => [
      ...new Set([...found].map((way) => Number(way.split(" ")[part]))),
    ]);
    // Holders of a table that several layers drew on cannot be told apart: the layer's rest has them.
    const layer = ofLayers?.length === 1 ? ofLayers[0] : undefined;
    if (layer === undefined || layer < 0) continue;
    const market = ofMarkets?.length === 1 ? ofMarkets[0] : undefined;
    const key = `${account} ${layer} ${market ?? ""}`;
    bearers.set(key, {
      name: shortName(account),
      layer,
      market,
      amount: (bearers.get(key)?.amount ?? 0n) + loss,
      fill: layers[layer]?.fill ?? { kind: "uncovered" },
    });
  }
  return [...bearers.values()].sort((a, b) => (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0));
}

/** The layer that a table of holders belongs to: of its name, or the only one that took what the table absorbed. */
function layerOf(
  { layers }: ReconciledWriteOff,
  { bearer, absorbed }: { readonly bearer: string; readonly absorbed: bigint },
): string | undefined {
  if (layers.some(({ layer }) => layer === bearer)) return bearer;
  const equal = layers.filter(({ amount }) => amount === absorbed);
  return equal.length === 1 ? equal[0]?.layer : undefined;
}
