import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

interface Line {
  readonly block: number;
  readonly timestamp: number;
  readonly logs: readonly { address: string; topics: string[]; data: string }[];
}

const folder = temporaryFolder("tables");
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (line: number): string => `0x${(line + 1_000_000).toString(16).padStart(64, "0")}`;
const trace = recordToyTrace([
  { type: "Supply", account: toyAccount(1), assets: "1000000" },
  { type: "Borrow", account: toyAccount(2), assets: "400000" },
  { type: "WriteOff", account: toyAccount(2) },
]);
const rows = (trace.lines as unknown as Line[]).flatMap(({ block, timestamp, logs }, line) =>
  logs.map(({ address, topics, data }, logIndex) => ({
    block,
    timestamp,
    transaction: hash(line),
    logIndex,
    address,
    topics,
    data,
  })),
);
const header = { ...trace.header, format: "shortfall-logs/1" };
const csv = [
  "number,time,tx_hash,log_index,contract_address,topics,data",
  ...rows.map(({ block, timestamp, transaction, logIndex, address, topics, data }) =>
    [block, timestamp, transaction, logIndex, address, `"[${topics.join(" ")}]"`, data].join(","),
  ),
  "",
].join("\n");
const standard = csv.replace("number,time", "block_number,block_time");

const plain = writeLines(join(folder, "plain.jsonl"), [
  header,
  ...rows.map(({ block, transaction, ...row }) => ({
    ...row,
    blockNumber: block,
    transactionHash: transaction,
  })),
]);

describe("reconcile on tables", () => {
  it("finds the header beside the table, and gives what a file of the logs gives", async () => {
    writeLines(join(folder, "beside.header.jsonl"), [header]);
    writeFileSync(join(folder, "beside.csv.gz"), gzipSync(standard));
    const fromTable = await json(["reconcile", join(folder, "beside.csv.gz")]);
    const fromFile = await json(["reconcile", plain]);
    expect(fromTable.document.verdict).toBe("agree");
    expect(fromTable.document.journalDigest).toBe(fromFile.document.journalDigest);
    expect(fromTable.document.writeOffs).toHaveLength(1);
    expect(fromTable.code).toBe(0);
  });

  it("takes the header and the names of columns from options", async () => {
    const table = join(folder, "own.csv");
    writeFileSync(table, csv);
    const headerFile = writeLines(join(folder, "any.jsonl"), [header]);
    const named = ["reconcile", table, "--header", headerFile];
    const refused = await shell(named);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("own.csv, line 1, blockNumber: expected a column such as");
    expect((await json([...named, "--columns", "blockNumber=number,timestamp=time"])).document.verdict).toBe(
      "agree",
    );
  });

  it("names file, line and column of what is wrong", async () => {
    const table = join(folder, "rounded.csv");
    writeFileSync(
      table,
      standard.replace(/\n(\d+),/, (_match, block) => `\n${Number(block).toExponential()},`),
    );
    writeLines(join(folder, "rounded.header.jsonl"), [header]);
    const { code, err, out } = await shell(["reconcile", table, "--json"]);
    expect(code).toBe(2);
    expect(err).toContain("rounded.csv, line 2, block_number: expected a whole number");
    expect(JSON.parse(out).error).toMatchObject({ line: 2, field: "block_number" });
  });

  it("asks for a header, and for tables to use one with", async () => {
    const table = join(folder, "alone.csv");
    writeFileSync(table, standard);
    expect((await shell(["reconcile", table])).err).toContain("alone.header.jsonl");
    expect((await shell(["reconcile", plain, "--columns", "a=b"])).err).toContain("for tables of logs");
    expect(readFileSync(table, "utf8")).toBe(standard);
  });

  it("never shows the address of a database", async () => {
    const headerFile = writeLines(join(folder, "database.jsonl"), [header]);
    const address = "postgres://me:SECRET@127.0.0.1:1/db";
    for (const args of [
      [`${address}?table=logs`, "--header", headerFile],
      [`${address}?table=logs`],
      [address],
    ]) {
      const { code, err, out } = await shell(["reconcile", ...args, "--json"]);
      expect(code).toBe(2);
      expect(err + out).not.toContain("SECRET");
    }
  });
});
