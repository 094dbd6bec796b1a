import { createHash, type Hash } from "node:crypto";
import { BLOCK_ENTRIES, digestValue, type JournalBlock, type JournalHeader } from "@shortfall/core";

/**
 * The digests of a journal, fed one canonical line at a time: the same blocks and the same digest as core's
 * `Journal`, with the platform's SHA-256.
 */
export class HashChain {
  readonly #sealed: JournalBlock[];
  readonly #genesis: string;
  #hash: Hash;
  #open = 0;

  /** Goes on after `sealed` whole blocks. */
  constructor(header: JournalHeader, sealed: readonly JournalBlock[] = []) {
    this.#genesis = digestValue(header);
    this.#sealed = [...sealed];
    this.#hash = createHash("sha256").update(this.#previous());
  }

  /** Lines so far. */
  get length(): number {
    return this.#sealed.length * BLOCK_ENTRIES + this.#open;
  }

  /** Adds the line of the next entry. Returns the block if it is full now. */
  add(line: string): JournalBlock | undefined {
    this.#hash.update("\n").update(line);
    this.#open++;
    if (this.#open < BLOCK_ENTRIES) return undefined;
    const block = this.#block();
    this.#sealed.push(block);
    this.#open = 0;
    this.#hash = createHash("sha256").update(block.digest);
    return block;
  }

  /** Whole blocks. */
  sealed(): readonly JournalBlock[] {
    return this.#sealed;
  }

  /** All blocks, the last one possibly short. */
  blocks(): readonly JournalBlock[] {
    return this.#open === 0 ? [...this.#sealed] : [...this.#sealed, this.#block()];
  }

  digest(): string {
    return this.#open === 0 ? this.#previous() : this.#hash.copy().digest("hex");
  }

  #previous(): string {
    return this.#sealed[this.#sealed.length - 1]?.digest ?? this.#genesis;
  }

  #block(): JournalBlock {
    return {
      index: this.#sealed.length,
      first: this.#sealed.length * BLOCK_ENTRIES,
      count: this.#open,
      previous: this.#previous(),
      digest: this.#hash.copy().digest("hex"),
    };
  }
}
