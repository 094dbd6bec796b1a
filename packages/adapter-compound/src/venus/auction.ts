import { BPS } from "@shortfall/math";
import { add, divide, multiply, subtract, wadMul } from "../ctoken/arithmetic.js";
import { MarketRefusal, refuseText } from "../ctoken/refusal.js";
import type { Step } from "../ctoken/step.js";
import { ENDED, LARGE_POOL_DEBT, LARGE_RISK_FUND, NOT_STARTED, STARTED } from "./auction-state.js";
import type { ObservedStart, VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

/*
 * The Shortfall auction: bidders pay bad debt into the markets and get the risk fund. Amounts of the fund are
 * USD with 18 decimals in the terms and base-asset units in the payout, literally as the contract has it.
 */

/** Opens an auction over all bad debt of the pool. Mirrors Shortfall._startAuction. */
export function startAuction(state: VenusState, step: Step, observed?: ObservedStart): void {
  const { auction, pool, constants } = state;
  const fresh = auction.startSlot === 0n && auction.status === NOT_STARTED;
  if (!fresh && auction.status !== ENDED) refuseText("auction is on-going");
  for (const market of pool.markets) market.marketDebt = market.badDebt;
  const terms = termsOf(state, step, observed);
  auction.highestBidBps = 0n;
  auction.highestBidSlot = 0n;
  auction.highestBidder = undefined;
  auction.startBidBps = terms.startBidBps;
  auction.type = terms.type;
  auction.seizedRiskFund = terms.seizedRiskFund;
  auction.startSlot = step.slot;
  auction.status = STARTED;
  step.emit(constants.shortfall, "AuctionStarted", {
    comptroller: pool.comptroller,
    auctionStartBlockOrTimestamp: step.slot,
    auctionType: terms.type,
    markets: pool.markets.map(({ token }) => token),
    marketsDebt: pool.markets.map(({ marketDebt }) => marketDebt),
    seizedRiskFund: terms.seizedRiskFund,
    startBidBps: terms.startBidBps,
  });
  step.seal("auction-start");
}

/** The observed terms, doubted where prices give others; or those that prices give. */
function termsOf(state: VenusState, step: Step, observed: ObservedStart | undefined): ObservedStart {
  if (!observed) return pricedTerms(state);
  step.check(() => {
    const priced = pricedTerms(state);
    for (const name of ["type", "seizedRiskFund", "startBidBps"] as const) {
      if (priced[name] !== observed[name]) {
        step.doubts.push(
          `AuctionStarted.${name} is ${observed[name]}, the known prices give ${priced[name]}`,
        );
      }
    }
  });
  return observed;
}

function pricedTerms(state: VenusState): ObservedStart {
  const { pool, constants } = state;
  const poolBadDebt = pool.markets.reduce((sum, { price, badDebt }) => add(sum, wadMul(price, badDebt)), 0n);
  if (poolBadDebt < state.minimumPoolBadDebt) refuseText("pool bad debt is too low");
  const basePrice = constants.baseAsset.markets[0]?.price ?? 0n;
  const fund = wadMul(basePrice, state.riskFundReserves);
  const needed = add(poolBadDebt, divide(multiply(poolBadDebt, state.incentiveBps), BPS));
  if (needed < fund) return { type: LARGE_RISK_FUND, seizedRiskFund: needed, startBidBps: BPS };
  const startBidBps = divide(multiply(BPS * BPS, fund), multiply(poolBadDebt, add(BPS, state.incentiveBps)));
  return { type: LARGE_POOL_DEBT, seizedRiskFund: fund, startBidBps };
}

/** Ends an auction without a bidder and starts it anew. Mirrors Shortfall.restartAuction. */
export function restartAuction(state: VenusState, step: Step, observed?: ObservedStart): void {
  const { auction, pool, constants } = state;
  requireStarted(state);
  if (!isStale(state, step)) refuseText("you need to wait for more time for first bidder");
  auction.status = ENDED;
  step.emit(constants.shortfall, "AuctionRestarted", {
    comptroller: pool.comptroller,
    auctionStartBlockOrTimestamp: auction.startSlot,
  });
  startAuction(state, step, observed);
}

type Bid = Extract<VenusOperation, { kind: "placeBid" }>;

/**
 * Pays a bid into every market's escrow and refunds the bidder before. Large debt: the highest part of the
 * debt wins; large fund: the lowest part of the fund. Mirrors Shortfall.placeBid.
 */
export function placeBid(state: VenusState, step: Step, { bidder, bidBps, startSlot }: Bid): void {
  const { auction, pool, constants } = state;
  if (auction.startSlot !== startSlot) refuseText("auction has been restarted");
  requireStarted(state);
  if (isStale(state, step)) refuseText("auction is stale, restart it");
  if (bidBps === 0n) refuseText("basis points cannot be zero");
  if (bidBps > BPS) refuseText("basis points cannot be more than 10000");
  const before = auction.highestBidder;
  if (!outbids(state, bidBps)) refuseText("your bid is not the highest");
  for (const market of pool.markets) {
    const asset = pool.assetOf(market);
    if (before !== undefined) step.moveTokens(asset, constants.shortfall, before, market.bidAmount);
    const bid =
      auction.type === LARGE_POOL_DEBT ? divide(multiply(market.marketDebt, bidBps), BPS) : market.marketDebt;
    step.moveTokens(asset, bidder, constants.shortfall, bid);
    market.bidAmount = bid;
  }
  auction.highestBidder = bidder;
  auction.highestBidBps = bidBps;
  auction.highestBidSlot = step.slot;
  step.emit(constants.shortfall, "BidPlaced", {
    comptroller: pool.comptroller,
    auctionStartBlockOrTimestamp: auction.startSlot,
    bidBps,
    bidder,
  });
  step.seal("bid", bidder);
}

function outbids({ auction }: VenusState, bidBps: bigint): boolean {
  const first = auction.highestBidder === undefined;
  if (auction.type === LARGE_POOL_DEBT) {
    return first ? bidBps >= auction.startBidBps : bidBps > auction.highestBidBps;
  }
  return first ? bidBps <= auction.startBidBps : bidBps < auction.highestBidBps;
}

/**
 * Pays the winning bid into the markets, which lowers their bad debt, and the fund to the bidder. Rate-neutral
 * for suppliers: cash takes the place of bad debt. Mirrors Shortfall.closeAuction.
 */
export function closeAuction(state: VenusState, step: Step): void {
  const { auction, pool, constants } = state;
  requireStarted(state);
  const bidder = auction.highestBidder;
  if (bidder === undefined || step.slot <= add(auction.highestBidSlot, state.nextBidderLimit)) {
    throw new MarketRefusal('Error("waiting for next bidder. cannot close auction")');
  }
  auction.status = ENDED;
  for (const market of pool.markets) {
    step.moveTokens(pool.assetOf(market), constants.shortfall, market.token, market.bidAmount);
    const badDebtOld = market.badDebt;
    if (market.bidAmount > badDebtOld) refuseText("more than bad debt recovered from auction");
    market.badDebt = badDebtOld - market.bidAmount;
    step.touch(market);
    step.covered.push({ market, amountAssets: market.bidAmount });
    step.emit(market.token, "BadDebtRecovered", { badDebtOld, badDebtNew: market.badDebt });
  }
  const payout =
    auction.type === LARGE_POOL_DEBT
      ? auction.seizedRiskFund
      : divide(multiply(auction.seizedRiskFund, auction.highestBidBps), BPS);
  if (payout > state.riskFundReserves) refuseText("Risk Fund: Insufficient pool reserve.");
  state.riskFundReserves = subtract(state.riskFundReserves, payout);
  step.moveTokens(constants.baseAsset, constants.riskFund, constants.shortfall, payout);
  step.moveTokens(constants.baseAsset, constants.shortfall, bidder, payout);
  step.emit(constants.shortfall, "AuctionClosed", {
    comptroller: pool.comptroller,
    auctionStartBlockOrTimestamp: auction.startSlot,
    highestBidder: bidder,
    highestBidBps: auction.highestBidBps,
    seizedRiskFind: payout,
    markets: pool.markets.map(({ token }) => token),
    marketDebt: pool.markets.map(({ bidAmount }) => bidAmount),
  });
  step.seal("auction-close", bidder);
}

/** Counts what the fund holds of its base asset; the stand-in's counting call leaves no log. */
export function syncRiskFund(state: VenusState): void {
  const { riskFund, baseAsset } = state.constants;
  state.riskFundReserves = state.pool.purse(riskFund)?.balance(baseAsset.index) ?? 0n;
}

function requireStarted({ auction }: VenusState): void {
  if (auction.startSlot === 0n || auction.status !== STARTED) refuseText("no on-going auction");
}

/** Nobody has bid in time. */
const isStale = ({ auction, waitForFirstBidder }: VenusState, step: Step): boolean =>
  auction.highestBidder === undefined && step.slot > add(auction.startSlot, waitForFirstBidder);
