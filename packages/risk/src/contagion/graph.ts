import { type CascadeMarket, type CascadeVault, vaultCascade } from "./vault-cascade.js";

export interface GraphVault {
  readonly id: string;
  readonly shares: number;
  readonly nav: number;
  /** What a share is worth after the losses of this network. */
  readonly economicPrice: number;
  /** What the vault says a share is worth; null where it says what it is worth. */
  readonly reportedPrice: number | null;
  /** (reported − economic price)·shares: what a run can take out. */
  readonly extractable: number;
}

export interface GraphMarket {
  readonly id: string;
  readonly face: number;
  readonly value: number;
}

/** Vaults over markets, and what a loss in the markets makes of them. Analytics: doubles, in units of the input. */
export interface ContagionGraph {
  /** In the order of the input. */
  readonly vaults: readonly GraphVault[];
  readonly markets: readonly GraphMarket[];
  /** Part of a market that a vault owns. */
  readonly owns: readonly { readonly vault: string; readonly market: string; readonly fraction: number }[];
  /** Shares of a vault that back loans of a market. */
  readonly backs: readonly { readonly vault: string; readonly market: string; readonly shares: number }[];
  /** Vaults whose shares back, round a circle, the markets they own. */
  readonly cycles: readonly (readonly string[])[];
  readonly iterations: number;
  readonly residual: number;
}

/** {@link vaultCascade} with the network it ran over. @throws what it throws. */
export function contagionGraph(
  markets: Readonly<Record<string, CascadeMarket>>,
  vaults: Readonly<Record<string, CascadeVault>>,
): ContagionGraph {
  const cascade = vaultCascade(markets, vaults);
  return {
    vaults: Object.entries(vaults).map(([id, { shares, reportedPrice }]) => ({
      id,
      shares,
      nav: cascade.vaultNav[id]!,
      economicPrice: cascade.sharePrice[id]!,
      reportedPrice: reportedPrice ?? null,
      extractable: cascade.extractable[id] ?? 0,
    })),
    markets: Object.keys(markets).map((id) => ({
      id,
      face: cascade.marketValue[id]! + cascade.marketLoss[id]!,
      value: cascade.marketValue[id]!,
    })),
    owns: Object.entries(vaults).flatMap(([vault, { alloc }]) =>
      Object.entries(alloc)
        .filter(([, fraction]) => fraction > 0)
        .map(([market, fraction]) => ({ vault, market, fraction })),
    ),
    backs: Object.entries(markets).flatMap(([market, { loans }]) => {
      const shares = new Map<string, number>();
      for (const each of loans.flatMap((loan) => loan.collateral)) {
        if ("vault" in each) shares.set(each.vault, (shares.get(each.vault) ?? 0) + each.shares);
      }
      return [...shares].map(([vault, held]) => ({ vault, market, shares: held }));
    }),
    cycles: cascade.cycles,
    iterations: cascade.iterations,
    residual: cascade.residual,
  };
}
