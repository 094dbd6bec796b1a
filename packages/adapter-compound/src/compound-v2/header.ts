import type { Fields, HistoryHeader } from "@shortfall/core";
import { loadGenesis } from "../ctoken/genesis.js";
import { fraction, headerFields, marketOf, positive, requireDistinctMarkets } from "../ctoken/header.js";
import { Pool } from "../ctoken/pool.js";
import type { CompoundState } from "./state.js";

export const PROTOCOL = "compound-v2";
/** Releases with custom errors and the protocol's part in seizures. */
export const VERSIONS = ["compound-protocol HEAD"] as const;

const RATE_MODELS = ["JumpRateModel", "JumpRateModelV2"];

/** Opens the state that a header describes. @throws {HeaderError} naming the field. */
export function openState(header: HistoryHeader): CompoundState {
  const fields = headerFields(header, PROTOCOL, VERSIONS);
  const params = fields.object("params");
  const seizeShare = fraction(params, "protocolSeizeShareMantissa");
  const markets = params
    .objects("markets")
    .map((market) => marketOf(market, seizeShare, "collateralFactorMantissa", RATE_MODELS));
  requireDistinctMarkets(markets);
  const pool = new Pool(
    params.address("comptroller"),
    markets,
    {
      closeFactorWad: fraction(params, "closeFactorMantissa"),
      liquidationIncentiveWad: positive(params, "liquidationIncentiveMantissa"),
      minLiquidatableCollateral: 0n,
    },
    [],
  );
  loadGenesis(pool, fields.object("genesis").object("state"));
  return {
    pool,
    constants: {
      borrowRateMaxWad: params.uint256("borrowRateMaxMantissa"),
      oracle: params.address("oracle"),
      admin: fields.has("labels") ? labelled(fields.object("labels"), "admin") : undefined,
    },
  };
}

/** Address that a header's labels call `name`. */
function labelled(labels: Fields, name: string): string | undefined {
  return labels
    .keys()
    .find((address) => labels.raw(address) === name)
    ?.toLowerCase();
}
