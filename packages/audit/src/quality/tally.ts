import type { Place, QualityExample } from "./finding.js";

/** Counts and first examples of what values show, by the name of what they show. */
export class Shown {
  readonly #kept = new Map<string, Examples>();

  add(what: string, place: Place, text: string): void {
    const known = this.#kept.get(what);
    const examples = known ?? new Examples();
    if (!known) this.#kept.set(what, examples);
    examples.add(place, text);
  }

  get(what: string): Examples | undefined {
    return this.#kept.get(what);
  }

  [Symbol.iterator](): IterableIterator<[string, Examples]> {
    return this.#kept[Symbol.iterator]();
  }
}

/** The first few values that show something. */
class Examples {
  readonly list: QualityExample[] = [];
  count = 0;

  add({ line, at }: Place, text: string): void {
    this.count++;
    if (this.list.length < 3)
      this.list.push({ line, at, text: text.length > 90 ? `${text.slice(0, 87)}…` : text });
  }
}

/** Trials by the key that decides their odds. */
export class TrialCounts {
  readonly #groups = new Map<number, { values: number; hits: number }>();
  values = 0;
  hits = 0;

  add(key: number, values: number, hits: number): void {
    const group = this.#groups.get(key) ?? { values: 0, hits: 0 };
    this.#groups.set(key, { values: group.values + values, hits: group.hits + hits });
    this.values += values;
    this.hits += hits;
  }

  /** What the inequality takes, when a value of a key is a hit by accident once in base^key. */
  trials(base: bigint, smallestKey = 0): { odds: bigint; values: number; hits: number }[] {
    return [...this.#groups]
      .filter(([key]) => key >= smallestKey)
      .map(([key, group]) => ({ odds: base ** BigInt(key), ...group }));
  }
}
