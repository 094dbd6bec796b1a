import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { SourceError } from "./errors.js";
import { type FileDigest, splitLines, type TextLine } from "./split-lines.js";

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
  try {
    return yield* splitLines({
      file,
      chunks: compressed ? inflate(counted()) : counted(),
      digest: () => ({ sha256: hash.digest("hex"), bytes }),
      explain: (error, line) => asSourceError(error, file, line),
    });
  } finally {
    raw.destroy();
  }
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
