import { canonicalJson } from "./canonical.js";
import type { JournalEntry, Posting } from "./entry.js";

/**
 * The canonical JSON of an entry, the text that blocks are hashed over: what `canonicalJson` gives for its known
 * members, written in the order of their names and without looking for others, because every entry passes here.
 */
export function entryLine(entry: JournalEntry): string {
  const { account, deficit, memo, position, reverses } = entry;
  // Callers without types; whoever stores the entry refuses it by name.
  if (!Number.isFinite(position.block) || !Number.isFinite(position.timestamp)) return canonicalJson(entry);
  let text = "{";
  if (account !== undefined) text += `"account":${quoted(account)},`;
  if (deficit !== undefined) text += `"deficit":${quoted(deficit)},`;
  text += `"kind":${quoted(entry.kind)}`;
  if (memo !== undefined) text += `,"memo":${quoted(memo)}`;
  text += `,"position":{"block":${position.block}`;
  if (position.line !== undefined) text += `,"line":${position.line}`;
  if (position.logIndex !== undefined) text += `,"logIndex":${position.logIndex}`;
  text += `,"timestamp":${position.timestamp}`;
  if (position.transaction !== undefined) text += `,"transaction":${quoted(position.transaction)}`;
  if (position.transactionIndex !== undefined) text += `,"transactionIndex":${position.transactionIndex}`;
  text += '},"postings":[';
  let separator = "";
  for (const posting of entry.postings) {
    text += separator + postingText(posting);
    separator = ",";
  }
  text += "]";
  if (reverses !== undefined) text += `,"reverses":${reverses}`;
  return `${text},"sequence":${entry.sequence}}`;
}

/** An entry as JSON holds it. */
export type EntryRecord = Omit<JournalEntry, "postings"> & {
  readonly postings: readonly (Omit<Posting, "amount"> & { readonly amount: string })[];
};

/** The entry of a line that is known to be one, of a journal's own text for one; `parseEntry` checks others. */
export function readEntryLine(line: string): JournalEntry {
  const record = JSON.parse(line) as EntryRecord;
  return {
    ...record,
    postings: record.postings.map((posting) => ({ ...posting, amount: BigInt(posting.amount) })),
  };
}

const postingText = ({ account, amount, commodity, pool }: Posting): string =>
  `{"account":${quoted(account)},"amount":"${amount}","commodity":${quoted(commodity)},"pool":${quoted(pool)}}`;

/** What JSON writes as it is: the names and numbers of the field. */
const PLAIN = /^[\w .:;/#()+,-]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
