import type { FollowedBatch, FollowedSource, SourceRecord } from "@shortfall/core";
import { recordToyTrace, toyAccount, toyAdapter } from "@shortfall/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventLog, eventLine, readEventLine, type WatchEvent, type WatchNews, watch } from "../index.js";

const LENDER = toyAccount(1);
const borrower = (index: number): string => toyAccount(2 + index);

const trace = recordToyTrace([
  { type: "Supply", account: LENDER, assets: "1000000" },
  ...Array.from({ length: 6 }, (_, index) => [
    { type: "Borrow", account: borrower(index), assets: `${1000 * (index + 1)}` },
    { type: "WriteOff", account: borrower(index) },
  ]).flat(),
]);
const records = trace.lines.map(
  (value, index): SourceRecord => ({ kind: "trace", line: { number: index + 2, value } }),
);

/** A source of given batches. */
function sourceOf(batches: readonly FollowedBatch[], onNext: () => void = () => undefined): FollowedSource {
  return {
    name: "test",
    header: trace.header,
    style: "trace",
    complete: false,
    async *batches(stop) {
      for (const batch of batches) {
        if (stop.aborted) return;
        onNext();
        yield batch;
      }
    },
  };
}

const give = (some: readonly SourceRecord[], settled = false): FollowedBatch => ({
  kind: "records",
  records: some,
  settled,
  finalBlock: Number.MAX_SAFE_INTEGER,
});
const END = give([], true);

/** A log in memory, which may be handed to the next watch. */
class MemoryLog implements EventLog {
  readonly events: WatchEvent[] = [];
  async *read(): AsyncGenerator<WatchEvent> {
    yield* [...this.events];
  }
  async append(events: readonly WatchEvent[]): Promise<void> {
    this.events.push(...events);
  }
}

const kept = (log: MemoryLog): string[] => log.events.map(eventLine);

async function all(source: FollowedSource, log = new MemoryLog()): Promise<string[]> {
  await watch(source, { adapter: toyAdapter, log }).done;
  return kept(log);
}

describe("watch", () => {
  it("tells each loss with its place, and the deficit's before it if it opened one", async () => {
    const lines = await all(sourceOf([give(records), END]));
    const events = lines.map(readEventLine);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
    const losses = events.filter((event) => event.type === "write-off");
    expect(losses.map(({ account, recomputed, position }) => [account, recomputed, position.block])).toEqual(
      Array.from({ length: 6 }, (_, index) => [borrower(index), 1000n * BigInt(index + 1), 102 + 2 * index]),
    );
    expect(losses.every(({ difference, final }) => difference === 0n && final)).toBe(true);
  });

  it("tells the same however the records are handed over, and wherever it was interrupted", async () => {
    const whole = await all(sourceOf([give(records), END]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: records.length }), { maxLength: 6 }),
        fc.integer({ min: 0, max: records.length }),
        async (cuts, interrupted) => {
          const ends = [...cuts, records.length].sort((a, b) => a - b);
          const pieces = ends.map((end, index) => give(records.slice(ends[index - 1] ?? 0, end)));
          const log = new MemoryLog();
          await all(sourceOf([give(records.slice(0, interrupted))]), log);
          expect(whole.slice(0, log.events.length)).toEqual(kept(log));
          expect(await all(sourceOf([...pieces, END]), log)).toEqual(whole);
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });

  it("refuses a history that others were told of", async () => {
    const log = new MemoryLog();
    await all(sourceOf([give(records), END]), log);
    const other = records.filter((_, index) => index > 2 || index === 0);
    await expect(all(sourceOf([give(other), END]), log)).rejects.toMatchObject({ code: "SF_WATCH_HISTORY" });
  });

  it("takes back what a reorganisation took back, and tells what holds instead", async () => {
    const log = new MemoryLog();
    // The third loss and what follows it is replaced by nothing but a fourth of the same account later.
    const standing = records.slice(0, 5);
    const heads: WatchNews[] = [];
    const watching = watch(
      sourceOf([
        give(records.slice(0, 7), true),
        { kind: "head", block: 106, finalBlock: 102 },
        { kind: "reorganised", fromBlock: 105, records: standing },
        { ...give(records.slice(5, 7), true), finalBlock: null } as FollowedBatch,
      ]),
      { adapter: toyAdapter, log },
    );
    watching.on("head", (head) => heads.push(head));
    await watching.done;
    expect(heads).toEqual([{ type: "head", block: 106, finalBlock: 102, transactions: 7 }]);
    const losses = log.events.filter((event) => event.type === "write-off");
    const third = losses.filter(({ account }) => account === borrower(2));
    expect(third.map(({ final }) => final)).toEqual([true, false]);
    const reorg = log.events.find((event) => event.type === "reorg");
    const gone = log.events.filter(({ sequence }) => reorg?.retracts.includes(sequence));
    expect(reorg).toMatchObject({ fromBlock: 105 });
    expect(gone.every((event) => event.type !== "reorg" && event.position.block >= 105)).toBe(true);
    expect(gone).toContainEqual(third[0]);
    expect(third[1]!.sequence).toBeGreaterThan(reorg!.sequence);
    // A start after it goes on without a word.
    const length = log.events.length;
    await all(sourceOf([{ kind: "reorganised", fromBlock: 107, records: records.slice(0, 7) }]), log);
    expect(log.events.length).toBe(length);
  });

  it("calls every listener though one throws, and says so on error", async () => {
    const watching = watch(sourceOf([give(records), END]), { adapter: toyAdapter });
    const seen: string[] = [];
    const failures: string[] = [];
    watching.on("write-off", () => {
      throw new Error("not my day");
    });
    watching.on("write-off", ({ account }) => seen.push(account));
    watching.on("error", ({ cause }) => failures.push(String(cause)));
    await watching.done;
    expect(seen.length).toBe(6);
    expect(failures).toEqual(Array(6).fill("Error: not my day"));
  });

  it("lets the source wait for a slow reader", async () => {
    let asked = 0;
    const batches = records.map((record) => give([record]));
    const watching = watch(
      sourceOf([...batches, END], () => asked++),
      { adapter: toyAdapter, buffer: 2 },
    );
    const reader = watching[Symbol.asyncIterator]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = asked;
    expect(before).toBeLessThan(batches.length);
    const types: string[] = [];
    for await (const { type } of reader) types.push(type);
    expect(types.filter((type) => type === "write-off").length).toBe(6);
    expect(asked).toBe(batches.length + 1);
  });

  it("tells a reader what it cannot go on after, and stops when it is told to", async () => {
    const broken: SourceRecord = { kind: "trace", line: { number: 9, value: { i: "x" } } };
    const seen: string[] = [];
    const failing = watch(sourceOf([give([...records.slice(0, 3), broken])]), { adapter: toyAdapter });
    await expect(async () => {
      for await (const { type } of failing) seen.push(type);
    }).rejects.toThrow('Line 9, field "i"');

    const forever: FollowedSource = {
      ...sourceOf([]),
      async *batches(stop) {
        yield give(records);
        while (!stop.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
      },
    };
    const running = watch(forever, { adapter: toyAdapter });
    const first = running[Symbol.asyncIterator]();
    expect((await first.next()).done).toBe(false);
    running.stop();
    await running.done;
  });

  it("tells again from where the caller left off", async () => {
    const log = new MemoryLog();
    const whole = await all(sourceOf([give(records), END]), log);
    const again: string[] = [];
    const watching = watch(sourceOf([give(records), END]), { adapter: toyAdapter, log, from: 4 });
    watching.on("event", (event) => again.push(eventLine(event)));
    await watching.done;
    expect(again).toEqual(whole.slice(4));
  });
});

describe("event lines", () => {
  it("come back as they went, and are refused where they are none", async () => {
    for (const line of await all(sourceOf([give(records), END]))) {
      expect(eventLine(readEventLine(line))).toBe(line);
    }
    for (const text of ["", "[]", '{"format":"other/1"}', '{"format":"shortfall-event/1"}']) {
      expect(() => readEventLine(text)).toThrow("Keep events as they were written.");
    }
  });
});
