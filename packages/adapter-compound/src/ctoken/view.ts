import type { LiabilityTable, PoolView } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { insolventAccounts, latentDebts } from "./insolvency.js";
import type { Pool } from "./pool.js";
import { claimOf, SHARES } from "./posting.js";
import { totalsOf } from "./step.js";

/** A pool's figures with what on-chain accounts hide. Base units of the market's asset. */
export interface CTokenPoolView extends PoolView {
  /** Debts of insolvent accounts that collateral does not cover, shared over their debts by value. */
  readonly insolventGross: bigint;
  /** What would stay owed after the best possible liquidation at the last prices. */
  readonly insolventAfterIncentive: bigint;
  /** Interest booked on debts of accounts with nothing left to seize, since they had nothing left. */
  readonly phantomInterest: bigint;
  /** Part of it that was added to reserves: reserves that nobody will ever pay in. */
  readonly phantomReserves: bigint;
}

/** Figures that need a history: what was written off, and interest on dead debts, by market index. */
export interface PoolHistory {
  readonly writtenOff: readonly bigint[];
  readonly phantomInterest: readonly bigint[];
}

/** Views of all markets. `entered`: only entered markets can be seized from. */
export function poolViews(pool: Pool, entered: boolean, history: PoolHistory): CTokenPoolView[] {
  const latent = latentDebts(pool, entered);
  const gross = pool.markets.map(() => 0n);
  const afterIncentive = pool.markets.map(() => 0n);
  for (const { debts } of insolventAccounts(pool)) {
    for (const debt of debts) {
      const { index } = debt.market;
      gross[index] = (gross[index] ?? 0n) + debt.grossAssets;
      afterIncentive[index] = (afterIncentive[index] ?? 0n) + debt.afterIncentiveAssets;
    }
  }
  return pool.markets.map((market) => {
    const totals = totalsOf(market);
    const suppliers = market.totalSupply === 0n ? 0n : claimOf(totals);
    const deficitLatent = latent[market.index] ?? 0n;
    const phantomInterest = history.phantomInterest[market.index] ?? 0n;
    return {
      pool: market.token,
      asset: pool.assetOf(market).commodity,
      decimals: market.parameters.decimals,
      cash: market.cash,
      loans: market.totalBorrows,
      suppliers,
      reserves: market.totalReserves,
      treasury: 0n,
      deficitRealised: history.writtenOff[market.index] ?? 0n,
      deficitCarried: market.badDebt,
      deficitLatent,
      backingWad: backing(market.cash + market.totalBorrows - deficitLatent, suppliers),
      insolventGross: gross[market.index] ?? 0n,
      insolventAfterIncentive: afterIncentive[market.index] ?? 0n,
      phantomInterest,
      phantomReserves: (phantomInterest * market.reserveFactorWad) / WAD,
    };
  });
}

/** assets/claims as a mantissa, rounded down; fully backed while nobody claims, never below 0. */
function backing(assets: bigint, claims: bigint): bigint {
  if (claims <= 0n) return WAD;
  return assets <= 0n ? 0n : (assets * WAD) / claims;
}

/** What the holders of each market's tokens are owed, by its exchange rate; both roundings down. */
export function liabilitiesOf(pool: Pool): LiabilityTable[] {
  return pool.markets.map((market) => {
    const claim = market.totalSupply === 0n ? 0n : claimOf(totalsOf(market));
    const rateWad = claim <= 0n ? 0n : (claim * WAD) / market.totalSupply;
    const rows = [...market.tokens.holders()].map(([account, tokens]) => ({
      account: pool.accounts.keyOf(account),
      assets: (tokens * rateWad) / WAD,
    }));
    return {
      pool: market.token,
      class: SHARES,
      asset: pool.assetOf(market).commodity,
      rows: rows.filter(({ assets }) => assets > 0n),
    };
  });
}
