import { Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import { INITIAL_ACCUMULATOR, MAX_AMOUNT, MAX_OWED } from "./constants.js";
import type { LinearKink } from "./interest.js";
import type { Ltv } from "./ltv.js";

/** What sets a vault's rate: nothing, a model that is re-computed, or one whose result is read from the log. */
export type RateModel =
  | { readonly kind: "none" }
  | ({ readonly kind: "linear-kink" } & LinearKink)
  | { readonly kind: "reported" };

/** What governance may change in a vault, apart from figures that the vault's state carries. */
export interface VaultSettings {
  readonly rateModel: RateModel;
  /** 1e4 = 100 %. */
  readonly maxLiquidationDiscount: bigint;
  /** Seconds. */
  readonly liquidationCoolOffTime: bigint;
  readonly feeReceiver: string;
  readonly ltvs: ReadonlyMap<string, Ltv>;
}

export interface VaultParameters {
  readonly address: string;
  readonly asset: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly unitOfAccount: string;
  readonly settings: VaultSettings;
  readonly initial: VaultTotals;
  /** Tokens the vault holds. */
  readonly balance: bigint;
  readonly accounts: ReadonlyMap<string, AccountPosition>;
}

/** Stored figures of a vault. */
export interface VaultTotals {
  readonly cash: bigint;
  readonly totalShares: bigint;
  readonly totalBorrowsOwed: bigint;
  readonly accumulatedFees: bigint;
  readonly interestAccumulator: bigint;
  readonly interestRate: bigint;
  readonly interestFee: bigint;
  readonly lastUpdate: bigint;
  readonly configFlags: bigint;
}

/** Stored figures of an account in a vault. */
export interface AccountPosition {
  readonly shares: bigint;
  readonly owed: bigint;
  readonly interestAccumulator: bigint;
}

/** Everything the header of a history says. */
export interface Parameters {
  readonly version: string;
  readonly connector: string;
  readonly oracle: string;
  readonly oracleSpreadBps: bigint;
  /** 1e4 = 100 %. */
  readonly protocolFeeShare: bigint;
  readonly protocolFeeReceiver: string;
  readonly governor: string;
  readonly startTimestamp: bigint;
  readonly vaults: readonly VaultParameters[];
  readonly controllers: ReadonlyMap<string, string>;
  readonly collaterals: ReadonlyMap<string, readonly string[]>;
  readonly prices: ReadonlyMap<string, bigint>;
}

/** Versions of the kit whose rules this is: a prefix of the header's `version` decides. */
export const VERSIONS = ["EVK"] as const;

/** Reads a header. @throws {HeaderError} naming the field, what was expected and what came. */
export function readParameters(header: HistoryHeader): Parameters {
  const root = new Fields(header);
  const version = root.string("version");
  if (!VERSIONS.some((known) => version.startsWith(known))) {
    throw new HeaderError("version", `one of: ${VERSIONS.join(", ")}`, JSON.stringify(version));
  }
  const params = root.object("params");
  const state = root.object("initialState");
  const vaults = params.objects("vaults").map((fields) => readVault(fields, state));
  const known = new Set(vaults.map((vault) => vault.address));
  if (known.size !== vaults.length) throw new HeaderError("params.vaults", "each vault once", "a repetition");
  requireKnownVaults(params, vaults, known);
  return {
    version,
    connector: params.address("evc"),
    oracle: params.address("oracle"),
    oracleSpreadBps: ratio(params, "oracleSpreadBps"),
    protocolFeeShare: ratio(params, "protocolFeeShare"),
    protocolFeeReceiver: params.address("protocolFeeReceiver"),
    governor: params.address("governor"),
    startTimestamp: params.uint256("startTimestamp"),
    vaults,
    controllers: readControllers(params.object("controllers")),
    collaterals: readCollaterals(params.object("collaterals")),
    prices: readAmounts(state.object("prices")),
  };
}

function readVault(fields: Fields, state: Fields): VaultParameters {
  const address = fields.address("address");
  const totals = state.object("vaults").object(address);
  const accounts = state.object("accounts");
  return {
    address,
    asset: fields.address("asset"),
    symbol: fields.string("assetSymbol"),
    decimals: decimals(fields),
    unitOfAccount: fields.address("unitOfAccount"),
    settings: {
      rateModel: readRateModel(fields),
      maxLiquidationDiscount: ratio(fields, "maxLiquidationDiscount"),
      liquidationCoolOffTime: fields.uint256("liquidationCoolOffTime"),
      feeReceiver: fields.address("feeReceiver"),
      ltvs: new Map(fields.objects("ltvs").map((ltv) => [ltv.address("collateral"), readLtv(ltv)])),
    },
    initial: readTotals(totals),
    balance: state.object("balances").uint256(address),
    accounts: accounts.has(address) ? readPositions(accounts.object(address)) : new Map(),
  };
}

function readRateModel(fields: Fields): RateModel {
  if (!fields.has("irm")) return { kind: "none" };
  const irm = fields.object("irm");
  return {
    kind: "linear-kink",
    baseRate: irm.uint256("baseRate"),
    slope1: irm.uint256("slope1"),
    slope2: irm.uint256("slope2"),
    kink: irm.uint256("kink"),
  };
}

function readLtv(fields: Fields): Ltv {
  return {
    borrowLtv: ratio(fields, "borrowLTV"),
    liquidationLtv: ratio(fields, "liquidationLTV"),
    initialLiquidationLtv: ratio(fields, "initialLiquidationLTV"),
    targetTimestamp: fields.uint256("targetTimestamp"),
    rampDuration: fields.uint256("rampDuration"),
  };
}

function readTotals(fields: Fields): VaultTotals {
  const totals = {
    cash: bounded(fields, "cash", MAX_AMOUNT),
    totalShares: bounded(fields, "totalShares", MAX_AMOUNT),
    totalBorrowsOwed: bounded(fields, "totalBorrowsOwed", MAX_OWED),
    accumulatedFees: bounded(fields, "accumulatedFees", MAX_AMOUNT),
    interestAccumulator: fields.uint256("interestAccumulator"),
    interestRate: bounded(fields, "interestRate", (1n << 72n) - 1n),
    interestFee: ratio(fields, "interestFee"),
    lastUpdate: fields.uint256("lastUpdate"),
    configFlags: fields.uint256("configFlags"),
  };
  if (totals.accumulatedFees > totals.totalShares) {
    throw new HeaderError(
      `${fields.path}.accumulatedFees`,
      `at most totalShares, ${totals.totalShares}`,
      `${totals.accumulatedFees}`,
    );
  }
  if (totals.interestAccumulator < INITIAL_ACCUMULATOR) {
    throw new HeaderError(
      `${fields.path}.interestAccumulator`,
      "at least 1e27",
      `${totals.interestAccumulator}`,
    );
  }
  return totals;
}

function readPositions(fields: Fields): Map<string, AccountPosition> {
  return new Map(
    fields.keys().map((account) => {
      const row = fields.object(account);
      const position = {
        shares: bounded(row, "shares", MAX_AMOUNT),
        owed: bounded(row, "owed", MAX_OWED),
        interestAccumulator: row.uint256("interestAccumulator"),
      };
      if (position.owed > 0n && position.interestAccumulator === 0n) {
        throw new HeaderError(`${row.path}.interestAccumulator`, "the accumulator of its debt", "0");
      }
      return [addressKey(account, row.path), position] as const;
    }),
  );
}

function readControllers(fields: Fields): Map<string, string> {
  return new Map(
    fields.keys().map((account) => [addressKey(account, fields.path), fields.address(account)] as const),
  );
}

function readCollaterals(fields: Fields): Map<string, readonly string[]> {
  return new Map(
    fields
      .keys()
      .map(
        (account) =>
          [
            addressKey(account, fields.path),
            fields.strings(account).map((vault) => addressKey(vault, `${fields.path}.${account}`)),
          ] as const,
      ),
  );
}

function readAmounts(fields: Fields): Map<string, bigint> {
  return new Map(
    fields.keys().map((subject) => [addressKey(subject, fields.path), fields.uint256(subject)] as const),
  );
}

/** Collateral is valued by its vault's conversion, so each must be described. */
function requireKnownVaults(
  params: Fields,
  vaults: readonly VaultParameters[],
  known: ReadonlySet<string>,
): void {
  vaults.forEach((vault, index) => {
    for (const collateral of vault.settings.ltvs.keys()) {
      if (!known.has(collateral)) {
        throw new HeaderError(`${params.path}.vaults[${index}].ltvs`, "vaults of this header", collateral);
      }
    }
  });
}

function ratio(fields: Fields, key: string): bigint {
  return bounded(fields, key, 10_000n);
}

function bounded(fields: Fields, key: string, most: bigint): bigint {
  const value = fields.uint256(key);
  if (value > most) throw new HeaderError(`${fields.path}.${key}`, `at most ${most}`, `${value}`);
  return value;
}

function decimals(fields: Fields): number {
  return Number(bounded(fields, "assetDecimals", 255n));
}

function addressKey(key: string, path: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(key)) throw new HeaderError(path, "20-byte hex addresses", key);
  return key.toLowerCase();
}
