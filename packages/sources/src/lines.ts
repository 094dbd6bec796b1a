import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
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

/**
 * Lines of a plain or gzip-compressed UTF-8 file, told apart by their first bytes. Streams: holds one chunk
 * and one line. Returns the digest of the bytes read.
 *
 * @throws {SourceError} missing or empty file, a directory, damaged or cut gzip, text that is not UTF-8.
 */
export async function* readLines(file: string): AsyncGenerator<TextLine, FileDigest> {
  const compressed = await isGzip(file);
  const hash = createHash("sha256");
  let bytes = 0;
  const raw = createReadStream(file, { highWaterMark: 256 * 1024 });
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of compressed ? inflate(counted()) : counted()) {
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
    throw asSourceError(error, file, number + 1);
  } finally {
    raw.destroy();
  }
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
  return { sha256: hash.digest("hex"), bytes, closed };
}

async function* inflate(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  let failure: unknown;
  const feeding = (async () => {
    try {
      for await (const chunk of source) {
        if (gunzip.destroyed) return;
        if (!gunzip.write(chunk)) {
          await new Promise<void>((resolve) => {
            gunzip.once("drain", resolve);
            gunzip.once("close", resolve);
          });
        }
      }
      gunzip.end();
    } catch (error) {
      failure = error;
      gunzip.destroy();
    }
  })();
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw failure ?? error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
  if (failure !== undefined) throw failure;
}

async function isGzip(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asSourceError(error, file, 0);
  }
}

function decodePart(decoder: TextDecoder, chunk: Buffer | undefined, file: string, line: number): string {
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

/** Says in our words what the operating system or zlib said. */
export function asSourceError(error: unknown, file: string, line: number): unknown {
  if (error instanceof SourceError || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  const fault = (field: string, expected: string, received: string, advice: string): SourceError =>
    new SourceError({ file, line, field, expected, received, advice }, { cause: error });
  if (code === "Z_BUF_ERROR") {
    return fault(
      "gzip",
      "a complete gzip stream",
      "one that ends early",
      "The file is cut off; fetch it again.",
    );
  }
  if (code.startsWith("Z_")) {
    return fault(
      "gzip",
      "an intact gzip stream",
      `damaged data (${error.message})`,
      "Fetch the file again and compare its size.",
    );
  }
  if (code === "ENOENT") {
    return fault("path", "an existing file", "nothing of that name", "Check the path.");
  }
  if (code === "EISDIR") return fault("path", "a file", "a folder", "Name the files in it.");
  if (code === "EACCES" || code === "EPERM") {
    return fault("path", "a file that may be read", "no permission", "Change its access rights.");
  }
  return error;
}
