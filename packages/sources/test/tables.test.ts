import type { SourceRecord } from "@shortfall/core";
import { openTable } from "@shortfall/sources";
import { sourceHistory } from "@shortfall/testing";
import { compressors } from "hyparquet-compressors";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { csvText, DUNE } from "./forms/csv.js";
import { parquetBytes, TEXT } from "./forms/parquet.js";
import { logsOf, writeTemporary } from "./forms/storage.js";

const history = sourceHistory(12);
const logs = logsOf(history);
const header = { protocol: "conformance", version: "1", chainId: 10 };
const written: { remove: () => void }[] = [];
afterAll(() => {
  for (const { remove } of written) remove();
});

async function read(
  name: string,
  content: string | Uint8Array,
  columns?: Record<string, string>,
): Promise<SourceRecord[]> {
  const file = writeTemporary(name, content);
  written.push(file);
  const records: SourceRecord[] = [];
  const source = await openTable(file.path, { header, columns });
  for await (const record of source.records()) records.push(record);
  return records;
}

const placesOf = (records: readonly SourceRecord[]): string[] =>
  records.flatMap((record) =>
    record.kind === "log" ? [`${record.position.block}/${record.log.logIndex}/${record.log.data}`] : [],
  );
const expected = placesOf(logs);
const dune = csvText(logs, DUNE);

describe("a CSV file", () => {
  it.each<[string, string]>([
    ["semicolons", dune.replaceAll(",", ";")],
    ["tabs", dune.replaceAll(",", "\t")],
    ["carriage returns", dune.replaceAll("\n", "\r\n")],
    ["a byte order mark", `\uFEFF${dune}`],
    [
      "quotes around everything",
      dune
        .split("\n")
        .map((line) => (line === "" ? [] : line.split(",")).map((cell) => `"${cell}"`).join())
        .join("\n"),
    ],
    ["spaces around names", dune.replace("block_time,", " block_time ,")],
    [
      "no line end after a column of known length",
      dune
        .split("\n")
        .map((line) => line && `${line},0x${"ab".repeat(32)}`)
        .join("\n")
        .trimEnd()
        .replace(/^(.*),0x\w+/, "$1,hash"),
    ],
  ])("may have %s", async (_what, text) => {
    expect(placesOf(await read("logs.csv", text))).toEqual(expected);
  });

  it("may have the rows of a block in any order, and rows twice, which the audit reports", async () => {
    const [first, ...rows] = dune.trimEnd().split("\n");
    const block = (row: string): string => row.split(",")[1]!;
    const turned = [...new Set(rows.map(block))].flatMap((number) =>
      rows.filter((row) => block(row) === number).reverse(),
    );
    expect(turned).not.toEqual(rows);
    expect(placesOf(await read("logs.csv", `${[first, ...turned].join("\n")}\n`))).toEqual(expected);
    const twice = await read("logs.csv", `${[first, rows[0], ...rows].join("\n")}\n`);
    expect(placesOf(twice)).toEqual([expected[0], ...expected]);
  });

  it.each<[string, string, object]>([
    [
      "two columns for one field",
      dune.replace("block_hash", "number").replace("tx_index", "block_num"),
      { line: 1, field: "blockNumber" },
    ],
    ["a row with too few values", dune.replace(/,[^,\n]*\n(?=.*\n$)/, "\n"), { field: "(row)" }],
    ["a quote that does not close", dune.replace(/0x0f/, '"0x0f'), { field: "(row)" }],
    [
      "a topic missing before another",
      dune.replace(/(0x[0-9a-f]{64}),(0x[0-9a-f]{64}),(0x[0-9a-f]{64}),/, "$1,,$3,"),
      { field: "topic1" },
    ],
    [
      "another chain",
      dune
        .split("\n")
        .map((line, k) => line && `${line},${k === 0 ? "chain_id" : 1}`)
        .join("\n"),
      { line: 2, field: "chain_id" },
    ],
    ["no rows", `${dune.split("\n")[0]}\n`, { field: "content" }],
    ["nothing", "", { field: "content" }],
  ])("is refused with %s", async (_what, text, fault) => {
    await expect(read("logs.csv", text)).rejects.toMatchObject({ code: "SF_SOURCE", ...fault });
  });

  it("has its columns named where it spells them in a way of its own", async () => {
    const own = dune.replace("block_time", "at").replace("index", "n");
    await expect(read("logs.csv", own)).rejects.toMatchObject({ field: "timestamp" });
    expect(placesOf(await read("logs.csv", own, { timestamp: "at", logIndex: "n" }))).toEqual(expected);
    await expect(read("logs.csv", own, { time: "at" })).rejects.toMatchObject({ field: "columns" });
    await expect(read("logs.csv", own, { timestamp: "when" })).rejects.toMatchObject({ field: "timestamp" });
  });
});

describe("a Parquet file", () => {
  const columns = TEXT(logs).columns;
  const other = (name: string, column: Partial<ColumnSource>): ColumnSource[] =>
    columns.map((each) => (each.name === name ? ({ ...each, ...column } as ColumnSource) : each));
  const times = logs.map(({ position }) => position.timestamp);

  it("may hold decimals, which stay exact", async () => {
    const blocks = logs.map(({ position }) => position.block);
    const bytesOf = other("block_number", { data: blocks.map(BigInt) });
    const names = bytesOf.map(({ name, type, nullable }) => ({
      name,
      repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const),
      ...(name === "block_number"
        ? {
            type: "FIXED_LEN_BYTE_ARRAY" as const,
            type_length: 16,
            converted_type: "DECIMAL" as const,
            precision: 38,
            scale: 0,
          }
        : type === "STRING"
          ? { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const }
          : type === "TIMESTAMP"
            ? { type: "INT64" as const, converted_type: "TIMESTAMP_MILLIS" as const }
            : { type: type as "INT32" | "INT64" | "DOUBLE" }),
    }));
    const schema = [{ name: "root", num_children: names.length }, ...names];
    const columnData = bytesOf.map(({ type: _type, ...column }) => column);
    const written = new Uint8Array(parquetWriteBuffer({ columnData, schema }));
    expect(placesOf(await read("logs.parquet", written))).toEqual(expected);
  });

  it.each([
    ["MILLIS", 1_000n],
    ["MICROS", 1_000_000n],
    ["NANOS", 1_000_000_000n],
  ] as const)("may hold timestamps in %s, and only whole seconds of them", async (unit, perSecond) => {
    const file = (data: bigint[]): Uint8Array => {
      const schema = [
        { name: "root", num_children: columns.length },
        ...columns.map(({ name, type, nullable }) => ({
          name,
          repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const),
          ...(name === "block_timestamp"
            ? {
                type: "INT64" as const,
                logical_type: { type: "TIMESTAMP" as const, isAdjustedToUTC: true, unit },
              }
            : type === "STRING"
              ? { type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const }
              : { type: type as "INT32" | "INT64" | "DOUBLE" }),
        })),
      ];
      const columnData = other("block_timestamp", { data }).map(({ type: _type, ...column }) => column);
      return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
    };
    const whole = times.map((time) => BigInt(time) * perSecond);
    const records = await read("logs.parquet", file(whole));
    expect(placesOf(records)).toEqual(expected);
    expect(records.flatMap((record) => (record.kind === "log" ? [record.position.timestamp] : []))).toEqual(
      times,
    );
    whole[3]! += 1n;
    await expect(read("logs.parquet", file(whole))).rejects.toMatchObject({
      line: 4,
      field: "block_timestamp",
    });
  });

  it("may be compressed with any of the usual codecs", async () => {
    const { ZSTD, GZIP } = compressors;
    expect([ZSTD, GZIP].every((codec) => typeof codec === "function")).toBe(true);
    const { gzipSync } = await import("node:zlib");
    const zipped = parquetWriteBuffer({
      columnData: columns,
      codec: "GZIP",
      compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) },
    });
    expect(placesOf(await read("logs.parquet", new Uint8Array(zipped)))).toEqual(expected);
  });

  it("may have topics in a list", async () => {
    const lists = [
      ...columns.filter(({ name }) => !name.startsWith("topic")),
      { name: "topics", data: logs.map(({ log }) => JSON.stringify(log.topics)), type: "STRING" as const },
    ];
    expect(placesOf(await read("logs.parquet", parquetBytes({ columns: lists })))).toEqual(expected);
  });

  it.each<[string, ColumnSource[], object]>([
    [
      "times as doubles",
      other("block_timestamp", { type: "DOUBLE", data: times }),
      { field: "block_timestamp" },
    ],
    ["indices as floats", other("log_index", { type: "FLOAT", data: times }), { field: "log_index" }],
    ["a column missing", columns.filter(({ name }) => name !== "data"), { field: "data" }],
  ])("is refused with %s", async (_what, changed, fault) => {
    await expect(read("logs.parquet", parquetBytes({ columns: changed }))).rejects.toMatchObject({
      code: "SF_SOURCE",
      ...fault,
    });
  });
});
