import { SourceError } from "./errors.js";
import type { FileDigest, TextLine } from "./split-lines.js";

/** What a `SourceError` expected where JSON of another kind came: the file may be none of ours. */
export const JSON_OBJECT = "a JSON object";

/** One JSON object of a JSON Lines file. */
export interface JsonLine {
  /** 1-based. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A JSON file: records one a line, or one document over all lines. */
export type JsonFile =
  | {
      readonly kind: "lines";
      readonly first: JsonLine;
      /** The lines after the first. */
      readonly rest: AsyncGenerator<JsonLine, FileDigest>;
      /** Lets go of the file without reading on. */
      readonly close: () => Promise<void>;
    }
  | {
      readonly kind: "document";
      readonly value: Readonly<Record<string, unknown>>;
      readonly digest: FileDigest;
    };

const UNREAD: FileDigest = { sha256: "", bytes: 0, closed: false };

/** A document is held whole, so it may not be larger. 256 MiB of text. */
const LARGEST_DOCUMENT = 256 * 1024 * 1024;

/**
 * Reads lines as JSON Lines or as one document, told apart by whether the first line is an object of its own.
 * JSON Lines stream; a document is read whole.
 *
 * A number that a double cannot hold exactly is refused, because JSON parsers round it silently; amounts
 * belong in strings.
 *
 * @throws {SourceError} as `splitLines`; a line that is not a JSON object; a rounded number; an empty line
 * before the last; a document above 256 MiB.
 */
export async function readJson(lines: AsyncGenerator<TextLine, FileDigest>, file: string): Promise<JsonFile> {
  const first = await lines.next();
  // `splitLines` refuses an empty file, so there is a first line.
  const text = first.done ? "" : first.value.text;
  const trimmed = text.trim();
  if (/^(\{.*\}|\[.*\])$/s.test(trimmed)) {
    return {
      kind: "lines",
      first: { number: 1, value: parseObject(text, file, 1) },
      rest: objects(lines, file),
      close: async () => {
        await lines.return(UNREAD);
      },
    };
  }
  const parts = [text];
  let size = text.length;
  for (;;) {
    const next = await lines.next();
    if (next.done)
      return { kind: "document", value: parseObject(parts.join("\n"), file, 0), digest: next.value };
    parts.push(next.value.text);
    size += next.value.text.length;
    if (size > LARGEST_DOCUMENT) {
      await lines.return(UNREAD);
      throw new SourceError({
        file,
        line: 0,
        field: "length",
        expected: "JSON Lines, or a document of at most 256 MiB",
        received: "a larger document",
        advice: "Write one record a line.",
      });
    }
  }
}

async function* objects(
  lines: AsyncGenerator<TextLine, FileDigest>,
  file: string,
): AsyncGenerator<JsonLine, FileDigest> {
  let blank = 0;
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
    const { number, text } = next.value;
    if (text.trim() === "") {
      if (blank === 0) blank = number;
      continue;
    }
    if (blank > 0) {
      throw new SourceError({
        file,
        line: blank,
        field: "(line)",
        expected: JSON_OBJECT,
        received: "an empty line",
        advice: "Check whether a record is missing here.",
      });
    }
    yield { number, value: parseObject(text, file, number) };
  }
}

/** A line's object. @throws {SourceError} it is none, or holds a rounded number. */
export function parseObject(text: string, file: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(
      {
        file,
        line,
        field: "(line)",
        expected: "valid JSON",
        received: reason,
        advice: "If this is the last line, the file may be cut off: fetch it again.",
      },
      { cause: error },
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SourceError({
      file,
      line,
      field: "(line)",
      expected: JSON_OBJECT,
      received: Array.isArray(value) ? "an array" : String(value),
      advice: "Give one object a line.",
    });
  }
  refuseRoundedNumbers(text, value as Record<string, unknown>, file, line);
  return value as Record<string, unknown>;
}

/** Sixteen digits or more, outside a string: may exceed 2^53. */
const LONG_NUMBER = /[[:,\s]-?\d{16,}/;

function refuseRoundedNumbers(
  text: string,
  value: Readonly<Record<string, unknown>>,
  file: string,
  line: number,
): void {
  if (!LONG_NUMBER.test(text)) return;
  const field = findUnsafeNumber(value, "");
  if (field === undefined) return;
  throw new SourceError({
    file,
    line,
    field: field.path,
    expected: "an integer as a decimal string",
    received: `the JSON number ${field.value}, which a double cannot hold exactly`,
    advice: "Export amounts as strings; digits may already be lost.",
  });
}

function findUnsafeNumber(value: unknown, path: string): { path: string; value: number } | undefined {
  if (typeof value === "number") {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? { path, value } : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = findUnsafeNumber(member, at);
    if (found) return found;
  }
  return undefined;
}
