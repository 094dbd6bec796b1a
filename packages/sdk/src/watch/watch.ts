import { segment } from "@shortfall/audit";
import {
  type FollowedBatch,
  type FollowedSource,
  GuardedEmitter,
  type ProtocolAdapter,
  type SourceRecord,
} from "@shortfall/core";
import { BookEvents } from "./book-events.js";
import type { WatchEvent, WatchEvents, WatchNews } from "./event.js";
import { type EventLog, forgetfulLog } from "./event-log.js";
import { NewsQueue } from "./news-queue.js";
import { Told } from "./told.js";

export interface WatchOptions {
  readonly adapter: ProtocolAdapter;
  /** Where events are kept; none where absent, and then a watch begins anew each time. */
  readonly log?: EventLog;
  /** Kept events from this sequence on are told once more at the start: those that the caller has not dealt with. */
  readonly from?: number;
  /** Whether a call may be read where logs do not determine the outcome. True where absent. */
  readonly calls?: boolean;
  /** Whether accounts are judged at the end of each block, which looks at every borrower. True where absent. */
  readonly solvency?: boolean;
  /** News that may wait for a reader before the source is left to wait as well. 1024 where absent. */
  readonly buffer?: number;
  readonly signal?: AbortSignal;
}

/**
 * Follows a history, keeps its books current, and tells what happens in them.
 *
 * Listen with `on`, or read with `for await`; both may be done at once. An event is told after it is kept. A listener
 * that throws harms nobody; a reader that is slow makes the source wait.
 */
export class Watch implements AsyncIterable<WatchNews> {
  /** Resolves when the source ends or the watch is stopped; rejects with what it cannot go on after. */
  readonly done: Promise<void>;
  readonly #source: FollowedSource;
  readonly #options: WatchOptions;
  readonly #log: EventLog;
  readonly #stop = new AbortController();
  readonly #emitter = new GuardedEmitter<WatchEvents>();
  readonly #readers = new Set<NewsQueue>();
  readonly #told = new Told();
  #books: BookEvents;
  #ended: { readonly error?: unknown } | undefined;

  constructor(source: FollowedSource, options: WatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#log = options.log ?? forgetfulLog();
    this.#books = this.#open();
    const { signal } = options;
    if (signal?.aborted) this.#stop.abort();
    signal?.addEventListener("abort", () => this.#stop.abort(), { once: true });
    // Not at once, so that nobody misses the first events who listens right after this.
    this.done = Promise.resolve().then(() => this.#run());
  }

  /** Calls `listener` after every such event. Returns how to take it off. */
  on<T extends keyof WatchEvents>(type: T, listener: (event: WatchEvents[T]) => void): () => void {
    return this.#emitter.on(type, listener);
  }

  off<T extends keyof WatchEvents>(type: T, listener: (event: WatchEvents[T]) => void): void {
    this.#emitter.off(type, listener);
  }

  /** Ends in good order; what was told stays told. */
  stop(): void {
    this.#stop.abort();
  }

  /** News from now on. Ends when the watch does; throws what it failed with. */
  [Symbol.asyncIterator](): NewsQueue {
    const queue = new NewsQueue(this.#options.buffer ?? 1024, (it) => this.#readers.delete(it));
    if (this.#ended) queue.end(this.#ended);
    else this.#readers.add(queue);
    // The reader is told of a failure.
    this.done.catch(() => undefined);
    return queue;
  }

  #open(): BookEvents {
    const { adapter, calls = true, solvency = true } = this.#options;
    return new BookEvents(adapter, this.#source, { calls, solvency });
  }

  async #run(): Promise<void> {
    try {
      await this.#recall();
      await this.#follow();
      this.#end({});
    } catch (error) {
      this.#stop.abort();
      this.#end({ error });
      throw error;
    }
  }

  #end(how: { readonly error?: unknown }): void {
    this.#ended = how;
    for (const reader of this.#readers) reader.end(how);
  }

  /** What was told before counts as told; the caller may want some of it again. */
  async #recall(): Promise<void> {
    const { from = Number.POSITIVE_INFINITY } = this.#options;
    for await (const event of this.#log.read()) {
      this.#told.add(event);
      if (event.sequence < from) continue;
      this.#tell(event);
      await this.#room();
    }
  }

  async #follow(): Promise<void> {
    const batches = this.#source.batches(this.#stop.signal);
    try {
      for (;;) {
        const next = await batches.next();
        if (next.done) return;
        const batch = next.value;
        if (batch.kind === "records") {
          if (!(await this.#read(batch, batches))) return;
        } else if (batch.kind === "head") this.#head(batch);
        else await this.#beginAgain(batch);
        await this.#room();
      }
    } finally {
      await batches.return();
    }
  }

  /** Reads batches up to one that is settled. False if the source ended in the midst of a block. */
  async #read(
    first: FollowedBatch & { readonly kind: "records" },
    batches: AsyncGenerator<FollowedBatch, void>,
  ): Promise<boolean> {
    let whole = true;
    let { finalBlock } = first;
    const records = async function* (this: Watch): AsyncGenerator<SourceRecord> {
      let batch = first;
      for (;;) {
        for await (const record of batch.records) {
          yield record;
          // The record before it is through by now: a range closes the block that it stands behind.
          if (record.kind === "range") this.#books.endBlock();
        }
        finalBlock = batch.finalBlock;
        if (batch.settled) return;
        await this.#publish(finalBlock);
        const next = await this.#nextRecords(batches);
        if (!next) {
          whole = false;
          return;
        }
        batch = next;
      }
    };
    await this.#books.audit.read(segment(this.#source, records.call(this)));
    if (!whole) return false;
    this.#books.endBlock();
    await this.#publish(finalBlock);
    return true;
  }

  /** The next batch of records; heads before it are told, and a source that takes unsettled blocks back is refused. */
  async #nextRecords(
    batches: AsyncGenerator<FollowedBatch, void>,
  ): Promise<(FollowedBatch & { readonly kind: "records" }) | undefined> {
    for (;;) {
      await this.#room();
      const next = await batches.next();
      if (next.done) return undefined;
      if (next.value.kind === "records") return next.value;
      if (next.value.kind === "head") this.#head(next.value);
      else throw new TypeError("A source settles a batch before it takes blocks back.");
    }
  }

  #head({ block, finalBlock }: FollowedBatch & { readonly kind: "head" }): void {
    this.#tell({ type: "head", block, finalBlock, transactions: this.#books.transactions });
  }

  async #beginAgain({ fromBlock, records }: FollowedBatch & { readonly kind: "reorganised" }): Promise<void> {
    this.#books = this.#open();
    this.#told.restart();
    await this.#books.audit.read(segment(this.#source, records));
    this.#books.endBlock();
    // Told before, all of it: what stands was kept before it was told of.
    await this.#publish(null);
    const event = this.#told.retract(fromBlock);
    if (event) await this.#keep([event]);
  }

  /** Numbers what is new, keeps it, and tells it. */
  async #publish(finalBlock: number | null): Promise<void> {
    const events: WatchEvent[] = [];
    for (const draft of this.#books.take()) {
      const event = this.#told.number(draft, finalBlock);
      if (event) events.push(event);
    }
    if (events.length > 0) await this.#keep(events);
  }

  async #keep(events: readonly WatchEvent[]): Promise<void> {
    await this.#log.append(events);
    for (const event of events) this.#tell(event);
  }

  #tell(news: WatchNews): void {
    this.#emitter.emit(news.type, news as never);
    this.#emitter.emit("event", news);
    for (const reader of this.#readers) reader.push(news);
  }

  async #room(): Promise<void> {
    for (const reader of this.#readers) await reader.room();
  }
}

/**
 * Follows a history, keeps its books current, and tells what happens in them.
 *
 * ```ts
 * const watching = watch(await FollowedFile.open("logs.jsonl"), { adapter: comet });
 * watching.on("write-off", ({ account, recomputed }) => alert(account, recomputed));
 * await watching.done;
 * ```
 *
 * @throws {HeaderError} the source's header is not one of the adapter's.
 */
export const watch = (source: FollowedSource, options: WatchOptions): Watch => new Watch(source, options);
