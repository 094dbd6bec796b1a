import type { Position } from "../position.js";
import type { HistoryHeader, TraceLine } from "./adapter.js";
import type { ChainLog, PriceUpdate, RecordedCall } from "./chain.js";

/** One record of a history, parsed and checked for shape, in the order of its source. */
export type SourceRecord =
  /** A line of a golden trace; the adapter reads the rest of it. */
  | { readonly kind: "trace"; readonly line: TraceLine }
  | {
      readonly kind: "log";
      readonly position: Position;
      readonly log: ChainLog;
      readonly blockHash?: string;
      /** The node took it back in a reorganisation. */
      readonly removed: boolean;
    }
  /** Takes effect where it stands. */
  | { readonly kind: "price"; readonly position: Position; readonly update: PriceUpdate }
  /** Contracts that a transaction without logs called. */
  | { readonly kind: "touch"; readonly position: Position; readonly addresses: readonly string[] }
  /** The call of the transaction whose logs follow. */
  | { readonly kind: "call"; readonly position: Position; readonly call: RecordedCall }
  /** Totals read from the chain at the end of a block, to compare. Names as in `PoolView`. */
  | {
      readonly kind: "checkpoint";
      readonly position: Position;
      readonly pool: string;
      readonly values: ReadonlyMap<string, bigint>;
    }
  /** Blocks that were asked for, both ends included. */
  | { readonly kind: "range"; readonly line: number; readonly fromBlock: number; readonly toBlock: number };

/** What a source was, for the record. */
export interface SourceDigest {
  readonly name: string;
  readonly bytes: number;
  /** Of the bytes as stored, lower-case hex. */
  readonly sha256: string;
}

/** A history in chain order: a header, then records. Read once. */
export interface LogSource {
  /** Short name for messages and reports; the same wherever the source is. */
  readonly name: string;
  readonly header: HistoryHeader;
  /** `trace`: a golden trace; `logs`: plain logs. */
  readonly style: "trace" | "logs";
  /** Whether every log of a block is there, so that a missing index is a gap. */
  readonly complete: boolean;
  /** Whether it carries on from the state that the source before it ended in. */
  readonly continues: boolean;
  /** Streams. Returns the digest once everything was read. */
  records(): AsyncGenerator<SourceRecord, SourceDigest>;
  /** Lets go of the source without reading on. */
  close(): Promise<void>;
}

/** What a source that is followed gives next. */
export type FollowedBatch =
  | {
      readonly kind: "records";
      readonly records: Iterable<SourceRecord> | AsyncIterable<SourceRecord>;
      /** Nothing of the last record's block is still to come. */
      readonly settled: boolean;
      /** Nothing up to here is ever taken back, null where nobody knows. */
      readonly finalBlock: number | null;
    }
  /** Everything up to here was given. */
  | { readonly kind: "head"; readonly block: number; readonly finalBlock: number | null }
  /** Blocks from `fromBlock` on were taken back. The history begins again with `records`, which still stand. */
  | {
      readonly kind: "reorganised";
      readonly fromBlock: number;
      readonly records: Iterable<SourceRecord> | AsyncIterable<SourceRecord>;
    };

/** A history that grows while it is read. */
export interface FollowedSource extends Pick<LogSource, "name" | "header" | "style" | "complete"> {
  /** From the first record on, for as long as the history grows or until `stop`. Called once. */
  batches(stop: AbortSignal): AsyncGenerator<FollowedBatch, void>;
}
