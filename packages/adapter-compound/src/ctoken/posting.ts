import { CHART, type Posting, type PredictedLog } from "@shortfall/core";
import { reserveShareDown } from "./interest.js";
import type { Market } from "./market.js";
import type { Asset, Pool } from "./pool.js";
import type { MarketTotals, Segment } from "./step.js";

/** Class of the holders of a market's share tokens. */
export const SHARES = "shares";

/** What suppliers are owed while there are share tokens, and what belongs to nobody while there are none. */
export const SUPPLIERS = CHART.suppliers(SHARES);
export const UNCLAIMED = CHART.rounding("next-supplier");

/** cash + borrows + bad debt − reserves: the suppliers' side of a market, dust included. */
export const claimOf = (totals: MarketTotals): bigint =>
  totals.cash + totals.totalBorrows + totals.badDebt - totals.totalReserves;

/** What the control accounts of a market must hold, debit positive. */
export function controlsOf(totals: MarketTotals, commodity: string): [string, string, bigint][] {
  const claim = claimOf(totals);
  return [
    [CHART.cash, commodity, totals.cash],
    [CHART.loans, commodity, totals.totalBorrows],
    [CHART.deficit, commodity, totals.badDebt],
    [CHART.reserves, commodity, -totals.totalReserves],
    [SUPPLIERS, commodity, totals.totalSupply === 0n ? 0n : -claim],
    [UNCLAIMED, commodity, totals.totalSupply === 0n ? -claim : 0n],
  ];
}

/** Debit and credit of one pool and commodity, gathered by account. */
class Sheet {
  readonly #amounts = new Map<string, { posting: Posting; amount: bigint }>();

  add(pool: string, account: string, commodity: string, amount: bigint): void {
    const key = `${pool} ${account} ${commodity}`;
    const found = this.#amounts.get(key);
    if (found) found.amount += amount;
    else this.#amounts.set(key, { posting: { pool, account, commodity, amount: 0n }, amount });
  }

  postings(): Posting[] {
    return [...this.#amounts.values()].map(({ posting, amount }) => ({ ...posting, amount }));
  }
}

/**
 * The entry of one segment, read from its logs: tokens by their Transfers, the rest by the business events.
 *
 * The state is not consulted, so the control accounts that are checked afterwards test the two against each
 * other. `held` gives what an account holds so far; it is needed where a market's first share tokens take
 * over what belonged to nobody, or its last ones leave something behind.
 */
export function postingsOf(
  pool: Pool,
  segment: Segment,
  logs: readonly PredictedLog[],
  held: (market: string, account: string, commodity: string) => bigint,
): Posting[] {
  const sheet = new Sheet();
  for (const log of logs.slice(segment.from, segment.to)) postLog(pool, segment, log, sheet);
  if (segment.kind === "donation") postDonation(pool, segment, logs, sheet);
  for (const totals of segment.totals) settleClaim(pool, totals, sheet, held);
  return sheet.postings();
}

function postLog(pool: Pool, segment: Segment, log: PredictedLog, sheet: Sheet): void {
  const asset = pool.asset(log.address);
  const market = pool.market(log.address);
  if (asset) postTokens(pool, asset, log, sheet);
  else if (market) postMarketLog(pool, segment, market, log, sheet);
}

function postTokens(pool: Pool, asset: Asset, log: PredictedLog, sheet: Sheet): void {
  const value = amount(log, "value");
  for (const [side, sign] of [
    ["from", -1n],
    ["to", 1n],
  ] as const) {
    const address = String(log.args[side]);
    const purse = pool.purse(address);
    if (asset.markets.some((market) => market.token === address) || purse) {
      sheet.add(address, CHART.cash, asset.commodity, sign * value);
    }
    if (purse) sheet.add(address, purse.owed, asset.commodity, -sign * value);
  }
}

function postMarketLog(pool: Pool, segment: Segment, market: Market, log: PredictedLog, sheet: Sheet): void {
  const { commodity } = pool.assetOf(market);
  const post = (account: string, value: bigint): void => sheet.add(market.token, account, commodity, value);
  switch (log.name) {
    case "AccrueInterest": {
      const interest = amount(log, "interestAccumulated");
      const factor = segment.totals.find((totals) => totals.market === market)?.reserveFactorWad ?? 0n;
      const reserved = reserveShareDown(interest, factor);
      post(CHART.loans, interest);
      post(CHART.reserves, -reserved);
      post(SUPPLIERS, reserved - interest);
      break;
    }
    case "Mint":
      post(SUPPLIERS, -amount(log, "mintAmount"));
      break;
    case "Redeem":
      post(SUPPLIERS, amount(log, "redeemAmount"));
      break;
    case "Borrow":
      post(CHART.loans, amount(log, "borrowAmount"));
      break;
    case "RepayBorrow":
      post(CHART.loans, -amount(log, "repayAmount"));
      break;
    case "BadDebtIncreased":
      post(CHART.deficit, amount(log, "badDebtDelta"));
      break;
    case "BadDebtRecovered":
      post(CHART.deficit, amount(log, "badDebtNew") - amount(log, "badDebtOld"));
      break;
    case "ReservesAdded": {
      const added = amount(log, "addAmount");
      post(CHART.reserves, -added);
      // The market's own addition is its part of a seizure: burned shares, no tokens.
      if (log.args.benefactor === market.token) post(SUPPLIERS, added);
      break;
    }
    case "ReservesReduced":
    case "SpreadReservesReduced":
      post(CHART.reserves, amount(log, "reduceAmount"));
      break;
    case "ProtocolSeize":
      post(SUPPLIERS, amount(log, "amount"));
      break;
  }
}

/** Tokens that nobody supplied raise what the share tokens are worth: the suppliers' gain, not the pool's. */
function postDonation(pool: Pool, segment: Segment, logs: readonly PredictedLog[], sheet: Sheet): void {
  for (const { market } of segment.totals) {
    const { commodity, address } = pool.assetOf(market);
    let given = segment.hidden;
    for (const log of logs.slice(segment.from, segment.to)) {
      if (log.address === address && log.args.to === market.token) given += amount(log, "value");
    }
    sheet.add(market.token, CHART.cash, commodity, segment.hidden);
    sheet.add(market.token, SUPPLIERS, commodity, -given);
  }
}

/** Puts a market's claim where it belongs: with the suppliers, or with nobody while there are no shares. */
function settleClaim(
  pool: Pool,
  totals: MarketTotals,
  sheet: Sheet,
  held: (market: string, account: string, commodity: string) => bigint,
): void {
  const { token } = totals.market;
  const { commodity } = pool.assetOf(totals.market);
  const [source, target] = totals.totalSupply === 0n ? [SUPPLIERS, UNCLAIMED] : [UNCLAIMED, SUPPLIERS];
  const pending = sheet
    .postings()
    .reduce(
      (sum, posting) =>
        posting.pool === token && posting.account === source && posting.commodity === commodity
          ? sum + posting.amount
          : sum,
      held(token, source, commodity),
    );
  sheet.add(token, source, commodity, -pending);
  sheet.add(token, target, commodity, pending);
}

function amount(log: PredictedLog, name: string): bigint {
  const value = log.args[name];
  if (typeof value !== "bigint") throw new RangeError(`${log.name} has no integer "${name}".`);
  return value;
}
