/**
 * Interns account keys (addresses or any string) to small ids, once.
 *
 * Ids count up from 0 in order of first sight, so the same input gives the same ids. Keys are taken as they
 * are: a reader of chain data lower-cases addresses before they come here.
 */
export class AccountTable {
  readonly #ids = new Map<string, number>();
  readonly #keys: string[] = [];

  /** Number of accounts seen. */
  get size(): number {
    return this.#keys.length;
  }

  /** Id of `key`, made on first sight. */
  intern(key: string): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#keys.length;
    this.#ids.set(key, id);
    this.#keys.push(key);
    return id;
  }

  /** Id of `key`, or undefined if it was never seen. */
  find(key: string): number | undefined {
    return this.#ids.get(key);
  }

  /** Key of `id`. @throws {RangeError} for an id this table did not give out. */
  keyOf(id: number): string {
    const key = this.#keys[id];
    if (key === undefined) throw new RangeError(`Account id ${id} was not given out by this table.`);
    return key;
  }

  /** All keys, in order of id; a copy. */
  keys(): readonly string[] {
    return [...this.#keys];
  }
}
