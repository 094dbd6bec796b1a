import type { PageGroup, PageHolders } from "../src/page-data.js";
import { fullAmount } from "../src/text/amount.js";

export type SortKey = "account" | "pool" | "bearer" | "writeOffs" | "loss";

/** The holders of the page as columns. Rows are numbered as the report orders them: by loss within an asset. */
export class HolderData {
  readonly groups: readonly PageGroup[];
  readonly accounts: readonly string[];
  readonly complete: boolean;
  readonly #group: readonly number[];
  readonly #writeOffs: readonly number[];
  readonly #loss: readonly string[];
  /** Position of a group's asset and basis in the order of the report. */
  readonly #section: readonly number[];
  #texts: readonly string[] | undefined;

  constructor(data: PageHolders) {
    this.groups = data.groups;
    this.complete = data.complete;
    this.accounts = data.accounts.split("\n");
    this.#group = data.group.split(",").map(Number);
    this.#writeOffs = data.writeOffs.split(",").map(Number);
    this.#loss = data.loss.split(",");
    const sections = new Map<string, number>();
    for (const index of this.#group) {
      const key = this.#sectionKey(index);
      if (!sections.has(key)) sections.set(key, sections.size);
    }
    this.#section = this.groups.map((_, index) => sections.get(this.#sectionKey(index)) ?? 0);
  }

  get count(): number {
    return this.accounts.length;
  }

  groupOf(row: number): PageGroup {
    const group = this.groups[this.groupIndexOf(row)];
    if (!group) throw new RangeError(`Row ${row} names no group.`);
    return group;
  }

  groupIndexOf(row: number): number {
    return this.#group[row] ?? -1;
  }

  writeOffsOf(row: number): number {
    return this.#writeOffs[row] ?? 0;
  }

  lossOf(row: number): bigint {
    return BigInt(this.#loss[row] ?? "0");
  }

  /** Rows whose text has every word, in the order given. */
  matching(order: Uint32Array, words: readonly string[]): Uint32Array {
    if (words.length === 0) return order;
    const texts = this.texts();
    return order.filter((row) => {
      const text = texts[row] ?? "";
      return words.every((word) => text.includes(word));
    });
  }

  /** One lower-case text a row, made once. */
  texts(): readonly string[] {
    this.#texts ??= this.accounts.map((account, row) => {
      const { pool, bearer, asset, decimals, implied } = this.groupOf(row);
      const loss = this.#loss[row] ?? "0";
      return `${account} ${pool} ${bearer}${implied ? " implied" : ""} ${asset} ${loss} ${fullAmount(BigInt(loss), decimals)}`.toLowerCase();
    });
    return this.#texts;
  }

  /** All rows in an order. Losses are compared within their asset only. */
  sorted(key: SortKey, descending: boolean): Uint32Array {
    const order = Uint32Array.from(this.accounts, (_, row) => row);
    if (key === "loss") {
      return descending ? order : order.sort((a, b) => this.#sectionOf(a) - this.#sectionOf(b) || b - a);
    }
    const sign = descending ? -1 : 1;
    if (key === "writeOffs") {
      return order.sort((a, b) => sign * (this.writeOffsOf(a) - this.writeOffsOf(b)) || a - b);
    }
    const text = (row: number): string =>
      key === "account"
        ? (this.accounts[row] ?? "")
        : key === "pool"
          ? this.groupOf(row).pool
          : this.groupOf(row).bearer;
    return order.sort((a, b) => sign * compare(text(a), text(b)) || a - b);
  }

  #sectionKey(group: number): string {
    const { asset, implied } = this.groups[group] ?? {};
    return `${asset} ${implied}`;
  }

  #sectionOf(row: number): number {
    return this.#section[this.groupIndexOf(row)] ?? 0;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
