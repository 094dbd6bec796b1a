import { RiskInputError } from "../errors.js";

/** Collateral of a loan: worth something outside, or shares of a vault of this network. */
export type VaultCollateral =
  | { readonly external: number }
  | { readonly vault: string; readonly shares: number };

export interface CascadeMarket {
  readonly cash: number;
  readonly loans: readonly {
    readonly debt: number;
    readonly bonus: number;
    readonly collateral: readonly VaultCollateral[];
  }[];
}

export interface CascadeVault {
  readonly idle: number;
  readonly shares: number;
  /** Fraction of each market's claims that the vault owns. */
  readonly alloc: Readonly<Record<string, number>>;
  /** What the vault says a share is worth, where it recognises losses late. */
  readonly reportedPrice?: number;
}

export interface VaultCascade {
  readonly marketValue: Readonly<Record<string, number>>;
  readonly marketLoss: Readonly<Record<string, number>>;
  readonly vaultNav: Readonly<Record<string, number>>;
  readonly sharePrice: Readonly<Record<string, number>>;
  /** (reported − economic price)·shares of vaults that report: what a run can take out. */
  readonly extractable: Readonly<Record<string, number>>;
  /** Vaults whose shares back, round a circle, the markets they own. A finding by itself. */
  readonly cycles: readonly (readonly string[])[];
  readonly iterations: number;
  /** Largest change of a share price in the last iteration. */
  readonly residual: number;
}

const ITERATIONS = 100_000;

/**
 * Losses through vaults that lend against each other's shares. Starts from face value and iterates downwards:
 * the map is monotone, so it reaches the greatest fixed point.
 *
 * @throws {RiskInputError} a loan or vault names one that is not there.
 */
export function vaultCascade(
  markets: Readonly<Record<string, CascadeMarket>>,
  vaults: Readonly<Record<string, CascadeVault>>,
): VaultCascade {
  requireNames(markets, vaults);
  const face = mapValues(
    markets,
    (market) => market.cash + market.loans.reduce((sum, loan) => sum + loan.debt, 0),
  );
  let marketValue = face;
  let nav = navOf(vaults, marketValue);
  let price = mapValues(vaults, (vault, id) => nav[id]! / vault.shares);
  let residual = Number.POSITIVE_INFINITY;
  let iterations = 0;
  while (residual > 0 && iterations < ITERATIONS) {
    marketValue = mapValues(markets, (market) => worthOf(market, price));
    nav = navOf(vaults, marketValue);
    const next = mapValues(vaults, (vault, id) => nav[id]! / vault.shares);
    residual = Math.max(0, ...Object.keys(vaults).map((id) => Math.abs(next[id]! - price[id]!)));
    price = next;
    iterations++;
    if (residual < 1e-16) break;
  }
  return {
    marketValue,
    marketLoss: mapValues(markets, (_, id) => face[id]! - marketValue[id]!),
    vaultNav: nav,
    sharePrice: price,
    extractable: Object.fromEntries(
      Object.entries(vaults).flatMap(([id, vault]) =>
        vault.reportedPrice === undefined
          ? []
          : [[id, Math.max(0, vault.reportedPrice - price[id]!) * vault.shares]],
      ),
    ),
    cycles: findCycles(markets, vaults),
    iterations,
    residual,
  };
}

function worthOf(market: CascadeMarket, price: Readonly<Record<string, number>>): number {
  return market.loans.reduce((sum, { debt, bonus, collateral }) => {
    const value = collateral.reduce(
      (total, each) => total + ("external" in each ? each.external : each.shares * price[each.vault]!),
      0,
    );
    return sum + Math.min(debt, value / (1 + bonus));
  }, market.cash);
}

const navOf = (
  vaults: Readonly<Record<string, CascadeVault>>,
  marketValue: Readonly<Record<string, number>>,
): Record<string, number> =>
  mapValues(vaults, (vault) =>
    Object.entries(vault.alloc).reduce(
      (sum, [market, fraction]) => sum + fraction * marketValue[market]!,
      vault.idle,
    ),
  );

/** Strongly connected groups of vaults, by which vault's shares back a market that another owns. */
function findCycles(
  markets: Readonly<Record<string, CascadeMarket>>,
  vaults: Readonly<Record<string, CascadeVault>>,
): string[][] {
  const ids = Object.keys(vaults);
  const backedBy = new Map(
    ids.map((id) => {
      const backing = Object.keys(vaults[id]!.alloc).flatMap((market) =>
        markets[market]!.loans.flatMap((loan) =>
          loan.collateral.flatMap((each) => ("vault" in each ? [each.vault] : [])),
        ),
      );
      return [id, new Set(backing)] as const;
    }),
  );
  const reach = new Map(ids.map((id) => [id, reachable(id, backedBy)] as const));
  const groups: string[][] = [];
  for (const id of ids) {
    if (!reach.get(id)!.has(id) || groups.some((group) => group.includes(id))) continue;
    groups.push(ids.filter((other) => reach.get(id)!.has(other) && reach.get(other)!.has(id)));
  }
  return groups;
}

function reachable(from: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const open = [...(edges.get(from) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(edges.get(next) ?? []));
  }
  return seen;
}

function requireNames(
  markets: Readonly<Record<string, CascadeMarket>>,
  vaults: Readonly<Record<string, CascadeVault>>,
): void {
  for (const [id, vault] of Object.entries(vaults)) {
    for (const market of Object.keys(vault.alloc)) {
      if (!(market in markets))
        throw new RiskInputError(`vaults.${id}.alloc`, "a market of this network", market);
    }
  }
  for (const [id, market] of Object.entries(markets)) {
    for (const each of market.loans.flatMap((loan) => loan.collateral)) {
      if ("vault" in each && !(each.vault in vaults)) {
        throw new RiskInputError(`markets.${id}.loans`, "a vault of this network", each.vault);
      }
    }
  }
}

const mapValues = <T>(
  record: Readonly<Record<string, T>>,
  f: (value: T, id: string) => number,
): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([id, value]) => [id, f(value, id)]));
