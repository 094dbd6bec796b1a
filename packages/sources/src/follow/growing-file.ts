import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { SourceError } from "../errors.js";
import { asSourceError } from "../lines.js";
import { LONGEST_LINE } from "../split-lines.js";
import { FollowedFileError } from "./errors.js";

/** Bytes read at once. */
const CHUNK = 256 * 1024;
/** The last bytes read, read again each time: they tell a file that was rewritten from one that grew. */
const TAIL = 4096;
const LINE_FEED = 10;

/** How far a file was read: its whole lines so far, and SHA-256 of them. */
export interface FilePlace {
  readonly bytes: number;
  readonly sha256: string;
}

/** The whole lines of a file that somebody appends to. */
export class GrowingFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #inode: bigint;
  readonly #expected: FilePlace | undefined;
  readonly #hash: Hash = createHash("sha256");
  /** What stands after the last line feed. */
  #rest: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #read = 0;
  #lines = 0;
  #whole = 0;

  private constructor(path: string, handle: FileHandle, inode: bigint, expected: FilePlace | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.#inode = inode;
    this.#expected = expected;
  }

  /** @param expected where an earlier reading ended: the file must still begin so. @throws {SourceError} */
  static async open(path: string, expected?: FilePlace): Promise<GrowingFile> {
    const handle = await open(path, "r").catch((error: unknown) => {
      throw asSourceError(error, path, 0);
    });
    const { ino, size } = await handle.stat({ bigint: true });
    if (!expected || Number(size) >= expected.bytes) return new GrowingFile(path, handle, ino, expected);
    await handle.close();
    throw new FollowedFileError(path, "shortened", expected.bytes);
  }

  get place(): FilePlace {
    return { bytes: this.#whole, sha256: this.#hash.copy().digest("hex") };
  }

  /**
   * Whole lines that are there now and were not read yet, a chunk of them; empty if there are none.
   *
   * @throws {FollowedFileError} the file is another, shorter, or holds other bytes than those that were read.
   */
  async lines(): Promise<{ readonly number: number; readonly text: string }[]> {
    for (;;) {
      await this.#requireSame();
      const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(CHUNK), 0, CHUNK, this.#read);
      if (bytesRead === 0) return [];
      const chunk = buffer.subarray(0, bytesRead);
      if (this.#read === 0 && chunk[0] === 0x1f && chunk[1] === 0x8b) {
        throw new FollowedFileError(this.#path, "compressed", 0);
      }
      this.#read += bytesRead;
      this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-TAIL);
      const lines = this.#split(chunk);
      if (lines.length > 0) return lines;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #split(chunk: Buffer): { number: number; text: string }[] {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const lines = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const line = bytes.subarray(start, end + 1);
      start = end + 1;
      this.#hash.update(line);
      this.#whole += line.length;
      this.#requireExpected();
      lines.push({ number: ++this.#lines, text: this.#decode(line) });
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    if (this.#rest.length > LONGEST_LINE) {
      throw new SourceError({
        file: this.#path,
        line: this.#lines + 1,
        field: "length",
        expected: "a line of at most 64 MiB",
        received: "a longer one",
        advice: "Give JSON Lines: one record a line.",
      });
    }
    return lines;
  }

  #decode(line: Buffer): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(line).replace(/\r?\n$/, "");
    } catch (cause) {
      throw new SourceError(
        {
          file: this.#path,
          line: this.#lines + 1,
          field: "encoding",
          expected: "UTF-8 text",
          received: "bytes that are not",
          advice: "Write the file as UTF-8.",
        },
        { cause },
      );
    }
  }

  #requireExpected(): void {
    const { bytes, sha256 } = this.#expected ?? { bytes: -1, sha256: "" };
    // Line ends are where readings end: one that is passed over was not a line end then.
    if (this.#whole === bytes && this.place.sha256 !== sha256) {
      throw new FollowedFileError(this.#path, "rewritten", bytes);
    }
  }

  async #requireSame(): Promise<void> {
    let found: { readonly ino: bigint; readonly size: bigint };
    try {
      found = await stat(this.#path, { bigint: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new FollowedFileError(this.#path, "replaced", this.#read);
    }
    if (found.ino !== this.#inode) throw new FollowedFileError(this.#path, "replaced", this.#read);
    if (Number(found.size) < this.#read) throw new FollowedFileError(this.#path, "shortened", this.#read);
    const length = this.#tail.length;
    if (length === 0) return;
    const { buffer, bytesRead } = await this.#handle.read(
      Buffer.alloc(length),
      0,
      length,
      this.#read - length,
    );
    if (bytesRead !== length || !buffer.equals(this.#tail)) {
      throw new FollowedFileError(this.#path, "rewritten", this.#read);
    }
  }
}
