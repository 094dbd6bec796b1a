import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EvidenceReport, parseEvidence, reconcileEvidence } from "./index.js";

/** Puts a question to texts of any shape. */
function ask(kind: string, members: object, texts: Record<string, string>): EvidenceReport {
  const description = parseEvidence(
    { format: "shortfall-evidence/1", kind, title: "a test", ...members },
    "test",
  );
  return reconcileEvidence(description, new Map(Object.entries(texts)));
}

const integers = { decimals: 0, written: "base-units" };
const tokens = { name: "T", decimals: 18, written: "tokens" };
const classes = (report: EvidenceReport): string[] => report.findings.map((each) => each.class);
const csv = (head: string, rows: readonly (readonly unknown[])[]): string =>
  [head, ...rows.map((row) => row.join(","))].join("\n");

describe("funding", () => {
  it("is short by exactly what the claims exceed it, whatever the claims and rates", () => {
    const amount = fc.bigInt(0n, 10n ** 30n);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), amount), { minLength: 1 }),
        fc.tuple(amount, amount, amount, amount),
        amount,
        (claims, rates, budget) => {
          const report = ask(
            "funding",
            {
              unit: integers,
              claims: [{ file: "claims.csv", columns: { market: "m", account: "who", amount: "n" } }],
              rates: { file: "rates.json", rows: "/*", columns: { market: "*1", rate: "." } },
              budget: [{ label: "all", amount: String(budget) }],
            },
            {
              "claims.csv": csv(
                "m,who,n",
                claims.map(([market, n], k) => [`m${market}`, `a${k}`, n]),
              ),
              "rates.json": JSON.stringify(
                Object.fromEntries(rates.map((rate, k) => [`m${k}`, String(rate)])),
              ),
            },
          );
          const payout = claims.reduce((sum, [market, n]) => sum + (n * rates[market]!) / 10n ** 18n, 0n);
          expect(report.figures.short).toBe(payout - budget);
          expect(report.holds).toBe(payout <= budget);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("names a claim that is larger than its balance, one without balance, a balance without claim, and one claimed twice", () => {
    const at = (file: string) => [{ file, columns: { account: "who", amount: "n" } }];
    const report = ask(
      "funding",
      {
        unit: integers,
        claims: at("claims.csv"),
        sources: at("held.csv"),
        budget: [{ label: "all", amount: "100" }],
      },
      { "claims.csv": "who,n\na,5\nb,7\nc,1\nc,1", "held.csv": "who,n\na,5\nb,6\nc,1\nd,9" },
    );
    expect(classes(report)).toEqual(["duplicate-claim", "unexplained-claim", "unpaid-balance"]);
    expect(report.figures.unexplainedPayout).toBe(1n);
  });
});

describe("roll-forward", () => {
  const step = fc.record({
    amount: fc.bigInt(0n, 10n ** 12n),
    move: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt(-(10n ** 10n), 10n ** 10n)),
  });

  it("finds every move between repayments, and their sum is what is unexplained", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 20 }), (steps) => {
        let balance = 10n ** 15n;
        const rows = steps.map(({ amount, move }, k) => {
          balance += (k === 0 ? 0n : move) - amount;
          return { block: k, tx: `0x${k}`, logIndex: 0, amount: String(amount), balance: String(balance) };
        });
        const report = ask(
          "roll-forward",
          {
            unit: integers,
            markets: [
              {
                name: "M",
                events: {
                  file: "e.jsonl",
                  columns: {
                    block: "block",
                    tx: "tx",
                    logIndex: "logIndex",
                    amount: "amount",
                    balance: "balance",
                  },
                },
              },
            ],
          },
          { "e.jsonl": rows.map((row) => JSON.stringify(row)).join("\n") },
        );
        const moves = steps
          .slice(1)
          .map(({ move }) => move)
          .filter((move) => move !== 0n);
        const [market] = report.figures.markets as {
          moves: { amount: bigint }[];
          unexplained: bigint;
          opening: bigint;
        }[];
        expect(market!.moves.map(({ amount }) => amount)).toEqual(moves);
        expect(market!.unexplained).toBe(moves.reduce((a, b) => a + b, 0n));
        expect(market!.opening).toBe(10n ** 15n);
        expect(report.holds).toBe(moves.length === 0);
      }),
      { numRuns: 60 },
    );
  });

  it("names an event that is there twice and one out of order", () => {
    const events = {
      file: "e.csv",
      columns: { block: "b", tx: "t", logIndex: "i", amount: "a", balance: "l" },
    };
    const report = ask(
      "roll-forward",
      { unit: integers, markets: [{ name: "M", events }] },
      { "e.csv": "b,t,i,a,l\n5,0xa,1,1,9\n5,0xa,1,1,8\n4,0xb,1,1,7" },
    );
    expect(classes(report)).toEqual(["duplicate-event", "reordered-event"]);
  });

  it("reads amounts of any precision from the digits of the file", () => {
    const events = { file: "e.json", columns: { amount: "a", balance: "l" } };
    const report = ask(
      "roll-forward",
      { unit: tokens, markets: [{ name: "M", events }] },
      { "e.json": '[{"a":0.100000000000000001,"l":0.2},{"a":1e-18,"l":0.199999999999999999}]' },
    );
    expect(report.holds).toBe(true);
    const [market] = report.figures.markets as { opening: bigint; repaid: bigint }[];
    expect(market).toMatchObject({ opening: 300000000000000001n, repaid: 100000000000000002n });
  });
});

describe("curve", () => {
  const points = (rows: readonly (readonly [number, number, number, number])[]): string =>
    csv(
      "d,total,level,ld,od",
      rows.map(([total, level, ld, od], k) => [`2024-01-0${k + 1}`, total, level, ld, od]),
    );
  const at = {
    file: "c.csv",
    columns: { at: "d", total: "total", level: "level", levelDelta: "ld", otherDelta: "od" },
  };
  const run = (text: string, more: object = {}, texts: Record<string, string> = {}) =>
    ask("curve", { unit: integers, points: at, ...more }, { "c.csv": text, ...texts });

  it("holds where levels and changes agree", () => {
    const report = run(
      points([
        [0, 5, 0, 0],
        [10, 15, 10, 0],
        [12, 15, 0, 2],
        [9, 12, -3, 0],
      ]),
    );
    expect(report).toMatchObject({
      holds: true,
      figures: { offset: 5n, agreeing: 4, exactSteps: 3, excess: 0n },
    });
  });

  it("says where its last points leave the chain", () => {
    const report = run(
      points([
        [0, 5, 0, 0],
        [10, 15, 10, 0],
        [13, 13, -2, 0],
      ]),
      { stated: { total: "8" } },
    );
    expect(classes(report)).toEqual(["level-breaks", "step-breaks", "closing-differs"]);
    expect(report.figures).toMatchObject({ chained: 8n, excess: 5n });
    expect(report.findings[2]!.message).toContain("which is also what the source states: 5 too much");
  });

  it("matches reductions with events, both ways", () => {
    const otherEvents = { file: "e.csv", columns: { amount: "a" } };
    const report = run(
      points([
        [0, 0, 0, 0],
        [9, 0, 0, 9],
        [7, 0, 0, -2],
        [4, 0, 0, -3],
      ]),
      { otherEvents },
      { "e.csv": "a\n3\n4" },
    );
    expect(classes(report)).toEqual(["unlisted-event", "missing-event", "addition"]);
  });

  it("tells a count from what is left of a total", () => {
    const text = points([
      [0, 0, 0, 0],
      [10, 10, 10, 0],
      [13, 10, 0, 3],
    ]);
    expect(classes(run(text, { stated: { total: "13", alternative: "10", other: "3" } }))).toEqual([
      "addition",
    ]);
    expect(classes(run(text, { stated: { total: "13", alternative: "6", other: "7" } }))).toEqual([
      "addition",
      "remainder",
    ]);
  });
});

describe("lists", () => {
  const entries = (file: string) => ({ file, columns: { tx: "t", logIndex: "i", amount: "a" } });
  const run = (whole: string, one = "t,i,a\n0x1,1,5\n0x1,2,6", two = "t,i,a\n0x2,1,7") =>
    ask(
      "lists",
      {
        unit: integers,
        parts: [
          { name: "one", entries: entries("1.csv") },
          { name: "two", entries: entries("2.csv") },
        ],
        whole: { name: "all", entries: entries("w.csv") },
      },
      { "1.csv": one, "2.csv": two, "w.csv": whole },
    );

  it("hold where one is the union of the others", () => {
    const report = run("t,i,a\n0x2,1,7\n0x1,1,5\n0x1,2,6");
    expect(report.holds).toBe(true);
    expect(report.verdict).toBe(
      "2 of one and 1 of two are the 3 of all: none missing, none twice, 18 in all.",
    );
  });

  it.each([
    ["t,i,a\n0x2,1,7\n0x1,1,5", ["missing-event", "total-differs"]],
    ["t,i,a\n0x2,1,7\n0x1,1,5\n0x1,2,6\n0x9,1,1", ["unlisted-event", "total-differs"]],
    ["t,i,a\n0x2,1,7\n0x1,1,5\n0x1,2,8", ["amount-differs", "total-differs"]],
    ["t,i,a\n0x2,1,7\n0x1,1,5\n0x1,2,6\n0x1,2,6", ["duplicate-event", "amount-differs", "total-differs"]],
  ])("name what differs (%#)", (whole, expected) => {
    expect(classes(run(whole))).toEqual(expected);
  });

  it("name what is in two parts", () => {
    expect(classes(run("t,i,a\n0x1,1,5", "t,i,a\n0x1,1,5", "t,i,a\n0x1,1,5"))).toContain("overlap");
  });
});

describe("returns, market funding, snapshots, conversions", () => {
  it("find a debt repaid whole that is there again, and one that a list names twice", () => {
    const debts = (file: string, amount: boolean) => [
      { file, columns: { market: "m", account: "w", ...(amount ? { amount: "a" } : {}) } },
    ];
    const report = ask(
      "returns",
      {
        unit: integers,
        lists: [
          { name: "first", debts: debts("1.csv", false) },
          { name: "second", debts: debts("2.csv", true) },
        ],
      },
      { "1.csv": "m,w\nX,a\nX,b", "2.csv": "m,w,a\nX,a,3\nX,a,4" },
    );
    expect(classes(report)).toEqual(["duplicate-debt", "whole-debt-returned"]);
  });

  it("name a market that is out by a unit, one that nobody funds, and a wrong sum", () => {
    const at = (file: string) => ({ file, columns: { market: "m", amount: "a" } });
    const report = ask(
      "market-funding",
      {
        unit: integers,
        payments: [at("p.csv")],
        withdrawals: at("w.csv"),
        stated: [{ market: "Z", amount: "2" }],
      },
      { "p.csv": "m,a\nX,3\nX,4\nY,1\nZ,1", "w.csv": "m,a\nX,8" },
    );
    expect(classes(report)).toEqual(["funding-differs", "unfunded", "stated-differs"]);
  });

  it("name a total that its rows do not make, and a rate that was not applied", () => {
    const rows = { file: "s.csv", columns: { account: "w", amount: "a" } };
    expect(
      classes(ask("snapshot", { unit: integers, rows, total: "4" }, { "s.csv": "w,a\na,1\na,2" })),
    ).toEqual(["duplicate-account", "total-differs"]);
    const exchange = { file: "x.csv", columns: { paid: "p", rate: "r", received: "g" } };
    expect(
      classes(
        ask(
          "conversion",
          { unit: tokens, rows: exchange, received: "6" },
          { "x.csv": "p,r,g\n1,2,0.5\n4,2,3" },
        ),
      ),
    ).toEqual(["rate-differs", "total-differs"]);
  });
});

describe("a description", () => {
  const rows = { file: "s.csv", columns: { account: "w", amount: "a" } };
  it.each([
    [
      { kind: "nothing" },
      'kind: expected one of funding, market-funding, roll-forward, curve, lists, returns, snapshot, conversion, got "nothing"',
    ],
    [{ kind: "snapshot", unit: integers, total: "1" }, "rows: expected"],
    [{ kind: "snapshot", unit: integers, total: "1", rows, more: 1 }, "more"],
    [
      {
        kind: "snapshot",
        unit: integers,
        total: "1",
        rows: { ...rows, columns: { account: "w", amount: "a", colour: "c" } },
      },
      "rows.columns",
    ],
    [{ kind: "snapshot", unit: { decimals: -1, written: "tokens" }, total: "1", rows }, "unit.decimals"],
    [{ kind: "snapshot", format: "other", unit: integers, total: "1", rows }, "format: expected"],
  ])("is refused by name (%#)", (members, message) => {
    const act = () =>
      parseEvidence({ format: "shortfall-evidence/1", title: "a test", ...members }, "d.json");
    expect(act).toThrow("d.json");
    expect(act).toThrow(message);
  });

  it.each([
    ["w,b\na,1", "s.csv, line 2, amount: expected a value in every row, got none"],
    ["w,a\na", "s.csv, line 2, cells: expected 2 cells"],
  ])("of columns that a file does not have is an error with its line", (text, message) => {
    const act = () =>
      ask(
        "funding",
        { unit: integers, claims: [rows], budget: [{ label: "b", amount: "1" }] },
        { "s.csv": text },
      );
    expect(act).toThrow(message);
  });

  it("of amounts finer than its unit is an error", () => {
    const act = () =>
      ask(
        "funding",
        { unit: { decimals: 6, written: "tokens" }, claims: [rows], budget: [{ label: "b", amount: "1" }] },
        { "s.csv": "w,a\na,0.0000001" },
      );
    expect(act).toThrow('expected a number of at most 6 decimals, got "0.0000001"');
  });
});
