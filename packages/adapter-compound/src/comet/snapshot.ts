import type { FieldFailure, Fields } from "@shortfall/core";
import { MAX_UINT64, MAX_UINT104, MAX_UINT128, MAX_UINT256 } from "@shortfall/math";
import { projectIndexes, type Settlement, storeSettlement, utilisation } from "./accrual.js";
import { OBSERVATION } from "./checks.js";
import { MAX_INT104 } from "./constants.js";
import { CometRefusal } from "./errors.js";
import type { CometMarket } from "./market.js";

/** Value of a view, or null where it reverts, as traces record it. */
export function orNull<T>(view: () => T): T | null {
  try {
    return view();
  } catch (error) {
    if (error instanceof CometRefusal) return null;
    throw error;
  }
}

/** The market's fields under their contract names. Views use the indexes that the contract's would. */
export function marketSnapshot(market: CometMarket, time: bigint): Record<string, unknown> {
  const { state, configuration } = market;
  const collateral: Record<string, unknown> = {};
  const prices: Record<string, unknown> = { [configuration.baseToken]: state.prices[0] };
  configuration.assets.forEach(({ asset }, index) => {
    collateral[asset] = {
      totalSupplyAsset: state.totalSupplyAsset[index],
      balance: state.collateralBalance[index],
    };
    prices[asset] = state.prices[index + 1];
  });
  return {
    baseSupplyIndex: state.baseSupplyIndex,
    baseBorrowIndex: state.baseBorrowIndex,
    trackingSupplyIndex: state.trackingSupplyIndex,
    trackingBorrowIndex: state.trackingBorrowIndex,
    totalSupplyBase: state.totalSupplyBase,
    totalBorrowBase: state.totalBorrowBase,
    lastAccrualTime: state.lastAccrualTime,
    baseBalance: state.baseBalance,
    utilization: orNull(() => utilisation(state)),
    reserves: orNull(() => market.reservesAt(projectIndexes(configuration, state, time))),
    collateral,
    prices,
  };
}

/** An account's fields under their contract names; the two bitmaps follow from its collateral. */
export function accountSnapshot(market: CometMarket, account: string): Record<string, unknown> {
  const { state, configuration } = market;
  const id = state.accounts.find(account);
  const principal = id === undefined ? 0n : state.principal(id);
  const bits = id === undefined ? 0 : state.assetBits(id);
  const collateral: Record<string, unknown> = {};
  if (bits !== 0) {
    configuration.assets.forEach(({ asset }, index) => {
      const balance = state.collateral[index]!.get(id!);
      if (balance !== 0n) collateral[asset] = balance;
    });
  }
  return {
    principal,
    baseTrackingIndex: id === undefined ? 0n : state.trackingIndex.get(id),
    baseTrackingAccrued: id === undefined ? 0n : state.trackingAccrued.get(id),
    assetsIn: BigInt(bits & 0xffff),
    reserved: BigInt((bits >> 16) & 0xff),
    collateral,
    isLiquidatable: orNull(
      () =>
        id !== undefined &&
        market.solvency(id, principal, market.storedIndexes(), "liquidateCollateralFactor", OBSERVATION) ===
          "short",
    ),
  };
}

/** Rows of one account as a record gives them. */
interface AccountRows {
  readonly account: string;
  readonly principal: bigint;
  readonly trackingIndex: bigint;
  readonly trackingAccrued: bigint;
  readonly collateral: readonly bigint[];
}

/**
 * Takes over a recorded state: the totals, and the rows of the accounts that it names. Everything is read and
 * checked before the first write.
 *
 * @throws what the fields' failure makes, naming the field.
 */
export function loadState(
  market: CometMarket,
  recorded: Fields,
  failure: FieldFailure,
  guessed: readonly Settlement[] = [],
): void {
  const { state, configuration } = market;
  const read = (fields: Fields, key: string, limit: bigint): bigint => {
    const value = fields.amount(key);
    if (value > limit) throw failure(`${fields.path}.${key}`, `at most ${limit}`, `${value}`);
    return value;
  };
  const totals = {
    baseSupplyIndex: read(recorded, "baseSupplyIndex", MAX_UINT64),
    baseBorrowIndex: read(recorded, "baseBorrowIndex", MAX_UINT64),
    trackingSupplyIndex: read(recorded, "trackingSupplyIndex", MAX_UINT64),
    trackingBorrowIndex: read(recorded, "trackingBorrowIndex", MAX_UINT64),
    totalSupplyBase: read(recorded, "totalSupplyBase", MAX_UINT104),
    totalBorrowBase: read(recorded, "totalBorrowBase", MAX_UINT104),
    lastAccrualTime: read(recorded, "lastAccrualTime", (1n << 40n) - 1n),
    baseBalance: read(recorded, "baseBalance", MAX_UINT256),
  };
  for (const key of ["baseSupplyIndex", "baseBorrowIndex"] as const) {
    if (totals[key] === 0n) throw failure(`${recorded.path}.${key}`, "a positive index", "0");
  }
  const tokens = recorded.object("collateral");
  const collateral = configuration.assets.map(({ asset }) => {
    const fields = tokens.object(asset);
    return {
      total: read(fields, "totalSupplyAsset", MAX_UINT128),
      held: read(fields, "balance", MAX_UINT256),
    };
  });
  const accounts = recorded.object("accounts");
  const rows = accounts.keys().map((account): AccountRows => {
    if (!/^0x[0-9a-f]{40}$/.test(account)) {
      throw failure(accounts.path, "lower-case addresses as keys", account);
    }
    const fields = accounts.object(account);
    const principal = fields.amount("principal", true);
    if (principal > MAX_INT104 || principal < -MAX_INT104) {
      throw failure(`${fields.path}.principal`, "a 104-bit signed integer", `${principal}`);
    }
    const held = fields.object("collateral");
    for (const token of held.keys()) {
      if (market.assetIndex(token) === undefined) {
        throw failure(held.path, "collateral tokens of the market", token);
      }
    }
    return {
      account,
      principal,
      trackingIndex: read(fields, "baseTrackingIndex", MAX_UINT64),
      trackingAccrued: read(fields, "baseTrackingAccrued", MAX_UINT64),
      collateral: configuration.assets.map(({ asset }) =>
        held.has(asset) ? read(held, asset, MAX_UINT128) : 0n,
      ),
    };
  });

  for (const settlement of guessed) storeSettlement(state, settlement);
  Object.assign(state, totals);
  collateral.forEach(({ total, held }, index) => {
    state.totalSupplyAsset[index] = total;
    state.collateralBalance[index] = held;
  });
  for (const row of rows) {
    const id = state.accounts.intern(row.account);
    state.setPrincipal(id, row.principal);
    state.trackingIndex.set(id, row.trackingIndex);
    state.trackingAccrued.set(id, row.trackingAccrued);
    row.collateral.forEach((balance, index) => {
      state.collateral[index]!.set(id, balance);
    });
  }
  state.commit();
}
