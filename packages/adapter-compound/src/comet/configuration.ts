import { Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import { MAX_UINT64 } from "@shortfall/math";
import {
  BASE_ACCRUAL_SCALE,
  FACTOR_SCALE,
  INDEX_SCALE,
  PACKED_FACTOR_STEP,
  PRICE_SCALE,
  SECONDS_PER_YEAR,
} from "./constants.js";

/** One collateral token, as `getAssetInfo` unpacks it. */
export interface CollateralAsset {
  readonly asset: string;
  /** Short name for books and reports. */
  readonly symbol: string;
  /** 10^decimals. */
  readonly scale: bigint;
  /** Factors, 1e18. */
  readonly borrowCollateralFactor: bigint;
  readonly liquidateCollateralFactor: bigint;
  readonly liquidationFactor: bigint;
  /** Token units. */
  readonly supplyCap: bigint;
}

/** A kinked rate curve, per second, 1e18. */
export interface RateCurve {
  readonly kink: bigint;
  readonly base: bigint;
  readonly slopeLow: bigint;
  readonly slopeHigh: bigint;
}

/** Immutables of one market's implementation. */
export interface CometConfiguration {
  /** `extended`: asset list, up to 24. `packed`: the older layout. Same arithmetic. */
  readonly layout: "extended" | "packed";
  readonly comet: string;
  readonly governor: string;
  readonly baseToken: string;
  readonly baseSymbol: string;
  readonly decimals: number;
  readonly baseScale: bigint;
  readonly supplyCurve: RateCurve;
  readonly borrowCurve: RateCurve;
  readonly storeFrontPriceFactor: bigint;
  readonly trackingIndexScale: bigint;
  readonly baseTrackingSupplySpeed: bigint;
  readonly baseTrackingBorrowSpeed: bigint;
  readonly baseMinForRewards: bigint;
  readonly baseBorrowMin: bigint;
  readonly targetReserves: bigint;
  readonly assets: readonly CollateralAsset[];
}

/** As headers name it. */
export const PROTOCOL = "compound-v3";

/** Versions as headers spell them; the longer one must be tried first. */
export const VERSIONS = ["Comet with extended asset list", "Comet"] as const;

const MAX_ASSETS = { extended: 24, packed: 15 } as const;

/** Reads and cross-checks the parameters. @throws {HeaderError} */
export function readConfiguration(header: HistoryHeader): CometConfiguration {
  const root = new Fields(header);
  if (root.string("protocol") !== PROTOCOL) {
    throw new HeaderError("protocol", PROTOCOL, root.string("protocol"));
  }
  const layout = readLayout(root);
  const params = root.object("params");
  const onchain = params.object("onchain");
  const labels = root.has("labels") ? root.object("labels") : undefined;
  const baseToken = params.object("config").address("baseToken");
  const decimals = Number(onchain.amount("decimals"));
  const baseScale = positive(onchain, "baseScale");
  if (decimals < 6 || decimals > 18 || 10n ** BigInt(decimals) !== baseScale) {
    throw new HeaderError("params.onchain.baseScale", "10^decimals with 6 to 18 decimals", `${baseScale}`);
  }
  requireConstant(params, "priceScale", PRICE_SCALE);
  requireConstant(params, "factorScale", FACTOR_SCALE);
  requireConstant(params, "baseIndexScale", INDEX_SCALE);
  const symbols = symbolsOf(labels);
  const assets = params.objects("assets").map((fields, index) => readAsset(fields, index, symbols));
  if (assets.length > MAX_ASSETS[layout]) {
    throw new HeaderError("params.assets", `at most ${MAX_ASSETS[layout]} assets`, `${assets.length}`);
  }
  const tokens = [baseToken, ...assets.map((asset) => asset.asset)];
  if (new Set(tokens).size !== tokens.length) {
    throw new HeaderError("params.assets", "distinct tokens, none of them the base", "a repeated address");
  }
  if (onchain.has("numAssets") && onchain.amount("numAssets") !== BigInt(assets.length)) {
    throw new HeaderError("params.onchain.numAssets", `${assets.length}`, `${onchain.amount("numAssets")}`);
  }
  const configuration: CometConfiguration = {
    layout,
    comet: readCometAddress(root, labels),
    governor: params.object("config").address("governor"),
    baseToken,
    baseSymbol: symbols.get(baseToken) ?? baseToken,
    decimals,
    baseScale,
    supplyCurve: readCurve(onchain, "supply"),
    borrowCurve: readCurve(onchain, "borrow"),
    storeFrontPriceFactor: factor(onchain, "storeFrontPriceFactor"),
    trackingIndexScale: positive(onchain, "trackingIndexScale"),
    baseTrackingSupplySpeed: onchain.uint256("baseTrackingSupplySpeed"),
    baseTrackingBorrowSpeed: onchain.uint256("baseTrackingBorrowSpeed"),
    baseMinForRewards: positive(onchain, "baseMinForRewards"),
    baseBorrowMin: onchain.uint256("baseBorrowMin"),
    targetReserves: onchain.uint256("targetReserves"),
    assets,
  };
  requireStaged(params.object("config"), configuration);
  return configuration;
}

function readLayout(root: Fields): "extended" | "packed" {
  const version = root.string("version");
  const [extended, packed] = VERSIONS;
  const contract = root.has("contract") ? root.string("contract") : undefined;
  if (contract !== undefined && contract !== "Comet" && contract !== "CometWithExtendedAssetList") {
    throw new HeaderError("contract", "Comet or CometWithExtendedAssetList", contract);
  }
  if (version.startsWith(extended)) return "extended";
  if (version === packed || /^Comet[ (,]/.test(version)) return "packed";
  throw new HeaderError("version", `one of ${VERSIONS.join(", ")}`, version);
}

function readCometAddress(root: Fields, labels: Fields | undefined): string {
  if (root.has("comet")) return root.address("comet");
  const found = labels?.keys().filter((address) => labels.raw(address) === "comet") ?? [];
  if (found.length !== 1) {
    throw new HeaderError(
      "comet",
      'the market\'s address, here or as the one label "comet"',
      found.length === 0 ? "none" : `${found.length} of them`,
    );
  }
  const address = found[0]!;
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new HeaderError("labels", "20-byte addresses", address);
  return address.toLowerCase();
}

/** Labels that name one address each; others would mix two tokens in one commodity. */
function symbolsOf(labels: Fields | undefined): ReadonlyMap<string, string> {
  const byName = new Map<string, string[]>();
  for (const address of labels?.keys() ?? []) {
    const name = labels!.string(address);
    byName.set(name, [...(byName.get(name) ?? []), address.toLowerCase()]);
  }
  const symbols = new Map<string, string>();
  for (const [name, addresses] of byName) {
    if (addresses.length === 1 && name !== "") symbols.set(addresses[0]!, name);
  }
  return symbols;
}

function readAsset(fields: Fields, index: number, symbols: ReadonlyMap<string, string>): CollateralAsset {
  if (fields.has("offset") && fields.amount("offset") !== BigInt(index)) {
    throw new HeaderError(`${fields.path}.offset`, `${index}`, `${fields.amount("offset")}`);
  }
  const asset = fields.address("asset");
  return {
    asset,
    symbol: symbols.get(asset) ?? asset,
    scale: positive(fields, "scale"),
    borrowCollateralFactor: factor(fields, "borrowCollateralFactor"),
    liquidateCollateralFactor: factor(fields, "liquidateCollateralFactor"),
    liquidationFactor: factor(fields, "liquidationFactor"),
    supplyCap: fields.uint256("supplyCap"),
  };
}

function readCurve(fields: Fields, side: "supply" | "borrow"): RateCurve {
  return {
    kink: fields.uint256(`${side}Kink`),
    base: fields.uint256(`${side}PerSecondInterestRateBase`),
    slopeLow: fields.uint256(`${side}PerSecondInterestRateSlopeLow`),
    slopeHigh: fields.uint256(`${side}PerSecondInterestRateSlopeHigh`),
  };
}

/** The constructor's inputs must lead to the immutables, truncations included. */
function requireStaged(config: Fields, built: CometConfiguration): void {
  const same = (key: string, expected: bigint, staged: bigint): void => {
    if (expected !== staged)
      throw new HeaderError(`params.config.${key}`, `what gives ${expected}`, `${staged}`);
  };
  for (const side of ["supply", "borrow"] as const) {
    const curve = side === "supply" ? built.supplyCurve : built.borrowCurve;
    const yearly = (part: string): bigint =>
      config.amount(`${side}PerYearInterestRate${part}`) / SECONDS_PER_YEAR;
    if (config.has(`${side}Kink`)) same(`${side}Kink`, curve.kink, config.amount(`${side}Kink`));
    for (const [part, rate] of [
      ["Base", curve.base],
      ["SlopeLow", curve.slopeLow],
      ["SlopeHigh", curve.slopeHigh],
    ] as const) {
      const key = `${side}PerYearInterestRate${part}`;
      if (config.has(key)) same(key, rate, yearly(part));
    }
  }
  for (const key of [
    "storeFrontPriceFactor",
    "trackingIndexScale",
    "baseTrackingSupplySpeed",
    "baseTrackingBorrowSpeed",
    "baseMinForRewards",
    "baseBorrowMin",
    "targetReserves",
  ] as const) {
    if (config.has(key)) same(key, built[key], config.amount(key));
  }
  if (!config.has("assetConfigs")) return;
  const staged = config.objects("assetConfigs");
  if (staged.length !== built.assets.length) {
    throw new HeaderError("params.config.assetConfigs", `${built.assets.length} assets`, `${staged.length}`);
  }
  staged.forEach((fields, index) => {
    const asset = built.assets[index]!;
    const at = `assetConfigs[${index}]`;
    if (fields.address("asset") !== asset.asset) {
      throw new HeaderError(`params.config.${at}.asset`, asset.asset, fields.address("asset"));
    }
    same(`${at}.decimals`, asset.scale, 10n ** fields.amount("decimals"));
    for (const key of ["borrowCollateralFactor", "liquidateCollateralFactor", "liquidationFactor"] as const) {
      same(`${at}.${key}`, asset[key], (fields.amount(key) / PACKED_FACTOR_STEP) * PACKED_FACTOR_STEP);
    }
    // Whole tokens, cast to 64 bits without a check: a huge cap wraps.
    const wholeTokens = (fields.amount("supplyCap") / asset.scale) & MAX_UINT64;
    same(`${at}.supplyCap`, asset.supplyCap, wholeTokens * asset.scale);
  });
}

function requireConstant(fields: Fields, key: string, value: bigint): void {
  if (fields.has(key) && fields.amount(key) !== value) {
    throw new HeaderError(`${fields.path}.${key}`, `${value}`, `${fields.amount(key)}`);
  }
}

function positive(fields: Fields, key: string): bigint {
  const value = fields.uint256(key);
  if (value === 0n) throw new HeaderError(`${fields.path}.${key}`, "a positive integer", "0");
  return value;
}

function factor(fields: Fields, key: string): bigint {
  const value = fields.amount(key);
  if (value > FACTOR_SCALE) throw new HeaderError(`${fields.path}.${key}`, "at most 1e18", `${value}`);
  return value;
}

/** Reward tracking divides base amounts by this: baseScale / 1e6. */
export const accrualDescale = (configuration: CometConfiguration): bigint =>
  configuration.baseScale / BASE_ACCRUAL_SCALE;
