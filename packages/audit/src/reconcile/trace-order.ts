import { LineError, type Position, type SourceRecord, type TraceLine } from "@shortfall/core";
import { type OrderCheck, type OrderedItem, orderFinding } from "./chain-order.js";

type TraceRecord = SourceRecord & { readonly kind: "trace" };

/** Lines that may be held back while a missing number might still come. */
const LOOK_AHEAD = 64;
/** Lines remembered, to tell a repeated line from a conflicting one. */
const REMEMBERED = 64;

/**
 * Golden traces number their lines with `i`. A line that comes a little late is put in its place and reported; a
 * number that does not come within {@link LOOK_AHEAD} lines is a gap, unless every line has a block of its own and
 * none is missing; a number that came before is a duplicate and is not executed again.
 */
export class TraceOrder implements OrderCheck {
  #expected: number | undefined;
  #first = 0;
  #highest = 0;
  #timestamp = 0;
  #block: number | undefined;
  /** Whether every line so far had a block of its own, the one after the last. */
  #blockEach = true;
  readonly #held = new Map<number, TraceRecord>();
  readonly #missing: { readonly from: number; readonly to: number }[] = [];
  readonly #recent = new Map<number, TraceLine>();

  push(record: SourceRecord): OrderedItem[] {
    if (record.kind !== "trace") return [{ kind: "record", record }];
    const { line } = record;
    const sequence = wholeNumber(line, "i");
    const items: OrderedItem[] = [];
    if (this.#expected === undefined) {
      if (sequence > 1) items.push(this.#gap(1, sequence - 1, line));
      this.#expected = sequence;
      this.#first = sequence;
    }
    if (sequence < this.#expected || this.#held.has(sequence)) {
      items.push(this.#repeated(sequence, line));
      return items;
    }
    if (sequence < this.#highest) items.push(this.#late(sequence, line));
    else this.#highest = sequence;
    if (sequence === this.#expected) items.push(...this.#take(record, sequence), ...this.#drain());
    else {
      this.#held.set(sequence, record);
      if (this.#held.size > LOOK_AHEAD) items.push(...this.#skip());
    }
    return items;
  }

  end(): OrderedItem[] {
    const items: OrderedItem[] = [];
    while (this.#held.size > 0) items.push(...this.#skip());
    return items;
  }

  /** Gives the expected number up and goes on with the lowest one held. */
  #skip(): OrderedItem[] {
    const next = Math.min(...this.#held.keys());
    const from = this.#expected ?? next;
    const { line } = this.#held.get(next)!;
    const adjoins = this.#blockEach && wholeNumber(line, "block") === (this.#block ?? 0) + 1;
    const items = [adjoins ? this.#unused(from, next - 1, line) : this.#gap(from, next - 1, line)];
    // Blocks are compared from line to line only.
    this.#block = undefined;
    this.#expected = next;
    return [...items, ...this.#drain()];
  }

  #drain(): OrderedItem[] {
    const items: OrderedItem[] = [];
    for (let next = this.#expected!; this.#held.has(next); next = this.#expected!) {
      const record = this.#held.get(next)!;
      this.#held.delete(next);
      items.push(...this.#take(record, next));
    }
    return items;
  }

  #take(record: TraceRecord, sequence: number): OrderedItem[] {
    const block = wholeNumber(record.line, "block");
    if (this.#block !== undefined && block !== this.#block + 1) this.#blockEach = false;
    this.#block = block;
    this.#expected = sequence + 1;
    this.#recent.set(sequence, record.line);
    this.#recent.delete(sequence - REMEMBERED);
    const timestamp = wholeNumber(record.line, "timestamp");
    if (timestamp < this.#timestamp) {
      const finding = orderFinding(
        "reordered-event",
        "differs",
        `Time goes back at line ${record.line.number}. It was not executed; check the order of the file.`,
        positionOf(record.line),
        "timestamp",
        { expected: `${this.#timestamp} or later`, received: `${timestamp}` },
      );
      return [{ kind: "finding", finding, breaks: true }];
    }
    this.#timestamp = timestamp;
    return [{ kind: "record", record }];
  }

  /** Numbers that no line has although no block is missing: the recorder left them out. */
  #unused(from: number, to: number, before: TraceLine): OrderedItem {
    const what = from === to ? `i ${from} is` : `i ${from} to ${to} are`;
    const finding = orderFinding(
      "missing-event",
      "note",
      `Before line ${before.number}, ${what} not used; the blocks before and after adjoin, so nothing is missing.`,
      positionOf(before),
      "i",
      { expected: `${from}`, received: `${to + 1}` },
    );
    return { kind: "finding", finding, breaks: false };
  }

  #gap(from: number, to: number, before: TraceLine): OrderedItem {
    this.#missing.push({ from, to });
    const what = from === to ? `i ${from} is` : `i ${from} to ${to} are`;
    const finding = orderFinding(
      "missing-event",
      "incomplete",
      `Before line ${before.number}, ${what} missing. What follows was executed without; fetch the rest.`,
      positionOf(before),
      "i",
      { expected: `${from}`, received: `${to + 1}` },
    );
    return { kind: "finding", finding, breaks: true };
  }

  #late(sequence: number, line: TraceLine): OrderedItem {
    const finding = orderFinding(
      "reordered-event",
      "differs",
      `Line ${line.number} comes late: i ${sequence} follows higher numbers. It was executed in its place; sort the file by i.`,
      positionOf(line),
      "i",
      { expected: "numbers in order", received: `${sequence}` },
    );
    return { kind: "finding", finding, breaks: false };
  }

  #repeated(sequence: number, line: TraceLine): OrderedItem {
    const late =
      sequence < this.#first || this.#missing.some(({ from, to }) => from <= sequence && sequence <= to);
    const first = this.#recent.get(sequence) ?? this.#held.get(sequence)?.line;
    const same = first !== undefined && JSON.stringify(first.value) === JSON.stringify(line.value);
    const finding = late
      ? orderFinding(
          "reordered-event",
          "differs",
          `Line ${line.number} comes too late: the state has moved past i ${sequence}. It was not executed; sort the file by i.`,
          positionOf(line),
          "i",
          { expected: `${this.#expected}`, received: `${sequence}` },
        )
      : orderFinding(
          "duplicate-event",
          "differs",
          `Line ${line.number} repeats i ${sequence}${first === undefined ? "" : ` of line ${first.number}`}${
            first === undefined || same ? "" : " with other content"
          }. It was not executed again; remove one of them.`,
          positionOf(line),
          "i",
          { expected: `${this.#expected}`, received: `${sequence}` },
        );
    return { kind: "finding", finding, breaks: false };
  }
}

/** Where a trace line stands, as far as every trace says it. */
export function positionOf(line: TraceLine): Position {
  return {
    block: wholeNumber(line, "block"),
    timestamp: wholeNumber(line, "timestamp"),
    line: line.number,
  };
}

function wholeNumber(line: TraceLine, field: string): number {
  const value = line.value[field];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new LineError(
    line.number,
    field,
    "a whole number",
    value === undefined ? "nothing" : JSON.stringify(value),
  );
}
