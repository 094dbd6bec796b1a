import {
  BLOCK_ENTRIES,
  canonicalJson,
  digestValue,
  entryLine,
  isShortfallError,
  type JournalBlock,
  requireStorable,
  type SnapshotMark,
  type StoredJournal,
} from "@shortfall/core";
import { requireRange } from "./batch.js";
import { HashChain } from "./hash-chain.js";

/** What re-hashing a range of a stored journal showed. */
export interface RangeProof {
  readonly first: number;
  /** Excluded. */
  readonly end: number;
  /** Whole blocks whose digest was computed again. */
  readonly blocks: number;
  /** Digest of entries 0 to `end`, given the digest of the block before `first`. */
  readonly digest: string;
  /** What does not hold, in order; empty if all does. */
  readonly failures: readonly string[];
}

/**
 * Proves entries `first` to `end`: each is well-formed, balanced and in its place, and every block, snapshot and end
 * in the range has the digest that is stored for it.
 *
 * Starts from the stored digest of the block before; the range that ends there proves that one. Ranges therefore
 * verify independently and in any order, and together prove the journal.
 *
 * @throws {StoreRangeError}
 */
export async function verifyRange(
  journal: StoredJournal,
  first = 0,
  end = journal.length,
): Promise<RangeProof> {
  requireRange(journal.key, first, end, journal.length);
  const whole = end === journal.length;
  const [blocks, marks, digest] = await Promise.all([
    journal.blocks(),
    journal.snapshots(),
    journal.digest(),
  ]);
  const proof = new RangeCheck(journal, first, blocks, marks);
  try {
    for await (const entry of journal.read(proof.from, end)) {
      requireStorable(entry);
      proof.entry(entry.sequence, entryLine(entry));
    }
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    proof.fail(error.message);
    return proof.result(first, end);
  }
  if (whole) proof.last(digest);
  return proof.result(first, end);
}

class RangeCheck {
  /** Where the block of the first entry begins. */
  readonly from: number;
  readonly #chain: HashChain;
  readonly #blocks: readonly JournalBlock[];
  readonly #marks: ReadonlyMap<number, string>;
  readonly #failures: string[] = [];
  #proved = 0;

  constructor(
    journal: StoredJournal,
    first: number,
    blocks: readonly JournalBlock[],
    marks: readonly SnapshotMark[],
  ) {
    const before = Math.floor(first / BLOCK_ENTRIES);
    this.from = before * BLOCK_ENTRIES;
    this.#chain = new HashChain(journal.header, blocks.slice(0, before));
    this.#blocks = blocks;
    this.#marks = new Map(marks.map((mark) => [mark.sequence, mark.digest]));
    if (before === 0) this.#mark(0, digestValue(journal.header));
  }

  entry(sequence: number, line: string): void {
    if (sequence !== this.#chain.length)
      this.fail(`entry ${sequence} stands in place of ${this.#chain.length}`);
    const block = this.#chain.add(line);
    if (block) {
      this.#proved++;
      const stored = canonicalJson(this.#blocks[block.index]);
      if (stored !== canonicalJson(block))
        this.fail(`block ${block.index} has digest ${block.digest}, stored is ${stored}`);
    }
    if (this.#marks.has(this.#chain.length)) this.#mark(this.#chain.length, this.#chain.digest());
  }

  last(stored: string): void {
    const found = this.#chain.digest();
    if (found !== stored) this.fail(`the journal has digest ${found}, stored is ${stored}`);
    const short = this.#chain.blocks().at(-1);
    if (canonicalJson(this.#blocks.at(-1) ?? null) !== canonicalJson(short ?? null)) {
      this.fail("the last block is not the stored one");
    }
  }

  fail(reason: string): void {
    this.#failures.push(reason);
  }

  result(first: number, end: number): RangeProof {
    return { first, end, blocks: this.#proved, digest: this.#chain.digest(), failures: this.#failures };
  }

  #mark(sequence: number, digest: string): void {
    const stored = this.#marks.get(sequence);
    if (stored !== undefined && stored !== digest) {
      this.fail(
        `the snapshot at ${sequence} belongs to digest ${stored}, the entries before it have ${digest}`,
      );
    }
  }
}

/** A journal, proved range by range. */
export interface JournalProof {
  readonly ok: boolean;
  readonly length: number;
  readonly digest: string;
  readonly ranges: readonly RangeProof[];
}

/** Ranges from each snapshot to the next, first and last entry included. */
export async function snapshotRanges(
  journal: StoredJournal,
): Promise<readonly (readonly [first: number, end: number])[]> {
  const cuts = (await journal.snapshots()).map((mark) => mark.sequence);
  const ends = [...new Set([0, ...cuts, journal.length])].sort((a, b) => a - b);
  if (ends.length === 1) return [[0, 0]];
  return ends.slice(1).map((end, index) => [ends[index]!, end] as const);
}

/**
 * Proves a whole journal by the ranges between its snapshots, `parallel` at a time. To use more cores, give each
 * worker its own store and ranges of {@link snapshotRanges} for {@link verifyRange}.
 */
export async function verifyJournal(journal: StoredJournal, parallel = 4): Promise<JournalProof> {
  const ranges = await snapshotRanges(journal);
  const proofs: RangeProof[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let k = next++; k < ranges.length; k = next++) proofs[k] = await verifyRange(journal, ...ranges[k]!);
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, lane));
  return {
    ok: proofs.every((proof) => proof.failures.length === 0),
    length: journal.length,
    digest: proofs.at(-1)?.digest ?? digestValue(journal.header),
    ranges: proofs,
  };
}

/** Digest of the first `length` entries. Reads less than one block. @throws {StoreRangeError} */
export async function digestAt(journal: StoredJournal, length: number): Promise<string> {
  requireRange(journal.key, 0, length, journal.length);
  const sealed = Math.floor(length / BLOCK_ENTRIES);
  const chain = new HashChain(journal.header, (await journal.blocks()).slice(0, sealed));
  for await (const entry of journal.read(chain.length, length)) chain.add(entryLine(entry));
  return chain.digest();
}
