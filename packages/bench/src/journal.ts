import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  hledgerExporter,
  JournalCheck,
  journalLines,
  ledgerExporter,
  nameCommodities,
} from "@shortfall/audit";
import {
  type ChainTransaction,
  canonicalJson,
  type EntryDraft,
  entryLine,
  Journal,
  type JournalEntry,
} from "@shortfall/core";
import { seededSource } from "@shortfall/risk";
import { LogEncoder } from "./histories/encode-log.js";
import { morphoPlay } from "./histories/morpho.js";
import { type Contender, type GroupResult, measure, ratioOf, type Timing } from "./measure.js";

interface Options {
  readonly full: boolean;
  /** Also times ledger and hledger, where they are installed. */
  readonly accountants: boolean;
}

/** Appending, hashing and proving a journal, an entry; and what that is of the replay that makes it. */
export function journal(options: Options): GroupResult[] {
  const count = options.full ? 100_000 : 20_000;
  const rounds = options.full ? 9 : 7;
  const { kept, transactions } = play(count);
  const entries = kept.entries();
  const drafts = entries.map(({ sequence: _, ...draft }): EntryDraft => draft);
  const lines = [...journalLines("bench", kept)].join("").trimEnd().split("\n");
  const postings = entries.reduce((sum, entry) => sum + entry.postings.length, 0);
  requireEqual(kept, [append(kept, drafts).digest(), observe(transactions).digest(), prove(lines)]);
  const contender = (name: string, run: () => unknown, operations = entries.length): Contender => ({
    name,
    operations,
    run,
  });
  const timings = measure(
    [
      contender("JSON.parse of every line", () => lines.map((line) => JSON.parse(line) as unknown)),
      contender("append and hash", () => append(kept, drafts)),
      contender("canonical line, any value", () => entries.map(canonicalJson)),
      contender("canonical line, an entry", () => entries.map(entryLine)),
      contender("prove: canonical, balanced, chained", () => prove(lines)),
      contender("re-execution that makes the entries", () => observe(transactions)),
    ],
    rounds,
  );
  const [parse, appended, any, line, proof, replayed] = timings as [
    Timing,
    Timing,
    Timing,
    Timing,
    Timing,
    Timing,
  ];
  const results: GroupResult[] = [
    {
      group: `journal of ${entries.length.toLocaleString("en")} entries, an entry`,
      timings,
      ratios: [
        ratioOf("P11 append and hash against the re-execution", appended, replayed, "at-most", 0.1),
        ratioOf("canonical line of any value against that of an entry", any, line, "at-least", 1.5),
        ratioOf("proof against JSON.parse", proof, parse, "at-most", 4),
      ],
    },
  ];
  if (options.accountants) {
    const ours = { ...proof, name: "prove", bestNs: (proof.bestNs * entries.length) / postings };
    results.push(accountants(entries, postings, ours));
  }
  return results;
}

/** Transactions of Morpho Blue, and the journal they make. */
function play(count: number) {
  const { adapter, header, opening, next } = morphoPlay(1000);
  const model = adapter.open(header);
  const encoder = new LogEncoder(adapter.events ?? []);
  const kept = new Journal(model.journal.header, { tailBlocks: Number.POSITIVE_INFINITY });
  const transactions: ChainTransaction[] = [];
  const random = seededSource(7);
  for (let turn = 0; kept.length < count; turn++) {
    const position = { block: turn + 100, timestamp: 1_700_000_000 + 12 * turn, transaction: `0x${turn}` };
    const call = opening[turn] ?? next(random);
    const result = model.execute(call, position);
    if (!result.ok) continue;
    const price = { subject: String(call.oracle), price: BigInt(String(call.price ?? 0)) };
    transactions.push({
      position,
      logs: result.logs.map((log, index) => encoder.encode(log, index)),
      reverted: false,
      touched: [],
      prices: call.type === "setPrice" ? [price] : [],
    });
    // Before a block leaves the model's memory.
    for (const { sequence: _, ...draft } of model.journal.entries(kept.length)) kept.append(draft);
  }
  return { kept, transactions };
}

function observe(transactions: readonly ChainTransaction[]): Journal {
  const { adapter, header } = morphoPlay(1000);
  const model = adapter.open(header);
  for (const transaction of transactions) model.observe(transaction);
  return model.journal;
}

function append({ header }: Journal, drafts: readonly EntryDraft[]): Journal {
  const journal = new Journal(header);
  for (const draft of drafts) journal.post(draft);
  return journal;
}

function prove(lines: readonly string[]): string {
  const check = new JournalCheck();
  for (const line of lines) check.line(line);
  const [checked] = check.end();
  if (check.failures.length > 0 || !checked)
    throw new Error(`The journal does not hold: ${check.failures[0]}`);
  return checked.digest;
}

/** @throws {Error} a way to make the journal gives another digest. */
function requireEqual(kept: Journal, digests: readonly string[]): void {
  const other = digests.find((digest) => digest !== kept.digest());
  if (other !== undefined) throw new Error(`The journal has digest ${kept.digest()} and ${other}.`);
}

/** ledger and hledger read and balance the same postings; CPU time of their processes. */
function accountants(entries: readonly JournalEntry[], postings: number, ours: Timing): GroupResult {
  const folder = mkdtempSync(join(tmpdir(), "shortfall-bench-"));
  const commodities = nameCommodities(
    entries.flatMap((entry) => entry.postings.map((posting) => posting.commodity)),
    [],
    {},
  );
  try {
    const timings = [ours];
    for (const [program, exporter] of [
      ["ledger", ledgerExporter],
      ["hledger", hledgerExporter],
    ] as const) {
      if (spawnSync(program, ["--version"]).status !== 0) {
        process.stderr.write(`${program} is not installed and was not timed.\n`);
        continue;
      }
      const [file] = exporter.files({ title: "bench", commodities, entries: () => entries });
      const path = join(folder, file!.name);
      writeFileSync(path, [...file!.chunks()].join(""));
      timings.push(
        timingOf(
          program,
          [1, 2, 3].map(() => childTime(program, path) / postings),
        ),
      );
    }
    return {
      group: `journal of ${postings.toLocaleString("en")} postings beside accounting programs, a posting`,
      timings,
      ratios: timings
        .slice(1)
        .map((timing) => ratioOf(`P11 ${timing.name} against the proof`, timing, ours, "at-least", 5)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timingOf(name: string, times: readonly number[]): Timing {
  const [bestNs = 0, medianNs = bestNs] = [...times].sort((a, b) => a - b);
  return { name, bestNs, medianNs, spread: (medianNs - bestNs) / bestNs };
}

/** CPU nanoseconds of a balance report, by the shell's own count of its children. */
function childTime(program: string, path: string): number {
  const { stdout, stderr, status } = spawnSync(
    "sh",
    ["-c", `"$0" -f "$1" balance >/dev/null && times`, program, path],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${program} refused the journal: ${stderr.slice(0, 500)}`);
  const times = [...(stdout.trim().split("\n").at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0) * 1e9;
}
