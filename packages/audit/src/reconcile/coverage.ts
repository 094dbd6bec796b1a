import type { ChainTransaction, Position, ProtocolAdapter } from "@shortfall/core";

/** Blocks read or asked for, both ends included. */
export interface BlockRange {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** What was read of one history, and what was not. */
export interface Coverage {
  readonly file: string;
  readonly style: "trace" | "logs";
  readonly fromBlock: number | null;
  readonly toBlock: number | null;
  readonly fromTimestamp: number | null;
  readonly toTimestamp: number | null;
  readonly transactions: number;
  readonly reverted: number;
  readonly logs: number;
  /** Logs by event name, sorted; `(unknown)` for those that no contract of the protocol emits. */
  readonly events: Readonly<Record<string, number>>;
  readonly prices: number;
  readonly touches: number;
  /** Recorded values compared, event arguments included. */
  readonly comparisons: number;
  /** Recorded states compared. */
  readonly checkpoints: number;
  /** Lines whose call had to be read. */
  readonly callsUsed: number;
  /** Lines whose state was taken over from the record. */
  readonly resyncs: number;
  /** Blocks that the source says it asked for; empty if it does not say. */
  readonly ranges: readonly BlockRange[];
  /** What is known to be missing, in words. */
  readonly gaps: readonly string[];
}

/** Counts what a history holds while it is read. */
export class CoverageCount {
  readonly #adapter: ProtocolAdapter;
  readonly #events = new Map<string, number>();
  readonly #ranges: BlockRange[] = [];
  readonly #gaps: string[] = [];
  #first: Position | undefined;
  #last: Position | undefined;
  #transactions = 0;
  #reverted = 0;
  #logs = 0;
  #prices = 0;
  #touches = 0;
  comparisons = 0;
  checkpoints = 0;
  callsUsed = 0;
  resyncs = 0;

  constructor(adapter: ProtocolAdapter) {
    this.#adapter = adapter;
  }

  get transactions(): number {
    return this.#transactions;
  }

  transaction(transaction: ChainTransaction): void {
    this.#first ??= transaction.position;
    this.#last = transaction.position;
    this.#transactions++;
    if (transaction.reverted) this.#reverted++;
    this.#logs += transaction.logs.length;
    this.#prices += transaction.prices.length;
    this.#touches += transaction.touched.length;
    for (const log of transaction.logs) {
      const name = this.#adapter.eventName(log) ?? "(unknown)";
      this.#events.set(name, (this.#events.get(name) ?? 0) + 1);
    }
  }

  /** Adds a range asked for; returns the blocks missing before it, if any. */
  range(range: BlockRange): BlockRange | undefined {
    const previous = this.#ranges[this.#ranges.length - 1];
    this.#ranges.push(range);
    if (!previous || range.fromBlock <= previous.toBlock + 1) return undefined;
    return { fromBlock: previous.toBlock + 1, toBlock: range.fromBlock - 1 };
  }

  gap(words: string): void {
    this.#gaps.push(words);
  }

  result(file: string, style: "trace" | "logs"): Coverage {
    return {
      file,
      style,
      fromBlock: this.#first?.block ?? null,
      toBlock: this.#last?.block ?? null,
      fromTimestamp: this.#first?.timestamp ?? null,
      toTimestamp: this.#last?.timestamp ?? null,
      transactions: this.#transactions,
      reverted: this.#reverted,
      logs: this.#logs,
      events: Object.fromEntries([...this.#events].sort(([a], [b]) => (a < b ? -1 : 1))),
      prices: this.#prices,
      touches: this.#touches,
      comparisons: this.comparisons,
      checkpoints: this.checkpoints,
      callsUsed: this.callsUsed,
      resyncs: this.resyncs,
      ranges: [...this.#ranges],
      gaps: [...this.#gaps],
    };
  }
}
