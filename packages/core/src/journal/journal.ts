import { ControlMismatchError, UnbalancedEntryError } from "../errors.js";
import { canonicalJson, digestText, digestValue } from "./canonical.js";
import type { EntryDraft, JournalBlock, JournalEntry, Posting, WaterfallReference } from "./entry.js";

/** Entries per hashed block. */
export const BLOCK_ENTRIES = 1024;

export interface JournalHeader {
  /** What produced the entries, such as `compound-v3 Comet with extended asset list` or `ledger`. */
  readonly model: string;
  readonly waterfalls: readonly WaterfallReference[];
}

/** A line of the trial balance. */
export interface TrialBalanceRow {
  readonly pool: string;
  readonly account: string;
  readonly commodity: string;
  /** Debit positive. */
  readonly balance: bigint;
}

/**
 * The balanced, hashed journal. Append only: a correction is another entry that names the one it reverses.
 *
 * Every entry's postings sum to zero per pool and commodity. Blocks of {@link BLOCK_ENTRIES} are hashed with
 * the digest before them, the first one with the header's, so the last digest commits to everything.
 */
export class Journal {
  readonly header: JournalHeader;
  readonly #entries: JournalEntry[] = [];
  readonly #blocks: JournalBlock[] = [];
  readonly #balances = new Map<string, TrialBalanceRow & { balance: bigint }>();

  constructor(header: JournalHeader) {
    this.header = Object.freeze({ ...header, waterfalls: Object.freeze([...header.waterfalls]) });
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /**
   * Appends an entry. Postings of 0 are left out; an entry may be left without postings and still says that
   * something happened.
   *
   * @throws {UnbalancedEntryError} nothing is written then.
   */
  append(draft: EntryDraft): JournalEntry {
    const postings = draft.postings.filter((posting) => posting.amount !== 0n);
    requireBalance(draft.kind, postings);
    const entry: JournalEntry = { ...draft, postings, sequence: this.#entries.length };
    this.#entries.push(entry);
    for (const posting of postings) this.#move(posting);
    if (this.#entries.length % BLOCK_ENTRIES === 0) this.#seal();
    return entry;
  }

  /** Balance of an account of a pool, debit positive. */
  balance(pool: string, account: string, commodity: string): bigint {
    return this.#balances.get(key(pool, account, commodity))?.balance ?? 0n;
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
    return [...this.#balances.entries()]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, row]) => ({ ...row }));
  }

  /** All blocks, the last one possibly short. */
  blocks(): readonly JournalBlock[] {
    const sealed = this.#blocks.reduce((n, block) => n + block.count, 0);
    return sealed === this.#entries.length ? [...this.#blocks] : [...this.#blocks, this.#block(sealed)];
  }

  /** Digest of everything so far: the last block's, or the header's while empty. */
  digest(): string {
    const blocks = this.blocks();
    return blocks[blocks.length - 1]?.digest ?? digestValue(this.header);
  }

  #move(posting: Posting): void {
    const at = key(posting.pool, posting.account, posting.commodity);
    const row = this.#balances.get(at);
    if (row) row.balance += posting.amount;
    else {
      this.#balances.set(at, {
        pool: posting.pool,
        account: posting.account,
        commodity: posting.commodity,
        balance: posting.amount,
      });
    }
  }

  #seal(): void {
    this.#blocks.push(this.#block(this.#entries.length - BLOCK_ENTRIES));
  }

  #block(first: number): JournalBlock {
    const index = this.#blocks.length;
    const previous = this.#blocks[index - 1]?.digest ?? digestValue(this.header);
    const entries = this.#entries.slice(first);
    return { index, first, count: entries.length, previous, digest: blockDigest(previous, entries) };
  }
}

/** Digest of a block: the previous digest, then one canonical line an entry. */
export function blockDigest(previous: string, entries: readonly JournalEntry[]): string {
  return digestText([previous, ...entries.map(canonicalJson)].join("\n"));
}

/** Checks that postings sum to zero per pool and commodity. @throws {UnbalancedEntryError} */
export function requireBalance(kind: string, postings: readonly Posting[]): void {
  const sums = new Map<string, { posting: Posting; sum: bigint }>();
  for (const posting of postings) {
    const at = key(posting.pool, "", posting.commodity);
    const found = sums.get(at);
    if (found) found.sum += posting.amount;
    else sums.set(at, { posting, sum: posting.amount });
  }
  for (const { posting, sum } of sums.values()) {
    if (sum !== 0n) throw new UnbalancedEntryError(kind, posting.pool, posting.commodity, sum);
  }
}

const key = (pool: string, account: string, commodity: string): string =>
  `${pool}\u0000${account}\u0000${commodity}`;
