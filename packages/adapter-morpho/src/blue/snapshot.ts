import type { Comparison, FieldFailure, Fields } from "@shortfall/core";
import { MAX_UINT128 } from "@shortfall/math";
import { isMarketId, type Market } from "./market.js";
import type { BlueState } from "./state.js";

/** A market as a record shows it. */
export const marketSnapshot = (market: Market): Readonly<Record<string, bigint>> => ({
  totalSupplyAssets: market.totalSupplyAssets,
  totalSupplyShares: market.totalSupplyShares,
  totalBorrowAssets: market.totalBorrowAssets,
  totalBorrowShares: market.totalBorrowShares,
  lastUpdate: market.lastUpdate,
  fee: market.fee,
  rateAtTarget: market.rateAtTarget,
});

/** A position as a record shows it. */
export function positionSnapshot(state: BlueState, market: Market, account: string) {
  const id = state.accounts.find(account);
  if (id === undefined) return { supplyShares: 0n, borrowShares: 0n, collateral: 0n };
  return {
    supplyShares: market.supply.get(id),
    borrowShares: market.borrow.get(id),
    collateral: market.collateral.get(id),
  };
}

/** Compares every recorded number; in a full record also that nothing is left out. */
export function compareSnapshot(
  state: BlueState,
  comparison: Comparison,
  recorded: Fields,
  full: boolean,
): void {
  comparison.value("state.feeRecipient", recorded.raw("feeRecipient"), state.feeRecipient);
  const markets = recorded.object("markets");
  for (const id of markets.keys()) {
    const market = state.markets.get(id);
    comparison.deep(`state.markets.${id}`, markets.raw(id), market ? marketSnapshot(market) : undefined);
  }
  const positions = recorded.object("positions");
  for (const id of positions.keys()) {
    const market = state.markets.get(id);
    const rows = positions.object(id);
    for (const account of rows.keys()) {
      comparison.deep(
        `state.positions.${id}.${account}`,
        rows.raw(account),
        market ? positionSnapshot(state, market, account) : undefined,
      );
    }
  }
  const prices = recorded.object("prices");
  for (const oracle of prices.keys()) {
    comparison.value(`state.prices.${oracle}`, prices.raw(oracle), state.prices.get(oracle));
  }
  const balances = recorded.object("balances");
  for (const token of balances.keys()) {
    comparison.value(
      `state.balances.${token}`,
      balances.raw(token),
      state.balance(state.deployment.morpho, token),
    );
  }
  if (full) compareOmissions(state, comparison, { markets, positions, balances });
}

function compareOmissions(
  state: BlueState,
  comparison: Comparison,
  recorded: { readonly markets: Fields; readonly positions: Fields; readonly balances: Fields },
): void {
  for (const market of state.markets.values()) {
    if (market.lastUpdate === 0n) continue;
    if (!recorded.markets.has(market.id)) {
      comparison.deep(`state.markets.${market.id}`, undefined, marketSnapshot(market));
    }
    const rows = recorded.positions.has(market.id) ? recorded.positions.object(market.id) : undefined;
    const holders = new Set<number>();
    for (const book of [market.supply, market.borrow, market.collateral]) {
      for (const [id] of book.holders()) holders.add(id);
    }
    for (const id of holders) {
      const account = state.accounts.keyOf(id);
      if (rows?.has(account)) continue;
      comparison.deep(
        `state.positions.${market.id}.${account}`,
        undefined,
        positionSnapshot(state, market, account),
      );
    }
    const { loanToken, collateralToken } = market.parameters;
    for (const token of [loanToken, collateralToken]) {
      const held = state.balance(state.deployment.morpho, token);
      if (held !== 0n && !recorded.balances.has(token)) {
        comparison.value(`state.balances.${token}`, undefined, held);
      }
    }
  }
}

/** Writes a recorded state into the model. @throws what `failure` makes; reads everything before it writes. */
export function loadSnapshot(state: BlueState, recorded: Fields, failure: FieldFailure): void {
  const writes: (() => void)[] = [];
  if (recorded.has("feeRecipient")) {
    const recipient = recorded.address("feeRecipient");
    writes.push(() => {
      state.feeRecipient = recipient;
    });
  }
  const members = (key: string): [Fields, string][] =>
    recorded.has(key)
      ? recorded
          .object(key)
          .keys()
          .map((name) => [recorded.object(key), name])
      : [];
  for (const [markets, id] of members("markets")) {
    const market = knownMarket(state, markets, id, failure);
    const fields = markets.object(id);
    const packed = (name: string) => uint128(fields, name, failure);
    const read = {
      totalSupplyAssets: packed("totalSupplyAssets"),
      totalSupplyShares: packed("totalSupplyShares"),
      totalBorrowAssets: packed("totalBorrowAssets"),
      totalBorrowShares: packed("totalBorrowShares"),
      lastUpdate: packed("lastUpdate"),
      fee: packed("fee"),
      rateAtTarget: packed("rateAtTarget"),
    };
    writes.push(() => Object.assign(market, read));
  }
  for (const [positions, id] of members("positions")) {
    const market = knownMarket(state, positions, id, failure);
    const rows = positions.object(id);
    for (const account of rows.keys()) {
      if (!/^0x[0-9a-f]{40}$/.test(account))
        throw failure(rows.path, "lower-case addresses as keys", account);
      const fields = rows.object(account);
      const supplyShares = fields.uint256("supplyShares");
      const borrowShares = uint128(fields, "borrowShares", failure);
      const collateral = uint128(fields, "collateral", failure);
      writes.push(() => {
        const holder = state.accounts.intern(account);
        market.supply.set(holder, supplyShares);
        market.borrow.set(holder, borrowShares);
        market.collateral.set(holder, collateral);
      });
    }
  }
  for (const [prices, oracle] of members("prices")) {
    const price = prices.uint256(oracle);
    writes.push(() => {
      state.prices.set(oracle, price);
    });
  }
  for (const [balances, token] of members("balances")) {
    const balance = balances.uint256(token);
    writes.push(() => {
      state.setBalance(state.deployment.morpho, token, balance);
    });
  }
  for (const write of writes) write();
}

function knownMarket(state: BlueState, fields: Fields, id: string, failure: FieldFailure): Market {
  const market = isMarketId(id) ? state.markets.get(id) : undefined;
  if (!market) throw failure(fields.path, "ids of known markets", id);
  return market;
}

function uint128(fields: Fields, name: string, failure: FieldFailure): bigint {
  const value = fields.uint256(name);
  if (value > MAX_UINT128) throw failure(`${fields.path}.${name}`, "an integer below 2^128", `${value}`);
  return value;
}
