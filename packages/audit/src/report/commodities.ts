import type { CommodityName, PoolView } from "@shortfall/core";

/** What a header tells of a token. */
interface TokenFacts {
  readonly symbol?: string;
  readonly decimals?: number;
}

/**
 * Names and decimals of the commodities that a journal uses: from the pools, from what the header says of tokens
 * (`symbol`, `decimals` or `scale` beside an address, or an address listed under a symbol), and from its labels. A
 * commodity of unknown decimals is shown in base units. Names are upper-case letters, unique, so that any
 * accounting program takes them.
 */
export function nameCommodities(
  used: Iterable<string>,
  pools: readonly PoolView[],
  header: Readonly<Record<string, unknown>>,
): Map<string, CommodityName> {
  const tokens = new Map<string, TokenFacts>();
  collectTokens(header, tokens, 0);
  collectListed(header, "", tokens, 0);
  const decimals = new Map(pools.map((view) => [view.asset, view.decimals]));
  const names = new Map<string, CommodityName>();
  const taken = new Set<string>();
  for (const commodity of [...new Set(used)].sort()) {
    const token = tokens.get(commodity.toLowerCase()) ?? tokens.get(addressLabelled(header, commodity));
    const label = token?.symbol ?? labelOf(header, commodity) ?? commodity;
    const name = unique(lettersOf(label), commodity, taken);
    taken.add(name);
    names.set(commodity, { name, decimals: decimals.get(commodity) ?? token?.decimals ?? 0 });
  }
  return names;
}

/** Headers nest tokens a few levels deep, never further. */
const DEEPEST = 6;

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value);

/** Objects that describe a token. */
function collectTokens(value: unknown, tokens: Map<string, TokenFacts>, depth: number): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  if (!Array.isArray(value)) {
    const { symbol, address, asset, decimals, scale } = value as Readonly<Record<string, unknown>>;
    const places = decimals === undefined ? placesOf(scale) : Number(decimals);
    if (places !== undefined && Number.isInteger(places) && places >= 0) {
      const facts: TokenFacts = { decimals: places, ...(typeof symbol === "string" ? { symbol } : {}) };
      for (const key of [symbol, address, asset]) {
        if (typeof key === "string" && !tokens.has(key.toLowerCase())) tokens.set(key.toLowerCase(), facts);
      }
    }
  }
  for (const member of Object.values(value)) collectTokens(member, tokens, depth + 1);
}

/** Addresses listed under the symbol of a token: `"stkX": { "underlying": "0x…" }`. */
function collectListed(value: unknown, key: string, tokens: Map<string, TokenFacts>, depth: number): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  const facts = tokens.get(key.toLowerCase());
  for (const [name, member] of Object.entries(value)) {
    if (facts?.symbol !== undefined && isAddress(member) && !tokens.has(member.toLowerCase())) {
      tokens.set(member.toLowerCase(), facts);
    }
    collectListed(member, name, tokens, depth + 1);
  }
}

/** Decimals of a scale that is a power of ten. */
function placesOf(scale: unknown): number | undefined {
  return typeof scale === "string" && /^10*$/.test(scale) ? scale.length - 1 : undefined;
}

function labelOf(header: Readonly<Record<string, unknown>>, commodity: string): string | undefined {
  const { labels } = header;
  if (typeof labels !== "object" || labels === null) return undefined;
  const label = (labels as Readonly<Record<string, unknown>>)[commodity];
  return typeof label === "string" ? label : undefined;
}

/** The address that a header labels so, lower case; empty if there is none. */
function addressLabelled(header: Readonly<Record<string, unknown>>, label: string): string {
  const { labels } = header;
  if (typeof labels !== "object" || labels === null) return "";
  return (
    Object.entries(labels)
      .find(([, name]) => name === label)?.[0]
      .toLowerCase() ?? ""
  );
}

/** `wstETH.e` → `WSTETHE`; an address → letters that spell its first hex digits. */
function lettersOf(label: string): string {
  if (/^0x[0-9a-f]+$/i.test(label)) return `T${spell(label.slice(2, 14))}`;
  const letters = label
    .replace(/[^A-Za-z]/g, "")
    .toUpperCase()
    .slice(0, 16);
  return letters.length < 2 ? `T${letters}X` : letters;
}

function unique(name: string, commodity: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const hex = /^0x[0-9a-f]+$/i.test(commodity) ? commodity.slice(2) : "";
  for (let length = 4; length <= hex.length && length <= 8; length++) {
    const longer = `${name.slice(0, 15)}${spell(hex.slice(0, length))}`;
    if (!taken.has(longer)) return longer;
  }
  let count = 1;
  while (taken.has(`${name.slice(0, 15)}${spell(count.toString(16))}`)) count++;
  return `${name.slice(0, 15)}${spell(count.toString(16))}`;
}

const spell = (hex: string): string =>
  [...hex.toLowerCase()].map((digit) => String.fromCharCode(65 + Number.parseInt(digit, 16))).join("");
