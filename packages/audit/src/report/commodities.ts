import type { CommodityName, PoolView } from "@shortfall/core";

/**
 * Names and decimals of the commodities that a journal uses: from the pools, from tokens that the header lists
 * (an object with `symbol` and `decimals`), and from its labels. A commodity of unknown decimals is shown in base
 * units. Names are upper-case letters, unique, so that any accounting program takes them.
 */
export function nameCommodities(
  used: Iterable<string>,
  pools: readonly PoolView[],
  header: Readonly<Record<string, unknown>>,
): Map<string, CommodityName> {
  const tokens = new Map<string, { symbol: string; decimals: number }>();
  collectTokens(header, tokens, 0);
  const decimals = new Map(pools.map((view) => [view.asset, view.decimals]));
  const names = new Map<string, CommodityName>();
  const taken = new Set<string>();
  for (const commodity of [...new Set(used)].sort()) {
    const token = tokens.get(commodity.toLowerCase());
    const label = token?.symbol ?? labelOf(header, commodity) ?? commodity;
    const name = unique(lettersOf(label), commodity, taken);
    taken.add(name);
    names.set(commodity, { name, decimals: decimals.get(commodity) ?? token?.decimals ?? 0 });
  }
  return names;
}

/** Headers nest tokens a few levels deep, never further. */
const DEEPEST = 6;

function collectTokens(
  value: unknown,
  tokens: Map<string, { symbol: string; decimals: number }>,
  depth: number,
): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  if (!Array.isArray(value)) {
    const { symbol, address, decimals } = value as Readonly<Record<string, unknown>>;
    const places = Number(decimals);
    if (typeof symbol === "string" && decimals !== undefined && Number.isInteger(places) && places >= 0) {
      const token = { symbol, decimals: places };
      for (const key of [symbol, address]) {
        if (typeof key === "string" && !tokens.has(key.toLowerCase())) tokens.set(key.toLowerCase(), token);
      }
    }
  }
  for (const member of Object.values(value)) collectTokens(member, tokens, depth + 1);
}

function labelOf(header: Readonly<Record<string, unknown>>, commodity: string): string | undefined {
  const { labels } = header;
  if (typeof labels !== "object" || labels === null) return undefined;
  const label = (labels as Readonly<Record<string, unknown>>)[commodity];
  return typeof label === "string" ? label : undefined;
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
