import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceRecord } from "@shortfall/core";
import { afterAll, describe, expect, it } from "vitest";
import { expandPaths } from "./folder.js";
import { HistoryFile } from "./history-file.js";
import { openJsonFile } from "./json-file.js";

const folder = mkdtempSync(join(tmpdir(), "sources-history-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(...lines: (string | object)[]): string {
  const path = join(folder, `${++files}.jsonl`);
  writeFileSync(
    path,
    lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
  return path;
}

async function read(path: string): Promise<SourceRecord[]> {
  const file = await HistoryFile.open(path);
  const records: SourceRecord[] = [];
  for await (const record of file.records()) records.push(record);
  return records;
}

const header = { format: "shortfall-logs/1", protocol: "toy", version: "1.0", chainId: 10 };
const log = {
  address: `0x${"Ab".repeat(20)}`,
  topics: [`0x${"0F".repeat(32)}`],
  data: "0xABcd",
  blockNumber: "0x10",
  blockHash: "0xAA",
  transactionHash: "0xDD",
  transactionIndex: "3",
  logIndex: 4,
  timestamp: 1700,
};

describe("a file of plain logs", () => {
  it("gives logs in lower case, with numbers in any of their forms", async () => {
    expect(await read(write(header, log))).toEqual([
      {
        kind: "log",
        position: {
          block: 16,
          timestamp: 1700,
          transaction: "0xdd",
          transactionIndex: 3,
          line: 2,
          logIndex: 4,
        },
        log: {
          address: `0x${"ab".repeat(20)}`,
          topics: [`0x${"0f".repeat(32)}`],
          data: "0xabcd",
          logIndex: 4,
        },
        removed: false,
        blockHash: "0xaa",
      },
    ]);
  });

  it("knows prices, touches, calls, checkpoints and ranges by their key", async () => {
    const at = { blockNumber: 1, timestamp: 5 };
    const records = await read(
      write(
        header,
        { range: { fromBlock: 1, toBlock: "0x20" } },
        { price: { subject: "WETH", price: "100" }, ...at },
        { touch: [`0x${"AA".repeat(20)}`], ...at },
        { call: { type: "absorb" }, transactionHash: "0x1", ...at },
        { checkpoint: { pool: "p", cash: "-5", loans: "7" }, ...at },
      ),
    );
    expect(records.map((record) => record.kind)).toEqual(["range", "price", "touch", "call", "checkpoint"]);
    expect(records[0]).toMatchObject({ fromBlock: 1, toBlock: 32 });
    expect(records[4]).toMatchObject({
      values: new Map([
        ["cash", -5n],
        ["loans", 7n],
      ]),
    });
  });

  it.each<[string, object, string]>([
    ["no log index", { ...log, logIndex: undefined }, "logIndex"],
    ["a negative block", { ...log, blockNumber: -1 }, "blockNumber"],
    ["a fractional block", { ...log, blockNumber: 1.5 }, "blockNumber"],
    ["no time", { ...log, timestamp: undefined }, "timestamp"],
    ["no transaction", { ...log, transactionHash: undefined }, "transactionHash"],
    ["a short address", { ...log, address: "0xab" }, "address"],
    ["a short topic", { ...log, topics: ["0x12"] }, "topics[0]"],
    ["five topics", { ...log, topics: Array.from({ length: 5 }, () => log.topics[0]) }, "topics"],
    ["half a byte of data", { ...log, data: "0xabc" }, "data"],
    ["negative data", { ...log, data: "0x-1" }, "data"],
    ["another chain", { ...log, chainId: 1 }, "chainId"],
    [
      "a price above 256 bits",
      { price: { subject: "A", price: (1n << 256n).toString() }, ...log },
      "price.price",
    ],
    ["a negative price", { price: { subject: "A", price: "-1" }, ...log }, "price.price"],
    ["a price with a fraction", { price: { subject: "A", price: "1.5" }, ...log }, "price.price"],
    ["a price in exponent form", { price: { subject: "A", price: "1e18" }, ...log }, "price.price"],
    ["a range that runs back", { range: { fromBlock: 5, toBlock: 4 } }, "range.toBlock"],
    ["a touch of no address", { touch: ["0x1"], ...log }, "touch[0]"],
  ])("refuses %s, naming line and field", async (_what, line, field) => {
    const file = write(header, log, line);
    await expect(read(file)).rejects.toMatchObject({ code: "SF_SOURCE", file, line: 3, field });
  });
});

describe("the first line of a history", () => {
  it.each<[string, string | object, string]>([
    ["another format", { ...header, format: "csv" }, "format"],
    ["no format", { protocol: "toy", version: "1" }, "format"],
    ["no protocol", { ...header, protocol: undefined }, "protocol"],
    ["a version that is no text", { ...header, version: 3 }, "version"],
    ["a flag that is no flag", { ...header, complete: "yes" }, "complete"],
    ["no object", "[1,2]", "(line)"],
    ["no JSON", "{not json}", "(line)"],
  ])("is refused with %s", async (_what, first, field) => {
    await expect(HistoryFile.open(write(first, log))).rejects.toMatchObject({
      code: "SF_SOURCE",
      line: 1,
      field,
    });
  });

  it("may leave the protocol to the caller", async () => {
    const file = await HistoryFile.open(write({ ...header, protocol: undefined }, log), { protocol: "toy" });
    expect(file.header.protocol).toBe("toy");
    await file.close();
  });

  it("must be followed by a record", async () => {
    await expect(read(write(header))).rejects.toMatchObject({
      line: 2,
      expected: "records after the header",
    });
  });

  it("is not a whole document", async () => {
    await expect(HistoryFile.open(write("{", '"format": "shortfall-logs/1"', "}"))).rejects.toMatchObject({
      received: "one JSON document",
    });
  });
});

describe("JSON lines", () => {
  it("refuse a number that a double rounds, with its path", async () => {
    const file = write(header, '{"a":{"b":["x",90071992547409931]}}');
    await expect(read(file)).rejects.toMatchObject({
      line: 2,
      field: "a.b[1]",
      expected: "an integer as a decimal string",
    });
  });

  it("take long digits inside strings as they are", async () => {
    const file = await openJsonFile(write({ note: "id: 12345678901234567890" }));
    expect(file.kind).toBe("lines");
    if (file.kind === "lines") await file.close();
  });

  it("refuse an empty line between records, and a line that is cut off", async () => {
    await expect(read(write(header, "", log))).rejects.toMatchObject({ line: 2, received: "an empty line" });
    const cut = write(header, log);
    writeFileSync(cut, `${JSON.stringify(header)}\n${JSON.stringify(log).slice(0, 40)}`);
    await expect(read(cut)).rejects.toMatchObject({ line: 2, expected: "valid JSON" });
  });
});

describe("expandPaths", () => {
  it("finds files below folders in order, and refuses a folder without any", async () => {
    const nested = join(folder, "nested");
    mkdirSync(join(nested, "b"), { recursive: true });
    await expect(expandPaths([nested])).rejects.toMatchObject({ file: nested, field: "folder" });
    for (const name of ["z.jsonl", "a.json", "b/c.jsonl.gz", "README.md"])
      writeFileSync(join(nested, name), "");
    const found = await expandPaths([nested, join(nested, "README.md")]);
    expect(found.map((file) => file.path.slice(nested.length + 1))).toEqual([
      "a.json",
      "b/c.jsonl.gz",
      "z.jsonl",
      "README.md",
    ]);
    expect(found.map((file) => file.named)).toEqual([false, false, false, true]);
  });
});
