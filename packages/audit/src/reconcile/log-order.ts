import type { Position, SourceRecord } from "@shortfall/core";
import { type OrderCheck, type OrderedItem, orderFinding } from "./chain-order.js";

type LogRecord = SourceRecord & { readonly kind: "log" };

/** Logs remembered, to tell a repeated log from one out of order. */
const REMEMBERED = 4096;

/**
 * Plain logs are ordered by block and log index. Repeated logs, logs out of order and logs that a
 * reorganisation took back are reported and not executed; where the source holds every log of a block, a missing
 * index is a gap.
 */
export class LogOrder implements OrderCheck {
  readonly #complete: boolean;
  /** The last logs, overwritten from the oldest on. */
  readonly #recent: LogRecord[] = [];
  #oldest = 0;
  #last: Position | undefined;
  /** Highest log index of the last block; -1 before its first. */
  #index = -1;
  #blockHash: string | undefined;

  constructor(options: { readonly complete: boolean }) {
    this.#complete = options.complete;
  }

  push(record: SourceRecord): OrderedItem[] {
    if (record.kind === "range" || record.kind === "trace") return [{ kind: "record", record }];
    const refusal = (record.kind === "log" ? this.#refuseLog(record) : undefined) ?? this.#refuseTime(record);
    if (refusal) return [refusal];
    const items: OrderedItem[] = [];
    if (record.position.block !== this.#last?.block) {
      this.#index = -1;
      this.#blockHash = undefined;
    }
    if (record.kind === "log") items.push(...this.#note(record));
    this.#last = record.position;
    items.push({ kind: "record", record });
    return items;
  }

  end(): OrderedItem[] {
    return [];
  }

  #refuseLog(record: LogRecord): OrderedItem | undefined {
    const { position, log } = record;
    const where = (): string => `Line ${position.line}: log ${log.logIndex} of block ${position.block}`;
    if (record.removed) {
      return finding(
        "reorged",
        `${where()} was taken back by a reorganisation. It was not executed; fetch the block again.`,
        position,
        "removed",
        { expected: "false", received: "true" },
        false,
      );
    }
    const first = this.#repeats(position.block, log.logIndex);
    if (first) {
      const same =
        JSON.stringify([first.log, first.position.transaction]) ===
        JSON.stringify([log, position.transaction]);
      const reorged = !same && first.blockHash !== record.blockHash;
      return finding(
        reorged ? "reorged" : "duplicate-event",
        `${where()} was read on line ${first.position.line}${same ? "" : " with other content"}. It was not executed again; remove one of them.`,
        position,
        "logIndex",
        { expected: `above ${this.#index}`, received: `${log.logIndex}` },
        false,
      );
    }
    if (position.block !== this.#last?.block) return undefined;
    if (
      record.blockHash !== undefined &&
      this.#blockHash !== undefined &&
      record.blockHash !== this.#blockHash
    ) {
      return finding(
        "reorged",
        `${where()} belongs to another block of that height. It was not executed; fetch the block again.`,
        position,
        "blockHash",
        { expected: this.#blockHash, received: record.blockHash },
        true,
      );
    }
    if (log.logIndex < this.#index) {
      return finding(
        "reordered-event",
        `${where()} comes after log ${this.#index}. It was not executed; sort by block and log index.`,
        position,
        "logIndex",
        { expected: `above ${this.#index}`, received: `${log.logIndex}` },
        true,
      );
    }
    return undefined;
  }

  #refuseTime(record: Exclude<SourceRecord, { kind: "range" | "trace" }>): OrderedItem | undefined {
    const last = this.#last;
    const { position } = record;
    if (!last) return undefined;
    const back = position.block < last.block;
    const field = back ? "blockNumber" : "timestamp";
    if (!back && position.timestamp >= last.timestamp && !splitsBlock(position, last)) return undefined;
    return finding(
      "reordered-event",
      back
        ? `Line ${position.line}: block ${position.block} comes after block ${last.block}. It was not executed; sort by block and log index.`
        : `Line ${position.line}: time ${position.timestamp} does not fit block ${position.block} after time ${last.timestamp}. It was not executed; check the time of the block.`,
      position,
      field,
      back
        ? { expected: `${last.block} or later`, received: `${position.block}` }
        : { expected: `${last.timestamp} or later, one time a block`, received: `${position.timestamp}` },
      true,
    );
  }

  #note(record: LogRecord): OrderedItem[] {
    const { position, log } = record;
    const gap = this.#complete && log.logIndex !== this.#index + 1;
    const items: OrderedItem[] = gap
      ? [
          {
            kind: "finding",
            finding: orderFinding(
              "missing-event",
              "incomplete",
              `Before line ${position.line}, logs ${this.#index + 1} to ${log.logIndex - 1} of block ${position.block} are missing. What follows was executed without; fetch the block again.`,
              position,
              "logIndex",
              { expected: `${this.#index + 1}`, received: `${log.logIndex}` },
            ),
            breaks: true,
          },
        ]
      : [];
    this.#index = log.logIndex;
    this.#blockHash = record.blockHash ?? this.#blockHash;
    this.#recent[this.#oldest] = record;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
    return items;
  }

  /** The remembered log of that place. What stands after the last log is none of them. */
  #repeats(block: number, logIndex: number): LogRecord | undefined {
    if (!this.#last || block > this.#last.block) return undefined;
    if (block === this.#last.block && logIndex > this.#index) return undefined;
    return this.#recent.find(({ position, log }) => position.block === block && log.logIndex === logIndex);
  }
}

const splitsBlock = (position: Position, last: Position): boolean =>
  position.block === last.block && position.timestamp !== last.timestamp;

const finding = (
  kind: "reorged" | "duplicate-event" | "reordered-event",
  message: string,
  position: Position,
  field: string,
  values: { readonly expected: string; readonly received: string },
  breaks: boolean,
): OrderedItem => ({
  kind: "finding",
  finding: orderFinding(kind, "differs", message, position, field, values),
  breaks,
});
