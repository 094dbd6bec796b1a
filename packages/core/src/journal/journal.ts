import { ControlMismatchError, EntriesReleasedError } from "../errors.js";
import { requireBalance } from "./balance.js";
import { digestValue } from "./canonical.js";
import type { EntryDraft, JournalBlock, JournalEntry, SealedBlock, WaterfallReference } from "./entry.js";
import { lineAround, readEntryLine } from "./entry-line.js";
import { textDigest } from "./text-digest.js";
import { TrialBalance, type TrialBalanceRow } from "./trial-balance.js";

/** Entries per hashed block. */
export const BLOCK_ENTRIES = 1024;

/** Sealed blocks that stay in memory where nothing else is asked for: some 5 MB of text. */
export const TAIL_BLOCKS = 8;

export interface JournalHeader {
  /** What produced the entries, such as `compound-v3 Comet with extended asset list` or `ledger`. */
  readonly model: string;
  readonly waterfalls: readonly WaterfallReference[];
}

export interface JournalOptions {
  /** Sealed blocks that stay in memory; {@link TAIL_BLOCKS} where absent, `Infinity` for all. */
  readonly tailBlocks?: number;
}

/** Takes blocks as they are sealed, in order. It must not throw: the entry is written by then. */
export type BlockSink = (block: SealedBlock) => void;

/**
 * The balanced, hashed journal. Append only: a correction is another entry that names the one it reverses.
 *
 * Every entry's postings sum to zero per pool and commodity. Blocks of {@link BLOCK_ENTRIES} are hashed with
 * the digest before them, the first one with the header's, so the last digest commits to everything.
 *
 * A journal keeps balances and digests for good, and of its entries only the last blocks; whoever wants them all
 * takes each block as it is sealed ({@link Journal.handOn}) or asks for a longer tail.
 */
export class Journal {
  readonly header: JournalHeader;
  readonly #tailBlocks: number;
  readonly #balances = new TrialBalance();
  readonly #blocks: JournalBlock[] = [];
  readonly #sinks = new Set<BlockSink>();
  /** The last sealed blocks, as many as stay. */
  #tail: SealedBlock[] = [];
  /** Lines of the block that is not full yet. */
  #open: string[] = [];

  constructor(header: JournalHeader, options: JournalOptions = {}) {
    this.header = Object.freeze({ ...header, waterfalls: Object.freeze([...header.waterfalls]) });
    this.#tailBlocks = options.tailBlocks ?? TAIL_BLOCKS;
  }

  /** Whole blocks so far. */
  get sealed(): number {
    return this.#blocks.length;
  }

  /** Entries so far. */
  get length(): number {
    return this.#blocks.length * BLOCK_ENTRIES + this.#open.length;
  }

  /**
   * Appends an entry. Postings of 0 are left out; an entry may be left without postings and still says that
   * something happened.
   *
   * @throws {UnbalancedEntryError} nothing is written then.
   */
  append(draft: EntryDraft): JournalEntry {
    const sequence = this.post(draft);
    return { ...draft, postings: draft.postings.filter((posting) => posting.amount !== 0n), sequence };
  }

  /** As {@link Journal.append}, for callers who need no more than the entry's sequence. @throws {UnbalancedEntryError} */
  post(draft: EntryDraft): number {
    requireBalance(draft.kind, draft.postings);
    const sequence = this.length;
    let postings = "";
    for (const posting of draft.postings) {
      if (posting.amount === 0n) continue;
      const text = this.#balances.move(posting);
      postings = postings === "" ? text : `${postings},${text}`;
    }
    const line = lineAround(draft, sequence, postings);
    // Reading a character makes the text flat. The rope that concatenation leaves is three times as large, and a
    // block of them would move through the collector twice.
    line.charCodeAt(0);
    this.#open.push(line);
    if (this.#open.length === BLOCK_ENTRIES) this.#seal();
    return sequence;
  }

  /**
   * Entries from `first` on, read from their text. Equal to those appended, not the same objects.
   *
   * @throws {EntriesReleasedError} `first` is in a block that is not in memory any more.
   */
  entries(first = 0): JournalEntry[] {
    const held = (this.#blocks.length - this.#tail.length) * BLOCK_ENTRIES;
    if (first < held) throw new EntriesReleasedError(first, held);
    const whole = Math.floor((first - held) / BLOCK_ENTRIES);
    const lines = this.#tail.slice(whole).flatMap(({ text }) => text.split("\n"));
    return [...lines, ...this.#open].slice(first - held - whole * BLOCK_ENTRIES).map(readEntryLine);
  }

  /** Hands blocks to `sink` as they are sealed, after the entry that fills each. Returns how to stop. */
  handOn(sink: BlockSink): () => void {
    this.#sinks.add(sink);
    return () => {
      this.#sinks.delete(sink);
    };
  }

  /**
   * Blocks from number `first` on with their text, the last one possibly short.
   *
   * @throws {EntriesReleasedError} one of them is not in memory any more.
   */
  texts(first = 0): readonly SealedBlock[] {
    const held = this.#blocks.length - this.#tail.length;
    if (first < held) throw new EntriesReleasedError(first * BLOCK_ENTRIES, held * BLOCK_ENTRIES);
    const sealed = this.#tail.slice(first - held);
    return this.#open.length === 0 ? sealed : [...sealed, this.#block()];
  }

  /** Balance of an account of a pool, debit positive. */
  balance(pool: string, account: string, commodity: string): bigint {
    return this.#balances.of(pool, account, commodity);
  }

  /**
   * Checks control accounts against the pool's own totals.
   *
   * @throws {ControlMismatchError} at the first that differs.
   */
  requireControls(
    pool: string,
    controls: Iterable<readonly [account: string, commodity: string, total: bigint]>,
    entry: string,
  ): void {
    for (const [account, commodity, total] of controls) {
      const held = this.balance(pool, account, commodity);
      if (held !== total) throw new ControlMismatchError(pool, account, commodity, held, total, entry);
    }
  }

  /** All accounts ever posted to, sorted by pool, account and commodity. Sums to zero per pool and commodity. */
  trialBalance(): TrialBalanceRow[] {
    return this.#balances.rows();
  }

  /** All blocks, the last one possibly short. */
  blocks(): readonly JournalBlock[] {
    if (this.#open.length === 0) return [...this.#blocks];
    const { text: _, ...open } = this.#block();
    return [...this.#blocks, open];
  }

  /** Digest of everything so far: the last block's, or the header's while empty. */
  digest(): string {
    return this.#open.length === 0 ? this.#previous() : this.#block().digest;
  }

  #seal(): void {
    const sealed = this.#block();
    const { text: _, ...block } = sealed;
    this.#blocks.push(block);
    this.#open = [];
    this.#tail.push(sealed);
    if (this.#tail.length > this.#tailBlocks) this.#tail.shift();
    for (const sink of this.#sinks) sink(sealed);
  }

  /** The open block as it stands. */
  #block(): SealedBlock {
    const index = this.#blocks.length;
    const previous = this.#previous();
    const text = this.#open.join("\n");
    return {
      index,
      first: index * BLOCK_ENTRIES,
      count: this.#open.length,
      previous,
      digest: blockDigest(previous, text),
      text,
    };
  }

  #previous(): string {
    return this.#blocks[this.#blocks.length - 1]?.digest ?? digestValue(this.header);
  }
}

/** Digest of a block: of the digest before it, then one canonical line an entry. */
export const blockDigest = (previous: string, text: string): string =>
  textDigest().update(`${previous}\n`).update(text).digest();
