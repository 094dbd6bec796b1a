import { type LogSource, ShortfallError, type SourceRecord } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import {
  type SourceForm,
  type SourceHistory,
  type SourceSite,
  sourceChecks,
  sourceConformance,
  sourceHistory,
  testLogSource,
} from "./source-conformance.js";

class Cut extends ShortfallError {
  readonly code = "SF_TEST";
}

/** A history in memory, with a fault. */
interface Faults {
  readonly given?: (records: readonly SourceRecord[]) => readonly SourceRecord[];
  readonly digest?: (history: SourceHistory) => string;
  readonly cursor?: (line: number) => number;
  readonly damage?: (records: readonly SourceRecord[]) => { given: readonly SourceRecord[]; error?: Error };
  readonly header?: (header: SourceHistory["header"]) => SourceHistory["header"];
}

const lineOf = (record: SourceRecord): number =>
  record.kind === "range"
    ? record.line
    : record.kind === "trace"
      ? record.line.number
      : record.position.line!;

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? `${member}` : member));

function form(faults: Faults = {}): SourceForm {
  const site = (history: SourceHistory, error?: Error): SourceSite => ({
    open: async (cursor): Promise<LogSource> => ({
      name: "memory",
      header: faults.header?.(history.header) ?? history.header,
      style: "logs",
      complete: false,
      continues: false,
      async *records() {
        const given = faults.given?.(history.records) ?? history.records;
        for (const record of given) if (lineOf(record) > Number(cursor ?? 1)) yield record;
        if (error) throw error;
        const sha256 =
          faults.digest?.(history) ??
          [...textOf(history.records)].reduce(hash, 7).toString(16).padStart(64, "0");
        return { name: "memory", bytes: 1, sha256 };
      },
      close: async () => undefined,
    }),
    async *pages(source) {
      for await (const record of source.records()) {
        yield { records: [record], cursor: faults.cursor?.(lineOf(record)) ?? lineOf(record) };
      }
    },
    destroy: async () => undefined,
  });
  return {
    store: async (history) => site(history),
    damages: {
      cut: async (history) => {
        const { given, error } = faults.damage?.(history.records) ?? {
          given: history.records.slice(0, 9),
          error: new Cut("It is cut off."),
        };
        return site({ ...history, records: given }, error);
      },
    },
  };
}

const hash = (sum: number, letter: string): number => (sum * 31 + letter.charCodeAt(0)) >>> 0;

describe("the conformance suite of sources", () => {
  sourceConformance(it, "memory", form());

  it.each<[string, Faults, string]>([
    ["drops a log", { given: (records) => records.filter((_, k) => k !== 20) }, "gives every record once"],
    [
      "repeats a log",
      { given: (records) => [...records.slice(0, 9), ...records.slice(8)] },
      "gives every record once",
    ],
    ["exchanges two", { given: ([a, b, ...rest]) => [b!, a!, ...rest] }, "gives every record once"],
    [
      "rounds a log's data",
      {
        given: (records) =>
          records.map((record) =>
            record.kind === "log"
              ? { ...record, log: { ...record.log, data: record.log.data.replace(/.{4}$/, "0000") } }
              : record,
          ),
      },
      "gives every record once",
    ],
    [
      "gives an index as 32 signed bits",
      {
        given: (records) =>
          records.map((record) =>
            record.kind === "log"
              ? { ...record, log: { ...record.log, logIndex: record.log.logIndex | 0 } }
              : record,
          ),
      },
      "gives every record once",
    ],
    ["changes the header", { header: (header) => ({ ...header, version: "2" }) }, "gives the header"],
    ["has one digest for all", { digest: () => "0".repeat(64) }, "has another digest"],
    ["resumes a record late", { cursor: (line) => line + 1 }, "reads on after any cursor"],
    ["ends in silence", { damage: (records) => ({ given: records.slice(0, 9) }) }, "names what is damaged"],
    [
      "fails without a code",
      { damage: () => ({ given: [], error: new TypeError("x") }) },
      "names what is damaged",
    ],
    [
      "gives what is not there before it fails",
      { damage: (records) => ({ given: records.slice(1, 9), error: new Cut("late") }) },
      "names what is damaged",
    ],
  ])("finds a source that %s", async (_what, faults, check) => {
    const finds = sourceChecks.find(({ name }) => name.startsWith(check))!;
    await expect(finds.run(form(faults))).rejects.toThrow(/./);
  });

  it("lists what it found", async () => {
    const results = await testLogSource(form({ header: (header) => ({ ...header, version: "2" }) }));
    expect(results.filter(({ ok }) => !ok)).toEqual([
      {
        name: "gives the header, and plain logs",
        ok: false,
        message: expect.stringContaining('"version":"2"'),
      },
    ]);
  });

  it("has a name for each check, and a history with everything in it", () => {
    expect(new Set(sourceChecks.map(({ name }) => name)).size).toBe(sourceChecks.length);
    const { records } = sourceHistory(24);
    expect(new Set(records.map(({ kind }) => kind))).toEqual(
      new Set(["range", "price", "log", "call", "touch", "checkpoint"]),
    );
    const logs = records.flatMap((record) => (record.kind === "log" ? [record.log] : []));
    expect(logs.some(({ logIndex }) => logIndex === 0xfffffffc)).toBe(true);
    expect(logs.some(({ topics }) => topics.length === 0)).toBe(true);
    expect(logs.some(({ data }) => data.includes("f".repeat(40)))).toBe(true);
  });
});
