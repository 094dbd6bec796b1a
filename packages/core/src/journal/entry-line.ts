import type { EntryDraft, JournalEntry, Posting } from "./entry.js";

/**
 * The canonical JSON of an entry, the text that blocks are hashed over: what `canonicalJson` gives for its known
 * members, written in the order of their names and without looking for others, because every entry passes here.
 */
export const entryLine = (entry: JournalEntry): string =>
  lineAround(entry, entry.sequence, entry.postings.map(postingText).join(","));

/** The line of an entry whose postings are texts already, joined by commas. */
export function lineAround(entry: EntryDraft, sequence: number, postings: string): string {
  const { account, deficit, memo, position, reverses } = entry;
  let text = "{";
  if (account !== undefined) text += `"account":${quoted(account)},`;
  if (deficit !== undefined) text += `"deficit":${quoted(deficit)},`;
  text += `"kind":${quoted(entry.kind)}`;
  if (memo !== undefined) text += `,"memo":${quoted(memo)}`;
  // Callers without types may leave a number out; whoever stores the entry refuses it by name.
  text += `,"position":{"block":${position.block ?? null}`;
  if (position.line !== undefined) text += `,"line":${position.line}`;
  if (position.logIndex !== undefined) text += `,"logIndex":${position.logIndex}`;
  text += `,"timestamp":${position.timestamp ?? null}`;
  if (position.transaction !== undefined) text += `,"transaction":${quoted(position.transaction)}`;
  if (position.transactionIndex !== undefined) text += `,"transactionIndex":${position.transactionIndex}`;
  text += `},"postings":[${postings}]`;
  if (reverses !== undefined) text += `,"reverses":${reverses}`;
  return `${text},"sequence":${sequence}}`;
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

/** What stands before and after the amount in the text of a posting: the same for all of one account. */
export const aroundAmount = ({ account, commodity, pool }: Omit<Posting, "amount">): [string, string] => [
  `{"account":${quoted(account)},"amount":"`,
  `","commodity":${quoted(commodity)},"pool":${quoted(pool)}}`,
];

function postingText(posting: Posting): string {
  const [before, after] = aroundAmount(posting);
  return `${before}${posting.amount}${after}`;
}

/** What JSON writes as it is: the names and numbers of the field. */
const PLAIN = /^[\w .:;/#()+,-]*$/;

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
