import { type ReportData, reportTables, statementsOf } from "@shortfall/audit";
import { canonicalJson } from "@shortfall/core";
import { beforeAll, describe, expect, it } from "vitest";
import { textOf, writeFolder } from "./report-folder.js";
import { BORROWER, LENDERS, memorySource, reconcileToy, toyTrace, traceRecords } from "./toy-history.js";

const POOL = "p";
let data: ReportData;
beforeAll(async () => {
  ({ data } = writeFolder([await reconcileToy(memorySource(traceRecords(toyTrace().lines)))]));
});

type Sides = Readonly<Record<string, bigint>>;

/** A journal of one pool: block, kind, account, postings. */
function journal(...entries: readonly (readonly [number, string, string | undefined, Sides])[]): string[] {
  return [
    '{"format":"shortfall-journal/1","history":"h"}\n',
    ...entries.map(
      ([block, kind, account, sides], sequence) =>
        `${canonicalJson({
          sequence,
          kind,
          ...(account === undefined ? {} : { account }),
          position: { block, timestamp: block, transaction: `t${sequence}` },
          postings: Object.entries(sides).map(([name, amount]) => ({
            pool: POOL,
            account: name,
            commodity: "A",
            amount,
          })),
        })}\n`,
    ),
    '{"block":{"index":0}}\n',
  ];
}

/** The data of such a report, with a loss of 400 in block 20 that suppliers bore. */
const withLoss = (loss: bigint): ReportData => ({
  ...data,
  pools: [{ ...data.pools[0]!, history: "h", pool: POOL, asset: "A" }],
  writeOffs:
    loss === 0n
      ? []
      : [
          {
            ...data.writeOffs[0]!,
            id: "loss",
            file: "h",
            pool: POOL,
            asset: "A",
            block: 20,
            tx: "t3",
            recomputed: loss,
          },
        ],
  haircuts:
    loss === 0n ? [] : [{ ...data.haircuts[0]!, writeOff: "loss", pool: POOL, asset: "A", absorbed: loss }],
});
const SUPPLIERS = "Liabilities:Suppliers:all";

describe("statements of a folder", () => {
  it("roll forward: opening + recognised − absorbed − recovered = closing", () => {
    const { folder } = writeFolder([]);
    expect(textOf(folder, "statements.json")).toContain('"rollForward":[');
    const [row] = statementsOf(data, []).rollForward;
    expect(row).toMatchObject({ deficit: { recognised: 700_000_077n, absorbed: 700_000_077n, closing: 0n } });
  });

  it("tell a carried deficit that is covered, and paid in, from its entries", () => {
    const lines = journal(
      [1, "open", undefined, { "Assets:Deficit": 100n, "Equity:Reserves": -100n }],
      [20, "liquidation", BORROWER, { "Assets:Loans": -400n, "Assets:Deficit": 400n }],
      [30, "cover-deficit", undefined, { "Assets:Deficit": -150n, [SUPPLIERS]: 150n }],
      [40, "auction-close", undefined, { "Assets:Cash": 50n, "Assets:Deficit": -50n }],
    );
    const [row] = statementsOf(withLoss(400n), lines).rollForward;
    expect(row?.deficit).toEqual({
      opening: 100n,
      recognised: 400n,
      absorbed: 150n,
      recovered: 50n,
      closing: 300n,
    });
    expect(row?.allowance).toEqual({ opening: 100n, added: 0n, absorbed: 0n, closing: 100n });
  });

  it("report who left shortly before a loss, and what that left to the others", () => {
    const lines = journal(
      [1, "supply", LENDERS[0], { "Assets:Cash": 1000n, [SUPPLIERS]: -1000n }],
      [9, "withdraw", LENDERS[1], { "Assets:Cash": -1n, [SUPPLIERS]: 1n }],
      [15, "withdraw", LENDERS[0], { "Assets:Cash": -300n, [SUPPLIERS]: 300n }],
      [20, "write-off", BORROWER, { "Expenses:WriteOff": 0n }],
    );
    expect(statementsOf(withLoss(400n), lines).exitAvoidance).toEqual([
      {
        history: "h",
        pool: POOL,
        writeOff: "loss",
        account: LENDERS[0],
        sequence: 2,
        block: 15,
        blocksBefore: 5,
        sameTransaction: false,
        paidOut: 300n,
        // 300 − ⌊300·(999 − 400)/999⌋
        avoided: 121n,
      },
    ]);
    expect(statementsOf(withLoss(0n), lines).exitAvoidance).toEqual([]);
  });

  it("report who came shortly before a recovery that goes to all who hold then", () => {
    const lines = journal(
      [1, "supply", LENDERS[0], { "Assets:Cash": 600n, [SUPPLIERS]: -600n }],
      [25, "supply", LENDERS[1], { "Assets:Cash": 400n, [SUPPLIERS]: -400n }],
      [30, "recover", undefined, { "Assets:Cash": 55n, "Income:Recovery": -55n }],
      [
        31,
        "recover",
        undefined,
        { "Assets:Cash": 0n, "Income:Recovery": -55n, [SUPPLIERS]: -55n, "Equity:Outside": 110n },
      ],
    );
    expect(statementsOf(withLoss(0n), lines).recoverySniping).toEqual([
      {
        history: "h",
        pool: POOL,
        account: LENDERS[1],
        sequence: 1,
        recoverySequence: 3,
        block: 31,
        blocksBefore: 6,
        deposit: 400n,
        captured: 22n,
      },
    ]);
  });
});

describe("tables of a report", () => {
  it("hold what sheets show, as many values a row as columns, amounts in the token's decimals", () => {
    const tables = reportTables(data, {
      haircuts: () => [
        { ...data.haircuts[0]!, rows: [{ account: LENDERS[0], shares: 5n, loss: 525_000_000n }] },
      ],
      journal: () => [],
    });
    expect(tables.map(({ name }) => name)).toEqual([
      "Write-offs",
      "Layers",
      "Haircuts",
      "Trial balance",
      "Roll-forward",
      "Findings",
      "Coverage",
    ]);
    for (const { columns, rows } of tables) {
      for (const row of rows()) expect(row).toHaveLength(columns.length);
    }
    const [writeOffs, , haircuts] = tables.map((table) => [...table.rows()]);
    expect(writeOffs?.[0]).toContain("700.000000");
    expect(haircuts?.[0]).toContain("525.000000");
  });
});
