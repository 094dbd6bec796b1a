import type { Position } from "../position.js";

/** One side of an entry. Debit positive, credit negative, base units of `commodity`. */
export interface Posting {
  readonly pool: string;
  /** Path from the chart of accounts. */
  readonly account: string;
  readonly commodity: string;
  readonly amount: bigint;
}

/** What is posted; the journal numbers it. */
export interface EntryDraft {
  /** `supply`, `accrue`, `write-off`, … */
  readonly kind: string;
  readonly position: Position;
  readonly postings: readonly Posting[];
  /** Whose action it was, where one account's. */
  readonly account?: string;
  /** Deficit it belongs to. */
  readonly deficit?: string;
  /** Sequence of the entry it reverses. */
  readonly reverses?: number;
  readonly memo?: string;
}

export interface JournalEntry extends EntryDraft {
  /** Counts up from 0 without gaps. */
  readonly sequence: number;
}

/** A waterfall in force, as a block names it. */
export interface WaterfallReference {
  readonly pool: string;
  readonly id: string;
  readonly version: string;
  /** SHA-256 of its canonical JSON. */
  readonly digest: string;
}

/** 1024 entries or fewer, hashed with the digest before it. */
export interface JournalBlock {
  readonly index: number;
  readonly first: number;
  readonly count: number;
  readonly previous: string;
  readonly digest: string;
}

/** A block with the text it was hashed over. */
export interface SealedBlock extends JournalBlock {
  /** One canonical line an entry, joined by line feeds. */
  readonly text: string;
}
