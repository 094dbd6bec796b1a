import { addressArgument, amountArgument, emitter, findEntry } from "../ctoken/entries.js";
import type { Entry } from "../ctoken/event-directory.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import type { ObservedStart, VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

/** Logs that an accrual leaves. */
const ACCRUAL = new Set(["AccrueInterest", "SpreadReservesReduced"]);

/**
 * Operations that could have logged what stands at `cursor`, likeliest first.
 *
 * The next event that is neither of an accrual nor a token movement names the operation. If that one does not
 * fit, a lone accrual or a reserve push may stand before it.
 */
export function propose(state: VenusState, entries: readonly Entry[], cursor: number): VenusOperation[] {
  const { pool } = state;
  const isToken = (entry: Entry): boolean => pool.asset(entry.address) !== undefined;
  const at = findEntry(entries, cursor, (entry) => !isToken(entry) && !ACCRUAL.has(entry.name));
  const anchor = entries[at];
  const proposals = anchor ? anchored(state, entries, at, anchor) : [];
  const first = entries[findEntry(entries, cursor, (entry) => !isToken(entry))];
  const market = first && ACCRUAL.has(first.name) ? emitter(pool, first) : undefined;
  if (market) proposals.push(...accruing(entries, cursor, market));
  return proposals;
}

/** A push after the accrual, or without one, was asked for; a push before it is part of it. */
function accruing(entries: readonly Entry[], cursor: number, market: Market): VenusOperation[] {
  const ofMarket = (name: string, start: number): number =>
    findEntry(entries, start, (entry) => entry.address === market.token && entry.name === name);
  const accrued = ofMarket("AccrueInterest", cursor);
  const push = entries[ofMarket("SpreadReservesReduced", accrued < 0 ? cursor : accrued)];
  const proposals: VenusOperation[] = [];
  if (push) {
    proposals.push({ kind: "reduceReserves", market, assets: amountArgument(push, "reduceAmount") });
  }
  if (accrued >= 0) proposals.push({ kind: "accrueInterest", market });
  return proposals;
}

function anchored(state: VenusState, entries: readonly Entry[], at: number, anchor: Entry): VenusOperation[] {
  const { pool } = state;
  const market = emitter(pool, anchor);
  if (market) return ofMarket(pool, entries, at, anchor, market);
  switch (anchor.name) {
    case "MarketEntered":
      return entering(pool, entries, at, anchor);
    case "MarketExited": {
      const left = pool.market(addressArgument(anchor, "vToken"));
      return left ? [{ kind: "exitMarket", account: addressArgument(anchor, "account"), market: left }] : [];
    }
    case "AuctionStarted":
      return [{ kind: "startAuction", observed: startOf(anchor) }];
    case "AuctionRestarted": {
      const started = entries[at + 1];
      return started?.name === "AuctionStarted"
        ? [{ kind: "restartAuction", observed: startOf(started) }]
        : [];
    }
    case "BidPlaced":
      return [
        {
          kind: "placeBid",
          bidder: addressArgument(anchor, "bidder"),
          bidBps: amountArgument(anchor, "bidBps"),
          startSlot: amountArgument(anchor, "auctionStartBlockOrTimestamp"),
        },
      ];
    case "AuctionClosed":
      return [{ kind: "closeAuction" }];
    case "TokenDebtAdded":
    case "TokenDebtClaimed":
      return [];
    default:
      return [configuration(anchor)];
  }
}

const startOf = (entry: Entry): ObservedStart => ({
  type: amountArgument(entry, "auctionType"),
  seizedRiskFund: amountArgument(entry, "seizedRiskFund"),
  startBidBps: amountArgument(entry, "startBidBps"),
});

function ofMarket(
  pool: Pool,
  entries: readonly Entry[],
  at: number,
  anchor: Entry,
  market: Market,
): VenusOperation[] {
  switch (anchor.name) {
    case "Mint":
      return [
        {
          kind: "mint",
          market,
          minter: addressArgument(anchor, "minter"),
          assets: amountArgument(anchor, "mintAmount"),
        },
      ];
    case "Redeem":
      return [redeeming(anchor, market)];
    case "Borrow":
      return [borrowing(anchor, market)];
    case "RepayBorrow":
      return repaying(pool, entries, at, anchor, market);
    case "HealBorrow":
      return [healing(pool, entries, anchor)];
    case "Transfer":
      return moving(pool, entries, at, anchor, market);
    case "ReservesAdded":
      return [
        {
          kind: "addReserves",
          market,
          from: addressArgument(anchor, "benefactor"),
          assets: amountArgument(anchor, "addAmount"),
        },
      ];
    case "BadDebtRecovered":
      return [{ kind: "closeAuction" }];
    case "NewReserveFactor":
    case "NewProtocolSeizeShare":
    case "NewReduceReservesBlockDelta":
      return [configuration(anchor)];
    default:
      return [];
  }
}

const configuration = (entry: Entry): VenusOperation => ({
  kind: "configure",
  event: entry.name,
  address: entry.address,
  args: entry.args,
});

const redeeming = (entry: Entry, market: Market): VenusOperation => ({
  kind: "redeem",
  market,
  redeemer: addressArgument(entry, "redeemer"),
  tokens: amountArgument(entry, "redeemTokens"),
});

const borrowing = (entry: Entry, market: Market): VenusOperation => ({
  kind: "borrow",
  market,
  borrower: addressArgument(entry, "borrower"),
  assets: amountArgument(entry, "borrowAmount"),
});

/** What HealBorrow events say of an account, market by market. */
function healing(pool: Pool, entries: readonly Entry[], heal: Entry): VenusOperation {
  const account = addressArgument(heal, "borrower");
  const payer = addressArgument(heal, "payer");
  const repaid = new Map<Market, bigint>();
  for (let index = entries.indexOf(heal); index < entries.length; index++) {
    const entry = entries[index];
    const market = entry && emitter(pool, entry);
    if (entry?.name !== "HealBorrow" || !market || repaid.has(market)) continue;
    if (addressArgument(entry, "borrower") !== account || addressArgument(entry, "payer") !== payer) continue;
    repaid.set(market, amountArgument(entry, "repayAmount"));
  }
  return { kind: "healAccount", payer, account, repaid };
}

/** The next HealBorrow of an account, if there is one. */
const nextHeal = (entries: readonly Entry[], at: number, account: string): Entry | undefined =>
  entries[
    findEntry(
      entries,
      at,
      (entry) => entry.name === "HealBorrow" && addressArgument(entry, "borrower") === account,
    )
  ];

/** Share tokens sent away: a redemption if Redeem follows, a seizure in a healing, otherwise a transfer. */
function moving(
  pool: Pool,
  entries: readonly Entry[],
  at: number,
  anchor: Entry,
  market: Market,
): VenusOperation[] {
  const from = addressArgument(anchor, "from");
  const to = addressArgument(anchor, "to");
  const next = entries[at + 1];
  const proposals: VenusOperation[] = [];
  if (next?.name === "Redeem" && next.address === market.token) proposals.push(redeeming(next, market));
  if (next?.name === "ProtocolSeize" && next.address === market.token) {
    const heal = nextHeal(entries, at, from);
    if (heal) proposals.push(healing(pool, entries, heal));
  }
  proposals.push({ kind: "transfer", market, from, to, tokens: amountArgument(anchor, "amount") });
  return proposals;
}

function entering(pool: Pool, entries: readonly Entry[], at: number, anchor: Entry): VenusOperation[] {
  const account = addressArgument(anchor, "account");
  const market = pool.market(addressArgument(anchor, "vToken"));
  if (!market) return [];
  const next = entries[findEntry(entries, at + 1, (entry) => pool.asset(entry.address) === undefined)];
  const proposals: VenusOperation[] = [];
  if (
    next?.name === "Borrow" &&
    next.address === market.token &&
    addressArgument(next, "borrower") === account
  ) {
    proposals.push(borrowing(next, market));
  }
  proposals.push({ kind: "enterMarkets", account, markets: [market] });
  return proposals;
}

/**
 * A repayment is part of a liquidation if a LiquidateBorrow of the same payer, borrower and amount follows, or
 * of a healing if a HealBorrow does.
 */
function repaying(
  pool: Pool,
  entries: readonly Entry[],
  at: number,
  anchor: Entry,
  market: Market,
): VenusOperation[] {
  const payer = addressArgument(anchor, "payer");
  const borrower = addressArgument(anchor, "borrower");
  const assets = amountArgument(anchor, "repayAmount");
  const proposals: VenusOperation[] = [];
  const liquidation =
    entries[
      findEntry(
        entries,
        at + 1,
        (entry) =>
          entry.name === "LiquidateBorrow" &&
          entry.address === market.token &&
          addressArgument(entry, "liquidator") === payer &&
          addressArgument(entry, "borrower") === borrower &&
          amountArgument(entry, "repayAmount") === assets,
      )
    ];
  const collateral = liquidation && pool.market(addressArgument(liquidation, "vTokenCollateral"));
  if (liquidation && collateral) {
    proposals.push({
      kind: "liquidate",
      market,
      collateral,
      liquidator: payer,
      borrower,
      assets,
      observed: { seizeTokens: amountArgument(liquidation, "seizeTokens") },
    });
  }
  const heal = nextHeal(entries, at, borrower);
  if (heal) proposals.push(healing(pool, entries, heal));
  proposals.push({ kind: "repay", market, payer, borrower, assets });
  return proposals;
}
