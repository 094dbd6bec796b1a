/** JSON that can stand in an address: the values that a trial document is made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A text is not in the notation. */
export class NotationError extends Error {
  override readonly name = "NotationError";
}

const BARE = /^[A-Za-z0-9_-]+$/;

/**
 * JSON as people can read it in an address: `(fund:insurance,limits:(floor:1))`. Words and digits stand bare and
 * are strings; numbers, truth values and null begin with `!`; other strings are quoted and percent-encoded.
 */
export function writeNotation(value: Json): string {
  if (typeof value === "string") return writeWord(value);
  if (typeof value === "number") return `!${value}`;
  if (typeof value === "boolean") return value ? "!t" : "!f";
  if (value === null) return "!n";
  if (isList(value)) return `!(${value.map(writeNotation).join(",")})`;
  return `(${Object.entries(value)
    .map(([key, member]) => `${writeWord(key)}:${writeNotation(member)}`)
    .join(",")})`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A string bare where it can be, otherwise quoted; without `/` and `~`, which separate parts of an address. */
export const writeWord = (text: string): string =>
  BARE.test(text) ? text : `'${encodeURIComponent(text).replaceAll("'", "%27").replaceAll("~", "%7E")}'`;

/** @throws {NotationError} saying where the text stops to make sense. */
export function readNotation(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

/** @throws {NotationError} */
export function readWord(text: string): string {
  const reader = new Reader(text);
  const word = reader.word();
  reader.end();
  return word;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Json {
    if (this.#skip("(")) return this.#members();
    if (this.#skip("!(")) return this.#list();
    if (this.#skip("!t")) return true;
    if (this.#skip("!f")) return false;
    if (this.#skip("!n")) return null;
    if (this.#skip("!")) {
      const digits = this.#match(/-?\d+(\.\d+)?(e[+-]?\d+)?/y);
      const number = Number(digits);
      if (digits === undefined || !Number.isFinite(number)) this.#fail("a number");
      return number;
    }
    return this.word();
  }

  word(): string {
    if (!this.#skip("'")) return this.#match(/[A-Za-z0-9_-]+/y) ?? this.#fail("a word");
    const quoted = this.#match(/[^']*/y) ?? "";
    if (!this.#skip("'")) this.#fail("a closing quote");
    try {
      return decodeURIComponent(quoted);
    } catch (error) {
      if (error instanceof URIError) this.#fail("text with whole percent codes");
      throw error;
    }
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail("the end");
  }

  #members(): Json {
    const members: [string, Json][] = [];
    if (this.#skip(")")) return {};
    for (;;) {
      const key = this.word();
      if (!this.#skip(":")) this.#fail('":"');
      members.push([key, this.value()]);
      if (this.#skip(")")) return Object.fromEntries(members);
      if (!this.#skip(",")) this.#fail('"," or ")"');
    }
  }

  #list(): Json {
    const items: Json[] = [];
    if (this.#skip(")")) return items;
    for (;;) {
      items.push(this.value());
      if (this.#skip(")")) return items;
      if (!this.#skip(",")) this.#fail('"," or ")"');
    }
  }

  #skip(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    throw new NotationError(`expected ${expected} at "${rest}"`);
  }
}
