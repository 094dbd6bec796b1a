import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { SourceRecord } from "@shortfall/core";
import { FollowedFile, type FollowedFileOptions } from "@shortfall/sources";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "followed-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const header = `${JSON.stringify({ format: "shortfall-trace/1", protocol: "toy", version: "1.0" })}\n`;
const line = (i: number): string => `${JSON.stringify({ i, block: 100 + i, note: "é".repeat(i % 7) })}\n`;

function fileOf(text: string): string {
  const path = join(folder, `${files++}.jsonl`);
  writeFileSync(path, text);
  return path;
}

const numberOf = (record: SourceRecord): unknown =>
  record.kind === "trace" ? record.line.value.i : record.kind;

/** Reads until `count` records have come; what `grow` does happens whenever the end is reached. */
async function follow(
  path: string,
  count: number,
  grow: () => void = () => undefined,
  options: FollowedFileOptions = {},
): Promise<unknown[]> {
  const stop = new AbortController();
  const seen: unknown[] = [];
  const file = await FollowedFile.open(path, { interval: 1, ...options });
  if (count === 0) stop.abort();
  for await (const batch of file.batches(stop.signal)) {
    if (batch.kind === "head") grow();
    if (batch.kind === "records") for await (const record of batch.records) seen.push(numberOf(record));
    if (seen.length >= count) stop.abort();
  }
  return seen;
}

describe("a growing file", () => {
  it("gives whole lines, each once, however the bytes arrive", async () => {
    const text = Array.from({ length: 12 }, (_, index) => line(index + 1)).join("");
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }),
        async (cuts) => {
          const path = fileOf(header);
          const ends = [...new Set(cuts), bytes.length].sort((a, b) => a - b);
          const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          const next = pieces[Symbol.iterator]();
          // A head comes again only after records did; the rest is appended while nobody looks.
          const timer = setInterval(() => {
            const piece = next.next();
            if (!piece.done) appendFileSync(path, piece.value);
          }, 1);
          const seen = await follow(path, 12);
          clearInterval(timer);
          expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
        },
      ),
      { numRuns: 25, seed: 3 },
    );
  });

  it("leaves a torn last line until it is whole", async () => {
    const [whole, torn] = [line(1), line(2)];
    const path = fileOf(header + whole + torn.slice(0, 9));
    expect(await follow(path, 2, () => appendFileSync(path, torn.slice(9)))).toEqual([1, 2]);
  });

  it("ends at the present end if asked to", async () => {
    const path = fileOf(header + line(1) + line(2));
    expect(await follow(path, 99, undefined, { once: true })).toEqual([1, 2]);
  });

  const changes: readonly (readonly [change: string, apply: (path: string) => void])[] = [
    ["shortened", (path) => truncateSync(path, header.length + 3)],
    ["replaced", (path) => renameSync(fileOf(header + line(1) + line(2)), path)],
    ["replaced", (path) => rmSync(path)],
    ["rewritten", (path) => writeFileSync(path, header + line(3) + line(4) + line(5))],
  ];
  it.each(changes)("says that it was %s", async (change, apply) => {
    const path = fileOf(header + line(1) + line(2));
    await expect(follow(path, 99, () => apply(path))).rejects.toMatchObject({
      code: "SF_FOLLOWED_FILE",
      change,
    });
  });

  it("holds the file against where an earlier reading ended", async () => {
    const path = fileOf(header + line(1) + line(2));
    const first = await FollowedFile.open(path, { once: true });
    for await (const _ of first.batches(new AbortController().signal));
    const expected = first.place;
    appendFileSync(path, line(3));
    expect(await follow(path, 3, undefined, { expected })).toEqual([1, 2, 3]);
    writeFileSync(path, header + line(1) + line(9) + line(3));
    await expect(follow(path, 3, undefined, { expected })).rejects.toMatchObject({ change: "rewritten" });
    writeFileSync(path, header + line(1));
    await expect(follow(path, 3, undefined, { expected })).rejects.toMatchObject({ change: "shortened" });
  });

  it("refuses what is no plain history", async () => {
    const zipped = fileOf("");
    writeFileSync(zipped, gzipSync(header + line(1)));
    await expect(FollowedFile.open(zipped)).rejects.toMatchObject({ change: "compressed" });
    await expect(FollowedFile.open(fileOf("{"))).rejects.toThrow("Write the header before");
    await expect(FollowedFile.open(join(folder, "none"))).rejects.toThrow("expected an existing file");
    await expect(follow(fileOf(`${header}{"i":\n`), 1)).rejects.toThrow("valid JSON");
  });
});
