import type { LogSource, SourceDigest, SourceRecord } from "@shortfall/core";

/** What a history is, apart from its records. */
export type HistoryIdentity = Pick<LogSource, "name" | "header" | "style" | "complete">;

/** A part of a source has no digest of its own; an audit keeps none of it. */
const PART: Omit<SourceDigest, "name"> = { bytes: 0, sha256: "" };

/**
 * Part of a history as a source, so that an audit can stop and look after it. Its end closes the transaction that it
 * ends with: cut only where a transaction ends.
 */
export function segment(
  history: HistoryIdentity,
  records: Iterable<SourceRecord> | AsyncIterable<SourceRecord>,
): LogSource {
  const { name, header, style, complete } = history;
  return {
    name,
    header,
    style,
    complete,
    continues: true,
    async *records() {
      yield* records;
      return { name, ...PART };
    },
    close: async () => undefined,
  };
}
