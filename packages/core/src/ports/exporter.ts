import type { JournalEntry } from "../journal/entry.js";

/** How a commodity of the journal is shown: a name of letters, and decimals of one unit. */
export interface CommodityName {
  readonly name: string;
  readonly decimals: number;
}

/** What an exporter writes from: the journal as it was verified, and how to show its commodities. */
export interface ExportBook {
  readonly title: string;
  /** By commodity as posted. */
  readonly commodities: ReadonlyMap<string, CommodityName>;
  /** All entries in order; may be walked more than once. */
  entries(): Iterable<JournalEntry>;
  /** What the report says beside its journal; none where there is only a journal. */
  tables?(): readonly ExportTable[];
}

/** A table of a report. Every value is text, amounts too, in full. */
export interface ExportTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** As many values a row as there are columns; may be walked more than once. */
  rows(): Iterable<readonly string[]>;
}

/** A file to write, text or bytes, in pieces so that it need not be held whole. */
export interface ExportFile {
  readonly name: string;
  chunks(): Iterable<string | Uint8Array>;
}

/** Writes a journal in another program's format: pure, the same bytes for the same book. */
export interface Exporter {
  /** `hledger`, `csv`, … */
  readonly format: string;
  readonly title: string;
  /** @throws {ShortfallError} the format cannot hold the amounts exactly. */
  files(book: ExportBook): readonly ExportFile[];
}
