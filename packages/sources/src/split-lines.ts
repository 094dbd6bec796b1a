import { SourceError } from "./errors.js";

/** One line of a text file, without its line end. */
export interface TextLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
}

/** A longer line is a file of another kind, not a record. 64 MiB. */
export const LONGEST_LINE = 64 * 1024 * 1024;

/** What is known of a file once it has been read to its end. */
export interface FileDigest {
  /** SHA-256 of the bytes on disk, compressed or not. */
  readonly sha256: string;
  readonly bytes: number;
  /** Whether the last line ended with a line feed. */
  readonly closed: boolean;
}

/** Chunks of a text, whatever they come from. */
export interface TextBytes {
  /** In messages. */
  readonly file: string;
  /** Not compressed any more. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of the bytes as they were given, once all are read. */
  readonly digest: () => { readonly sha256: string; readonly bytes: number };
  /** Says in our words what went wrong with the chunks. */
  readonly explain: (error: unknown, line: number) => unknown;
}

/**
 * Lines of UTF-8 text. Holds one chunk and one line.
 *
 * @throws {SourceError} no text, text that is not UTF-8, a line above 64 MiB, and what `explain` makes of errors.
 */
export async function* splitLines({
  file,
  chunks,
  digest,
  explain,
}: TextBytes): AsyncGenerator<TextLine, FileDigest> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of chunks) {
      const text = decodePart(decoder, chunk, file, number + 1);
      let start = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
        const line = rest === "" ? text.slice(start, end) : rest + text.slice(start, end);
        rest = "";
        start = end + 1;
        yield { number: ++number, text: line.endsWith("\r") ? line.slice(0, -1) : line };
      }
      rest += text.slice(start);
      if (rest.length > LONGEST_LINE) {
        throw new SourceError({
          file,
          line: number + 1,
          field: "length",
          expected: "a line of at most 64 MiB",
          received: "a longer one",
          advice: "Give JSON Lines: one record a line.",
        });
      }
    }
    rest += decodePart(decoder, undefined, file, number + 1);
  } catch (error) {
    throw explain(error, number + 1);
  }
  const { sha256, bytes } = digest();
  if (bytes === 0 || (number === 0 && rest === "")) {
    throw new SourceError({
      file,
      line: 0,
      field: "content",
      expected: "at least a header line",
      received: "an empty file",
      advice: "Fetch it again, or leave it out.",
    });
  }
  const closed = rest === "";
  if (!closed) yield { number: ++number, text: rest };
  return { sha256, bytes, closed };
}

function decodePart(
  decoder: InstanceType<typeof TextDecoder>,
  chunk: Uint8Array | undefined,
  file: string,
  line: number,
): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new SourceError(
      {
        file,
        line,
        field: "encoding",
        expected: "UTF-8 text at or after this line",
        received: "bytes that are not",
        advice: "Convert the file, or name a gzip or plain text file.",
      },
      { cause: error },
    );
  }
}
