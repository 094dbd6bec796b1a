import { reportData, type Verdict } from "@shortfall/audit";
import type { SourceRecord } from "@shortfall/core";
import { TOY_POOL, toyLog } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import { BORROWER, LENDERS, memorySource, reconcileToy, toyTrace, traceRecords } from "./toy-history.js";

const trace = toyTrace();
const changed = (index: number, change: (line: Record<string, unknown>) => object): SourceRecord[] =>
  traceRecords(trace.lines.map((line, at) => (at === index ? { ...line, ...change({ ...line }) } : line)));

const verdict = async (records: readonly SourceRecord[], calls = true): Promise<Verdict> =>
  reportData([await reconcileToy(memorySource(records), calls)], { calls }).verdict;

describe("a reconciled trace", () => {
  it("agrees, counts what it read, and gives every write-off", async () => {
    const result = await reconcileToy(memorySource(traceRecords(trace.lines)));
    expect(result.findings).toEqual([]);
    expect(result.coverage).toMatchObject({
      transactions: 10,
      reverted: 1,
      logs: 9,
      checkpoints: 10,
      callsUsed: 1,
      resyncs: 0,
      events: { Borrow: 2, Supply: 4, Sweep: 1, WriteOff: 2 },
      fromBlock: 100,
      toBlock: 109,
    });
    expect(
      result.writeOffs.map(({ reported, difference, class: kind, account }) => ({
        reported,
        difference,
        kind,
        account,
      })),
    ).toEqual([
      { reported: 700000000n, difference: 0n, kind: "exact", account: BORROWER },
      { reported: 77n, difference: 0n, kind: "exact", account: BORROWER },
    ]);
    expect(reportData([result], { calls: true }).verdict).toBe("agree");
  });

  it("shows a write-off that the chain reports otherwise, with its signed difference", async () => {
    const records = changed(4, () => ({
      logs: [toyLog("WriteOff", { account: BORROWER, debt: 699999000n })],
    }));
    const result = await reconcileToy(memorySource(records));
    expect(result.writeOffs[0]).toMatchObject({
      reported: 699999000n,
      recomputed: 700000000n,
      difference: 1000n,
      class: "unexplained",
    });
    expect(result.findings[0]).toMatchObject({
      severity: "differs",
      field: "WriteOff.debt",
      reported: "699999000",
      recomputed: "700000000",
      file: "toy.jsonl",
    });
  });

  it("names the cause that the two numbers show", async () => {
    const reported = async (debt: bigint): Promise<string | undefined> => {
      const records = changed(4, () => ({ logs: [toyLog("WriteOff", { account: BORROWER, debt })] }));
      return (await reconcileToy(memorySource(records))).writeOffs[0]?.class;
    };
    expect(await reported(699999999n)).toBe("rounding");
    expect(await reported(700n)).toBe("decimals");
  });

  it("compares recorded state and never takes it over", async () => {
    const records = changed(2, (line) => ({ state: { ...(line.state as object), loans: "1" } }));
    const result = await reconcileToy(memorySource(records));
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]).toMatchObject({
      class: "unexplained",
      field: "state.loans",
      reported: "1",
      recomputed: "700000000",
      position: { line: 4 },
    });
  });

  it("without calls takes such lines over, and is incomplete", async () => {
    const result = await reconcileToy(memorySource(traceRecords(trace.lines)), false);
    expect(result.coverage).toMatchObject({ callsUsed: 0, resyncs: 1 });
    expect(result.findings.map((finding) => finding.class)).toEqual(["resynchronised"]);
    expect(await verdict(traceRecords(trace.lines), false)).toBe("incomplete");
  });

  it("blames what follows a gap on the gap", async () => {
    const result = await reconcileToy(memorySource(traceRecords(trace.lines).filter((_, at) => at !== 1)));
    expect(result.findings[0]).toMatchObject({
      class: "missing-event",
      severity: "incomplete",
      position: { line: 4 },
    });
    expect(
      result.findings
        .slice(1)
        .every((finding) => finding.class === "missing-event" || finding.field?.startsWith("Supply")),
    ).toBe(true);
    expect(result.coverage.gaps).toHaveLength(1);
  });

  it("is incomplete, not wrong, where only a line without effect is missing", async () => {
    expect(await verdict(traceRecords(trace.lines).filter((_, at) => at !== 3))).toBe("incomplete");
  });

  it("does not count a repeated line twice", async () => {
    const records = traceRecords(trace.lines);
    const result = await reconcileToy(
      memorySource([...records.slice(0, 5), records[4]!, ...records.slice(5)]),
    );
    expect(result.writeOffs).toHaveLength(2);
    expect(result.findings.map((finding) => finding.class)).toEqual(["duplicate-event"]);
  });

  it("re-executes a line from its call where its logs fit nothing, so that only that line differs", async () => {
    const stray = { address: TOY_POOL, topics: [`0x${"12".repeat(32)}`], data: "0x" };
    const records = changed(4, () => ({ logs: [stray] }));
    const result = await reconcileToy(memorySource(records));
    expect(result.writeOffs).toHaveLength(2);
    expect(new Set(result.findings.map((finding) => finding.position.line))).toEqual(new Set([6]));
    expect(result.coverage).toMatchObject({ callsUsed: 2, resyncs: 0 });
    const without = await reconcileToy(memorySource(records), false);
    expect(without.writeOffs.length).toBeLessThan(2);
    expect(without.severities.differs).toBeGreaterThan(result.severities.differs);
  });

  it("says which line a model could not digest", async () => {
    const broken = memorySource([
      { kind: "trace", line: { number: 2, value: { i: 1, block: 1, timestamp: 1, logs: [], state: null } } },
    ]);
    await expect(reconcileToy(broken)).rejects.toMatchObject({ code: "SF_LINE", line: 2 });
  });
});

describe("reconciled plain logs", () => {
  const at = (block: number, line: number) => ({ block, timestamp: block * 12, line });
  const log = (
    block: number,
    logIndex: number,
    name: string,
    args: Record<string, unknown>,
  ): SourceRecord => ({
    kind: "log",
    position: { ...at(block, block + logIndex), transaction: `0x${block}`, logIndex },
    log: { ...toyLog(name, args), logIndex },
    removed: false,
  });
  const supply = log(10, 2, "Supply", { account: LENDERS[0], assets: 1000n, shares: 1000n });
  const borrow = log(10, 3, "Borrow", { account: BORROWER, assets: 400n });
  const writeOff = log(12, 0, "WriteOff", { account: BORROWER, debt: 400n });
  const checkpoint = (values: Record<string, bigint>, pool = TOY_POOL): SourceRecord => ({
    kind: "checkpoint",
    position: at(12, 20),
    pool,
    values: new Map(Object.entries(values)),
  });
  const run = (records: readonly SourceRecord[], calls = true) =>
    reconcileToy(memorySource(records, { style: "logs" }), calls);

  it("are gathered into transactions and compared at checkpoints", async () => {
    const result = await run([
      supply,
      borrow,
      writeOff,
      checkpoint({ cash: 600n, loans: 0n, suppliers: 600n }),
    ]);
    expect(result.findings).toEqual([]);
    expect(result.coverage).toMatchObject({ transactions: 2, logs: 3, checkpoints: 1 });
    expect(result.writeOffs).toHaveLength(1);
  });

  it("differ at a checkpoint by name and numbers", async () => {
    const result = await run([supply, checkpoint({ cash: 999n })]);
    expect(result.findings).toMatchObject([
      {
        class: "rounding",
        severity: "differs",
        field: `${TOY_POOL}.cash`,
        reported: "999",
        recomputed: "1000",
      },
    ]);
  });

  it("refuse a checkpoint of an unknown pool or figure", async () => {
    await expect(run([supply, checkpoint({ cash: 1n }, "0xbb")])).rejects.toMatchObject({
      code: "SF_LINE",
      field: "checkpoint.pool",
    });
    await expect(run([supply, checkpoint({ gold: 1n })])).rejects.toMatchObject({
      code: "SF_LINE",
      field: "checkpoint.gold",
    });
  });

  it("report blocks that were not asked for", async () => {
    const range = (fromBlock: number, toBlock: number): SourceRecord => ({
      kind: "range",
      line: 3,
      fromBlock,
      toBlock,
    });
    const result = await run([range(1, 10), supply, range(12, 20), checkpoint({ cash: 1000n })]);
    expect(result.findings).toMatchObject([
      { class: "missing-event", severity: "incomplete", recomputed: "11" },
    ]);
    expect(result.coverage.gaps).toEqual(["block 11 was not asked for"]);
  });

  it("use a call only where the logs do not tell, and count it", async () => {
    const sweep = log(11, 0, "Sweep", {});
    const call: SourceRecord = {
      kind: "call",
      position: { ...at(11, 12), transaction: "0x11" },
      call: { type: "Sweep", assets: "100" },
    };
    expect((await run([supply, call, sweep])).coverage.callsUsed).toBe(1);
    expect((await run([supply, call, sweep], false)).findings.map((finding) => finding.severity)).toEqual([
      "incomplete",
    ]);
    expect((await run([supply, sweep])).findings.map((finding) => finding.severity)).toEqual(["incomplete"]);
  });

  it("report logs that no operation explains, and data that does not decode", async () => {
    const unknown: SourceRecord = {
      ...log(11, 0, "Sweep", {}),
      log: { address: TOY_POOL, topics: [`0x${"12".repeat(32)}`], data: "0x", logIndex: 0 },
    } as SourceRecord;
    const short: SourceRecord = {
      ...log(11, 1, "Sweep", {}),
      log: { ...toyLog("Borrow", { account: BORROWER, assets: 1n }), data: "0x01", logIndex: 1 },
    } as SourceRecord;
    const result = await run([supply, unknown, short]);
    expect(result.findings.map((finding) => [finding.class, finding.severity])).toEqual([
      ["unexplained", "differs"],
      ["unreadable", "differs"],
    ]);
    expect(result.coverage.events).toMatchObject({ "(unknown)": 1 });
  });
});
