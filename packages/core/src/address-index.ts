const WORDS = 5;
const LENGTH = 42;
const EMPTY = 0;

/** Value of a lower-case hex digit by char code; 255 for anything else. */
const NIBBLE = new Uint8Array(128).fill(255);
for (let digit = 0; digit < 16; digit++) NIBBLE["0123456789abcdef".charCodeAt(digit)] = digit;

/** The two digits of each byte. */
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Twenty-byte addresses by small ids: 20 bytes a key and 6 to 12 of hash slots, where a map of strings takes some 280.
 * Open addressing with linear probing, at most two thirds full; rows and slots grow by doubling.
 *
 * Knows only the one spelling `0x` and 40 lower-case digits, so that what it gives back is what it was given.
 */
export class AddressIndex {
  /** Five words a row, big end first; rows of ids that are not addresses stay unused. */
  #rows = new Uint32Array(16 * WORDS);
  /** id + 1 by hash; 0 where free. */
  #slots = new Uint32Array(32);
  #size = 0;
  /** The address read last. */
  readonly #read = new Uint32Array(WORDS);

  /** Reads a key; false if it is not an address in this spelling. What follows is about the key read last. */
  read(key: string): boolean {
    if (key.length !== LENGTH || key.charCodeAt(0) !== 48 || key.charCodeAt(1) !== 120) return false;
    const read = this.#read;
    let bad = 0;
    for (let at = 2, w = 0; w < WORDS; w++) {
      let value = 0;
      for (let k = 0; k < 8; k++, at++) {
        const code = key.charCodeAt(at);
        const nibble = code < 128 ? NIBBLE[code]! : 255;
        bad |= nibble;
        value = (value << 4) | (nibble & 15);
      }
      read[w] = value;
    }
    return bad < 16;
  }

  /** Id of the address read, or -1. */
  find(): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#hash(this.#read, 0) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]! - 1;
      if (id < 0) return -1;
      if (this.#isAt(id)) return id;
    }
  }

  /** Gives the address read, which is new, an id. */
  add(id: number): void {
    if ((this.#size + 1) * 3 > this.#slots.length * 2) this.#rehash(this.#slots.length * 2);
    if ((id + 1) * WORDS > this.#rows.length) this.#growRows(id);
    this.#rows.set(this.#read, id * WORDS);
    this.#place(id);
    this.#size++;
  }

  /** The address of an id that has one. */
  keyOf(id: number): string {
    let key = "0x";
    for (let w = id * WORDS; w < (id + 1) * WORDS; w++) {
      const word = this.#rows[w]!;
      key +=
        PAIRS[word >>> 24]! + PAIRS[(word >>> 16) & 255]! + PAIRS[(word >>> 8) & 255]! + PAIRS[word & 255]!;
    }
    return key;
  }

  #isAt(id: number): boolean {
    const rows = this.#rows;
    const read = this.#read;
    const base = id * WORDS;
    return (
      rows[base] === read[0] &&
      rows[base + 1] === read[1] &&
      rows[base + 2] === read[2] &&
      rows[base + 3] === read[3] &&
      rows[base + 4] === read[4]
    );
  }

  #place(id: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#hash(this.#rows, id * WORDS) & mask;
    while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }

  /** All words count: addresses made by counting up differ in the last only, others in the first. */
  #hash(words: Uint32Array, base: number): number {
    let hash = 0;
    for (let w = base; w < base + WORDS; w++) hash = Math.imul(hash ^ words[w]!, 0x9e3779b1) ^ (hash >>> 15);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #growRows(id: number): void {
    let rows = this.#rows.length / WORDS;
    while (rows <= id) rows *= 2;
    const grown = new Uint32Array(rows * WORDS);
    grown.set(this.#rows);
    this.#rows = grown;
  }

  #rehash(length: number): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(length);
    for (const entry of old) if (entry !== EMPTY) this.#place(entry - 1);
  }
}
