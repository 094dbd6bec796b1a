import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  beancountExporter,
  csvExporter,
  csvLine,
  hledgerExporter,
  jsonExporter,
  ledgerExporter,
  nameCommodities,
  parseCsvLine,
} from "@shortfall/audit";
import type { ExportBook, Exporter, JournalEntry } from "@shortfall/core";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "audit-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether a program is there; the tests that need it are skipped by name where it is not. */
function installed(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

const POOL = "0x00000000000000000000000000000000000000aa";

function book(amounts: readonly bigint[], decimals = 18): ExportBook {
  const entries = amounts.map(
    (amount, sequence): JournalEntry => ({
      sequence,
      kind: 'write "off"; now',
      position: { block: 5, timestamp: 1_700_000_000 + sequence * 40_000, transaction: "0xabc", logIndex: 7 },
      account: "0x9",
      postings: [
        { pool: POOL, account: "Assets:Loans", commodity: "0xweth", amount: -amount },
        { pool: POOL, account: "Equity:Rounding:pool owner", commodity: "0xweth", amount: 1n },
        { pool: POOL, account: "Liabilities:Suppliers:all", commodity: "0xweth", amount: amount - 1n },
      ],
    }),
  );
  return {
    title: 'Test "book"; \u202e x',
    commodities: new Map([["0xweth", { name: "WETH", decimals }]]),
    entries: () => [
      ...entries,
      {
        sequence: entries.length,
        kind: "note",
        position: { block: 6, timestamp: 1_700_900_000 },
        postings: [],
      },
    ],
  };
}

function text(exporter: Exporter, of: ExportBook): string {
  const [file] = exporter.files(of);
  return [...file!.chunks()].join("");
}

function check(
  exporter: Exporter,
  of: ExportBook,
  change: (text: string) => string,
  run: (path: string) => void,
): void {
  const path = join(folder, exporter.files(of)[0]!.name);
  writeFileSync(path, change(text(exporter, of)));
  run(path);
}

const AMOUNTS = [123_456_789_012_345_678n, 10n ** 27n - 3n, 2n];
const HUGE = [2n ** 256n - 1n, 5n];
const oneUnitMore = (value: string): string =>
  value.replace("-0.123456789012345678", "-0.123456789012345679");

const quiet = { stdio: "pipe" } as const;
const PROGRAMS = [
  {
    name: "hledger",
    exporter: hledgerExporter,
    run: (path: string) => execFileSync("hledger", ["-f", path, "check"], quiet),
  },
  {
    name: "ledger",
    exporter: ledgerExporter,
    run: (path: string) => execFileSync("ledger", ["--args-only", "-f", path, "balance"], quiet),
  },
  {
    name: "bean-check",
    exporter: beancountExporter,
    run: (path: string) => execFileSync("bean-check", [path], quiet),
  },
] as const;

describe.each(PROGRAMS)("$name", ({ name, exporter, run }) => {
  it.skipIf(!installed(name))("accepts the export, and rejects it when one unit is off", () => {
    check(exporter, book(AMOUNTS), (value) => value, run);
    expect(() => check(exporter, book(AMOUNTS), oneUnitMore, run)).toThrow();
  });

  it.skipIf(!installed(name))("re-checks the closing balances", () => {
    const wrong = (value: string): string => {
      const at = Math.max(value.lastIndexOf(" = -"), value.lastIndexOf("balance Assets"));
      expect(at).toBeGreaterThan(0);
      const tail = value.slice(at);
      return (
        value.slice(0, at) +
        tail.replace(
          /(\d\.\d*)(\d)/,
          (_all, head: string, digit: string) => `${head}${(Number(digit) + 1) % 10}`,
        )
      );
    };
    expect(() => check(exporter, book(AMOUNTS), wrong, run)).toThrow();
  });

  it.skipIf(!installed(name))("keeps amounts of 256 bits, or refuses them", () => {
    if (name === "bean-check") expect(() => exporter.files(book(HUGE))).toThrow("would round");
    else check(exporter, book(HUGE), (value) => value, run);
  });
});

describe("the exports", () => {
  it("are the same bytes for the same book", () => {
    for (const exporter of [hledgerExporter, ledgerExporter, beancountExporter, csvExporter, jsonExporter]) {
      expect(text(exporter, book(AMOUNTS))).toBe(text(exporter, book(AMOUNTS)));
    }
  });

  it("take nothing from the input as syntax", () => {
    for (const exporter of [hledgerExporter, ledgerExporter, beancountExporter]) {
      const written = text(exporter, book(AMOUNTS));
      expect(written).not.toContain("\u202e");
      expect(written).not.toContain('"off"');
    }
  });

  it("refuse Beancount where its arithmetic would round, naming the account", () => {
    expect(() => beancountExporter.files(book([10n ** 28n]))).toThrow(
      /Assets:Loans:0x0*aa reaches -10000000000.0{18} WETH, which has 29 significant digits/,
    );
    expect(() => beancountExporter.files(book([6n * 10n ** 27n, 6n * 10n ** 27n]))).toThrow(
      "29 significant digits",
    );
  });

  it("hold every posting in CSV, in base units and in tokens", () => {
    const rows = text(csvExporter, book(AMOUNTS)).trimEnd().split("\n").map(parseCsvLine);
    expect(rows).toHaveLength(1 + 3 * AMOUNTS.length);
    const column = (name: string): number => rows[0]!.indexOf(name);
    expect(rows[1]![column("units")]).toBe("-123456789012345678");
    expect(rows[1]![column("amount")]).toBe("-0.123456789012345678");
    expect(rows[1]![column("kind")]).toBe('write "off"; now');
  });

  it("hold the journal in JSON", () => {
    const parsed = JSON.parse(text(jsonExporter, book(AMOUNTS))) as {
      entries: { postings: { amount: string }[] }[];
    };
    expect(parsed.entries).toHaveLength(4);
    expect(parsed.entries[0]!.postings[0]!.amount).toBe("-123456789012345678");
  });
});

describe("names of commodities", () => {
  it("are letters, unique, and take decimals from pools and headers", () => {
    const a = `0x${"ab".repeat(20)}`;
    const b = `0x${"cd".repeat(20)}`;
    const names = nameCommodities([a, b, "USDC", "0xdead00", "USDC.e"], [], {
      params: {
        tokens: [
          { symbol: "wstETH", address: a.toUpperCase().replace("0X", "0x"), decimals: "18" },
          { symbol: "USDC", decimals: 6 },
        ],
      },
      labels: { [b]: "coll (old)" },
    });
    expect(names.get(a)).toEqual({ name: "WSTETH", decimals: 18 });
    expect(names.get(b)).toEqual({ name: "COLLOLD", decimals: 0 });
    expect(names.get("USDC")).toEqual({ name: "USDC", decimals: 6 });
    expect(names.get("0xdead00")!.name).toMatch(/^T[A-P]{6}$/);
    expect(new Set([...names.values()].map(({ name }) => name)).size).toBe(5);
  });

  it("are found where a header lists an address under a symbol, or beside a scale", () => {
    const stake = `0x${"12".repeat(20)}`;
    const collateral = `0x${"34".repeat(20)}`;
    const names = nameCommodities([stake, collateral], [], {
      params: {
        stakes: [{ symbol: "stkX", decimals: 6 }],
        assets: [{ asset: collateral, scale: "100000000" }],
      },
      addresses: { stakes: { stkX: { underlying: stake } } },
      labels: { [collateral]: "WBTC" },
    });
    expect(names.get(stake)).toEqual({ name: "STKX", decimals: 6 });
    expect(names.get(collateral)).toEqual({ name: "WBTC", decimals: 8 });
  });

  it("never collide", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 6 }), { maxLength: 20 }), (used) => {
        const names = [...nameCommodities(used, [], {}).values()].map(({ name }) => name);
        expect(new Set(names).size).toBe(new Set(used).size);
        expect(names.every((name) => /^[A-Z]{2,24}$/.test(name))).toBe(true);
      }),
      { seed: 21 },
    );
  });
});

describe("CSV lines", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
        expect(parseCsvLine(csvLine(fields).slice(0, -1))).toEqual(fields);
      }),
      { seed: 22 },
    );
  });

  it("that are not well formed are refused", () => {
    for (const line of ['"open', 'a"b', '"a"b', '"a",b"']) expect(parseCsvLine(line)).toBeUndefined();
  });
});
