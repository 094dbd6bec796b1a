import { HeaderError } from "./errors.js";

/** Makes the error for a field that is not as expected. */
export type FieldFailure = (field: string, expected: string, received: string) => Error;

const headerFailure: FieldFailure = (field, expected, received) => new HeaderError(field, expected, received);

/**
 * Reads untrusted JSON objects field by field; every failure names the path, what was expected and what came.
 */
export class Fields {
  readonly path: string;
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #failure: FieldFailure;

  /** @throws what `failure` makes, if `value` is not an object. */
  constructor(value: unknown, path = "", failure: FieldFailure = headerFailure) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw failure(path || "(root)", "an object", show(value));
    }
    this.path = path;
    this.#value = value as Readonly<Record<string, unknown>>;
    this.#failure = failure;
  }

  keys(): string[] {
    return Object.keys(this.#value);
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined && this.#value[key] !== null;
  }

  raw(key: string): unknown {
    return this.#value[key];
  }

  string(key: string): string {
    const value = this.#value[key];
    return typeof value === "string" ? value : this.#fail(key, "a string");
  }

  boolean(key: string): boolean {
    const value = this.#value[key];
    return typeof value === "boolean" ? value : this.#fail(key, "true or false");
  }

  /** A JSON number that is a whole number exactly representable. */
  integer(key: string): number {
    const value = this.#value[key];
    return typeof value === "number" && Number.isSafeInteger(value)
      ? value
      : this.#fail(key, "a whole number");
  }

  /** A decimal string (or a whole JSON number) as bigint; signed only if `signed`. */
  amount(key: string, signed = false): bigint {
    const value = this.#value[key];
    if (typeof value === "number" && Number.isSafeInteger(value) && (signed || value >= 0))
      return BigInt(value);
    if (typeof value === "string" && (signed ? /^-?\d+$/ : /^\d+$/).test(value)) return BigInt(value);
    return this.#fail(key, signed ? "a decimal integer string" : "a non-negative decimal integer string");
  }

  /** An amount of at most 256 bits. */
  uint256(key: string): bigint {
    const value = this.amount(key);
    return value >> 256n === 0n ? value : this.#fail(key, "an integer below 2^256");
  }

  /** A 20-byte address, lower-cased. */
  address(key: string): string {
    const value = this.#value[key];
    return typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value)
      ? value.toLowerCase()
      : this.#fail(key, "a 20-byte hex address");
  }

  object(key: string): Fields {
    return new Fields(this.#value[key], this.#at(key), this.#failure);
  }

  array(key: string): readonly unknown[] {
    const value = this.#value[key];
    return Array.isArray(value) ? value : this.#fail(key, "an array");
  }

  objects(key: string): Fields[] {
    return this.array(key).map(
      (value, index) => new Fields(value, `${this.#at(key)}[${index}]`, this.#failure),
    );
  }

  strings(key: string): string[] {
    return this.array(key).map((value) => (typeof value === "string" ? value : this.#fail(key, "strings")));
  }

  #at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  #fail(key: string, expected: string): never {
    throw this.#failure(this.#at(key), expected, show(this.#value[key]));
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "bigint" ? value.toString() : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
