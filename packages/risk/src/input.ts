import { RiskInputError } from "./errors.js";
import { type Fraction, parseFraction } from "./fraction.js";

/** Reads loosely typed JSON: numbers may be text, amounts may be text. Every failure names the field. */
export class RiskInput {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path = "input") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new RiskInputError(path, "an object", JSON.stringify(value) ?? "nothing");
    }
    this.#value = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined && this.#value[key] !== null;
  }

  raw(key: string): unknown {
    return this.#value[key];
  }

  keys(): string[] {
    return Object.keys(this.#value);
  }

  /** A double, written as a number or as decimal text. */
  number(key: string): number {
    return toNumber(this.#value[key], `${this.#path}.${key}`);
  }

  optionalNumber(key: string): number | undefined {
    return this.has(key) ? this.number(key) : undefined;
  }

  integer(key: string): bigint {
    return toInteger(this.#value[key], `${this.#path}.${key}`);
  }

  optionalInteger(key: string): bigint | undefined {
    return this.has(key) ? this.integer(key) : undefined;
  }

  fraction(key: string): Fraction {
    return toFraction(this.#value[key], `${this.#path}.${key}`);
  }

  text(key: string): string {
    const value = this.#value[key];
    if (typeof value !== "string") throw new RiskInputError(`${this.#path}.${key}`, "text", String(value));
    return value;
  }

  list<T>(key: string, read: (value: unknown, path: string) => T): T[] {
    const value = this.#value[key];
    if (!Array.isArray(value)) throw new RiskInputError(`${this.#path}.${key}`, "a list", String(value));
    return value.map((each, k) => read(each, `${this.#path}.${key}[${k}]`));
  }

  numbers(key: string): number[] {
    return this.list(key, toNumber);
  }

  integers(key: string): bigint[] {
    return this.list(key, toInteger);
  }

  matrix(key: string): number[][] {
    return this.list(key, (row, path) => {
      if (!Array.isArray(row)) throw new RiskInputError(path, "a row of numbers", String(row));
      return row.map((each) => toNumber(each, path));
    });
  }

  object(key: string): RiskInput {
    return new RiskInput(this.#value[key], `${this.#path}.${key}`);
  }

  objects(key: string): RiskInput[] {
    return this.list(key, (value, path) => new RiskInput(value, path));
  }
}

export function toNumber(value: unknown, path: string): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number))
    throw new RiskInputError(path, "a number", String(value));
  return number;
}

export function toInteger(value: unknown, path: string): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw new RiskInputError(path, "an integer", String(value));
}

export function toFraction(value: unknown, path: string): Fraction {
  return parseFraction(typeof value === "number" ? String(value) : String(value ?? ""), path);
}
