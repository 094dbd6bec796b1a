import { wadDiv, wadMul, wadMulAdd } from "./arithmetic.js";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";
import { MarketRefusal } from "./refusal.js";
import { borrowBalanceStored, exchangeRateStored } from "./valuation.js";

/** An account that owes more than all its collateral is worth. USD with 18 decimals. */
export interface InsolventAccount {
  readonly account: number;
  readonly collateralValue: bigint;
  readonly borrowValue: bigint;
  /** borrowValue − collateralValue. */
  readonly badDebtValue: bigint;
  /** What stays owed after the best possible liquidation: borrowValue − collateralValue·1e18/incentive. */
  readonly badDebtAfterIncentive: bigint;
  /** The two, shared over the account's debts by value, in base units of each market. Rounded down. */
  readonly debts: readonly {
    readonly market: Market;
    readonly debtAssets: bigint;
    readonly grossAssets: bigint;
    readonly afterIncentiveAssets: bigint;
  }[];
}

/**
 * Values an account over the markets it has entered at full weight, stored rates and last prices.
 *
 * Undefined where it is solvent, or where a market's view would revert.
 */
export function insolvencyOf(pool: Pool, account: number): InsolventAccount | undefined {
  try {
    return valued(pool, account);
  } catch (error) {
    if (error instanceof MarketRefusal) return undefined;
    throw error;
  }
}

function valued(pool: Pool, account: number): InsolventAccount | undefined {
  let collateralValue = 0n;
  let borrowValue = 0n;
  const debts: { market: Market; debtAssets: bigint }[] = [];
  for (const index of pool.memberships.of(account)) {
    const market = pool.markets[index];
    if (!market) continue;
    const debtAssets = borrowBalanceStored(market, account);
    const unit = wadMul(exchangeRateStored(market), market.price);
    collateralValue = wadMulAdd(unit, market.tokens.get(account), collateralValue);
    borrowValue = wadMulAdd(market.price, debtAssets, borrowValue);
    if (debtAssets > 0n) debts.push({ market, debtAssets });
  }
  if (borrowValue <= collateralValue) return undefined;
  const badDebtValue = borrowValue - collateralValue;
  const badDebtAfterIncentive = borrowValue - wadDiv(collateralValue, pool.liquidationIncentiveWad);
  return {
    account,
    collateralValue,
    borrowValue,
    badDebtValue,
    badDebtAfterIncentive,
    debts: debts.map(({ market, debtAssets }) => ({
      market,
      debtAssets,
      grossAssets: (debtAssets * badDebtValue) / borrowValue,
      afterIncentiveAssets: (debtAssets * badDebtAfterIncentive) / borrowValue,
    })),
  };
}

/** All insolvent accounts, in order of their ids. */
export function insolventAccounts(pool: Pool): InsolventAccount[] {
  const found: InsolventAccount[] = [];
  for (let account = 0; account < pool.accounts.size; account++) {
    if (pool.memberships.of(account).length === 0) continue;
    const insolvent = insolvencyOf(pool, account);
    if (insolvent) found.push(insolvent);
  }
  return found;
}

/**
 * Whether nothing can be seized from an account: no share tokens in the markets that count, or tokens worth
 * less than one unit of value at the last price. Tokens of unknown price count as collateral.
 *
 * @param entered only markets that the account has entered count.
 */
export function hasNoCollateral(pool: Pool, account: number, entered: boolean): boolean {
  const markets = entered
    ? pool.memberships.of(account).flatMap((index) => pool.markets[index] ?? [])
    : pool.markets;
  return markets.every((market) => {
    const tokens = market.tokens.get(account);
    if (tokens === 0n) return true;
    if (market.price === 0n) return false;
    try {
      return wadMul(wadMul(exchangeRateStored(market), market.price), tokens) === 0n;
    } catch (error) {
      if (error instanceof MarketRefusal) return false;
      throw error;
    }
  });
}

/** Debts, by market index, of accounts from which nothing can be seized. */
export function latentDebts(pool: Pool, entered: boolean): bigint[] {
  const latent = pool.markets.map(() => 0n);
  for (let account = 0; account < pool.accounts.size; account++) {
    if (!pool.markets.some((market) => market.principal.get(account) !== 0n)) continue;
    if (!hasNoCollateral(pool, account, entered)) continue;
    for (const market of pool.markets) {
      latent[market.index] = (latent[market.index] ?? 0n) + borrowBalanceStored(market, account);
    }
  }
  return latent;
}

/** What an account owes in each market at a moment, and what of it collateral does not cover. */
export interface Assessment {
  readonly account: number;
  /** Nothing is left to seize. */
  readonly dead: boolean;
  readonly debts: readonly {
    readonly market: Market;
    readonly debtAssets: bigint;
    readonly grossAssets: bigint;
    readonly afterIncentiveAssets: bigint;
  }[];
}

/** Assesses an account over all markets at the last prices. */
export function assess(pool: Pool, account: number, entered: boolean): Assessment {
  const dead = hasNoCollateral(pool, account, entered);
  const valued = dead ? undefined : insolvencyOf(pool, account);
  const debts = pool.markets.map((market) => {
    const debtAssets = borrowBalanceStored(market, account);
    const share = valued?.debts.find((each) => each.market === market);
    const lost = dead ? debtAssets : 0n;
    return {
      market,
      debtAssets,
      grossAssets: share?.grossAssets ?? lost,
      afterIncentiveAssets: share?.afterIncentiveAssets ?? lost,
    };
  });
  return { account, dead, debts };
}
