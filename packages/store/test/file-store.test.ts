import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal, type JournalHeader, type JournalKey } from "@shortfall/core";
import { conformanceJournal, storeConformance } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalFolder } from "../src/files/folder.js";
import { FileStore } from "../src/index.js";

const KEY: JournalKey = { chain: "eip155:1", market: "usdc" };
const expected = conformanceJournal(1500);
const all = expected.entries();
const HEADER: JournalHeader = expected.header;
let base: string;
let places = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "shortfall-files-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const place = (): string => join(base, `${places++}`);
const folderOf = (root: string): string => journalFolder(root, KEY.chain, KEY.market);

async function fileSite() {
  const root = place();
  return {
    open: async () => new FileStore(root, { segmentBytes: 50_000 }),
    destroy: () => rm(root, { recursive: true, force: true }),
  };
}

describe("file store", () => {
  storeConformance(it, "files", fileSite);

  it("goes on from every length at which its last batch may have been cut off", async () => {
    const root = place();
    const store = new FileStore(root);
    const journal = await store.open(KEY, HEADER);
    await journal.append(all.slice(0, 1000));
    const path = join(folderOf(root), "0000000000000000.segment");
    const before = (await stat(path)).size;
    await journal.append(all.slice(1000, 1030));
    const whole = await readFile(path);
    await store.close();
    const lengths = Array.from(
      { length: 40 },
      (_, k) => before + Math.floor((k * (whole.length - before)) / 40),
    );
    for (const length of [...lengths, before + 1, before + 8, before + 9, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      const again = new FileStore(root);
      const found = await again.open(KEY, HEADER);
      expect([length, found.length, found.cutBytes]).toEqual([length, 1000, length - before]);
      await found.append(all.slice(1000));
      expect(await found.digest()).toBe(expected.digest());
      await again.close();
      await truncate(path, before);
    }
  });

  it("cuts off a batch that wrote nothing but garbage, and a segment that was only begun", async () => {
    const root = place();
    const store = new FileStore(root, { segmentBytes: 1 });
    const journal = await store.open(KEY, HEADER);
    await journal.append(all.slice(0, 10));
    await store.close();
    for (const garbage of [Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(5000), Buffer.alloc(5000, 0xff)]) {
      await appendFile(join(folderOf(root), "0000000000000010.segment"), garbage);
      const again = new FileStore(root, { segmentBytes: 1 });
      const found = await again.open(KEY, HEADER);
      expect([found.length, found.cutBytes]).toEqual([10, garbage.length]);
      await again.close();
    }
  });

  it("names every flipped byte of what was acknowledged as damage and cuts nothing", async () => {
    const root = place();
    const store = new FileStore(root, { segmentBytes: 20_000 });
    const journal = await store.open(KEY, HEADER);
    for (let at = 0; at < 120; at += 10) await journal.append(all.slice(at, at + 10));
    await store.close();
    const folder = folderOf(root);
    const segments = (await readdir(folder)).filter((name) => name.endsWith(".segment")).sort();
    expect(segments.length).toBeGreaterThan(1);
    for (const [index, name] of segments.entries()) {
      const path = join(folder, name);
      const whole = await readFile(path);
      // The very last batch cannot be told from an unfinished one.
      const last = index === segments.length - 1;
      const end = last ? whole.lastIndexOf(Buffer.from('"sequence":109,')) : whole.length;
      for (let at = 0; at < end; at += 211) {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ (1 << (at % 8));
        await writeFile(path, damaged);
        await expect(new FileStore(root).open(KEY, HEADER), `${name} at ${at}`).rejects.toMatchObject({
          code: "SF_STORE_CORRUPT",
        });
        expect((await stat(path)).size).toBe(whole.length);
      }
      await writeFile(path, whole);
    }
    const again = await new FileStore(root).open(KEY, HEADER);
    expect(again.length).toBe(120);
    await again.close();
  });

  it("misses entries that a snapshot proves were there", async () => {
    const root = place();
    const store = new FileStore(root);
    const journal = await store.open(KEY, HEADER);
    await journal.append(all.slice(0, 10));
    await journal.append(all.slice(10, 20));
    await journal.putSnapshot(new Uint8Array(3));
    await store.close();
    const path = join(folderOf(root), "0000000000000000.segment");
    await truncate(path, (await stat(path)).size - 1);
    await expect(new FileStore(root).open(KEY, HEADER)).rejects.toThrow("only 10 entries are left");
  });

  it("names a damaged snapshot", async () => {
    const root = place();
    const store = new FileStore(root);
    const journal = await store.open(KEY, HEADER);
    await journal.append(all.slice(0, 10));
    await journal.putSnapshot(Uint8Array.of(1, 2, 3));
    const path = join(folderOf(root), "0000000000000010.snapshot");
    const whole = await readFile(path);
    const damaged = Buffer.from(whole);
    damaged[whole.length - 1]! ^= 4;
    for (const bytes of [damaged, whole.subarray(0, whole.length - 1), Buffer.concat([whole, whole])]) {
      await writeFile(path, bytes);
      await expect(journal.snapshot()).rejects.toMatchObject({ code: "SF_STORE_CORRUPT" });
    }
    await store.close();
  });

  it("is taken over from a dead process, not from a living one or another machine", async () => {
    const root = place();
    const store = new FileStore(root);
    await (await store.open(KEY, HEADER)).append(all.slice(0, 3));
    await store.close();
    const folder = folderOf(root);
    const lock = async (holder: object) => {
      const [name] = (await readdir(folder)).filter((found) => found.startsWith("writer."));
      await writeFile(join(folder, name!), JSON.stringify(holder));
    };
    const { hostname } = await import("node:os");
    await lock({ host: `${hostname()}.elsewhere`, pid: 1, start: "" });
    await expect(new FileStore(root).open(KEY, HEADER)).rejects.toMatchObject({ code: "SF_STORE_LOCKED" });
    await lock({ host: hostname(), pid: 2 ** 22 + 1, start: "" });
    const again = new FileStore(root);
    expect((await again.open(KEY, HEADER)).length).toBe(3);
    await expect(new FileStore(root).open(KEY, HEADER)).rejects.toThrow(`process ${process.pid}`);
    await again.close();
  });

  it("lets one of many that race for it in", async () => {
    const root = place();
    const stores = Array.from({ length: 12 }, () => new FileStore(root));
    const results = await Promise.allSettled(stores.map((store) => store.open(KEY, HEADER)));
    expect(results.filter((result) => result.status === "fulfilled").length).toBe(1);
    for (const store of stores) await store.close();
  });

  it("does not go on after a failed write", async () => {
    const root = place();
    const store = new FileStore(root, { segmentBytes: 1 });
    const journal = await store.open(KEY, HEADER);
    await journal.append(all.slice(0, 3));
    // The next segment cannot be made where a folder has its name.
    const { mkdir } = await import("node:fs/promises");
    const name = join(folderOf(root), "0000000000000003.segment");
    await mkdir(name);
    await expect(journal.append(all.slice(3, 6))).rejects.toMatchObject({
      code: "SF_STORE_FAILED",
    });
    await expect(journal.append(all.slice(3, 6))).rejects.toMatchObject({
      code: "SF_STORE_FAILED",
    });
    await store.close();
    await rm(name, { recursive: true });
    const again = await new FileStore(root).open(KEY, HEADER);
    expect(again.length).toBe(3);
    await again.append(all.slice(3));
    expect(await again.digest()).toBe(expected.digest());
    await again.close();
  });

  it("refuses a folder that is not a journal's", async () => {
    const root = place();
    const store = new FileStore(root);
    await (await store.open(KEY, HEADER)).close();
    for (const text of ["", "{}", "null", '{"format":"other/1"}']) {
      await writeFile(join(folderOf(root), "journal.json"), text);
      await expect(store.open(KEY, HEADER)).rejects.toMatchObject({ code: "SF_STORE_CORRUPT" });
    }
    expect(new Journal(HEADER).digest()).toBe(conformanceJournal(0).digest());
  });

  it("refuses names that some store could not keep", async () => {
    const store = new FileStore(place());
    for (const market of ["", "a\0b", "\ud800", "x".repeat(81), "é".repeat(41)]) {
      await expect(store.open({ chain: "c", market }, HEADER)).rejects.toMatchObject({
        code: "SF_JOURNAL_KEY",
      });
      await expect(store.view({ chain: market, market: "m" })).rejects.toMatchObject({ field: "chain" });
    }
    const longest = { chain: "🜚".repeat(20), market: "\u0001/".repeat(40) };
    await (await store.open(longest, HEADER)).close();
    expect(await store.journals()).toEqual([longest]);
  });
});
