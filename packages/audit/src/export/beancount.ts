import type { ExportBook, Exporter } from "@shortfall/core";
import { abs } from "@shortfall/math";
import { AccountNames } from "./account-names.js";
import { amountOf, dayAfter, dayOf, entryTags, plainText, shownAs } from "./entry-text.js";
import { ExportPrecisionError } from "./errors.js";

/** Significant digits that Beancount's arithmetic keeps. */
const DIGITS = 28;

/** Plain text for Beancount 2. Refuses a book whose amounts or balances need more digits than it computes with. */
export const beancountExporter: Exporter = {
  format: "beancount",
  title: "Beancount ledger",
  files: (book) => {
    const accounts = requireDigits(book);
    return [{ name: "journal.beancount", chunks: () => beancountText(book, accounts) }];
  },
};

/**
 * Walks the book once and keeps when each account is first used.
 *
 * @throws {ExportPrecisionError} at the first amount or balance that is too long.
 */
function requireDigits(book: ExportBook): ReadonlyMap<string, number> {
  const names = new AccountNames();
  const balances = new Map<string, bigint>();
  const opened = new Map<string, number>();
  for (const entry of book.entries()) {
    for (const posting of entry.postings) {
      const account = names.of(posting);
      if (!opened.has(account)) opened.set(account, entry.position.timestamp);
      const key = `${account}\u0000${posting.commodity}`;
      const balance = (balances.get(key) ?? 0n) + posting.amount;
      balances.set(key, balance);
      for (const units of [posting.amount, balance]) {
        const digits = abs(units).toString().length;
        if (digits > DIGITS) {
          throw new ExportPrecisionError(
            "Beancount",
            account,
            amountOf(book, posting.commodity, units),
            digits,
            DIGITS,
          );
        }
      }
    }
  }
  return opened;
}

function* beancountText(book: ExportBook, opened: ReadonlyMap<string, number>): Generator<string> {
  yield `option "title" "${plainText(book.title)}"\n`;
  yield 'option "infer_tolerance_from_cost" "FALSE"\n\n';
  for (const [account, timestamp] of opened) yield `${dayOf(timestamp)} open ${account}\n`;
  yield "\n";
  const names = new AccountNames();
  const balances = new Map<string, { account: string; commodity: string; units: bigint }>();
  let last = 0;
  for (const entry of book.entries()) {
    last = Math.max(last, entry.position.timestamp);
    yield `${dayOf(entry.position.timestamp)} * "${plainText(entry.kind)}"\n`;
    for (const [key, value] of entryTags(entry)) yield `  ${key}: "${plainText(value)}"\n`;
    for (const posting of entry.postings) {
      const account = names.of(posting);
      const key = `${account}\u0000${posting.commodity}`;
      const row = balances.get(key);
      if (row) row.units += posting.amount;
      else balances.set(key, { account, commodity: posting.commodity, units: posting.amount });
      yield `  ${account}  ${amountOf(book, posting.commodity, posting.amount)}\n`;
    }
    yield "\n";
  }
  for (const { account, commodity, units } of balances.values()) {
    // Without a tolerance of its own, a balance would pass when off by one unit.
    const { name, decimals } = shownAs(book, commodity);
    const zero = decimals === 0 ? "0" : `0.${"0".repeat(decimals)}`;
    const amount = amountOf(book, commodity, units).slice(0, -name.length - 1);
    yield `${dayAfter(last)} balance ${account}  ${amount} ~ ${zero} ${name}\n`;
  }
}
