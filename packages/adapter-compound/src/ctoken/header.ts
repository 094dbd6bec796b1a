import { type FieldFailure, Fields, HeaderError, type HistoryHeader } from "@shortfall/core";
import type { NewMarket } from "./pool.js";
import type { JumpRateModel } from "./rate-model.js";

const failure: FieldFailure = (field, expected, received) => new HeaderError(field, expected, received);

/**
 * The header's fields, with protocol and version checked.
 *
 * @throws {HeaderError} another protocol, or a version that no prefix in `versions` begins.
 */
export function headerFields(header: HistoryHeader, protocol: string, versions: readonly string[]): Fields {
  const fields = new Fields(header, "", failure);
  const named = fields.string("protocol");
  if (named !== protocol) throw failure("protocol", `"${protocol}"`, `"${named}"`);
  const version = fields.string("version");
  if (!versions.some((prefix) => version.startsWith(prefix))) {
    throw failure("version", `one that begins ${versions.map((v) => `"${v}"`).join(" or ")}`, `"${version}"`);
  }
  return fields;
}

/** An amount of at most 256 bits that is not 0. @throws {HeaderError} */
export function positive(fields: Fields, key: string): bigint {
  const value = fields.uint256(key);
  if (value === 0n) throw failure(path(fields, key), "an amount above 0", "0");
  return value;
}

/** A mantissa of at most 1e18. @throws {HeaderError} */
export function fraction(fields: Fields, key: string): bigint {
  const value = fields.uint256(key);
  if (value > 10n ** 18n) throw failure(path(fields, key), "a mantissa of at most 1e18", value.toString());
  return value;
}

/** Reads one market of `params.markets`. */
export function marketOf(
  fields: Fields,
  seizeShareWad: bigint,
  thresholdKey: string,
  kinds: readonly string[],
): NewMarket {
  const decimals = fields.amount("underlyingDecimals");
  if (decimals > 36n) throw failure(path(fields, "underlyingDecimals"), "at most 36", decimals.toString());
  return {
    parameters: {
      token: fields.address("token"),
      underlying: fields.address("underlying"),
      symbol: fields.string("symbol"),
      decimals: Number(decimals),
      initialExchangeRateWad: positive(fields, "initialExchangeRateMantissa"),
      rateModel: rateModelOf(fields.object("rateModel"), kinds),
    },
    factors: {
      reserveFactorWad: fraction(fields, "reserveFactorMantissa"),
      collateralFactorWad: fraction(fields, "collateralFactorMantissa"),
      liquidationThresholdWad: fraction(fields, thresholdKey),
      seizeShareWad,
    },
  };
}

function rateModelOf(fields: Fields, kinds: readonly string[]): JumpRateModel {
  const kind = fields.string("kind");
  if (!kinds.includes(kind)) throw failure(path(fields, "kind"), kinds.join(" or "), kind);
  return {
    baseRatePerSlot: fields.uint256("baseRatePerPeriod"),
    multiplierPerSlot: fields.uint256("multiplierPerPeriod"),
    jumpMultiplierPerSlot: fields.uint256("jumpMultiplierPerPeriod"),
    kinkWad: fields.uint256("kink"),
  };
}

/** @throws {HeaderError} no markets, or one listed twice. */
export function requireDistinctMarkets(markets: readonly NewMarket[]): void {
  if (markets.length === 0) throw failure("params.markets", "at least one market", "none");
  const seen = new Set<string>();
  for (const [index, { parameters }] of markets.entries()) {
    if (seen.has(parameters.token)) {
      throw failure(`params.markets[${index}].token`, "each market once", parameters.token);
    }
    seen.add(parameters.token);
  }
}

const path = (fields: Fields, key: string): string => (fields.path === "" ? key : `${fields.path}.${key}`);
