import type { RpcTokens } from "../rpc/filter.js";

/** A market that is known by name, as the table has it. Addresses in lower case. */
export type KnownMarket = { readonly market: string; readonly chainId: number } & (
  | {
      readonly protocol: "aave-v3";
      readonly pool: string;
      readonly configurator: string;
      readonly oracle: string;
      readonly treasury: string;
      readonly umbrella?: {
        readonly address: string;
        /** Stake token and what it stakes. */
        readonly stakes: readonly (readonly [string, string])[];
      };
      /** Pool implementations and the release that each is, oldest first. */
      readonly implementations: readonly (readonly [string, string])[];
      /** Symbol, underlying, aToken, debt token; in the order of their ids. */
      readonly reserves: readonly (readonly [string, string, string, string])[];
    }
  | {
      readonly protocol: "compound-v3";
      readonly comet: string;
      /** Symbol and token, the base first. */
      readonly tokens: readonly (readonly [string, string])[];
    }
  | {
      readonly protocol: "compound-v2" | "venus-isolated";
      readonly fromBlock?: number;
      readonly comptroller: string;
      readonly oracle?: string | null;
      readonly shortfall?: string | null;
      /** Symbol, market, and its underlying where the registry names it. */
      readonly markets: readonly (readonly [string, string, string?])[];
    }
  | {
      readonly protocol: "morpho-blue";
      readonly fromBlock?: number;
      readonly morpho: string;
      readonly irm?: string;
    }
);

/** What a header says of how to read a node. */
export interface MarketRpc {
  readonly addresses: readonly string[];
  readonly tokens: RpcTokens;
  /** The block in which the first contract came to be, where the registry says it. */
  readonly fromBlock?: number;
  /** Contracts whose code is replaced now and then. */
  readonly proxies?: readonly string[];
}

/** The part of a history's header that follows from which market it is. */
export type MarketHeader = Readonly<Record<string, unknown>> & {
  readonly protocol: string;
  readonly chainId: number;
  readonly rpc: MarketRpc;
};

export function headerOfMarket(market: KnownMarket): MarketHeader {
  const { protocol, chainId } = market;
  switch (market.protocol) {
    case "aave-v3":
      return { protocol, chainId, ...aave(market) };
    case "compound-v3":
      return { protocol, chainId, ...comet(market) };
    case "compound-v2":
    case "venus-isolated":
      return { protocol, chainId, ...cTokens(market) };
    case "morpho-blue":
      return { protocol, chainId, ...morpho(market) };
  }
}

type Of<P> = Extract<KnownMarket, { readonly protocol: P }>;
type Rest = Readonly<Record<string, unknown>> & { readonly rpc: MarketRpc };

function aave({ pool, configurator, oracle, treasury, umbrella, reserves }: Of<"aave-v3">): Rest {
  const underlyings = reserves.map(([, underlying]) => underlying);
  const aTokens = reserves.map(([, , aToken]) => aToken);
  const debtTokens = reserves.map(([, , , debtToken]) => debtToken);
  const stakes = umbrella?.stakes ?? [];
  const stakeTokens = stakes.map(([stakeToken]) => stakeToken);
  return {
    addresses: {
      pool,
      configurator,
      oracle,
      users: { treasury, ...(umbrella ? { umbrella: umbrella.address } : {}) },
      reserves: Object.fromEntries(
        reserves.map(([symbol, underlying, aToken, variableDebtToken], id) => [
          symbol,
          { id, underlying, aToken, variableDebtToken },
        ]),
      ),
    },
    rpc: {
      addresses: [
        pool,
        configurator,
        ...aTokens,
        ...debtTokens,
        ...(umbrella ? [umbrella.address, ...stakeTokens] : []),
      ],
      tokens: {
        addresses: [...underlyings, ...stakes.map(([, staked]) => staked)],
        holders: [...aTokens, ...stakeTokens],
      },
      proxies: [pool],
    },
  };
}

/** Both layouts of Comet compute alike; the newer one holds what the older one holds. */
function comet({ comet, tokens }: Of<"compound-v3">): Rest {
  const [base] = tokens;
  return {
    version: "Comet with extended asset list",
    comet,
    labels: Object.fromEntries([[comet, "comet"], ...tokens.map(([symbol, token]) => [token, symbol])]),
    params: { config: { baseToken: base?.[1] } },
    rpc: {
      addresses: [comet],
      tokens: { addresses: tokens.map(([, token]) => token), holders: [comet] },
      proxies: [comet],
    },
  };
}

function cTokens(market: Of<"compound-v2" | "venus-isolated">): Rest {
  const { comptroller, oracle, shortfall, markets, fromBlock } = market;
  const holders = markets.map(([, token]) => token);
  const underlyings = markets.flatMap(([, , underlying]) => underlying ?? []);
  return {
    params: { comptroller, ...(oracle ? { oracle } : {}), ...(shortfall ? { shortfall } : {}) },
    rpc: {
      addresses: [comptroller, ...holders, ...(oracle ? [oracle] : []), ...(shortfall ? [shortfall] : [])],
      // Where the registry does not name them, any token that moves from or to a market.
      tokens: { addresses: market.protocol === "venus-isolated" ? [] : underlyings, holders },
      ...(fromBlock === undefined ? {} : { fromBlock }),
      proxies: [comptroller],
    },
  };
}

/** Everything from the block in which the contract came to be: there was no state before. */
function morpho({ chainId, morpho, irm, fromBlock }: Of<"morpho-blue">): Rest {
  return {
    version: "1.0.0",
    params: {
      chainId: `${chainId}`,
      morpho,
      ...(irm === undefined ? {} : { adaptiveCurveIrm: irm }),
      markets: [],
    },
    rpc: {
      addresses: [morpho, ...(irm === undefined ? [] : [irm])],
      tokens: { addresses: [], holders: [morpho] },
      ...(fromBlock === undefined ? {} : { fromBlock }),
    },
  };
}
