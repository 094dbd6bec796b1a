import { AddressIndex } from "./address-index.js";

/**
 * Interns account keys (addresses or any string) to small ids, once.
 *
 * Ids count up from 0 in order of first sight, so the same input gives the same ids. Keys are taken as they
 * are: a reader of chain data lower-cases addresses before they come here. Lower-case addresses are kept as
 * bytes, anything else as text.
 */
export class AccountTable {
  readonly #addresses = new AddressIndex();
  readonly #idsOfTexts = new Map<string, number>();
  readonly #texts = new Map<number, string>();
  #size = 0;

  /** Number of accounts seen. */
  get size(): number {
    return this.#size;
  }

  /** Id of `key`, made on first sight. */
  intern(key: string): number {
    if (this.#addresses.read(key)) {
      const known = this.#addresses.find();
      if (known >= 0) return known;
      this.#addresses.add(this.#size);
      return this.#size++;
    }
    const known = this.#idsOfTexts.get(key);
    if (known !== undefined) return known;
    this.#idsOfTexts.set(key, this.#size);
    this.#texts.set(this.#size, key);
    return this.#size++;
  }

  /** Id of `key`, or undefined if it was never seen. */
  find(key: string): number | undefined {
    if (!this.#addresses.read(key)) return this.#idsOfTexts.get(key);
    const id = this.#addresses.find();
    return id < 0 ? undefined : id;
  }

  /** Key of `id`. @throws {RangeError} for an id this table did not give out. */
  keyOf(id: number): string {
    const text = this.#texts.get(id);
    if (text !== undefined) return text;
    if (!Number.isInteger(id) || id < 0 || id >= this.#size)
      throw new RangeError(`Account id ${id} was not given out by this table.`);
    return this.#addresses.keyOf(id);
  }

  /** All keys, in order of id; a copy. */
  keys(): readonly string[] {
    return Array.from({ length: this.#size }, (_, id) => this.keyOf(id));
  }
}
