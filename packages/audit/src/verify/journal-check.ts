import {
  BLOCK_ENTRIES,
  blockDigest,
  canonicalJson,
  digestValue,
  type Posting,
  TrialBalance,
} from "@shortfall/core";
import { EntryTree } from "../proofs/entry-tree.js";
import { JOURNAL_FORMAT } from "../report/journal-lines.js";
import type { ReportBalance } from "../report/report-data.js";
import { scanEntry } from "./entry-scan.js";

/** A journal of one history as its lines prove it. */
export interface CheckedJournal {
  readonly history: string;
  /** The header without format and history. */
  readonly header: unknown;
  readonly digest: string;
  readonly entries: number;
  readonly blocks: number;
  /** Root over the entries' lines. */
  readonly entriesRoot: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Proves the lines of `journal.jsonl` one by one: canonical text, sequence, balance of every entry, chain of block
 * digests. Adds up the trial balance on the way.
 */
export class JournalCheck {
  readonly failures: string[] = [];
  readonly #journals: CheckedJournal[] = [];
  readonly #balances = new Map<string, TrialBalance>();
  #line = 0;
  #history: string | undefined;
  #header: unknown;
  #digest = "";
  #entries = 0;
  #sealed = 0;
  #blocks = 0;
  /** Lines of the block that is not closed yet. */
  #open: string[] = [];
  #tree = new EntryTree();

  line(text: string): void {
    this.#line++;
    const scanned = this.#history === undefined ? undefined : scanEntry(text);
    if (scanned) {
      this.#number(scanned.sequence, text);
      this.#post(scanned.postings);
      return;
    }
    const value = parse(text);
    if (value === undefined) this.#fail("is not one JSON object");
    else if (canonicalJson(value) !== text) this.#fail("is not in canonical form");
    else if ("format" in value) this.#begin(value);
    else if (this.#history === undefined) this.#fail("comes before the header of a journal");
    else if ("block" in value) this.#seal(value.block);
    else this.#entry(value, text);
  }

  /** No more lines. */
  end(): readonly CheckedJournal[] {
    this.#close();
    if (this.#journals.length === 0) this.failures.push("holds no journal");
    return this.#journals;
  }

  /** Sorted as a journal sorts them, history by history. */
  trialBalance(): ReportBalance[] {
    const names = new Set(this.#journals.map((journal) => journal.history));
    return [...names].flatMap((history) =>
      (this.#balances.get(history)?.rows() ?? []).map((row) => ({ history, ...row })),
    );
  }

  #begin(value: Members): void {
    this.#close();
    const { format, history, ...header } = value;
    if (format !== JOURNAL_FORMAT || typeof history !== "string") {
      this.#fail(`names the format ${String(format)}, not ${JOURNAL_FORMAT}`);
    }
    this.#history = String(history);
    this.#header = header;
    this.#digest = digestValue(header);
    this.#entries = 0;
    this.#sealed = 0;
    this.#blocks = 0;
    this.#tree = new EntryTree();
    this.#open = [];
  }

  #close(): void {
    if (this.#history === undefined) return;
    if (this.#sealed !== this.#entries)
      this.#fail(`ends ${this.#entries - this.#sealed} entries after its last block`);
    this.#journals.push({
      history: this.#history,
      header: this.#header,
      digest: this.#digest,
      entries: this.#entries,
      blocks: this.#blocks,
      entriesRoot: this.#tree.end().root,
    });
    this.#history = undefined;
  }

  #entry(value: Members, text: string): void {
    this.#number(value.sequence, text);
    if (!Array.isArray(value.postings)) {
      this.#fail("has no postings");
      return;
    }
    const postings = (value.postings as unknown[]).map(readPosting);
    for (const posting of postings) if (!posting) this.#fail("has a posting that is not readable");
    this.#post(postings.filter((posting) => posting !== undefined));
  }

  #number(sequence: unknown, text: string): void {
    if (this.#open.push(text) > BLOCK_ENTRIES) {
      this.#fail(`is beyond the ${BLOCK_ENTRIES} entries of a block`);
      this.#open = [];
    }
    this.#tree.add(text);
    if (sequence !== this.#entries) this.#fail(`has sequence ${String(sequence)}, not ${this.#entries}`);
    this.#entries++;
  }

  #post(postings: readonly Posting[]): void {
    const history = this.#history ?? "";
    const balances = this.#balances.get(history) ?? new TrialBalance();
    this.#balances.set(history, balances);
    for (const posting of postings) balances.add(posting);
    const [first] = postings;
    const same = ({ pool, commodity }: Posting) => pool === first?.pool && commodity === first.commodity;
    if (!first || postings.every(same)) this.#requireZero(first, postings);
    else this.#requireZeroEach(postings);
  }

  #requireZeroEach(postings: readonly Posting[]): void {
    const sides = new Map<string, Posting[]>();
    for (const posting of postings) {
      const side = `${posting.pool}\u0000${posting.commodity}`;
      const found = sides.get(side);
      if (found) found.push(posting);
      else sides.set(side, [posting]);
    }
    for (const side of sides.values()) this.#requireZero(side[0], side);
  }

  #requireZero(side: Posting | undefined, postings: readonly Posting[]): void {
    const sum = postings.reduce((total, { amount }) => total + amount, 0n);
    if (sum !== 0n) this.#fail(`does not balance: off by ${sum} in ${side?.pool}, ${side?.commodity}`);
  }

  #seal(block: unknown): void {
    const digest = blockDigest(this.#digest, this.#open.join("\n"));
    const expected = {
      index: this.#blocks,
      first: this.#sealed,
      count: this.#entries - this.#sealed,
      previous: this.#digest,
      digest,
    };
    if (canonicalJson(block) !== canonicalJson(expected)) {
      this.#fail(`is not the digest of block ${this.#blocks}: its entries give ${digest}`);
    }
    this.#blocks++;
    this.#sealed = this.#entries;
    this.#digest = digest;
    this.#open = [];
  }

  #fail(what: string): void {
    this.failures.push(`line ${this.#line} ${what}`);
  }
}

/** Undefined where something is missing or of another kind. */
function readPosting(posting: unknown): Posting | undefined {
  const { pool, account, commodity, amount } = (posting ?? {}) as Members;
  const readable =
    typeof pool === "string" &&
    typeof account === "string" &&
    typeof commodity === "string" &&
    typeof amount === "string" &&
    /^-?\d+$/.test(amount);
  return readable ? { pool, account, commodity, amount: BigInt(amount) } : undefined;
}

function parse(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
