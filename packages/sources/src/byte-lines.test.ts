import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { linesOfBytes } from "./byte-lines.js";
import { HistoryFile } from "./history-file.js";
import { HistoryText } from "./history-text.js";
import { readLines } from "./lines.js";
import type { FileDigest, TextLine } from "./split-lines.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "byte-lines-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function all(lines: AsyncGenerator<TextLine, FileDigest>): Promise<unknown> {
  const read: TextLine[] = [];
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) return { read, digest: next.value };
      read.push(next.value);
    }
  } catch (error) {
    // How much of damaged gzip is given before the damage is found differs between the two.
    const { code, field } = error as { code?: string; field?: string };
    return { code, field };
  }
}

it("gives the lines, the digest and the faults that a file of the bytes gives", async () => {
  const text = fc
    .array(fc.string({ unit: "grapheme", maxLength: 20 }), { maxLength: 8 })
    .map((rows) => rows.join("\n"));
  const bytes = fc.oneof(
    text.map((plain) => Buffer.from(plain)),
    text.map((plain) => gzipSync(plain)),
    text.map((plain) => gzipSync(plain).subarray(0, -6)),
    fc.uint8Array({ maxLength: 30 }).map((raw) => Buffer.from(raw)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (given) => {
      const path = join(folder, "file");
      writeFileSync(path, given);
      expect(await all(linesOfBytes(given, path))).toEqual(await all(readLines(path)));
    }),
    { seed: 21, numRuns: 150 },
  );
});

it("opens a history in memory as from a file", async () => {
  const rows = [
    '{"format":"shortfall-logs/1","protocol":"p","version":"1"}',
    '{"range":{"fromBlock":1,"toBlock":2}}',
  ];
  const bytes = Buffer.from(`${rows.join("\n")}\n`);
  const path = join(folder, "history.jsonl");
  writeFileSync(path, bytes);
  const file = await HistoryFile.open(path);
  const text = await HistoryText.ofBytes(bytes, "history.jsonl");
  expect([text.name, text.header]).toEqual([file.name, file.header]);
  const [a, b] = [file.records(), text.records()];
  for (;;) {
    const [one, other] = [await a.next(), await b.next()];
    expect(other).toEqual(one);
    if (one.done) return;
  }
});
