import { fileURLToPath } from "node:url";
import { metaMorpho } from "@shortfall/adapter-morpho";
import type { CascadeMarket, CascadeVault, VaultNetwork } from "@shortfall/risk";
import { HistoryFile } from "@shortfall/sources";

/** What a checkpoint of a vault history records; integers as decimal text. */
interface Checkpoint {
  readonly full: boolean;
  readonly vaults: Record<string, { totalSupply: string; lastTotalAssets: string }>;
  readonly vaultShares: Record<string, Record<string, string>>;
  readonly markets: Record<
    string,
    {
      totalSupplyAssets: string;
      totalSupplyShares: string;
      totalBorrowAssets: string;
      totalBorrowShares: string;
    }
  >;
  readonly positions: Record<
    string,
    Record<string, { supplyShares: string; borrowShares: string; collateral: string }>
  >;
  readonly prices: Record<string, string>;
}

interface Parameters {
  readonly tokens: readonly { symbol: string; address: string; decimals: number }[];
  readonly markets: readonly { id: string; loanToken: string; oracle: string; lltv: string }[];
}

export interface VaultsAtBlock {
  readonly network: VaultNetwork;
  readonly asset: string;
  /** Shares of each depositor, by vault; 18 decimals. */
  readonly depositors: Readonly<Record<string, readonly bigint[]>>;
}

/**
 * Vaults over their markets at a checkpoint of a history, the collateral's price fallen by `crash` and nobody
 * liquidated yet. Every recorded value up to there is compared with what the logs give, so that the checkpoint
 * that is read is one that re-execution confirmed.
 */
export async function vaultsAt(log: URL, block: number, crash: number): Promise<VaultsAtBlock> {
  const file = await HistoryFile.open(fileURLToPath(log));
  const session = metaMorpho.traces.open(file.header);
  let checkpoint: Checkpoint | undefined;
  for await (const record of file.records()) {
    if (record.kind !== "trace" || Number(record.line.value.block) > block) break;
    const [mismatch] = session.observe(record.line, { calls: true }).mismatches;
    if (mismatch)
      throw new Error(`${mismatch.field} is ${mismatch.recorded}, the logs give ${mismatch.computed}.`);
    const state = record.line.value.state as Checkpoint;
    if (state.full) checkpoint = state;
  }
  await file.close();
  if (!checkpoint) throw new Error(`There is no checkpoint up to block ${block}.`);
  return networkOf(checkpoint, file.header.params as unknown as Parameters, crash);
}

function networkOf(state: Checkpoint, { tokens, markets }: Parameters, crash: number): VaultsAtBlock {
  const token = tokens.find(({ address }) => address === markets[0]?.loanToken);
  if (!token) throw new Error("The header does not name the loan token.");
  const unit = 10 ** token.decimals;
  const network: { markets: Record<string, CascadeMarket>; vaults: Record<string, CascadeVault> } = {
    markets: {},
    vaults: {},
  };
  for (const { id, oracle, lltv } of markets) {
    const market = state.markets[id];
    if (!market) continue;
    // Oracle prices carry 36 decimals more than the loan token has over the collateral.
    const price = (Number(state.prices[oracle]) / 1e36) * (1 - crash);
    const loans = Object.values(state.positions[id] ?? {}).filter(({ borrowShares }) => borrowShares !== "0");
    network.markets[id] = {
      cash: (Number(market.totalSupplyAssets) - Number(market.totalBorrowAssets)) / unit,
      loans: loans.map(({ borrowShares, collateral }) => ({
        debt:
          ((Number(borrowShares) / Number(market.totalBorrowShares)) * Number(market.totalBorrowAssets)) /
          unit,
        bonus: Math.min(1.15, 1 / (0.3 * (Number(lltv) / 1e18) + 0.7)) - 1,
        collateral: [{ external: (Number(collateral) * price) / unit }],
      })),
    };
  }
  for (const [vault, { totalSupply, lastTotalAssets }] of Object.entries(state.vaults)) {
    const held = Object.entries(state.markets).map(([id, market]) => {
      const shares = state.positions[id]?.[vault]?.supplyShares ?? "0";
      return [id, shares === "0" ? 0 : Number(shares) / Number(market.totalSupplyShares)] as const;
    });
    network.vaults[vault] = {
      idle: 0,
      shares: Number(totalSupply) / 1e18,
      alloc: Object.fromEntries(held),
      // What a share said when the vault last counted: losses since then are not in it.
      reportedPrice: Number(lastTotalAssets) / unit / (Number(totalSupply) / 1e18),
    };
  }
  const depositors = Object.entries(state.vaultShares).map(
    ([vault, shares]) => [vault, Object.values(shares).map(BigInt)] as const,
  );
  return { network, asset: token.symbol, depositors: Object.fromEntries(depositors) };
}
