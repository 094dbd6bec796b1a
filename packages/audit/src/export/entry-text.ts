import type { CommodityName, ExportBook, JournalEntry } from "@shortfall/core";
import { formatAmount } from "@shortfall/math/decimal";

/** UTC day of an entry: `2023-11-14`. */
export const dayOf = (timestamp: number): string => new Date(timestamp * 1000).toISOString().slice(0, 10);

/** The UTC day after. */
export const dayAfter = (timestamp: number): string => dayOf(timestamp + 86_400);

/** How a commodity of the book is shown; one that the book does not know is shown in base units. */
export const shownAs = (book: ExportBook, commodity: string): CommodityName =>
  book.commodities.get(commodity) ?? {
    name: commodity.replace(/[^A-Za-z]/g, "").toUpperCase() || "UNITS",
    decimals: 0,
  };

/** `-12.345678 USDC`: all decimals, no grouping, no exponent. */
export function amountOf(book: ExportBook, commodity: string, units: bigint): string {
  const { name, decimals } = shownAs(book, commodity);
  return `${formatAmount(units, decimals, { padded: true })} ${name}`;
}

/** Where an entry comes from, as key and value pairs for tags. */
export function entryTags(entry: JournalEntry): [string, string][] {
  const { position } = entry;
  const tags: [string, string | undefined][] = [
    ["seq", `${entry.sequence}`],
    ["block", `${position.block}`],
    ["time", `${position.timestamp}`],
    ["tx", position.transaction],
    ["log", position.logIndex === undefined ? undefined : `${position.logIndex}`],
    ["who", entry.account],
    ["deficit", entry.deficit],
    ["reverses", entry.reverses === undefined ? undefined : `${entry.reverses}`],
  ];
  return tags.filter((tag): tag is [string, string] => tag[1] !== undefined);
}

/** One line of plain text: no line ends, quotes, semicolons or controls that a program could read as syntax. */
export const plainText = (text: string): string => text.replace(/[\p{Cc}\p{Cf}";|\\]/gu, " ").trim();
