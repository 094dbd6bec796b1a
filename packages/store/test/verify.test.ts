import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { BLOCK_ENTRIES, canonicalJson, Journal, type JournalKey } from "@shortfall/core";
import { conformanceJournal, MemoryDisk, MemoryStore } from "@shortfall/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalFolder } from "../src/files/folder.js";
import {
  digestAt,
  FileStore,
  HashChain,
  JournalWriter,
  snapshotRanges,
  verifyJournal,
  verifyRange,
} from "../src/index.js";

const KEY: JournalKey = { chain: "eip155:1", market: "usdc" };
const expected = conformanceJournal(2 * BLOCK_ENTRIES + 300);
const all = expected.entries();
let base: string;
let places = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "shortfall-verify-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function filled(root: string) {
  const store = new FileStore(root, { segmentBytes: 200_000 });
  const stored = await store.open(KEY, expected.header);
  for (const end of [300, 1500, 2 * BLOCK_ENTRIES, expected.length]) {
    await stored.append(all.slice(stored.length, end));
    if (end < expected.length) await stored.putSnapshot(Uint8Array.of(end % 256));
  }
  return { store, stored };
}

describe("the hash chain", () => {
  it("has the journal's digest and blocks after any number of entries", () => {
    const chain = new HashChain(expected.header);
    const journal = new Journal(expected.header);
    for (const [index, { sequence: _, ...draft }] of all.entries()) {
      chain.add(canonicalJson(journal.append(draft)));
      if (index % 389 !== 0 && index % BLOCK_ENTRIES > 1) continue;
      expect(chain.digest()).toBe(journal.digest());
      expect(chain.blocks()).toEqual(journal.blocks());
      const again = new HashChain(expected.header, chain.sealed());
      for (const entry of journal.entries().slice(again.length)) again.add(canonicalJson(entry));
      expect(again.digest()).toBe(journal.digest());
    }
  });
});

describe("verification", () => {
  it("proves a journal by the ranges between its snapshots, from several readers at once", async () => {
    const root = join(base, `${places++}`);
    const { store, stored } = await filled(root);
    const ranges = await snapshotRanges(stored);
    expect(ranges).toEqual([
      [0, 300],
      [300, 1500],
      [1500, 2 * BLOCK_ENTRIES],
      [2 * BLOCK_ENTRIES, expected.length],
    ]);
    const proofs = await Promise.all(
      ranges.map(async ([first, end]) => {
        const reader = new FileStore(root);
        const proof = await verifyRange((await reader.view(KEY))!, first, end);
        await reader.close();
        return proof;
      }),
    );
    expect(proofs.flatMap((proof) => proof.failures)).toEqual([]);
    expect(proofs.map((proof) => proof.digest)).toEqual(
      ranges.map(([, end]) => conformanceJournal(end).digest()),
    );
    expect(proofs.reduce((sum, proof) => sum + proof.blocks, 0)).toBe(2);
    for (const parallel of [1, 3, 100]) {
      expect(await verifyJournal(stored, parallel)).toMatchObject({ ok: true, digest: expected.digest() });
    }
    await store.close();
  });

  it("gives the digest at any length", async () => {
    const { store, stored } = await filled(join(base, `${places++}`));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: expected.length }), async (length) => {
        expect(await digestAt(stored, length)).toBe(conformanceJournal(length).digest());
      }),
      { seed: 11, numRuns: 12 },
    );
    await expect(digestAt(stored, expected.length + 1)).rejects.toMatchObject({
      code: "SF_STORE_RANGE",
    });
    await store.close();
  });

  it("finds an entry that was forged with a fitting checksum, in the range that holds it and no other", async () => {
    const root = join(base, `${places++}`);
    const { store } = await filled(root);
    await store.close();
    const path = join(journalFolder(root, KEY.chain, KEY.market), "0000000000000000.segment");
    const bytes = await readFile(path);
    const at = bytes.indexOf('"sequence":703}') - 2000;
    // Another block number of the same length: balanced, well-formed, false.
    const field = bytes.indexOf('"block":19000', at);
    forge(bytes, field + 8, "29");
    await writeFile(path, bytes);
    const view = await new FileStore(root).view(KEY);
    const proof = await verifyJournal(view!);
    expect(proof.ok).toBe(false);
    const failing = proof.ranges.filter((range) => range.failures.length > 0);
    expect(failing.map((range) => [range.first, range.end])).toEqual([[300, 1500]]);
    expect(failing[0]!.failures[0]).toContain("block 0 has digest");
  });

  it("is of an empty journal too", async () => {
    const store = new MemoryStore(new MemoryDisk());
    const stored = await store.open(KEY, expected.header);
    expect(await verifyJournal(stored)).toMatchObject({
      ok: true,
      length: 0,
      digest: conformanceJournal(0).digest(),
    });
  });
});

/** Overwrites part of a frame's payload and makes its CRC-32 fit again. */
function forge(bytes: Buffer, at: number, text: string): void {
  for (let head = 0; head < bytes.length; ) {
    const end = head + 9 + bytes.readUInt32LE(head);
    if (at < end) {
      bytes.write(text, at);
      bytes.writeUInt32LE(crc32(bytes.subarray(head + 8, end)), head + 4);
      return;
    }
    head = end;
  }
}

describe("a writer that keeps up with a journal in memory", () => {
  const grow = (journal: Journal, count: number): void => {
    for (let k = 0; k < count; k++) {
      const { sequence: _, ...draft } = all[journal.length]!;
      journal.append(draft);
    }
  };

  it("stores what is new and takes snapshots of the state as they fall due", async () => {
    const store = new FileStore(join(base, `${places++}`));
    const journal = new Journal(expected.header);
    const stored = await store.open(KEY, journal.header);
    const state = () => Buffer.from(`${journal.length}`);
    const options = { batchEntries: 64, snapshotEvery: 300, state };
    const writer = await JournalWriter.on(journal, stored, options);
    for (const count of [10, 0, 250, 100, 500, 1]) {
      grow(journal, count);
      const writing = [writer.write(), writer.write()];
      expect((await Promise.all(writing)).map((receipt) => receipt.digest)).toEqual([
        journal.digest(),
        journal.digest(),
      ]);
    }
    const marks = await stored.snapshots();
    expect(marks.map((mark) => mark.sequence)).toEqual([360, 860]);
    expect(Buffer.from((await stored.snapshot(800))!.bytes).toString()).toBe("360");
    expect((await verifyJournal(stored)).ok).toBe(true);
    await store.close();
  });

  it("refuses a store that holds another journal, or more than the journal", async () => {
    const store = new MemoryStore();
    const stored = await store.open(KEY, expected.header);
    await stored.append(all.slice(0, 20));
    const short = new Journal(expected.header);
    grow(short, 10);
    await expect(JournalWriter.on(short, stored)).rejects.toMatchObject({ code: "SF_JOURNAL_MISMATCH" });
    const other = new Journal(expected.header);
    for (const { sequence: _, ...draft } of all.slice(1, 30)) other.append(draft);
    await expect(JournalWriter.on(other, stored)).rejects.toMatchObject({
      code: "SF_JOURNAL_MISMATCH",
      length: 20,
    });
    grow(short, 15);
    const writer = await JournalWriter.on(short, stored);
    expect(await writer.write()).toEqual({ length: 25, digest: short.digest() });
  });
});
