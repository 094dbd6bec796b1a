import { OutOfRangeError } from "@shortfall/math";

const MASK = (1n << 64n) - 1n;

/** Widths of a column's cells. 128 bits hold every share amount but uint256 ones. */
export type ColumnBits = 128 | 256;

/**
 * Unsigned amounts by account id in interleaved 64-bit lanes: 16 or 32 bytes a row instead of an object.
 * Rows that were never written read as 0. Grown by doubling.
 */
export class Column {
  readonly bits: ColumnBits;
  readonly #lanes: 2 | 4;
  readonly #limit: bigint;
  #words: BigUint64Array;

  constructor(bits: ColumnBits = 128, capacity = 16) {
    this.bits = bits;
    this.#lanes = bits === 128 ? 2 : 4;
    this.#limit = 1n << BigInt(bits);
    this.#words = new BigUint64Array(capacity * this.#lanes);
  }

  /** Rows that fit without growing. */
  get capacity(): number {
    return this.#words.length / this.#lanes;
  }

  /** The raw lanes, little end first, for bulk kernels. Invalid after the next growth. */
  get words(): BigUint64Array {
    return this.#words;
  }

  get(id: number): bigint {
    const words = this.#words;
    const base = id * this.#lanes;
    if (base >= words.length) return 0n;
    const low = words[base]!;
    const high = words[base + 1]!;
    if (this.#lanes === 2) return high === 0n ? low : (high << 64n) | low;
    const top = (words[base + 3]! << 64n) | words[base + 2]!;
    return top === 0n ? (high << 64n) | low : (top << 128n) | (high << 64n) | low;
  }

  /** @throws {OutOfRangeError} negative, or wider than the column. */
  set(id: number, value: bigint): void {
    if (value < 0n || value >= this.#limit) {
      throw new OutOfRangeError(`Row ${id}`, value, `uint${this.bits}`);
    }
    const base = id * this.#lanes;
    if (base >= this.#words.length) this.#grow(id);
    const words = this.#words;
    words[base] = value & MASK;
    words[base + 1] = (value >> 64n) & MASK;
    if (this.#lanes === 4) {
      words[base + 2] = (value >> 128n) & MASK;
      words[base + 3] = value >> 192n;
    }
  }

  /** The same rows in memory of their own. */
  copy(): Column {
    const copy = new Column(this.bits, this.capacity);
    copy.#words.set(this.#words);
    return copy;
  }

  #grow(id: number): void {
    let capacity = Math.max(16, this.capacity);
    while (capacity <= id) capacity *= 2;
    const words = new BigUint64Array(capacity * this.#lanes);
    words.set(this.#words);
    this.#words = words;
  }
}
