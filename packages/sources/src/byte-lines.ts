import { digestBytes } from "@shortfall/core";
import { SourceError } from "./errors.js";
import { type FileDigest, splitLines, type TextLine } from "./split-lines.js";

/** Decompressed text is decoded in pieces of this many bytes. */
const PIECE = 256 * 1024;

/**
 * Lines of plain or gzip-compressed UTF-8 bytes that are in memory already, in a browser or elsewhere; the same
 * lines as `readLines` gives of a file with these bytes.
 *
 * @throws {SourceError} as `splitLines`; damaged or cut gzip.
 */
export const linesOfBytes = (bytes: Uint8Array, file: string): AsyncGenerator<TextLine, FileDigest> =>
  splitLines({
    file,
    chunks: bytes[0] === 0x1f && bytes[1] === 0x8b ? inflated(bytes) : pieces(bytes),
    digest: () => ({ sha256: digestBytes(bytes), bytes: bytes.length }),
    explain: (error, line) => (error instanceof SourceError ? error : damaged(error, file, line)),
  });

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function* inflated(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const reader = plain.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** What the platform says of gzip it cannot read is not the same everywhere. */
function damaged(error: unknown, file: string, line: number): unknown {
  const ofZlib = error instanceof Error && "code" in error && `${error.code}`.startsWith("Z_");
  if (!(error instanceof TypeError) && !ofZlib) return error;
  return new SourceError(
    {
      file,
      line,
      field: "gzip",
      expected: "a complete and intact gzip stream",
      received: "damaged data or one that ends early",
      advice: "Fetch the file again and compare its size.",
    },
    { cause: error },
  );
}
