import type { ExportBook, Exporter, ExportFile } from "@shortfall/core";
import { AccountNames } from "./account-names.js";
import { amountOf, dayOf, entryTags, plainText, shownAs } from "./entry-text.js";

/**
 * Journals that hledger and ledger both read: one transaction an entry, all decimals, tags for transaction, log and
 * block, and at the end an assertion of every balance, so that the program re-checks the replay.
 */
function* ledgerText(book: ExportBook, format: "hledger" | "ledger"): Generator<string> {
  yield `; ${plainText(book.title)}\n`;
  for (const { name, decimals } of book.commodities.values()) {
    const sample = `1000.${"0".repeat(decimals)}`;
    // A trailing point keeps hledger from reading a whole number's separators its own way.
    if (format === "hledger") yield `commodity ${sample} ${name}\n`;
    else yield `commodity ${name}\n    format ${decimals === 0 ? "1000" : sample} ${name}\n`;
  }
  yield "\n";
  const names = new AccountNames();
  const balances = new Map<string, { account: string; commodity: string; units: bigint }>();
  let last = 0;
  for (const entry of book.entries()) {
    last = entry.position.timestamp;
    const tags = entryTags(entry);
    if (entry.postings.length === 0) {
      yield `; ${dayOf(last)} ${plainText(entry.kind)} without postings, ${tags.map(([key, value]) => `${key} ${plainText(value)}`).join(", ")}\n\n`;
      continue;
    }
    yield `${dayOf(last)} ${plainText(entry.kind)}\n`;
    for (const [key, value] of tags) yield `    ; ${key}: ${plainText(value)}\n`;
    for (const posting of entry.postings) {
      const account = names.of(posting);
      const key = `${account}\u0000${posting.commodity}`;
      const row = balances.get(key);
      if (row) row.units += posting.amount;
      else balances.set(key, { account, commodity: posting.commodity, units: posting.amount });
      yield `    ${account}  ${amountOf(book, posting.commodity, posting.amount)}\n`;
    }
    yield "\n";
  }
  if (balances.size === 0) return;
  yield `${dayOf(last)} closing balances as re-executed\n`;
  for (const { account, commodity, units } of balances.values()) {
    yield `    ${account}  0 ${shownAs(book, commodity).name} = ${amountOf(book, commodity, units)}\n`;
  }
}

const textFile = (name: string, chunks: () => Iterable<string>): readonly ExportFile[] => [{ name, chunks }];

/** Plain text for hledger. */
export const hledgerExporter: Exporter = {
  format: "hledger",
  title: "hledger journal",
  files: (book) => textFile("journal.hledger", () => ledgerText(book, "hledger")),
};

/** Plain text for ledger. */
export const ledgerExporter: Exporter = {
  format: "ledger",
  title: "ledger journal",
  files: (book) => textFile("journal.ledger", () => ledgerText(book, "ledger")),
};
