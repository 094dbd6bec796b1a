import { Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import { Category } from "./category.js";
import { Market } from "./market.js";
import { type Profile, profileFor } from "./profiles.js";
import { Reserve } from "./reserve.js";
import { StakeToken } from "./stake-token.js";

/** A market as a header opens it, with the names that traces use for its parts. */
export interface OpenedMarket {
  readonly market: Market;
  /** Address by name, lower case: users, `admin`, and the contracts that act. */
  readonly actors: ReadonlyMap<string, string>;
  readonly reserves: ReadonlyMap<string, Reserve>;
  readonly stakes: ReadonlyMap<string, StakeToken>;
  /** Names of the accounts that full lines list. */
  readonly users: readonly string[];
  /** Seconds since 1970 that the history starts after. */
  readonly startSeconds: number;
}

/**
 * Opens a market from the first line of a history.
 *
 * @throws {HeaderError} naming the field, what was expected and what came.
 */
export function openMarket(header: HistoryHeader): OpenedMarket {
  const fields = new Fields(header);
  if (fields.string("protocol") !== "aave-v3") {
    throw new HeaderError("protocol", '"aave-v3"', JSON.stringify(header.protocol));
  }
  const profile = profileFor(fields.string("version"));
  const params = fields.object("params");
  const addresses = fields.object("addresses");
  const initial = fields.object("initial");
  const actors = readActors(params, addresses);
  const market = makeMarket(profile, addresses, actors);
  spellAddresses(market, header.addresses);
  const reserves = readReserves(market, params, addresses, initial.object("reserves"));
  readCategories(market, params, reserves);
  // A golden file's oracle logs every change, so the prices it starts from stay known.
  const golden = header.format === "shortfall-trace/1";
  for (const reserve of market.reserves) reserve.priceKnown = golden;
  market.flashPremiumBps = bounded(params, "flashLoanPremium", 128);
  if (profile.flashPremium === "split") {
    market.flashPremiumToProtocolBps = bounded(params, "flashLoanPremiumToProtocol", 128);
  }
  for (const name of params.strings("users")) {
    const address = actors.get(name);
    if (address !== undefined && address !== market.addresses.treasury)
      market.funded.add(market.account(address));
  }
  readUsers(market, initial.object("users"), actors, reserves);
  const stakes = params.has("umbrella")
    ? readUmbrella(market, params.object("umbrella"), addresses, initial.object("umbrella"), actors, reserves)
    : new Map<string, StakeToken>();
  for (const stake of market.stakes) stake.priceKnown = golden;
  market.undo.clear();
  return {
    market,
    actors,
    reserves,
    stakes,
    users: params.strings("users"),
    startSeconds: params.has("startTimestamp") ? params.integer("startTimestamp") : 0,
  };
}

/** An unsigned amount of at most `bits` bits. */
export function bounded(fields: Fields, key: string, bits: number): bigint {
  const value = fields.uint256(key);
  if (value >> BigInt(bits) === 0n) return value;
  throw new HeaderError(`${fields.path}.${key}`, `an integer below 2^${bits}`, value.toString());
}

function readActors(params: Fields, addresses: Fields): Map<string, string> {
  const actors = new Map<string, string>();
  const users = addresses.object("users");
  for (const name of users.keys()) actors.set(name, users.address(name));
  for (const name of params.strings("users")) {
    if (!actors.has(name)) throw new HeaderError(`addresses.users.${name}`, "an address", "nothing");
  }
  for (const name of ["admin", "flashReceiver", "oracle"]) {
    if (addresses.has(name) && !actors.has(name)) actors.set(name, addresses.address(name));
  }
  return actors;
}

function makeMarket(profile: Profile, addresses: Fields, actors: ReadonlyMap<string, string>): Market {
  const treasury = actors.get("treasury");
  if (treasury === undefined) throw new HeaderError("addresses.users.treasury", "an address", "nothing");
  return new Market(profile, {
    pool: addresses.address("pool"),
    configurator: addresses.address("configurator"),
    oracle: addresses.address("oracle"),
    flashReceiver: actors.get("flashReceiver"),
    treasury,
    umbrella: actors.get("umbrella"),
    admin: actors.get("admin"),
  });
}

/** Remembers how every address of the header is spelt, for refusals that name one. */
function spellAddresses(market: Market, value: unknown): void {
  if (typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value)) market.spell(value);
  else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) spellAddresses(market, member);
  }
}

function readReserves(
  market: Market,
  params: Fields,
  addresses: Fields,
  initial: Fields,
): Map<string, Reserve> {
  const reserves = new Map<string, Reserve>();
  const listed = addresses.object("reserves");
  params.objects("assets").forEach((asset, id) => {
    const symbol = asset.string("symbol");
    const tokens = listed.object(symbol);
    if (tokens.integer("id") !== id) {
      throw new HeaderError(
        `${tokens.path}.id`,
        `${id}, the asset's place in params.assets`,
        `${tokens.integer("id")}`,
      );
    }
    const reserve = new Reserve(
      {
        id,
        symbol,
        underlying: tokens.address("underlying"),
        aToken: tokens.address("aToken"),
        debtToken: tokens.address("variableDebtToken"),
        rateStrategy: readStrategy(addresses, symbol),
      },
      market.undo,
    );
    const rate = asset.object("rate");
    reserve.optimalUsageBps = bounded(rate, "optimalUsageRatio", 16);
    reserve.baseRateBps = bounded(rate, "baseVariableBorrowRate", 32);
    reserve.slope1Bps = bounded(rate, "variableRateSlope1", 32);
    reserve.slope2Bps = bounded(rate, "variableRateSlope2", 32);
    if (reserve.optimalUsageBps === 0n || reserve.optimalUsageBps >= 10_000n) {
      throw new HeaderError(`${rate.path}.optimalUsageRatio`, "1 to 9999 bps", `${reserve.optimalUsageBps}`);
    }
    readReserveState(market, reserve, initial.object(symbol));
    const decimals = bounded(asset, "decimals", 8);
    if (reserve.parameters.decimals !== decimals) {
      throw new HeaderError(
        `${asset.path}.decimals`,
        `${reserve.parameters.decimals} as in the configuration word`,
        `${decimals}`,
      );
    }
    if (asset.has("funding")) reserve.openingFunds = asset.uint256("funding");
    market.addReserve(reserve);
    reserves.set(symbol, reserve);
  });
  return reserves;
}

/** Rate strategy: one for all from 3.1, one per asset in 3.0, and not every header names it. */
function readStrategy(addresses: Fields, symbol: string): string | undefined {
  if (addresses.has("rateStrategies")) return addresses.object("rateStrategies").address(symbol);
  return addresses.has("rateStrategy") ? addresses.address("rateStrategy") : undefined;
}

function readReserveState(market: Market, reserve: Reserve, state: Fields): void {
  reserve.liquidityIndexRay = bounded(state, "li", 128);
  reserve.borrowIndexRay = bounded(state, "bi", 128);
  reserve.liquidityRateRay = bounded(state, "lr", 128);
  reserve.borrowRateRay = bounded(state, "br", 128);
  reserve.updatedAtSeconds = bounded(state, "ts", 40);
  reserve.treasuryScaled = bounded(state, "acc", 128);
  reserve.deficitAssets = bounded(state, "def", 128);
  reserve.virtualAssets = bounded(state, "virt", 128);
  reserve.supplyScaled = bounded(state, "aSup", 256);
  reserve.debtScaled = bounded(state, "dSup", 256);
  reserve.configuration = bounded(state, "cfg", 256);
  reserve.priceBase = bounded(state, "price", 256);
  reserve.wallets.set(market.account(reserve.identity.aToken), bounded(state, "cash", 256));
}

function readCategories(market: Market, params: Fields, reserves: ReadonlyMap<string, Reserve>): void {
  for (const entry of params.objects("eModes")) {
    const category = new Category(entry.integer("id"), market.undo);
    category.ltvBps = bounded(entry, "ltv", 16);
    category.thresholdBps = bounded(entry, "liquidationThreshold", 16);
    category.bonusBps = bounded(entry, "liquidationBonus", 16);
    category.isolated = entry.boolean("isolated");
    const bitmap = (key: string): bigint =>
      entry.strings(key).reduce((bits, symbol) => {
        const reserve = reserves.get(symbol);
        if (reserve === undefined) {
          throw new HeaderError(`${entry.path}.${key}`, "symbols of params.assets", JSON.stringify(symbol));
        }
        return bits | (1n << BigInt(reserve.id));
      }, 0n);
    category.collateralBitmap = bitmap("collateral");
    category.borrowableBitmap = bitmap("borrowable");
    category.ltvZeroBitmap = bitmap("ltvzero");
    market.categories.set(category.id, category);
  }
}

function readUsers(
  market: Market,
  users: Fields,
  actors: ReadonlyMap<string, string>,
  reserves: ReadonlyMap<string, Reserve>,
): void {
  for (const name of users.keys()) {
    const address = actors.get(name);
    if (address === undefined)
      throw new HeaderError(`${users.path}.${name}`, "a name of addresses.users", name);
    const account = market.account(address);
    const user = users.object(name);
    market.flags.set(account, bounded(user, "cfg", 256));
    market.userCategories.set(account, bounded(user, "em", 8));
    const balances = user.object("b");
    for (const symbol of balances.keys()) {
      const reserve = reserves.get(symbol);
      if (reserve === undefined) {
        throw new HeaderError(`${balances.path}.${symbol}`, "a symbol of params.assets", symbol);
      }
      const row = balances.object(symbol);
      reserve.supplies.set(account, bounded(row, "a", 128));
      reserve.supplyIndexes.set(account, bounded(row, "ai", 128));
      reserve.debts.set(account, bounded(row, "d", 128));
      reserve.debtIndexes.set(account, bounded(row, "di", 128));
      reserve.wallets.set(account, row.amount("w", true));
      if (row.has("gi")) reserve.unpaidInterest.set(account, bounded(row, "gi", 128));
    }
  }
}

function readUmbrella(
  market: Market,
  umbrella: Fields,
  addresses: Fields,
  initial: Fields,
  actors: ReadonlyMap<string, string>,
  reserves: ReadonlyMap<string, Reserve>,
): Map<string, StakeToken> {
  const actor = (key: string): string => {
    const address = actors.get(umbrella.string(key));
    if (address === undefined) {
      throw new HeaderError(`${umbrella.path}.${key}`, "a name of addresses.users", umbrella.string(key));
    }
    return address;
  };
  market.umbrella = {
    cooldownSeconds: umbrella.uint256("cooldown"),
    windowSeconds: umbrella.uint256("unstakeWindow"),
    recipient: actor("slashedFundsRecipient"),
    coverageManager: actor("coverageManager"),
    admin: actor("admin"),
  };
  const positions = initial.object("reserves");
  for (const [symbol, reserve] of reserves) {
    const row = positions.object(symbol);
    reserve.offsetAssets = row.uint256("offset");
    reserve.pendingAssets = row.uint256("pending");
  }
  const stakes = new Map<string, StakeToken>();
  for (const entry of umbrella.objects("stakes")) {
    const symbol = entry.string("symbol");
    const tokens = addresses.object("stakes").object(symbol);
    const reserve = reserves.get(entry.string("reserve"));
    if (reserve === undefined) {
      throw new HeaderError(`${entry.path}.reserve`, "a symbol of params.assets", entry.string("reserve"));
    }
    const stake = new StakeToken(
      {
        symbol,
        address: tokens.address("stakeToken"),
        underlying: tokens.address("underlying"),
        priceFeed: tokens.address("priceFeed"),
        reserve,
        decimals: entry.integer("decimals"),
        feeBps: entry.uint256("fee"),
        wallets: market.reserveByUnderlying.get(tokens.address("underlying"))?.wallets,
      },
      market.undo,
    );
    stake.priceBase = entry.uint256("price");
    readStakeState(market, stake, initial.object("stakes").object(symbol), actors);
    market.addStake(stake);
    stakes.set(symbol, stake);
  }
  return stakes;
}

function readStakeState(
  market: Market,
  stake: StakeToken,
  state: Fields,
  actors: ReadonlyMap<string, string>,
): void {
  stake.supplyShares = state.uint256("supply");
  stake.totalAssets = bounded(state, "assets", 192);
  stake.wallets.set(market.account(stake.address), state.uint256("cash"));
  const users = state.object("users");
  for (const name of users.keys()) {
    const address = actors.get(name);
    if (address === undefined)
      throw new HeaderError(`${users.path}.${name}`, "a name of addresses.users", name);
    const account = market.account(address);
    const row = users.object(name);
    stake.shares.set(account, row.uint256("shares"));
    stake.cooldownShares.set(account, row.uint256("cooldown"));
    stake.wallets.set(account, row.amount("underlying", true));
  }
}
