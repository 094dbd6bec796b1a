import { canonicalJson, type Journal, type SealedBlock } from "@shortfall/core";

/** Format named on the first line of a journal. */
export const JOURNAL_FORMAT = "shortfall-journal/1";

/** Name of the journals in a report folder. */
export const JOURNAL_NAME = "journal.jsonl";

/**
 * A journal as JSON Lines: a header line, then every block's entries followed by the block itself. Each line is
 * canonical JSON, so that a block's digest is that of the lines it names. For a journal that holds all its blocks;
 * `JournalTranscript` writes a long one while it grows.
 *
 * @throws {EntriesReleasedError} the journal's beginning is not in memory any more.
 */
export function* journalLines(history: string, journal: Journal): Generator<string> {
  yield headerLine(history, journal);
  for (const block of journal.texts()) yield blockLines(block);
}

export const headerLine = (history: string, journal: Journal): string =>
  `${canonicalJson({ format: JOURNAL_FORMAT, history, ...journal.header })}\n`;

export const blockLines = ({ text, ...block }: SealedBlock): string =>
  `${text}\n${canonicalJson({ block })}\n`;
