import type { JournalEntry, JournalHeader, JournalKey } from "@shortfall/core";

/** What replaying a range gave. */
export interface RangeOutcome {
  /** Entries that came with it. */
  readonly entries: readonly JournalEntry[];
  /** The books after it, in canonical bytes: the same for the same history, whoever replays it. */
  readonly snapshot: Uint8Array;
}

/** A market being re-executed from the start of its history, block after block. */
export interface MarketReplay {
  /** Header of its journal. */
  readonly header: JournalHeader;
  /** Re-executes everything up to the end of a block, which is after that of the call before. */
  advance(toBlock: number): Promise<RangeOutcome>;
  close(): Promise<void>;
}

/** Opens a market's history at its start. Called by workers, in whatever process they run. */
export type OpenReplay = (key: JournalKey, source: string) => Promise<MarketReplay>;
