import type { JournalEntry, JournalHeader, JournalKey, StoredJournal } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { MemoryDisk, MemoryStore } from "./memory-store.js";
import { storeChecks, storeConformance, testStore } from "./store-conformance.js";

describe("the conformance suite of stores", () => {
  storeConformance(it, "memory", () => site((journal) => journal));

  it("has a name for each check", () => {
    expect(new Set(storeChecks.map((check) => check.name)).size).toBe(storeChecks.length);
    expect(storeChecks.length).toBeGreaterThan(12);
  });

  it.each<[string, (journal: StoredJournal) => Partial<StoredJournal>, string]>([
    [
      "acknowledges what it does not write",
      (journal) => ({
        append: async (entries) => ({ length: entries.length, digest: await journal.digest() }),
      }),
      "gives back entries",
    ],
    [
      "takes any sequence",
      (journal) => ({
        append: (entries) =>
          journal.append(entries.map((entry, index) => ({ ...entry, sequence: journal.length + index }))),
      }),
      "refuses a gap",
    ],
    [
      "writes a batch up to where it fails",
      (journal) => ({
        append: async (entries) => {
          if (entries.length > 50) return journal.append(entries);
          for (const entry of entries) await journal.append([entry]);
          return { length: journal.length, digest: await journal.digest() };
        },
      }),
      "whole or not at all",
    ],
    [
      "drops what it does not know",
      (journal) => ({
        append: (entries) => journal.append(entries.map(({ memo: _, ...entry }) => entry)),
      }),
      "refuses what not every store",
    ],
    [
      "rounds amounts through doubles",
      (journal) => ({ read: (first, end) => mapped(journal.read(first, end), throughDouble) }),
      "gives back entries",
    ],
    [
      "reads past the end of a range",
      (journal) => ({
        read: (first, end) => journal.read(first, Math.min((end ?? journal.length) + 1, journal.length)),
      }),
      "reads any range",
    ],
    ["hashes in its own way", () => ({ digest: async () => "00".repeat(32) }), "has the digest"],
    ["forgets snapshots", () => ({ snapshots: async () => [] }), "keeps snapshots"],
    ["works on when closed", () => ({ close: async () => undefined }), "once closed"],
  ])("finds a store that %s", async (_name, fault, expected) => {
    const checks = await testStore(() => site((journal) => broken(journal, fault(journal))));
    const failed = checks.filter((check) => !check.ok).map((check) => check.name);
    expect(failed.some((name) => name.includes(expected))).toBe(true);
    expect(checks.filter((check) => !check.ok).every((check) => check.message !== "")).toBe(true);
  });

  it("finds a store that lets two write", async () => {
    const careless = await testStore(async () => {
      const disk = new MemoryDisk();
      return { open: async () => new CarelessStore(disk), destroy: async () => undefined };
    });
    const failed = careless.filter((check) => !check.ok).map((check) => check.name);
    expect(failed).toContain("does not let two write");
  });
});

/** Lets the second writer in. */
class CarelessStore extends MemoryStore {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    super(disk);
    this.#disk = disk;
  }

  override open(key: JournalKey, header: JournalHeader): Promise<StoredJournal> {
    for (const file of this.#disk.journals.values()) file.writer = undefined;
    return super.open(key, header);
  }
}

async function site(change: (journal: StoredJournal) => StoredJournal) {
  const disk = new MemoryDisk();
  return {
    open: async () => {
      const store = new MemoryStore(disk);
      const open = store.open.bind(store);
      store.open = async (key, header) => change(await open(key, header));
      return store;
    },
    destroy: async () => undefined,
  };
}

function broken(journal: StoredJournal, fault: Partial<StoredJournal>): StoredJournal {
  return {
    key: journal.key,
    header: journal.header,
    get length() {
      return journal.length;
    },
    append: (entries) => journal.append(entries),
    read: (first, end) => journal.read(first, end),
    blocks: () => journal.blocks(),
    digest: () => journal.digest(),
    putSnapshot: (bytes) => journal.putSnapshot(bytes),
    snapshots: () => journal.snapshots(),
    snapshot: (sequence) => journal.snapshot(sequence),
    close: () => journal.close(),
    ...fault,
  };
}

async function* mapped<T>(values: AsyncIterable<T>, change: (value: T) => T): AsyncGenerator<T> {
  for await (const value of values) yield change(value);
}

const throughDouble = (entry: JournalEntry): JournalEntry => ({
  ...entry,
  postings: entry.postings.map((posting) => ({ ...posting, amount: BigInt(Number(posting.amount)) })),
});
