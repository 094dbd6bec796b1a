import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readLines } from "./lines.js";
import type { TextLine } from "./split-lines.js";

const folder = mkdtempSync(join(tmpdir(), "sources-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(content: string | Uint8Array): string {
  const path = join(folder, `${++files}`);
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<{ lines: TextLine[]; digest: unknown }> {
  const lines: TextLine[] = [];
  const reader = readLines(path);
  for (;;) {
    const next = await reader.next();
    if (next.done) return { lines, digest: next.value };
    lines.push(next.value);
  }
}

const text = "one\ntwo\r\n\ndrei · ß\n";
const zipped = gzipSync(text);

describe("readLines", () => {
  it("numbers lines and takes line ends off, whether compressed or not", async () => {
    const plain = await read(write(text));
    expect(plain.lines.map((line) => line.text)).toEqual(["one", "two", "", "drei · ß"]);
    expect(plain.lines.map((line) => line.number)).toEqual([1, 2, 3, 4]);
    expect(plain.digest).toMatchObject({ bytes: Buffer.byteLength(text), closed: true });
    expect((await read(write(zipped))).lines).toEqual(plain.lines);
    expect((await read(write(Buffer.concat([zipped, zipped])))).lines).toHaveLength(8);
  });

  it("says whether the last line was closed", async () => {
    expect((await read(write("a\nb"))).digest).toMatchObject({ closed: false });
  });

  it("gives the lines that were written, wherever chunks end", async () => {
    const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, ""));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean(), async (lines, zip) => {
        const content = `${lines.join("\n")}\n`;
        const found = await read(write(zip ? gzipSync(content) : content));
        expect(found.lines.map((each) => each.text)).toEqual(lines);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it("reads lines longer than a chunk", async () => {
    const long = "x".repeat(700_000);
    expect((await read(write(`${long}\nend\n`))).lines.map((line) => line.text.length)).toEqual([700_000, 3]);
  });

  const flipped = Buffer.from(gzipSync("hello ".repeat(500)));
  flipped[20]! ^= 0x55;
  it.each([
    ["a missing file", () => join(folder, "none"), "path", "an existing file"],
    ["a folder", () => folder, "path", "a file"],
    ["an empty file", () => write(""), "content", "at least a header line"],
    ["an empty gzip file", () => write(gzipSync("")), "content", "at least a header line"],
    ["gzip cut short", () => write(zipped.subarray(0, zipped.length - 6)), "gzip", "a complete gzip stream"],
    ["gzip cut in its header", () => write(zipped.subarray(0, 5)), "gzip", "a complete gzip stream"],
    ["damaged gzip", () => write(flipped), "gzip", "an intact gzip stream"],
    [
      "something behind the gzip data",
      () => write(Buffer.concat([zipped, Buffer.from("more")])),
      "gzip",
      "an intact gzip stream",
    ],
    ["text that is not UTF-8", () => write(Buffer.from([0x61, 0x0a, 0xff, 0xfe])), "encoding", "UTF-8 text"],
  ])("refuses %s by name", async (_what, make, field, expected) => {
    const file = make();
    await expect(read(file)).rejects.toMatchObject({
      code: "SF_SOURCE",
      file,
      field,
      expected: expect.stringContaining(expected),
    });
  });
});
