// Makes src/presets/markets.json out of the published identities in packages/testing/vectors/deployments.

import { readFileSync, writeFileSync } from "node:fs";

const vectors = new URL("../../testing/vectors/deployments/", import.meta.url);
const target = new URL("../src/presets/markets.json", import.meta.url);

const CHAINS = {
  1: "ethereum",
  10: "optimism",
  56: "bnb",
  100: "gnosis",
  130: "unichain",
  137: "polygon",
  143: "monad",
  146: "sonic",
  196: "xlayer",
  204: "opbnb",
  324: "zksync",
  1088: "metis",
  1868: "soneium",
  2020: "ronin",
  4326: "megaeth",
  5000: "mantle",
  8453: "base",
  9745: "plasma",
  42161: "arbitrum",
  42220: "celo",
  43114: "avalanche",
  57073: "ink",
  59144: "linea",
  534352: "scroll",
};

const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, vectors), "utf8"));
const lower = (address) => address.toLowerCase();
const plain = (name) =>
  name
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-");
const chainOf = (chainId, name = "") => CHAINS[chainId] ?? plain(name.replace(/Mainnet$/, ""));
const earliest = (entries) => {
  const blocks = entries.map((entry) => entry.deployBlock);
  return blocks.every((block) => typeof block === "number") && blocks.length > 0
    ? Math.min(...blocks)
    : undefined;
};

/** `AaveV3EthereumLido` is `lido` on Ethereum. */
function aaveMarket(name) {
  const rest = name.replace(
    /^AaveV3(Ethereum|Polygon|Avalanche|Base|Metis|Gnosis|BNB|Arbitrum|Optimism|Scroll|ZkSync|Linea|Celo|Mantle|Sonic|Soneium|Ink|Plasma|MegaEth|XLayer|Monad)/,
    "",
  );
  return rest === "" ? "core" : plain(rest);
}

const aave = read("aave-v3").markets.map((market) => ({
  market: `aave-v3/${chainOf(market.chainId)}/${aaveMarket(market.name)}`,
  protocol: "aave-v3",
  chainId: market.chainId,
  provider: lower(market.poolAddressesProvider),
  pool: lower(market.pool),
  configurator: lower(market.poolConfigurator),
  oracle: lower(market.oracle),
  treasury: lower(market.collector),
  umbrella: market.umbrella && {
    address: lower(market.umbrella.address),
    stakes: market.umbrella.stakes.map(({ stakeToken, underlying }) => [
      lower(stakeToken),
      lower(underlying),
    ]),
  },
  implementations: market.implementations.map(({ version, address }) => [lower(address), version]),
  reserves: market.reserves.map(({ symbol, underlying, aToken, variableDebtToken }) => [
    symbol,
    lower(underlying),
    lower(aToken),
    lower(variableDebtToken),
  ]),
}));

const comet = read("compound-v3").markets.map((market) => ({
  market: `compound-v3/${chainOf(market.chainId)}/${market.market}`,
  protocol: "compound-v3",
  chainId: market.chainId,
  comet: lower(market.comet),
  tokens: [
    [market.baseToken, lower(market.baseTokenAddress)],
    ...market.collateral.map(({ symbol, address }) => [symbol, lower(address)]),
  ],
}));

const compound = read("compound-v2").chains.map((chain) => ({
  market: `compound-v2/${chainOf(chain.chainId)}/core`,
  protocol: "compound-v2",
  chainId: chain.chainId,
  fromBlock: chain.comptrollerDeployBlock,
  comptroller: lower(chain.comptroller),
  oracle: lower(chain.priceFeed),
  markets: chain.markets.map(({ symbol, cToken, underlying }) => [
    symbol,
    lower(cToken),
    ...(underlying ? [lower(underlying)] : []),
  ]),
}));

const venus = read("venus-isolated").networks.flatMap((network) =>
  network.comptrollers.map((comptroller) => {
    const suffix = `_${comptroller.pool.replaceAll(" ", "")}`;
    const tokens = network.vTokens.filter(({ name }) => name.endsWith(suffix));
    return {
      market: `venus-isolated/${chainOf(network.chainId)}/${plain(comptroller.pool)}`,
      protocol: "venus-isolated",
      chainId: network.chainId,
      fromBlock: earliest([comptroller, ...tokens]),
      comptroller: lower(comptroller.address),
      oracle: network.oracle && lower(network.oracle.address),
      shortfall: network.shortfall && lower(network.shortfall.address),
      markets: tokens.map(({ name, address }) => [name.slice(0, -suffix.length), lower(address)]),
    };
  }),
);

const morpho = read("morpho-blue").chains.map((chain) => ({
  market: `morpho-blue/${chainOf(chain.chainId, chain.name)}/core`,
  protocol: "morpho-blue",
  chainId: chain.chainId,
  fromBlock: chain.morpho.deployBlock ?? undefined,
  morpho: lower(chain.morpho.address),
  irm: chain.adaptiveCurveIrm && lower(chain.adaptiveCurveIrm.address),
}));

const markets = [aave, comet, compound, morpho, venus].flat();
markets.sort((a, b) => (a.market < b.market ? -1 : a.market > b.market ? 1 : 0));
const names = new Set(markets.map(({ market }) => market));
if (names.size !== markets.length) throw new Error("Two markets have one name.");

/** The table as text, one market a line. */
export const marketsText = `[\n${markets.map((market) => JSON.stringify(market)).join(",\n")}\n]\n`;

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(target, marketsText);
