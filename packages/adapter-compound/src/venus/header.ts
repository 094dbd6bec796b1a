import { CHART, type Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import { loadGenesis } from "../ctoken/genesis.js";
import { fraction, headerFields, marketOf, positive, requireDistinctMarkets } from "../ctoken/header.js";
import { Pool } from "../ctoken/pool.js";
import { type VenusConstants, VenusState } from "./state.js";

export const PROTOCOL = "venus-isolated";
/** The release with time-based slots, share reserve payouts and auctions by market bids. */
export const VERSIONS = ["isolated-pools 4."] as const;

const RATE_MODELS = ["Venus JumpRateModelV2"];
/** What a market takes of seizures unless its state says otherwise. */
const DEFAULT_SEIZE_SHARE = 50_000_000_000_000_000n;

/** Opens the state that a header describes. @throws {HeaderError} naming the field. */
export function openState(header: HistoryHeader): VenusState {
  const fields = headerFields(header, PROTOCOL, VERSIONS);
  const params = fields.object("params");
  const markets = params
    .objects("markets")
    .map((market) => marketOf(market, DEFAULT_SEIZE_SHARE, "liquidationThresholdMantissa", RATE_MODELS));
  requireDistinctMarkets(markets);
  const shortfall = params.address("shortfall");
  const riskFund = params.address("riskFund");
  const protocolShareReserve = params.address("protocolShareReserve");
  const pool = new Pool(
    params.address("comptroller"),
    markets,
    {
      closeFactorWad: fraction(params, "closeFactorMantissa"),
      liquidationIncentiveWad: positive(params, "liquidationIncentiveMantissa"),
      minLiquidatableCollateral: params.uint256("minLiquidatableCollateral"),
    },
    [
      { address: protocolShareReserve, owed: CHART.treasury },
      { address: shortfall, owed: CHART.posted },
      { address: riskFund, owed: CHART.insurance("risk-fund") },
    ],
  );
  const base = params.address("riskFundBaseAsset");
  const baseAsset = pool.asset(base);
  if (!baseAsset) throw new HeaderError("params.riskFundBaseAsset", "an underlying of this pool", base);
  const constants: VenusConstants = {
    maxBorrowRateWad: params.uint256("maxBorrowRateMantissa"),
    oracle: params.address("oracle"),
    shortfall,
    riskFund,
    protocolShareReserve,
    baseAsset,
    timeBased: header.version.includes("time-based"),
  };
  const state = new VenusState(pool, constants);
  state.minimumPoolBadDebt = params.uint256("minimumPoolBadDebt");
  state.incentiveBps = params.uint256("incentiveBps");
  state.waitForFirstBidder = params.uint256("waitForFirstBidder");
  state.nextBidderLimit = params.uint256("nextBidderBlockLimit");
  for (const market of pool.markets) state.setPushDelta(market, params.uint256("reduceReservesBlockDelta"));
  loadState(state, fields.object("genesis").object("state"));
  return state;
}

function loadState(state: VenusState, genesis: Fields): void {
  const { pool, constants } = state;
  loadGenesis(pool, genesis);
  const markets = genesis.object("markets");
  for (const market of pool.markets) {
    const fields = markets.object(market.token);
    market.badDebt = fields.uint256("badDebt");
    market.pushSlot = fields.uint256("reduceReservesBlockNumber");
    market.seizeShareWad = fraction(fields, "protocolSeizeShareMantissa");
  }
  state.riskFundReserves = genesis.uint256("riskFund");
  pool.purse(constants.riskFund)?.setBalance(constants.baseAsset.index, state.riskFundReserves);
  for (const [key, address] of [
    ["protocolShareReserve", constants.protocolShareReserve],
    ["shortfallBalance", constants.shortfall],
  ] as const) {
    const balances = genesis.object(key);
    for (const asset of pool.assets) {
      if (balances.has(asset.address)) {
        pool.purse(address)?.setBalance(asset.index, balances.uint256(asset.address));
      }
    }
  }
  loadAuction(state, genesis.object("auction"));
}

function loadAuction({ auction }: VenusState, fields: Fields): void {
  auction.startSlot = fields.uint256("startBlockOrTimestamp");
  auction.type = fields.uint256("auctionType");
  auction.status = fields.uint256("status");
  auction.seizedRiskFund = fields.uint256("seizedRiskFund");
  const bidder = fields.address("highestBidder");
  auction.highestBidder = BigInt(bidder) === 0n ? undefined : bidder;
  auction.highestBidBps = fields.uint256("highestBidBps");
  auction.highestBidSlot = fields.uint256("highestBidBlockOrTimestamp");
  auction.startBidBps = fields.uint256("startBidBps");
  if (auction.status === 1n) {
    throw new HeaderError(
      "genesis.state.auction.status",
      "no auction under way, as its amounts by market are not in a header",
      "1",
    );
  }
}
