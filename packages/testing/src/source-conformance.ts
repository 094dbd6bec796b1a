import {
  type ChainLog,
  eventCodec,
  type HistoryHeader,
  isShortfallError,
  type LogSource,
  type Position,
  type SourceDigest,
  type SourceRecord,
} from "@shortfall/core";
import type { ConformanceCheck } from "./policy-conformance.js";

/** A history as a source must give it: what a file of plain logs with this header and these records holds. */
export interface SourceHistory {
  /** Says in `rpc` which contracts and blocks were read. */
  readonly header: HistoryHeader;
  /** In chain order, on the lines that they have in a file; the first is the range. */
  readonly records: readonly SourceRecord[];
}

/** Records with the cursor to keep once they are stored: plain data, or what JSON makes of it. */
export interface SourcePage {
  readonly records: readonly SourceRecord[];
  readonly cursor: unknown;
}

/** A history, stored as the source reads it. */
export interface SourceSite {
  /** A new source over it, which reads on after a cursor. Whoever opens it closes it, perhaps twice. */
  open(cursor?: unknown): Promise<LogSource>;
  /** The records of a source that `open` gave, with cursors. */
  pages(source: LogSource): AsyncIterable<SourcePage>;
  /** Removes what is stored. */
  destroy(): Promise<void>;
}

/** A kind of source with a way to store histories for it. */
export interface SourceForm {
  store(history: SourceHistory): Promise<SourceSite>;
  /** Stores a history and damages it, so that it can no longer be read whole. */
  readonly damages: Readonly<Record<string, (history: SourceHistory) => Promise<SourceSite>>>;
  /** Whether it can only hold events of `SOURCE_EVENTS`: decoded, with their arguments. */
  readonly decoded?: boolean;
}

/** One thing that every source must keep. */
export interface SourceCheck {
  readonly name: string;
  /** @throws if the source does not keep it. */
  run(form: SourceForm): Promise<void>;
}

/** What every source is checked for. Framework-free and deterministic. */
export const sourceChecks: readonly SourceCheck[] = [
  { name: "gives every record once, in chain order, on its line", run: givesAll },
  { name: "gives the header, and plain logs", run: givesHeader },
  { name: "gives the same, with the same digest, to everybody who opens it", run: repeats },
  { name: "has another digest for another history", run: distinguishes },
  { name: "reads on after any cursor, with the very next record", run: resumes },
  { name: "gives histories of several pages whole", run: readsLong },
  { name: "lets go before the end, and twice", run: closes },
  { name: "names what is damaged, and gives nothing beyond it", run: namesDamage },
];

/** Runs all checks; never throws for a fault of the source. */
export async function testLogSource(form: SourceForm): Promise<readonly ConformanceCheck[]> {
  const results: ConformanceCheck[] = [];
  for (const check of sourceChecks) {
    try {
      await check.run(form);
      results.push({ name: check.name, ok: true, message: "" });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      results.push({ name: check.name, ok: false, message });
    }
  }
  return results;
}

/** Registers each check with a test framework: `sourceConformance(it, "csv", form)`. */
export function sourceConformance(
  it: (name: string, run: () => Promise<void>) => void,
  source: string,
  form: SourceForm,
): void {
  for (const check of sourceChecks) it(`${source} ${check.name}`, () => check.run(form));
}

/** Events of the histories that sources are checked with, as `eventCodec` takes them. */
export const SOURCE_EVENTS: readonly string[] = [
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Settled(bytes32 indexed id, address account, int256 amount, bool closed)",
];

const [TRANSFER, SETTLED] = SOURCE_EVENTS.map((declaration) => eventCodec(declaration));
const CONTRACTS = [`0x${"a1".repeat(20)}`, `0x${"b2".repeat(20)}`] as const;
const FIRST_BLOCK = 19_000_000;

/**
 * A history of some blocks: up to three transactions a block and three logs a transaction, numbers from zero to the
 * largest, an index near 2^32, a price, a touch, a call and a checkpoint beside the logs. Without `decoded` it also has
 * logs of no event: without topics, without data, with data of odd lengths.
 */
export function sourceHistory(
  blocks: number,
  options: { readonly decoded?: boolean; readonly salt?: number } = {},
): SourceHistory {
  const { decoded = false, salt = 0 } = options;
  const toBlock = FIRST_BLOCK + 3 * blocks;
  const records: Unnumbered[] = [];
  for (let k = 0; k < blocks; k++) {
    const block = FIRST_BLOCK + 3 * k;
    const at = { block, timestamp: 1_700_000_000 + 36 * k };
    const last = k === blocks - 1;
    if (k % 5 === 0)
      records.push({ kind: "price", position: at, update: { subject: "WETH", price: BigInt(k) << 90n } });
    let logIndex = k % 4;
    for (let t = 0; t <= k % 3; t++) {
      const transactionIndex = 2 * t + (k % 2);
      const position = { ...at, transaction: word(BigInt(1000 * (k + 1) + t)), transactionIndex };
      if (k % 7 === 3 && t === 1)
        records.push({ kind: "call", position, call: { type: "settle", amount: "7" } });
      for (let n = 0; n <= (k + t) % 3; n++) {
        const seed = BigInt(salt + 100 * k + 10 * t + n);
        const index = last && n === (k + t) % 3 && t === k % 3 ? 0xfffffffc : logIndex++;
        records.push({
          kind: "log",
          position: { ...position, logIndex: index },
          log: { ...logOf(seed, decoded), logIndex: index },
          removed: false,
          blockHash: word(BigInt(block)),
        });
      }
    }
    if (k % 9 === 4) {
      const position = { ...at, transaction: word(BigInt(1000 * (k + 1) + 999)), transactionIndex: 99 };
      records.push({ kind: "touch", position, addresses: [CONTRACTS[1]] });
    }
    if (last) {
      const values = new Map([
        ["cash", -5n],
        ["loans", 1n << 200n],
      ]);
      records.push({ kind: "checkpoint", position: at, pool: CONTRACTS[0], values });
    }
  }
  const rpc = { addresses: [...CONTRACTS], fromBlock: FIRST_BLOCK, toBlock };
  const header = { protocol: "conformance", version: "1", chainId: 10, rpc };
  const range: SourceRecord = { kind: "range", line: 2, fromBlock: FIRST_BLOCK, toBlock };
  return {
    header,
    records: [
      range,
      ...records.map((record, index) => ({ ...record, position: { ...record.position, line: index + 3 } })),
    ],
  };
}

type Unnumbered = SourceRecord & { readonly position: Position };

/** A log for a number: small and largest amounts, negative ones, and what is no event at all. */
function logOf(seed: bigint, decoded: boolean): Omit<ChainLog, "logIndex"> {
  const address = CONTRACTS[Number(seed % 2n)]!;
  const amount = seed % 3n === 0n ? (1n << 256n) - 1n - seed : seed << (seed % 200n);
  const account = (n: bigint): string => word((n * 0x9e3779b97f4a7c15n) & ((1n << 160n) - 1n));
  if (!decoded && seed % 11n === 5n) {
    const bytes = Number(seed % 70n);
    return { address, topics: seed % 2n === 0n ? [] : [word(seed)], data: `0x${"0f".repeat(bytes)}` };
  }
  if (seed % 4n === 1n) {
    const signed = seed % 8n === 1n ? -amount / 2n - 1n : amount / 2n;
    const body = [account(seed), word(BigInt.asUintN(256, signed)), word(seed % 2n)];
    return {
      address,
      topics: [SETTLED!.topic0, word(seed)],
      data: `0x${body.map((each) => each.slice(2)).join("")}`,
    };
  }
  return { address, topics: [TRANSFER!.topic0, account(seed), account(seed + 1n)], data: word(amount) };
}

const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

const historyOf = (form: SourceForm, blocks = 24, salt = 0): SourceHistory =>
  sourceHistory(blocks, { decoded: form.decoded ?? false, salt });

async function givesAll(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form), async (site, history) => {
    const { records, digest } = await readAll(await site.open());
    requireSame(records, history.records);
    if (!/^[0-9a-f]{64}$/.test(digest.sha256)) throw new Error(`the digest's sha256 is "${digest.sha256}"`);
    if (!(digest.bytes > 0) || digest.name === "") throw new Error("the digest lacks bytes or a name");
  });
}

async function givesHeader(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form), async (site, { header }) => {
    const source = await site.open();
    try {
      const { format: _format, ...given } = source.header;
      const { format: _own, ...expected } = header;
      if (JSON.stringify(sorted(given)) !== JSON.stringify(sorted(expected))) {
        throw new Error(`gives the header ${JSON.stringify(given)}`);
      }
      if (source.style !== "logs") throw new Error(`says its style is ${source.style}`);
      if (source.complete || source.continues) throw new Error("says what the header does not say");
      if (source.name === "") throw new Error("has no name");
    } finally {
      await source.close();
    }
  });
}

async function repeats(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form), async (site) => {
    const first = await readAll(await site.open());
    const second = await readAll(await site.open());
    requireSame(second.records, first.records);
    if (second.digest.sha256 !== first.digest.sha256) throw new Error("has another digest the second time");
  });
}

async function distinguishes(form: SourceForm): Promise<void> {
  const digests: string[] = [];
  for (const salt of [0, 4]) {
    await withSite(form.store, historyOf(form, 6, salt), async (site) => {
      digests.push((await readAll(await site.open())).digest.sha256);
    });
  }
  if (digests[0] === digests[1]) throw new Error("has the same digest for other logs");
}

async function resumes(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form), async (site, history) => {
    const cursors: { readonly cursor: unknown; readonly given: number }[] = [];
    const source = await site.open();
    let given = 0;
    for await (const { records, cursor } of site.pages(source)) {
      given += records.length;
      cursors.push({ cursor, given });
    }
    await source.close();
    if (given !== history.records.length)
      throw new Error(`gives ${given} of ${history.records.length} records in pages`);
    for (const each of cursors) {
      const { records } = await readAll(await site.open(JSON.parse(JSON.stringify(each.cursor))));
      requireSame(records, history.records.slice(each.given));
    }
  });
}

async function readsLong(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form, 500), async (site, history) => {
    requireSame((await readAll(await site.open())).records, history.records);
  });
}

async function closes(form: SourceForm): Promise<void> {
  await withSite(form.store, historyOf(form), async (site, history) => {
    const unread = await site.open();
    await unread.close();
    await unread.close();
    const begun = await site.open();
    const records = begun.records();
    await records.next();
    await records.return({ name: "", bytes: 0, sha256: "" });
    await begun.close();
    await begun.close();
    requireSame((await readAll(await site.open())).records, history.records);
  });
}

async function namesDamage(form: SourceForm): Promise<void> {
  const kinds = Object.entries(form.damages);
  if (kinds.length === 0) throw new Error("is checked for no damage");
  for (const [what, store] of kinds) {
    await withSite(store, historyOf(form), async (site, history) => {
      const records: SourceRecord[] = [];
      try {
        const source = await site.open();
        try {
          for await (const record of source.records()) records.push(record);
        } finally {
          await source.close();
        }
      } catch (error) {
        if (!isShortfallError(error)) throw new Error(`${what}: throws ${String(error)}, which has no code`);
        requireSame(records, history.records.slice(0, records.length), `${what}: `);
        return;
      }
      throw new Error(`${what}: gives ${records.length} records of ${history.records.length} without a word`);
    });
  }
}

async function withSite(
  store: (history: SourceHistory) => Promise<SourceSite>,
  history: SourceHistory,
  work: (site: SourceSite, history: SourceHistory) => Promise<void>,
): Promise<void> {
  const site = await store(history);
  try {
    await work(site, history);
  } finally {
    await site.destroy();
  }
}

async function readAll(source: LogSource): Promise<{ records: SourceRecord[]; digest: SourceDigest }> {
  const records: SourceRecord[] = [];
  try {
    const reading = source.records();
    for (;;) {
      const next = await reading.next();
      if (next.done) return { records, digest: next.value };
      records.push(next.value);
    }
  } finally {
    await source.close();
  }
}

/** Sources may not know block hashes and transaction indices; what they know must be right. */
function requireSame(found: readonly SourceRecord[], expected: readonly SourceRecord[], what = ""): void {
  for (let k = 0; k < Math.max(found.length, expected.length); k++) {
    const [left, right] = [found[k], expected[k]].map(textOf);
    if (left !== right) {
      throw new Error(`${what}record ${k + 1} of ${expected.length}: expected ${right}, got ${left}`);
    }
    const hash = optionalOf(found[k]);
    const known = optionalOf(expected[k]);
    for (const key of ["blockHash", "transactionIndex"] as const) {
      if (hash[key] !== undefined && hash[key] !== known[key]) {
        throw new Error(`${what}record ${k + 1}: expected ${key} ${known[key]}, got ${hash[key]}`);
      }
    }
  }
}

const optionalOf = (record: SourceRecord | undefined): { blockHash?: string; transactionIndex?: number } => {
  if (record?.kind !== "log") return {};
  const { blockHash, position } = record;
  return {
    ...(blockHash === undefined ? {} : { blockHash }),
    ...(position.transactionIndex === undefined ? {} : { transactionIndex: position.transactionIndex }),
  };
};

function textOf(record: SourceRecord | undefined): string {
  if (record === undefined) return "no record";
  if (record.kind === "trace" || record.kind === "range") return JSON.stringify(record);
  const { transactionIndex: _index, ...position } = record.position;
  const { blockHash: _hash, ...rest } = record as SourceRecord & { blockHash?: string };
  return JSON.stringify(sorted({ ...rest, position }));
}

/** With keys in order, maps as lists, and bigint as text. */
function sorted(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Map) return sorted([...value]);
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
