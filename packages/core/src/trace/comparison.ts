import type { Mismatch } from "../ports/adapter.js";

/**
 * Counts comparisons and keeps the ones that differ. Integers compare by value whether they come as bigint,
 * number or decimal string; everything else as text.
 */
export class Comparison {
  #count = 0;
  readonly mismatches: Mismatch[] = [];

  get count(): number {
    return this.#count;
  }

  /** Compares one recorded value with the computed one. */
  value(field: string, recorded: unknown, computed: unknown): void {
    this.#count++;
    const a = plain(recorded);
    const b = plain(computed);
    if (a !== b) this.mismatches.push({ field, recorded: a, computed: b });
  }

  /** Compares two objects or arrays leaf by leaf. A member on one side only is a mismatch. */
  deep(field: string, recorded: unknown, computed: unknown): void {
    if (!isBranch(recorded) && !isBranch(computed)) {
      this.value(field, recorded, computed);
      return;
    }
    if (!isBranch(recorded) || !isBranch(computed)) {
      this.value(
        field,
        isBranch(recorded) ? JSON.stringify(recorded, bigintAsText) : recorded,
        isBranch(computed) ? JSON.stringify(computed, bigintAsText) : computed,
      );
      return;
    }
    const keys = new Set([...Object.keys(recorded), ...Object.keys(computed)]);
    for (const key of keys) {
      const at = Array.isArray(recorded) ? `${field}[${key}]` : field === "" ? key : `${field}.${key}`;
      this.deep(at, (recorded as Record<string, unknown>)[key], (computed as Record<string, unknown>)[key]);
    }
  }
}

const bigintAsText = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value;

const isBranch = (value: unknown): value is object => typeof value === "object" && value !== null;

function plain(value: unknown): string {
  if (value === undefined) return "(absent)";
  if (value === null) return "null";
  return String(value);
}
