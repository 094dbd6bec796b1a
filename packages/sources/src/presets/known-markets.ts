import { SourceError } from "../errors.js";
import { openJsonFile } from "../json-file.js";
import { headerOfMarket, type KnownMarket } from "./market-header.js";

/** Headers by name of the market, `protocol/chain/market`. They lack what registries do not say: the state. */
export type MarketTable = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The markets that are known by name, as published by their protocols' registries. Loaded when asked for. */
export async function knownMarkets(): Promise<readonly KnownMarket[]> {
  const { default: table } = await import("./markets.json", { with: { type: "json" } });
  return table as unknown as readonly KnownMarket[];
}

/**
 * The markets of the table, and over them those of a file: a JSON object with headers, or parts of headers, by name.
 * What the file says of a market that the table knows replaces that part and leaves the rest.
 *
 * @throws {SourceError} the file is no such object.
 */
export async function readMarkets(file?: string): Promise<MarketTable> {
  const markets = new Map<string, Readonly<Record<string, unknown>>>(
    (await knownMarkets()).map((market) => [market.market, headerOfMarket(market)]),
  );
  if (file === undefined) return markets;
  const read = await openJsonFile(file);
  if (read.kind === "lines") await read.close();
  const own = read.kind === "lines" ? read.first.value : read.value;
  for (const [name, header] of Object.entries(own)) {
    const fault = (field: string, expected: string, received: unknown): SourceError =>
      new SourceError({ file, line: 0, field, expected, received: JSON.stringify(received) ?? "nothing" });
    if (!/^[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(name))
      throw fault(name, "a name such as protocol/chain/market", name);
    if (!isObject(header)) throw fault(name, "a header", header);
    markets.set(name, overlaid(markets.get(name) ?? { protocol: name.split("/")[0] }, header));
  }
  return markets;
}

/** The header of a market by name. @throws {SourceError} it is not known. */
export function headerOf(markets: MarketTable, name: string): Readonly<Record<string, unknown>> {
  const header = markets.get(name);
  if (header) return header;
  const words = name.toLowerCase().split("/");
  const close = [...markets.keys()].filter((known) => words.every((word) => known.includes(word)));
  throw new SourceError({
    file: "--market",
    line: 0,
    field: "market",
    expected: close.length > 0 ? `one of: ${close.slice(0, 8).join(", ")}` : "a market of the table",
    received: name,
    advice: "--market list shows them all; --markets FILE adds others.",
  });
}

/** Objects laid over objects, member by member; all else replaces what was there. */
export function overlaid(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = below[key];
    result[key] = isObject(under) && isObject(value) ? overlaid(under, value) : value;
  }
  return result;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
