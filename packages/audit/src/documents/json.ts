import { DocumentError } from "./errors.js";

/** A number, string or bare word (true, false, null) as the file writes it; strings are unescaped, numbers are untouched. */
export interface JsonScalar {
  readonly kind: "number" | "string" | "word";
  readonly text: string;
  readonly line: number;
}

export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
  readonly line: number;
}

export interface JsonObject {
  readonly kind: "object";
  /** In the order of the file; a key written twice stands here twice. */
  readonly members: readonly (readonly [key: string, value: JsonNode])[];
  readonly line: number;
}

/** A JSON value that still knows its digits: no number has passed through a double. */
export type JsonNode = JsonScalar | JsonArray | JsonObject;

/** Deeper nesting is refused. */
const DEEPEST = 500;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Control characters are let through: which string has some is a finding, no reason not to read the file.
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/suy;
// What Python writes for numbers that are none is read as well: it is a finding where an amount is expected.
const WORD = /true|false|null|NaN|-?Infinity/y;

/**
 * Reads JSON without turning numbers into doubles.
 *
 * @param line number of the text's first line in its file.
 * @throws {DocumentError} the text is not JSON, or nested deeper than 500.
 */
export function parseJson(text: string, file: string, line = 1): JsonNode {
  return new JsonReader(text, file, line).whole();
}

/** The last value under that key, or undefined. */
export const member = (object: JsonObject, key: string): JsonNode | undefined =>
  object.members.findLast(([name]) => name === key)?.[1];

class JsonReader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #line: number;

  constructor(text: string, file: string, line: number) {
    this.#text = text;
    this.#file = file;
    this.#line = line;
  }

  whole(): JsonNode {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#error("the end of the document");
    return value;
  }

  #value(depth: number): JsonNode {
    if (depth > DEEPEST) throw this.#error(`nesting of at most ${DEEPEST}`);
    this.#space();
    const line = this.#line;
    switch (this.#text[this.#at]) {
      case "{":
        return { kind: "object", members: this.#list("}", () => this.#member(depth)), line };
      case "[":
        return { kind: "array", items: this.#list("]", () => this.#value(depth + 1)), line };
      case '"':
        return { kind: "string", text: this.#string(), line };
    }
    const number = this.#match(NUMBER);
    if (number !== "") return { kind: "number", text: number, line };
    const word = this.#match(WORD);
    if (word !== "") return { kind: "word", text: word, line };
    throw this.#error("a JSON value");
  }

  #list<T>(close: string, read: () => T): T[] {
    const items: T[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(read());
      this.#space();
      const mark = this.#text[this.#at];
      if (mark !== close && mark !== ",") throw this.#error(`"," or "${close}"`);
      this.#at++;
      if (mark === close) return items;
    }
  }

  #member(depth: number): readonly [string, JsonNode] {
    this.#space();
    if (this.#text[this.#at] !== '"') throw this.#error("a key in double quotes");
    const key = this.#string();
    this.#space();
    if (this.#text[this.#at] !== ":") throw this.#error('":"');
    this.#at++;
    return [key, this.#value(depth + 1)];
  }

  #string(): string {
    const raw = this.#match(STRING);
    if (raw === "") throw this.#error("a string that ends");
    if (!raw.includes("\\")) {
      this.#count(raw);
      return raw.slice(1, -1);
    }
    try {
      // JSON.parse refuses bare control characters; escaped they mean the same.
      const escaped = raw.replace(
        /\p{Cc}/gu,
        (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const text = JSON.parse(escaped) as string;
      this.#count(raw);
      return text;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#error("a string with valid escapes", raw);
    }
  }

  #space(): void {
    const skipped = this.#match(SPACE);
    if (skipped !== "") this.#count(skipped);
  }

  #count(text: string): void {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#line++;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #error(expected: string, received = this.#text.slice(this.#at, this.#at + 40)): DocumentError {
    const shown = received === "" ? "the end" : JSON.stringify(received.slice(0, 40));
    return new DocumentError(this.#file, this.#line, "JSON", expected, shown);
  }
}
