import {
  combinedDigest,
  journalLines,
  type ReconciledWriteOff,
  type ReportData,
  type ReportRows,
  summarise,
  verdictOf,
} from "@shortfall/audit";
import { type HaircutTable, Journal } from "@shortfall/core";

/** What a sample differs in from the plain one. */
export interface SampleOptions {
  readonly holders?: number;
  /** Loss of each write-off, in base units. */
  readonly losses?: readonly bigint[];
  readonly decimals?: number;
  /** Added to what was recomputed of the second write-off. */
  readonly difference?: bigint;
  /** In every text that an input could bring. */
  readonly hostile?: string;
  readonly implied?: boolean;
}

export interface Sample {
  readonly data: ReportData;
  readonly rows: ReportRows;
}

const HISTORY = "sample.jsonl";

/** Odd, so that its multiples are distinct modulo 2^160 and look like addresses. */
const SPREAD = 0x9e3779b97f4a7c15f39cc0605cedc834_1082276bn;

/** Address of a holder by its number. */
export const sampleAccount = (index: number): string =>
  `0x${((BigInt(index + 1) * SPREAD) % (1n << 160n)).toString(16).padStart(40, "0")}`;

/** A small report made by hand: every sum holds, the journal is a real one. */
export function sample(options: SampleOptions = {}): Sample {
  const bad = options.hostile ?? "";
  const holders = options.holders ?? 7;
  const pool = `0x${"ab".repeat(20)}${bad}`;
  const asset = `USDX${bad}`;
  const journal = new Journal({ model: `sample${bad}`, waterfalls: [] });
  const tables: HaircutTable[] = [];
  const writeOffs = (options.losses ?? [123_456_789n, 77n, 1n]).map((loss, index): ReconciledWriteOff => {
    const difference = index === 1 ? (options.difference ?? 0n) : 0n;
    const recomputed = loss + difference;
    const position = {
      block: 100 + 7 * index,
      timestamp: 1_700_000_000 + 900 * index,
      transaction: `${index}${bad}`,
    };
    const fund = recomputed / 4n;
    const id = `${index}:0${bad}`;
    journal.append({
      kind: "write-off",
      position,
      account: `0x${"cd".repeat(20)}${bad}`,
      memo: bad,
      postings: [
        { pool, account: "Assets:Loans", commodity: asset, amount: -recomputed },
        { pool, account: "Liabilities:Fund", commodity: asset, amount: fund },
        { pool, account: "Liabilities:Suppliers:base", commodity: asset, amount: recomputed - fund },
      ],
    });
    tables.push(haircutTable({ writeOff: id, pool, asset, absorbed: recomputed - fund }, holders, options));
    return {
      id,
      file: `${HISTORY}${bad}`,
      tx: `0x${"ef".repeat(31)}${index}${index}${bad}`,
      block: position.block,
      timestamp: position.timestamp,
      logIndex: index,
      line: index + 2,
      pool,
      asset,
      decimals: options.decimals ?? 6,
      account: `0x${"cd".repeat(20)}${bad}`,
      reported: loss,
      recomputed,
      difference,
      class: difference === 0n ? "exact" : "unexplained",
      source: `Liquidate.badDebt${bad}`,
      layers: [
        { layer: `fund${bad}`, policy: `cash-fund${bad}`, amount: fund },
        { layer: `base${bad}`, policy: "pro-rata", amount: recomputed - fund },
      ],
      uncovered: 0n,
    };
  });
  return { data: reportOf(writeOffs, tables, journal, options), rows: rowsOf(tables, journal, bad) };
}

function haircutTable(
  key: Pick<HaircutTable, "writeOff" | "pool" | "asset" | "absorbed">,
  holders: number,
  options: SampleOptions,
): HaircutTable {
  const bad = options.hostile ?? "";
  // Unequal weights without chance: 1, 2, … with a few that weigh much more.
  const weights = Array.from({ length: holders }, (_, index) =>
    BigInt(index % 97 === 0 ? 1_000_000 : 1 + (index % 1000)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const rows = weights.map((shares, index) => ({
    account: `${sampleAccount(index)}${bad}`,
    shares,
    loss: total === 0n ? 0n : (key.absorbed * shares) / total,
  }));
  const dust = key.absorbed - rows.reduce((sum, row) => sum + row.loss, 0n);
  return {
    ...key,
    bearer: `base${bad}`,
    basis: options.implied ? "implied" : "realised",
    rows,
    dust,
    dustOwner: `the pool${bad}`,
  };
}

function reportOf(
  writeOffs: readonly ReconciledWriteOff[],
  tables: readonly HaircutTable[],
  journal: Journal,
  options: SampleOptions,
): ReportData {
  const bad = options.hostile ?? "";
  const asset = `USDX${bad}`;
  const differing = writeOffs.filter((row) => row.difference !== 0n);
  const severities = { note: bad === "" ? 0 : 1, differs: differing.length, incomplete: 0 };
  const findings = [
    ...differing.map((row) => ({
      class: row.class,
      severity: "differs" as const,
      message: `Line ${row.line}: ${row.reported} is recorded and comes out as ${row.recomputed}.`,
      position: { block: row.block, timestamp: row.timestamp },
      reported: `${row.reported}`,
      recomputed: `${row.recomputed}`,
      formula: "shares × assets ÷ supply, rounded down",
      file: row.file,
    })),
    ...(bad === ""
      ? []
      : [
          {
            class: "unreadable" as const,
            severity: "note" as const,
            message: bad,
            position: { block: 1, timestamp: 0, transaction: bad },
            field: bad,
            reported: bad,
            formula: bad,
            account: bad,
            pool: bad,
            file: bad,
          },
        ]),
  ];
  const digest = journal.digest();
  return {
    protocol: `sample${bad}`,
    verdict: verdictOf(writeOffs, severities),
    calls: true,
    histories: [
      {
        name: `${HISTORY}${bad}`,
        version: `1${bad}`,
        journal: journal.header,
        journalDigest: digest,
        entries: journal.length,
        waterfall: { format: "shortfall-waterfall/1", id: `two${bad}`, version: "1", title: bad, layers: [] },
      },
    ],
    inputs: [{ name: `${HISTORY}${bad}`, bytes: 1234, sha256: "00".repeat(32) }],
    coverage: [
      {
        file: `${HISTORY}${bad}`,
        style: "logs",
        fromBlock: 90,
        toBlock: 130,
        fromTimestamp: 1_699_999_000,
        toTimestamp: 1_700_009_000,
        transactions: 20,
        reverted: 0,
        logs: 40,
        events: { [`Event${bad}`]: 40 },
        prices: 0,
        touches: 0,
        comparisons: 100,
        checkpoints: 3,
        callsUsed: 0,
        resyncs: 0,
        ranges: [
          { fromBlock: 90, toBlock: 110 },
          { fromBlock: 113, toBlock: 130 },
        ],
        gaps: bad === "" ? [] : [bad],
      },
    ],
    writeOffs,
    findings,
    severities,
    haircuts: tables.map(summarise),
    trialBalance: journal.trialBalance().map((row) => ({ history: `${HISTORY}${bad}`, ...row })),
    pools: [],
    commodities: new Map([[asset, { name: asset, decimals: options.decimals ?? 6 }]]),
    journalDigest: combinedDigest([digest]),
  };
}

const rowsOf = (tables: readonly HaircutTable[], journal: Journal, bad: string): ReportRows => ({
  haircuts: () => tables,
  journal: () => journalLines(`${HISTORY}${bad}`, journal),
});
