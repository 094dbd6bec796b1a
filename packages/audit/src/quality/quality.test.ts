import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectQuality, type QualityOptions, surpriseBits } from "./index.js";

const vectors = new URL("../../../testing/vectors/", import.meta.url);

async function inspect(file: string, text: string, options: QualityOptions = {}) {
  const lines = text.split("\n").map((each, index) => ({ number: index + 1, text: each }));
  return inspectQuality(file, lines, options);
}

const inspectVector = (path: string) => inspect(path, readFileSync(new URL(path, vectors), "utf8"));

async function classes(file: string, text: string, options?: QualityOptions): Promise<string[]> {
  const { findings } = await inspect(file, text, options);
  return findings.map((finding) => `${finding.class} ${finding.column} ${finding.count}/${finding.of}`);
}

const column = (values: readonly (string | bigint)[]): string =>
  JSON.stringify(values.map((amount) => ({ amount: String(amount) })));

describe("the chance of so many hits", () => {
  it("is bounded from above, exactly, for every small case", () => {
    for (const odds of [2n, 8n, 10n]) {
      for (let values = 1; values <= 9; values++) {
        let tail = 0;
        for (let hits = values; hits >= 1; hits--) {
          tail +=
            choose(values, hits) * (1 / Number(odds)) ** hits * (1 - 1 / Number(odds)) ** (values - hits);
          const bits = surpriseBits([{ odds, values, hits }]);
          expect(tail).toBeLessThanOrEqual(2 ** -bits);
          if (hits === values) expect(bits).toBeGreaterThanOrEqual(Math.floor(-Math.log2(tail)) - 1);
        }
      }
    }
  });

  it("is no surprise where as many hits as expected came", () => {
    expect(surpriseBits([{ odds: 2n, values: 1000, hits: 500 }])).toBe(0);
    expect(surpriseBits([])).toBe(0);
  });

  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
});

/** Integers of 64 to 103 bits without any structure; fast-check's own prefer round ones. */
function wide(seed: number, count: number): bigint[] {
  let state = BigInt(seed) * 2n + 1n;
  return Array.from({ length: count }, (_, k) => {
    for (let turn = 0; turn < 4; turn++)
      state = (state * 0xd1342543de82ef95n + 0x2545f4914f6cdd1dn) % (1n << 128n);
    return (1n << BigInt(63 + (k % 40))) + (state % (1n << BigInt(63 + (k % 40))));
  });
}

describe("integers that passed through a double", () => {
  it("are found in any column, whatever the size of the numbers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 16, max: 60 }), async (seed, count) => {
        const amounts = wide(seed, count);
        const rounded = amounts.map((amount) => BigInt(Number(amount)));
        expect(await classes("x.json", column(rounded))).toContainEqual(
          expect.stringMatching(/^double-integers/),
        );
        expect(await classes("x.json", column(amounts))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("are told from whole amounts, from powers of two, and from fixed binary places", async () => {
    const whole = Array.from({ length: 40 }, (_, k) => BigInt(k * 7919 + 13) * 10n ** 18n);
    const powers = Array.from({ length: 40 }, (_, k) => 1n << BigInt(60 + k));
    const fixed = Array.from({ length: 60 }, (_, k) => (3n ** BigInt(5 + (k % 20)) + BigInt(k)) << 62n);
    expect(await classes("x.json", column(whole))).toEqual([]);
    expect(await classes("x.json", column(powers))).toEqual([]);
    expect(await classes("x.json", column(fixed))).toEqual([]);
  });

  it("are told from multiples of a factor of a formula", async () => {
    const rates = wide(7, 40).map((each) => ((each >> 20n) % (1n << 51n)) * 8n + (1n << 56n));
    const others = wide(8, 5).map((each) => (each % (1n << 56n)) + (1n << 57n) + 1n);
    expect(await classes("x.json", column([...rates, ...others]))).toEqual([]);
  });

  it("are found among others, where enough lost enough", async () => {
    const amounts = wide(9, 60);
    const merged = amounts.map((amount, k) => (k % 6 === 0 ? BigInt(Number(amount)) : amount));
    expect(await classes("x.json", column(merged))).toEqual(["double-integers /*/amount 10/60"]);
  });

  it("are counted once each: a value that is repeated proves no more", async () => {
    const one = String(BigInt(Number(26073324082074385n)));
    expect(await classes("x.json", column(Array.from({ length: 100 }, () => one)))).toEqual([]);
  });

  it("are all the large balances and rates of the Fuse redemption", async () => {
    const balances = await inspectVector("rari-fuse-redemption/balances.json");
    expect(balances.columns).toEqual([
      { column: "/*/*", values: 55, numbers: 55, above53: 40, exactDoubles: 40 },
    ]);
    expect(balances.findings.map((each) => [each.class, each.count, each.of])).toEqual([
      ["double-integers", 38, 38],
      ["mixed-decimals", 13, 55],
    ]);
    const rates = await inspectVector("rari-fuse-redemption/rates.json");
    expect(rates.findings.map((each) => [each.class, each.count, each.of])).toEqual([
      ["double-integers", 10, 10],
    ]);
  });

  it("are none of the indexes that a chain stores, nor any amount of a trace", async () => {
    expect((await inspectVector("aave-v3-state/index-accrual-vectors.json")).findings).toEqual([]);
    expect((await inspectVector("venus-vips/vip-309.json")).findings).toEqual([]);
  });
});

describe("numbers printed from floats", () => {
  it("stop at 15 digits in the archive of Frontier, but not where the token has no more places", async () => {
    const curve = await inspectVector("inverse-frontier-repayments/dolaBadDebtEvolution.json");
    expect(curve.findings.map((each) => [each.class, each.column])).toEqual(
      [
        "nonFrontierDelta",
        "frontierDelta",
        "frontierBadDebt",
        "badDebt",
        "frontierBorrowed",
        "frontierBorrowedDelta",
      ].map((name) => ["float-digits", `/*/${name}`]),
    );
    expect((await inspectVector("inverse-frontier-repayments/wbtcRepaidByDAO.json")).findings).toEqual([]);
  });

  it("are found in any column of doubles, and not in one of exact decimals", async () => {
    const exact = fc.tuple(fc.bigInt(1n, 10n ** 9n), fc.bigInt(0n, 10n ** 18n - 1n));
    await fc.assert(
      fc.asyncProperty(fc.array(exact, { minLength: 30, maxLength: 60 }), async (amounts) => {
        const texts = amounts.map(([whole, fraction]) => `${whole}.${String(fraction).padStart(18, "0")}`);
        const csv = (list: readonly string[]): string =>
          `id,paid\n${list.map((text, k) => `r${k},${text}`).join("\n")}`;
        expect(await classes("x.csv", csv(texts))).toEqual([]);
        const floats = [
          ...texts.map((text) => Number(text).toString()),
          (1 / 3).toString(),
          (1e-3 / 7).toString(),
        ];
        expect(await classes("x.csv", csv(floats))).toContainEqual(
          expect.stringMatching(/^float-digits \/\*\/paid/),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe("what is known of the snapshots of the leaderboard", () => {
  it("is found: floats, fractions of base units, JSON in a string, one unit of a token at 45 decimals", async () => {
    const found = async (name: string): Promise<string[]> =>
      (await inspectVector(`risk-dao-snapshots/${name}.json`)).findings.map(
        (each) => `${each.class} ${each.column}`,
      );
    expect(await found("iron-bank-ethereum-2024-01-01.excerpt")).toEqual([
      "float-digits /users/*/badDebt",
      "fractional-base-units /users/*/badDebt",
    ]);
    expect(await found("maker-ethereum-2024-01-01")).toEqual([
      "json-in-string /users/*/user",
      "implausible-scale /total",
      "implausible-scale /users/*/badDebt",
    ]);
    expect(await found("abracadabra-ethereum-FTT-2023-01-01")).toEqual([]);
    expect(await found("compound-v3-USDC-ethereum-2024-01-01")).toEqual([]);
  });
});

describe("other faults", () => {
  const rows = (make: (k: number) => string): string =>
    `[${Array.from({ length: 40 }, (_, k) => make(k)).join(",")}]`;

  it.each([
    ["a table of semicolons", "x.csv", "a;b\n1e3;2", "scientific-notation /*/a 1/1"],
    ["a table of tabs", "x.tsv", 'a\tb\n"1\t0"\t1e3', "scientific-notation /*/b 1/1"],
    ["records under the name of a document", "x.json", '{"a":1}\n{"a":1e3}', "scientific-notation /*/a 1/2"],
    ["scientific notation", "x.json", '{"a":["1.5e21","7"]}', "scientific-notation /a/* 1/2"],
    ["JSON integers that parsers round", "x.json", '{"a":[9007199254740993]}', "unsafe-json-number /a/* 1/1"],
    [
      "JSON fractions that parsers round",
      "x.json",
      '{"a":[0.123456789012345678]}',
      "unsafe-json-number /a/* 1/1",
    ],
    [
      "more decimals than the token",
      "x.json",
      '{"decimals":6,"paid":"1.2345678"}',
      "excess-decimals /paid 1/1",
    ],
    [
      "an unknown scale",
      "x.json",
      '{"decimals":6,"paid":"1234567890123456789012345678"}',
      "implausible-scale /paid 1/1",
    ],
    [
      "a value that is none",
      "x.json",
      rows((k) => (k === 7 ? '{"a":"n/a"}' : `{"a":"${k}"}`)),
      "malformed-value /*/a 1/40",
    ],
    [
      "a number Python writes",
      "x.json",
      rows((k) => (k === 7 ? '{"a":NaN}' : `{"a":${k}}`)),
      "malformed-value /*/a 1/40",
    ],
    [
      "a member that one lacks",
      "x.json",
      rows((k) => (k === 7 ? '{"a":"1"}' : `{"a":"1","b":"${k}"}`)),
      "missing-member /*/b 1/40",
    ],
    ["numbers and strings mixed", "x.json", '{"a":[1,2,"3"]}', "mixed-types /a/* 1/3"],
    ["a key written twice", "x.json", '{"a":1,"a":2}', "duplicate-key / 1/1"],
    ["hidden characters", "x.csv", "symbol,amount\nMKR\u0000,1", "control-character /*/symbol 1/1"],
    ["a line that is cut off", "x.jsonl", '{"a":1}\n{"a":', "malformed-record /* 1/1"],
    ["a row with a cell too many", "x.csv", "a,b\n1,2,3", "malformed-record /* 1/1"],
    [
      "a fraction among base units",
      "x.csv",
      "a\n1000000000000000003\n-53.9",
      "fractional-base-units /*/a 1/2",
    ],
  ])("%s", async (_, file, text, expected) => {
    expect(await classes(file, text)).toContain(expected);
  });

  it("are looked for at the decimals that the caller gives", async () => {
    const options = { decimals: new Map([["/*/paid", 6]]) };
    expect(await classes("x.csv", "paid\n1.5\n1.23456789", options)).toEqual(["excess-decimals /*/paid 1/2"]);
    expect(await classes("x.csv", "paid\n1.5\n1.23456789")).toEqual([]);
  });

  it("are amounts too small for the decimals given, unless only some are dust", async () => {
    const options = { decimals: new Map([["/*/paid", 18]]) };
    expect(await classes("x.csv", "paid\n1500000\n2500000", options)).toEqual([
      "implausible-scale /*/paid 2/2",
    ]);
    expect(await classes("x.csv", "paid\n1\n2500000000000000000", options)).toEqual([]);
    expect(await classes("x.csv", "paid\n1500000\n2500000")).toEqual([]);
  });

  it("say where the first values stand", async () => {
    const { findings } = await inspect("x.jsonl", '{"v":1}\n\n{"v":1e3}');
    expect(findings[0]!.examples).toEqual([{ line: 3, at: "/1/v", text: "1e3" }]);
  });

  it("are markets of different decimals, told apart by an address or a symbol beside the amount", async () => {
    const paid = (k: number): string =>
      k % 2 === 0 ? `USDC,${1_000_003 + k}` : `WETH,${10n ** 18n + BigInt(k)}`;
    const csv = `asset,amount\n${Array.from({ length: 20 }, (_, k) => paid(k)).join("\n")}`;
    expect(await classes("x.csv", csv)).toEqual(["mixed-decimals /*/amount 10/20"]);
  });

  it("of a document that is no JSON are an error with its line", async () => {
    await expect(inspect("x.json", '{\n"a": }')).rejects.toThrow(
      'x.json, line 2, JSON: expected a JSON value, got " }"'.replace('" }"', '"}"'),
    );
  });
});
