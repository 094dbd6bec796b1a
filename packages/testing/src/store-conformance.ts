import {
  BLOCK_ENTRIES,
  canonicalJson,
  type EntryDraft,
  isShortfallError,
  Journal,
  type JournalEntry,
  type JournalHeader,
  type JournalKey,
  type JournalStore,
  type StoredJournal,
} from "@shortfall/core";
import type { ConformanceCheck } from "./policy-conformance.js";

/** A place where a store keeps its journals, empty at first. */
export interface StoreSite {
  /** A store on what the place holds now. Whoever opens it closes it, perhaps twice. */
  open(): Promise<JournalStore>;
  /** Removes the place. */
  destroy(): Promise<void>;
}

/** One thing that every store must keep. */
export interface StoreCheck {
  readonly name: string;
  /** @throws if the store does not keep it. */
  run(site: StoreSite): Promise<void>;
}

/** What every store is checked for, each on a place of its own. Framework-free and deterministic. */
export const storeChecks: readonly StoreCheck[] = [
  { name: "begins empty, with the digest of its header", run: beginsEmpty },
  { name: "gives back entries of every shape as they were", run: keepsShapes },
  { name: "has the digest and blocks of the journal, in any batches", run: chainsBatches },
  { name: "has the same after it was closed and opened", run: survivesReopening },
  { name: "reads any range, and refuses others", run: readsRanges },
  { name: "refuses a gap or a repetition, and writes nothing of it", run: refusesGaps },
  { name: "writes a batch whole or not at all", run: refusesWholeBatch },
  { name: "refuses what not every store could give back", run: refusesUnstorable },
  { name: "refuses another header", run: refusesHeader },
  { name: "does not let two write", run: refusesSecondWriter },
  { name: "runs overlapping appends in order", run: ordersAppends },
  { name: "keeps markets apart and lists them", run: separatesMarkets },
  { name: "keeps snapshots with the digest they belong to", run: keepsSnapshots },
  { name: "lets others read beside the writer, and not write", run: allowsViews },
  { name: "does nothing once closed", run: staysClosed },
];

/** Runs all checks; never throws for a fault of the store. */
export async function testStore(site: () => Promise<StoreSite>): Promise<readonly ConformanceCheck[]> {
  const results: ConformanceCheck[] = [];
  for (const check of storeChecks) {
    try {
      await runStoreCheck(check, site);
      results.push({ name: check.name, ok: true, message: "" });
    } catch (error) {
      const message = isShortfallError(error) || error instanceof Error ? error.message : String(error);
      results.push({ name: check.name, ok: false, message });
    }
  }
  return results;
}

/** Registers each check with a test framework: `storeConformance(it, "files", makeSite)`. */
export function storeConformance(
  it: (name: string, run: () => Promise<void>) => void,
  store: string,
  site: () => Promise<StoreSite>,
): void {
  for (const check of storeChecks) it(`${store} ${check.name}`, () => runStoreCheck(check, site));
}

async function runStoreCheck(check: StoreCheck, make: () => Promise<StoreSite>): Promise<void> {
  const site = await make();
  const opened: JournalStore[] = [];
  const open = async (): Promise<JournalStore> => {
    const store = await site.open();
    opened.push(store);
    return store;
  };
  try {
    await check.run({ open, destroy: site.destroy });
  } finally {
    for (const store of opened) await store.close();
    await site.destroy();
  }
}

const KEY: JournalKey = { chain: "eip155:1", market: "0xC3d688B66703497DAA19211EEdff47f25384cdc3" };
const HEADER: JournalHeader = {
  model: "conformance",
  waterfalls: [{ pool: "pool", id: "main", version: "1", digest: "00".repeat(32) }],
};
const MOST = (1n << 256n) - 1n;

/** A draft for each number: every optional member, hostile text, zero, one and the largest amounts. */
function draft(k: number): EntryDraft {
  const amount = k % 7 === 0 ? MOST : BigInt(k) * 10n ** BigInt(k % 60);
  const text = [
    "",
    "plain",
    "tab\t line\n return\r back\\slash",
    "\\N",
    '"quoted" {json}',
    "café 🜚",
    "\\.\n",
  ];
  return {
    kind: ["supply", "accrue", "write-off"][k % 3]!,
    position: {
      block: 19_000_000 + k,
      timestamp: 1_700_000_000 + 12 * k,
      ...(k % 2 === 0
        ? { transactionIndex: k % 5, transaction: `0x${k.toString(16).padStart(64, "0")}` }
        : {}),
      ...(k % 3 === 0 ? { logIndex: 0xfffffffc } : {}),
      ...(k % 4 === 0 ? { line: k } : {}),
    },
    postings:
      k % 11 === 3
        ? []
        : [
            { pool: "pool", account: "Assets:Cash", commodity: "usd", amount },
            {
              pool: "pool",
              account: `Liabilities:Suppliers:${text[k % 7]}`,
              commodity: "usd",
              amount: -amount,
            },
          ],
    ...(k % 2 === 1 ? { account: text[k % 7]! } : {}),
    ...(k % 5 === 0 ? { deficit: `d${k}` } : {}),
    ...(k % 13 === 12 ? { reverses: k - 1 } : {}),
    ...(k % 3 === 1 ? { memo: text[(k + 3) % 7]! } : {}),
  };
}

/** Core's own journal of the first `count` drafts. */
export function conformanceJournal(count: number): Journal {
  const journal = new Journal(HEADER, { tailBlocks: Infinity });
  for (let k = 0; k < count; k++) journal.append(draft(k));
  return journal;
}

async function beginsEmpty(site: StoreSite): Promise<void> {
  const journal = await begin(site);
  same(journal.length, 0, "its length");
  same(await journal.digest(), conformanceJournal(0).digest(), "its digest");
  same(await journal.blocks(), [], "its blocks");
  same(await collect(journal), [], "its entries");
  same((await journal.append([])).length, 0, "the length after an empty batch");
}

async function keepsShapes(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(300);
  const all = expected.entries();
  const journal = await begin(site);
  await journal.append(all);
  const entries = await collect(journal);
  for (const [index, entry] of all.entries()) same(entries[index], entry, `entry ${index}`);
  const amounts = entries.flatMap((entry) => entry.postings.map((posting) => typeof posting.amount));
  demand(
    amounts.every((type) => type === "bigint"),
    "an amount came back that is not a bigint",
  );
}

async function chainsBatches(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(2 * BLOCK_ENTRIES + 177);
  const journal = await begin(site);
  let at = 0;
  for (const size of [1, 2, 1000, BLOCK_ENTRIES - 1003, 1, BLOCK_ENTRIES, 176]) {
    const receipt = await journal.append(expected.entries(at).slice(0, size));
    at += size;
    same(receipt.length, at, "the acknowledged length");
    same(receipt.digest, await journal.digest(), `the digest of the receipt at ${at}`);
  }
  same(await journal.digest(), expected.digest(), "its digest");
  same(await journal.blocks(), expected.blocks(), "its blocks");
}

async function survivesReopening(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(BLOCK_ENTRIES + 500);
  const all = expected.entries();
  let at = 0;
  for (const size of [10, BLOCK_ENTRIES - 10, 0, 200, 300]) {
    const store = await site.open();
    const journal = await store.open(KEY, HEADER);
    same(journal.length, at, "the length found");
    await journal.append(all.slice(at, at + size));
    at += size;
    await store.close();
  }
  const journal = await begin(site);
  same(journal.header, HEADER, "its header");
  same(await journal.digest(), expected.digest(), "its digest");
  same(await journal.blocks(), expected.blocks(), "its blocks");
  same(await collect(journal), all, "its entries");
}

async function readsRanges(site: StoreSite): Promise<void> {
  const count = BLOCK_ENTRIES + 40;
  const expected = conformanceJournal(count);
  const all = expected.entries();
  const journal = await begin(site);
  for (let at = 0; at < count; at += 97) await journal.append(all.slice(at, at + 97));
  for (const [first, end] of [
    [0, 1],
    [0, 0],
    [96, 98],
    [BLOCK_ENTRIES - 1, BLOCK_ENTRIES + 1],
    [BLOCK_ENTRIES, BLOCK_ENTRIES],
    [count - 1, count],
    [count, count],
  ] as const) {
    same(await collect(journal, first, end), all.slice(first, end), `entries ${first} to ${end}`);
  }
  for await (const entry of journal.read(3)) {
    same(entry, all[3], "the first entry of a reading that is given up");
    break;
  }
  for (const [first, end] of [
    [-1, 1],
    [5, 4],
    [0, count + 1],
    [0.5, 2],
  ] as const) {
    await refuses("SF_STORE_RANGE", () => collect(journal, first, end), `entries ${first} to ${end}`);
  }
}

async function refusesGaps(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(60);
  const all = expected.entries();
  const journal = await begin(site);
  await journal.append(all.slice(0, 20));
  const digest = await journal.digest();
  for (const [first, end] of [
    [21, 30],
    [19, 30],
    [0, 20],
  ] as const) {
    const batch = all.slice(first, end);
    await refuses("SF_STORE_SEQUENCE", () => journal.append(batch), `entries from ${first} after 20`);
  }
  const holed = [...all.slice(20, 25), ...all.slice(26, 30)];
  await refuses("SF_STORE_SEQUENCE", () => journal.append(holed), "a batch with a gap");
  same(journal.length, 20, "its length after refusals");
  same(await journal.digest(), digest, "its digest after refusals");
  await journal.append(all.slice(20));
  same(await journal.digest(), expected.digest(), "its digest");
}

async function refusesWholeBatch(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(30);
  const all = expected.entries();
  const journal = await begin(site);
  await journal.append(all.slice(0, 10));
  const bad = unbalanced(all[20]!);
  const batch = [...all.slice(10, 20), bad, ...all.slice(21)];
  await refuses(
    "SF_UNBALANCED_ENTRY",
    () => journal.append(batch),
    "a batch with an entry that is off by one",
  );
  same(journal.length, 10, "its length after the refusal");
  same(await collect(journal), all.slice(0, 10), "its entries after the refusal");
  await journal.append(all.slice(10));
  same(await journal.digest(), expected.digest(), "its digest");
}

function unbalanced(entry: JournalEntry): JournalEntry {
  const [first, ...rest] = entry.postings;
  return { ...entry, postings: [{ ...first!, amount: first!.amount + 1n }, ...rest] };
}

async function refusesUnstorable(site: StoreSite): Promise<void> {
  const journal = await begin(site);
  const [entry] = conformanceJournal(2).entries(1);
  const first = { ...entry!, sequence: 0 };
  const side = (amount: bigint) => ({ pool: "p", account: "a", commodity: "c", amount });
  for (const [name, change] of [
    ["a NUL", { memo: "a\u0000b" }],
    ["half a surrogate pair", { memo: "\ud800" }],
    ["a member that entries do not have", { note: "x" }],
    ["a block that is no whole number", { position: { block: 0.5, timestamp: 1 } }],
    ["amounts above 2^256 − 1", { postings: [side(MOST + 1n), side(-MOST - 1n)] }],
  ] as const) {
    await refuses("SF_ENTRY_NOT_STORABLE", () => journal.append([{ ...first, ...change }]), name);
  }
  same(journal.length, 0, "its length after refusals");
  same((await journal.append([first])).length, 1, "its length after a good entry");
}

async function refusesHeader(site: StoreSite): Promise<void> {
  const store = await site.open();
  await (await store.open(KEY, HEADER)).close();
  await refuses("SF_STORE_HEADER", () => store.open(KEY, { ...HEADER, model: "another" }), "another header");
  await (await store.open(KEY, HEADER)).close();
  await store.close();
}

async function refusesSecondWriter(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(20);
  const all = expected.entries();
  const [first, second] = [await site.open(), await site.open()];
  const one = await first.open(KEY, HEADER);
  await one.append(all.slice(0, 10));
  let refused: unknown;
  try {
    // Either it may not open, or the batch of whoever comes second is refused.
    const two = await second.open(KEY, HEADER);
    await one.append(all.slice(10, 12));
    await two.append(all.slice(10));
  } catch (error) {
    refused = error;
  }
  const code = isShortfallError(refused) ? refused.code : String(refused);
  demand(["SF_STORE_LOCKED", "SF_STORE_CONFLICT"].includes(code), `a second writer was met with ${code}`);
  await second.close();
  await one.append(all.slice(one.length));
  await first.close();
  const journal = await begin(site);
  same(await journal.digest(), expected.digest(), "its digest after two writers");
}

async function ordersAppends(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(200);
  const journal = await begin(site);
  const batches = Array.from({ length: 20 }, (_, k) => expected.entries(10 * k).slice(0, 10));
  const receipts = await Promise.all(batches.map((batch) => journal.append(batch)));
  same(
    receipts.map((receipt) => receipt.length),
    batches.map((_, k) => 10 * k + 10),
    "the acknowledged lengths",
  );
  same(await journal.digest(), expected.digest(), "its digest");
}

async function separatesMarkets(site: StoreSite): Promise<void> {
  const keys: readonly JournalKey[] = [
    { chain: "a", market: "b/c" },
    { chain: "a", market: "x" },
    { chain: "a", market: "é ../.. 'quoted'" },
    { chain: "a/b", market: "c" },
    { chain: "b", market: "X" },
    { chain: "b", market: "x" },
  ];
  const store = await site.open();
  same(await store.journals(), [], "the journals of an empty place");
  for (const [index, key] of [...keys].reverse().entries()) {
    const journal = await store.open(key, HEADER);
    await journal.append(conformanceJournal(index + 1).entries());
  }
  await store.close();
  const again = await site.open();
  same(await again.journals(), keys, "its journals");
  for (const [index, key] of [...keys].reverse().entries()) {
    const journal = await again.view(key);
    same(await journal?.digest(), conformanceJournal(index + 1).digest(), `the digest of ${key.market}`);
  }
  same(await again.view({ chain: "a", market: "none" }), undefined, "a journal that was never begun");
  await again.close();
}

async function keepsSnapshots(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(BLOCK_ENTRIES + 100);
  const all = expected.entries();
  const journal = await begin(site);
  same(await journal.snapshot(), undefined, "the snapshot of an empty journal");
  const ends = [10, 700, BLOCK_ENTRIES, BLOCK_ENTRIES + 33];
  const bytes = (seed: number) => Uint8Array.from({ length: 600 }, (_, k) => (k * seed) % 256);
  const digests: string[] = [];
  for (const end of ends) {
    await journal.append(all.slice(journal.length, end));
    await journal.putSnapshot(bytes(1));
    const mark = await journal.putSnapshot(bytes(end));
    same(mark, { sequence: end, digest: await journal.digest() }, `the mark at ${end}`);
    same(mark.digest, conformanceJournal(end).digest(), `the digest at ${end}`);
    digests.push(mark.digest);
  }
  await journal.append(all.slice(journal.length));
  await journal.close();
  const again = await begin(site);
  const marks = ends.map((sequence, index) => ({ sequence, digest: digests[index]! }));
  same(await again.snapshots(), marks, "its snapshots");
  for (const [at, index] of [
    [BLOCK_ENTRIES + 100, 3],
    [BLOCK_ENTRIES + 32, 2],
    [700, 1],
    [699, 0],
  ] as const) {
    const found = await again.snapshot(at);
    const { bytes: stored, ...mark } = found ?? { bytes: new Uint8Array() };
    same(mark, marks[index], `the snapshot for ${at}`);
    same([...stored], [...bytes(ends[index]!)], `the bytes of the snapshot for ${at}`);
  }
  same(await again.snapshot(9), undefined, "a snapshot before the first");
  same((await again.snapshot())?.sequence, BLOCK_ENTRIES + 33, "the last snapshot");
}

async function allowsViews(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(50);
  const all = expected.entries();
  const [mine, theirs] = [await site.open(), await site.open()];
  const writer = await mine.open(KEY, HEADER);
  await writer.append(all.slice(0, 30));
  const view = await theirs.view(KEY);
  if (!view) throw new Error("a reader does not see the journal");
  await writer.append(all.slice(30));
  same(await collect(view, 0, 30), all.slice(0, 30), "what a reader sees");
  await refuses("SF_STORE_CLOSED", () => view.append(all.slice(30)), "a reader that appends");
  await refuses("SF_STORE_CLOSED", () => view.putSnapshot(new Uint8Array(1)), "a reader that snapshots");
  await theirs.close();
  await mine.close();
}

async function staysClosed(site: StoreSite): Promise<void> {
  const expected = conformanceJournal(5);
  const all = expected.entries();
  const store = await site.open();
  const journal = await store.open(KEY, HEADER);
  await journal.append(all.slice(0, 4));
  await journal.close();
  await journal.close();
  await refuses("SF_STORE_CLOSED", () => journal.append(all.slice(4)), "appending");
  await refuses("SF_STORE_CLOSED", () => collect(journal, 0, 1), "reading");
  await refuses("SF_STORE_CLOSED", () => journal.digest(), "asking for the digest");
  await store.close();
}

async function begin(site: StoreSite): Promise<StoredJournal> {
  return (await site.open()).open(KEY, HEADER);
}

async function collect(journal: StoredJournal, first?: number, end?: number): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(first, end)) entries.push(entry);
  return entries;
}

async function refuses(code: string, work: () => Promise<unknown>, what: string): Promise<void> {
  let met = "no refusal";
  try {
    await work();
  } catch (error) {
    met = isShortfallError(error) ? error.code : String(error);
  }
  demand(met === code, `${what}: expected ${code}, got ${met}`);
}

function same(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [canonicalJson(found), canonicalJson(expected)];
  demand(a === b, `${what}: expected ${short(b)}, got ${short(a)}`);
}

const short = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
