import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryAudit, type HistoryResult, TransactionGrouping } from "@shortfall/audit";
import { type ChainTransaction, eventTable, type SourceRecord } from "@shortfall/core";
import { HistoryFile } from "@shortfall/sources";
import { decodeEventLog, type Hex, parseAbi } from "viem";
import { cometPlay } from "./histories/comet.js";
import { type Play, writeHistory } from "./histories/history.js";
import { morphoPlay } from "./histories/morpho.js";
import { type Contender, type GroupResult, measureEach, ratioOf, type Timing } from "./measure.js";

/** A history on disk and in the forms it passes through. */
interface Forms {
  readonly play: Play;
  readonly path: string;
  readonly lines: readonly string[];
  readonly transactions: readonly ChainTransaction[];
  readonly logs: number;
}

/** Raw logs to books, against reading the same text as JSON and against viem's decoder; and by number of accounts. */
export async function replay(options: { full: boolean }): Promise<readonly GroupResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "shortfall-bench-"));
  const logs = options.full ? 100_000 : 20_000;
  const rounds = options.full ? 9 : 5;
  try {
    return [
      await byForm("Morpho Blue", await formsOf(folder, morphoPlay(logs / 10), logs), rounds),
      await byForm("Comet", await formsOf(folder, cometPlay(logs / 10), logs), rounds),
      await byAccounts(folder, logs, rounds),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function byForm(name: string, forms: Forms, rounds: number): Promise<GroupResult> {
  const { path, play, lines, logs } = forms;
  const whole = await replayFile(path, play);
  requireSame(name, whole, replayTransactions(forms).journal.digest());
  const contender = (title: string, run: () => unknown, operations = logs): Contender => ({
    name: title,
    operations,
    run,
  });
  const raw = lines.map((line) => JSON.parse(line) as RawLog).filter((line) => line.topics !== undefined);
  const table = eventTable(play.adapter.events ?? []);
  const abi = parseAbi((play.adapter.events ?? []).map((declaration) => `event ${declaration}`));
  requireEqualDecoding(raw, table, abi);
  const timings = await measureEach(
    [
      contender("JSON.parse of every line", () => parseAll(lines)),
      contender("viem decodeEventLog alone", () => raw.map((log) => viemDecoded(log, abi))),
      contender("decoder alone", () =>
        raw.map((log) => table.get(log.topics[0]!)!.decode(log.topics, log.data)),
      ),
      contender("transactions in memory to books and journal", () => replayTransactions(forms)),
      contender("file to books, journal and findings", () => replayFile(path, play)),
      contender("bare a*b/c of the usual widths", mulDivs, MUL_DIVS),
    ],
    rounds,
  );
  const [parse, viem, decoder, memory, file, mulDiv] = timings as [
    Timing,
    Timing,
    Timing,
    Timing,
    Timing,
    Timing,
  ];
  return {
    group: `replay of ${name}, ${logs.toLocaleString("en")} logs, by form, a log`,
    timings,
    ratios: [
      ratioOf("P6 transactions in memory against a*b/c", memory, mulDiv, "at-most", 10),
      ratioOf("P7 file to books against JSON.parse", file, parse, "at-most", 3.5),
      ratioOf("P7 viem's decoder against file to books", viem, file, "at-least", 5),
      ratioOf("viem's decoder against ours", viem, decoder, "at-least", 5),
    ],
  };
}

async function byAccounts(folder: string, logs: number, rounds: number): Promise<GroupResult> {
  const sizes = [100, logs / 10, logs];
  const all = await Promise.all(sizes.map((accounts) => formsOf(folder, morphoPlay(accounts), logs)));
  const timings = await measureEach(
    all.map(({ path, play }, index) => ({
      name: `${sizes[index]!.toLocaleString("en")} accounts`,
      operations: logs,
      run: () => replayFile(path, play),
    })),
    rounds,
  );
  const most = `${sizes[2]!.toLocaleString("en")} accounts against ${sizes[1]!.toLocaleString("en")}`;
  return {
    group: `replay of Morpho Blue, ${logs.toLocaleString("en")} logs, by accounts, a log`,
    timings,
    ratios: [ratioOf(`P6 ${most}`, timings[2]!, timings[1]!, "at-most", 2)],
  };
}

let histories = 0;

async function formsOf(folder: string, play: Play, logs: number): Promise<Forms> {
  const path = join(folder, `${histories++}.jsonl`);
  await writeHistory(path, play, logs);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
  const file = await HistoryFile.open(path);
  const grouping = new TransactionGrouping();
  const transactions: ChainTransaction[] = [];
  const keep = (steps: ReturnType<TransactionGrouping["push"]>): void => {
    for (const step of steps) if (step.kind === "transaction") transactions.push(step.transaction);
  };
  for await (const record of file.records() as AsyncIterable<SourceRecord>) keep(grouping.push(record));
  keep(grouping.end());
  return { play, path, lines, transactions, logs };
}

async function replayFile(path: string, play: Play): Promise<HistoryResult> {
  const file = await HistoryFile.open(path);
  const audit = new HistoryAudit(play.adapter, file, { calls: true });
  await audit.read(file);
  return audit.result();
}

function replayTransactions({ play, transactions }: Forms) {
  const model = play.adapter.open(play.header);
  for (const transaction of transactions) model.observe(transaction);
  return model;
}

function requireSame(name: string, { model, severities }: HistoryResult, digest: string): void {
  const clean = severities.differs === 0 && severities.incomplete === 0;
  if (!clean || model.journal.digest() !== digest)
    throw new Error(`The forms of the ${name} history give different journals, or it does not agree.`);
}

interface RawLog {
  readonly topics: string[];
  readonly data: string;
}

function viemDecoded(log: RawLog, abi: ReturnType<typeof parseAbi>) {
  return decodeEventLog({ abi, topics: log.topics as [Hex, ...Hex[]], data: log.data as Hex });
}

/** Values compared, not names: two events of one signature may name them differently. Addresses differ in case. @throws {Error} the decoders differ. */
function requireEqualDecoding(
  raw: readonly RawLog[],
  table: ReturnType<typeof eventTable>,
  abi: ReturnType<typeof parseAbi>,
): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === "bigint" ? `${member}` : member,
    ).toLowerCase();
  const sorted = (value: object): string[] => Object.values(value).map(text).sort();
  for (const log of raw.slice(0, 2000)) {
    const ours = table.get(log.topics[0]!)!.decode(log.topics, log.data);
    const theirs = viemDecoded(log, abi).args as unknown as object;
    if (sorted(ours).join() !== sorted(theirs).join())
      throw new Error(`The decoders differ: ${text(ours)} and ${text(theirs)}.`);
  }
}

function parseAll(lines: readonly string[]): number {
  let fields = 0;
  for (const line of lines) fields += (JSON.parse(line) as RawLog).topics?.length ?? 0;
  return fields;
}

const MUL_DIVS = 200_000;
// Operands of the usual widths, different each time, so that nothing is hoisted out of the loop.
const FACTORS = Array.from({ length: 64 }, (_, k) => (1n << 69n) + BigInt(k * 7919));
const [NUMERATOR, DENOMINATOR] = [(1n << 89n) + 12_345n, (1n << 89n) - 54_321n];

function mulDivs(): bigint {
  let last = 0n;
  for (let k = 0; k < MUL_DIVS; k++) last = (FACTORS[k & 63]! * NUMERATOR) / DENOMINATOR;
  return last;
}
