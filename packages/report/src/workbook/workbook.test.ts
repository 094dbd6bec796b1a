import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportBook, ExportTable } from "@shortfall/core";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { columnName } from "./sheet.js";
import { workbook } from "./workbook.js";

const folder = mkdtempSync(join(tmpdir(), "workbook-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bookOf = (...tables: ExportTable[]): ExportBook => ({
  title: "test",
  commodities: new Map(),
  entries: () => [],
  tables: () => tables,
});
const table = (name: string, rows: readonly (readonly string[])[], columns = ["a", "b"]): ExportTable => ({
  name,
  columns,
  rows: () => rows,
});
const bytesOf = (book: ExportBook, limit?: number): Uint8Array => Buffer.concat([...workbook(book, limit)]);

/** Rows of each sheet as a reader of XML sees them. */
function read(bytes: Uint8Array): Map<string, string[][]> {
  const parts = unzipSync(bytes);
  const text = (name: string): string => new TextDecoder().decode(parts[name]!);
  const plain = (xml: string): string =>
    xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const names = [...text("xl/workbook.xml").matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) =>
    plain(name!),
  );
  return new Map(
    names.map((name, k) => [
      name,
      [...text(`xl/worksheets/sheet${k + 1}.xml`).matchAll(/<row r="\d+">(.*?)<\/row>/gs)].map(([, row]) =>
        [...row!.matchAll(/<c [^>]*><is><t [^>]*>(.*?)<\/t><\/is><\/c>/gs)].map(([, cell]) => plain(cell!)),
      ),
    ]),
  );
}

describe("a workbook", () => {
  it("holds every digit of every amount, and any text", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.bigInt(1n, (1n << 256n) - 1n).map(String),
            fc
              .string({ unit: "grapheme", minLength: 1 })
              .filter((text) => !/[\p{Cc}\uFFFE\uFFFF]/u.test(text)),
          ),
          { maxLength: 20 },
        ),
        (rows) => {
          const sheet = read(bytesOf(bookOf(table("Amounts", rows)))).get("Amounts");
          expect(sheet).toEqual([["a", "b"], ...rows]);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is the same bytes every time", () => {
    const book = bookOf(table("A", [["1", "2"]]), table("B", []));
    expect(Buffer.from(bytesOf(book)).equals(Buffer.from(bytesOf(book)))).toBe(true);
    expect(Buffer.from(bytesOf(book)).toString("hex")).toContain("00002100");
  });

  it("goes on in further sheets where one is full, each with the head", () => {
    const rows = Array.from({ length: 7 }, (_, k) => [`${k}`, "x"]);
    const sheets = read(bytesOf(bookOf(table("Long", rows)), 4));
    expect([...sheets.keys()]).toEqual(["Long", "Long 2", "Long 3"]);
    expect([...sheets.values()].map((sheet) => sheet.length)).toEqual([4, 4, 2]);
    expect([...sheets.values()].flatMap((sheet) => sheet.slice(1))).toEqual(rows);
    for (const sheet of sheets.values()) expect(sheet[0]).toEqual(["a", "b"]);
  });

  it("is taken by programs that read zip and XML", () => {
    const nasty = table("Nasty /?*[]: name that is much longer than allowed", [
      ["<&>\"'\u0000\uFFFE", "\ud800"],
    ]);
    const path = join(folder, "nasty.xlsx");
    writeFileSync(path, bytesOf(bookOf(nasty)));
    const script =
      "import sys,zipfile,xml.dom.minidom as m\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n" +
      "[m.parseString(z.read(n)) for n in z.namelist()]\nprint(len(z.namelist()))";
    const { status, stdout, error } = spawnSync("python3", ["-c", script, path], { encoding: "utf8" });
    if (error === undefined) expect([status, stdout.trim()]).toEqual([0, "6"]);
    const [name, rows] = [...read(bytesOf(bookOf(nasty)))][0]!;
    expect(name).toHaveLength(31);
    expect(rows[1]).toEqual(["<&>\"'\uFFFD\uFFFD", "\uFFFD"]);
  });

  it("names columns as sheets do", () => {
    expect([0, 25, 26, 51, 701, 702].map(columnName)).toEqual(["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
  });
});
