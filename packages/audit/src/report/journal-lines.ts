import { canonicalJson, type Journal } from "@shortfall/core";

/** Format named on the first line of a journal. */
export const JOURNAL_FORMAT = "shortfall-journal/1";

/**
 * A journal as JSON Lines: a header line, then every block's entries followed by the block itself. Each line is
 * canonical JSON, so that a block's digest is that of the lines it names.
 */
export function* journalLines(history: string, journal: Journal): Generator<string> {
  yield `${canonicalJson({ format: JOURNAL_FORMAT, history, ...journal.header })}\n`;
  const { entries } = journal;
  for (const block of journal.blocks()) {
    for (let k = block.first; k < block.first + block.count; k++) yield `${canonicalJson(entries[k])}\n`;
    yield `${canonicalJson({ block })}\n`;
  }
}
