import { HeaderError } from "@shortfall/core";
import {
  type HeaderFile,
  headerOf,
  httpEndpoint,
  knownMarkets,
  overlaid,
  readHeaderFile,
  readImplementations,
  readMarkets,
} from "@shortfall/sources";
import type { Session } from "./session.js";

/** Options that say which market it is. */
export interface MarketOptions {
  readonly header?: string;
  readonly market?: string;
  readonly markets?: string;
}

/**
 * The header that the options name: of a file, of a known market, or of a market with the file laid over it.
 *
 * @returns undefined where they name none.
 * @throws {SourceError} the file cannot be read; the market is not known.
 */
export async function chooseHeader(
  options: MarketOptions,
  session: Session,
): Promise<HeaderFile | undefined> {
  const { header, market, markets } = options;
  if (markets !== undefined && market === undefined)
    session.usage("--markets adds to what --market may name.");
  const file = header === undefined ? undefined : await readHeaderFile(header);
  if (market === undefined) return file;
  const known = headerOf(await readMarkets(markets), market);
  return {
    path: file?.path ?? `--market ${market}`,
    value: file === undefined ? known : overlaid(known, file.value),
    besides: file?.besides ?? [],
  };
}

/** Lists the known markets for `--market list`. */
export async function listMarkets({ markets }: MarketOptions, session: Session): Promise<void> {
  const table = await readMarkets(markets);
  const rows = [...table].map(([market, { chainId, rpc, version }]) => {
    const { addresses = [], fromBlock } = (rpc ?? {}) as {
      addresses?: readonly string[];
      fromBlock?: number;
    };
    return { market, chainId, contracts: addresses.length, fromBlock, version };
  });
  const { output } = session;
  output.document({ markets: rows });
  const cells = rows.map(({ market, chainId, contracts, fromBlock }) =>
    [market, chainId, contracts, fromBlock ?? ""].map(String),
  );
  output.table(
    [["market", "chain", "contracts", "from block"], ...cells],
    ["left", "right", "right", "right"],
  );
}

/**
 * A header with its version: where it says none, the release of the code that the market's proxy ran at the first block.
 *
 * @throws {HeaderError} the code is of no release that the table knows.
 */
export async function withVersion(
  file: HeaderFile,
  node: { readonly url: string; readonly fromBlock: number; readonly market: string | undefined },
): Promise<HeaderFile> {
  if (file.value.version !== undefined || node.market === undefined) return file;
  const market = (await knownMarkets()).find((known) => known.market === node.market);
  const releases = market?.protocol === "aave-v3" ? market.implementations : [];
  if (releases.length === 0 || market?.protocol !== "aave-v3") return file;
  const [now] = await readImplementations({
    transport: httpEndpoint(node.url),
    proxies: [market.pool],
    fromBlock: node.fromBlock,
    toBlock: node.fromBlock,
  });
  const release = releases.find(([implementation]) => implementation === now?.implementation)?.[1];
  if (release) return { ...file, value: { ...file.value, version: release } };
  throw new HeaderError(
    "version",
    `a release, as the code at block ${node.fromBlock} is none that the table knows`,
    now?.implementation ?? "no code",
  );
}
