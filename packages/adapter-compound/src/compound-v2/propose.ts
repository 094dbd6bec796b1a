import { addressArgument, amountArgument, emitter, findEntry } from "../ctoken/entries.js";
import type { Entry } from "../ctoken/event-directory.js";
import type { Market } from "../ctoken/market.js";
import type { Pool } from "../ctoken/pool.js";
import type { CompoundOperation } from "./operation.js";

/**
 * Operations that could have logged what stands at `cursor`, likeliest first.
 *
 * The next event that is neither an accrual nor a token movement names the operation. If that one does not
 * fit, a lone accrual may stand before it.
 */
export function propose(pool: Pool, entries: readonly Entry[], cursor: number): CompoundOperation[] {
  const isToken = (entry: Entry): boolean => pool.asset(entry.address) !== undefined;
  const at = findEntry(entries, cursor, (entry) => !isToken(entry) && entry.name !== "AccrueInterest");
  const anchor = entries[at];
  const proposals = anchor ? anchored(pool, entries, at, anchor) : [];
  const first = entries[cursor];
  const market = first?.name === "AccrueInterest" ? emitter(pool, first) : undefined;
  if (market) proposals.push({ kind: "accrueInterest", market });
  return proposals;
}

function anchored(pool: Pool, entries: readonly Entry[], at: number, anchor: Entry): CompoundOperation[] {
  const market = emitter(pool, anchor);
  if (market) return ofMarket(pool, entries, at, anchor, market);
  switch (anchor.name) {
    case "MarketEntered":
      return entering(pool, entries, at, anchor);
    case "MarketExited": {
      const left = pool.market(addressArgument(anchor, "cToken"));
      return left ? [{ kind: "exitMarket", account: addressArgument(anchor, "account"), market: left }] : [];
    }
    case "PricePosted":
      return [
        {
          kind: "setPrice",
          asset: addressArgument(anchor, "asset"),
          price: amountArgument(anchor, "newPriceMantissa"),
        },
      ];
    default:
      return [configuration(anchor)];
  }
}

function ofMarket(
  pool: Pool,
  entries: readonly Entry[],
  at: number,
  anchor: Entry,
  market: Market,
): CompoundOperation[] {
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
      return redeeming(anchor, market);
    case "Borrow":
      return [borrowing(anchor, market)];
    case "RepayBorrow":
      return repaying(pool, entries, at, anchor, market);
    case "Transfer":
      return moving(entries, at, anchor, market);
    case "ReservesAdded":
      return [
        {
          kind: "addReserves",
          market,
          from: addressArgument(anchor, "benefactor"),
          assets: amountArgument(anchor, "addAmount"),
        },
      ];
    case "ReservesReduced":
      return [
        {
          kind: "reduceReserves",
          market,
          from: addressArgument(anchor, "admin"),
          assets: amountArgument(anchor, "reduceAmount"),
        },
      ];
    case "NewReserveFactor":
      return [configuration(anchor)];
    default:
      return [];
  }
}

const configuration = (entry: Entry): CompoundOperation => ({
  kind: "configure",
  event: entry.name,
  address: entry.address,
  args: entry.args,
});

const borrowing = (entry: Entry, market: Market): CompoundOperation => ({
  kind: "borrow",
  market,
  borrower: addressArgument(entry, "borrower"),
  assets: amountArgument(entry, "borrowAmount"),
});

/** Both entry points fix the same two numbers; whichever gives the logs will do. */
function redeeming(entry: Entry, market: Market): CompoundOperation[] {
  const redeemer = addressArgument(entry, "redeemer");
  return [
    { kind: "redeem", market, redeemer, tokens: amountArgument(entry, "redeemTokens") },
    { kind: "redeemUnderlying", market, redeemer, assets: amountArgument(entry, "redeemAmount") },
  ];
}

/** Share tokens sent to the market itself and followed by Redeem are a redemption, otherwise a transfer. */
function moving(entries: readonly Entry[], at: number, anchor: Entry, market: Market): CompoundOperation[] {
  const from = addressArgument(anchor, "from");
  const to = addressArgument(anchor, "to");
  const tokens = amountArgument(anchor, "amount");
  const next = entries[at + 1];
  const redeemed =
    next?.name === "Redeem" &&
    next.address === market.token &&
    to === market.token &&
    addressArgument(next, "redeemer") === from;
  return [
    ...(redeemed ? redeeming(next, market) : []),
    { kind: "transfer", market, from, to, tokens } as const,
  ];
}

function entering(pool: Pool, entries: readonly Entry[], at: number, anchor: Entry): CompoundOperation[] {
  const account = addressArgument(anchor, "account");
  const market = pool.market(addressArgument(anchor, "cToken"));
  if (!market) return [];
  const borrowAt = findEntry(entries, at + 1, (entry) => pool.asset(entry.address) === undefined);
  const next = entries[borrowAt];
  const borrows =
    next?.name === "Borrow" && next.address === market.token && addressArgument(next, "borrower") === account;
  return [
    ...(borrows ? [borrowing(next, market)] : []),
    { kind: "enterMarkets", account, markets: [market] } as const,
  ];
}

/** A repayment that a LiquidateBorrow of the same payer, borrower and amount follows is a liquidation. */
function repaying(
  pool: Pool,
  entries: readonly Entry[],
  at: number,
  anchor: Entry,
  market: Market,
): CompoundOperation[] {
  const payer = addressArgument(anchor, "payer");
  const borrower = addressArgument(anchor, "borrower");
  const assets = amountArgument(anchor, "repayAmount");
  const proposals: CompoundOperation[] = [];
  const liquidated = findEntry(
    entries,
    at + 1,
    (entry) =>
      entry.name === "LiquidateBorrow" &&
      entry.address === market.token &&
      addressArgument(entry, "liquidator") === payer &&
      addressArgument(entry, "borrower") === borrower &&
      amountArgument(entry, "repayAmount") === assets,
  );
  const liquidation = entries[liquidated];
  const collateral = liquidation && pool.market(addressArgument(liquidation, "cTokenCollateral"));
  if (liquidation && collateral) {
    proposals.push({
      kind: "liquidate",
      market,
      collateral,
      liquidator: payer,
      borrower,
      assets,
      seizeTokens: amountArgument(liquidation, "seizeTokens"),
    });
  }
  proposals.push({ kind: "repay", market, payer, borrower, assets });
  return proposals;
}
