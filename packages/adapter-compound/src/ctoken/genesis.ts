import { Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";

/**
 * Takes over the state that a history starts from: totals, prices, and every account's share tokens, debts
 * and markets entered.
 *
 * @throws {HeaderError} a market is missing, an account names an unknown one, or share tokens do not add up.
 */
export function loadGenesis(pool: Pool, state: Fields): void {
  const markets = state.object("markets");
  const prices = state.object("prices");
  for (const market of pool.markets) {
    const fields = markets.object(market.token);
    market.totalBorrows = fields.uint256("totalBorrows");
    market.totalReserves = fields.uint256("totalReserves");
    market.totalSupply = fields.uint256("totalSupply");
    market.borrowIndex = fields.uint256("borrowIndex");
    market.accrualSlot = fields.uint256("accrualBlockNumber");
    market.cash = fields.uint256("cash");
    market.price = prices.has(market.token) ? prices.uint256(market.token) : 0n;
  }
  const accounts = state.object("accounts");
  for (const key of accounts.keys()) loadAccount(pool, key.toLowerCase(), accounts.object(key));
  for (const market of pool.markets) {
    if (market.tokens.sum !== market.totalSupply) {
      throw new HeaderError(
        `genesis.state.markets.${market.token}.totalSupply`,
        `the sum of the accounts' tokens, ${market.tokens.sum}`,
        market.totalSupply.toString(),
      );
    }
  }
}

function loadAccount(pool: Pool, address: string, fields: Fields): void {
  const account = pool.accounts.intern(address);
  for (const token of fields.strings("assetsIn")) {
    pool.memberships.enter(account, marketNamed(pool, fields, token).index);
  }
  const positions = fields.object("markets");
  for (const token of positions.keys()) {
    const market = marketNamed(pool, fields, token);
    const position = positions.object(token);
    market.tokens.set(account, position.uint256("tokens"));
    market.principal.set(account, position.uint256("borrowPrincipal"));
    market.interestIndex.set(account, position.uint256("borrowInterestIndex"));
    if (market.principal.get(account) !== 0n && market.interestIndex.get(account) === 0n) {
      throw new HeaderError(`${position.path}.borrowInterestIndex`, "an index above 0 under a debt", "0");
    }
  }
}

function marketNamed(pool: Pool, fields: Fields, token: string): Market {
  const market = pool.market(token.toLowerCase());
  if (!market) throw new HeaderError(fields.path, "markets of params.markets", token);
  return market;
}

/** Where the history starts. @throws {HeaderError} */
export function openingOf(header: HistoryHeader): { block: number; timestamp: number } {
  const genesis = new Fields(header, "").object("genesis");
  const block = genesis.has("block") ? genesis.integer("block") : 0;
  const timestamp = genesis.integer("timestamp");
  if (block < 0 || timestamp < 0) {
    throw new HeaderError("genesis", "a block and time of at least 0", `${block}, ${timestamp}`);
  }
  return { block, timestamp };
}
