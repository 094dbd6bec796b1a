import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson, digestValue } from "@shortfall/core";
import { EntryTree } from "../proofs/entry-tree.js";
import { JOURNAL_FORMAT } from "../report/journal-lines.js";
import type { ReportBalance } from "../report/report-data.js";

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
  readonly #balances = new Map<string, ReportBalance & { balance: bigint }>();
  #line = 0;
  #history: string | undefined;
  #header: unknown;
  #digest = "";
  #entries = 0;
  #sealed = 0;
  #blocks = 0;
  #hash = sha256.create();
  #tree = new EntryTree();

  line(text: string): void {
    this.#line++;
    const value = parse(text);
    if (value === undefined) this.#fail("is not one JSON object");
    else if (canonicalJson(value) !== text) this.#fail("is not in canonical form");
    else if ("format" in value) this.#open(value);
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
    const order = new Map(this.#journals.map((journal, index) => [journal.history, index]));
    return [...this.#balances.entries()]
      .sort(([a, x], [b, y]) => {
        const byHistory = (order.get(x.history) ?? 0) - (order.get(y.history) ?? 0);
        return byHistory !== 0 ? byHistory : a < b ? -1 : 1;
      })
      .map(([, row]) => ({ ...row }));
  }

  #open(value: Members): void {
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
    this.#startBlock();
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

  #startBlock(): void {
    this.#hash = sha256.create().update(utf8ToBytes(this.#digest));
  }

  #entry(value: Members, text: string): void {
    this.#hash.update(utf8ToBytes(`\n${text}`));
    this.#tree.add(text);
    if (value.sequence !== this.#entries) {
      this.#fail(`has sequence ${String(value.sequence)}, not ${this.#entries}`);
    }
    this.#entries++;
    const postings = value.postings;
    if (!Array.isArray(postings)) {
      this.#fail("has no postings");
      return;
    }
    const sums = new Map<string, bigint>();
    for (const posting of postings as unknown[]) this.#post(posting, sums);
    for (const [key, sum] of sums) {
      if (sum !== 0n) this.#fail(`does not balance: off by ${sum} in ${key.replace("\u0000", ", ")}`);
    }
  }

  #post(posting: unknown, sums: Map<string, bigint>): void {
    const { pool, account, commodity, amount } = (posting ?? {}) as Members;
    const readable =
      typeof pool === "string" &&
      typeof account === "string" &&
      typeof commodity === "string" &&
      typeof amount === "string" &&
      /^-?\d+$/.test(amount);
    if (!readable) {
      this.#fail("has a posting that is not readable");
      return;
    }
    const units = BigInt(amount);
    const side = `${pool}\u0000${commodity}`;
    sums.set(side, (sums.get(side) ?? 0n) + units);
    const history = this.#history ?? "";
    const at = `${history}\u0000${pool}\u0000${account}\u0000${commodity}`;
    const row = this.#balances.get(at);
    if (row) row.balance += units;
    else this.#balances.set(at, { history, pool, account, commodity, balance: units });
  }

  #seal(block: unknown): void {
    const digest = bytesToHex(this.#hash.digest());
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
    this.#startBlock();
  }

  #fail(what: string): void {
    this.failures.push(`line ${this.#line} ${what}`);
  }
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
