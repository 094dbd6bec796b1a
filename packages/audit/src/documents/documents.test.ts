import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  at,
  csvCells,
  DocumentError,
  delimiterOf,
  formatOf,
  type JsonNode,
  magnitudeOf,
  parseDocument,
  parseJson,
  parseNumeral,
  select,
  unitsOf,
} from "./index.js";

/** What JSON.parse would have given. */
function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case "array":
      return node.items.map(plain);
    case "object":
      return Object.fromEntries(node.members.map(([key, value]) => [key, plain(value)]));
    case "string":
      return node.text;
    default:
      return JSON.parse(node.text);
  }
}

describe("JSON", () => {
  it("reads what JSON.parse reads, in any layout", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(parseJson(text, "x"))).toEqual(JSON.parse(text));
      }),
    );
  });

  it("keeps every digit and every key", () => {
    const node = parseJson('{"a":0.100000000000000001,"a":1e400}', "x");
    expect(node).toMatchObject({
      members: [
        ["a", { text: "0.100000000000000001" }],
        ["a", { text: "1e400" }],
      ],
    });
  });

  it.each([
    ["", "a JSON value, got the end"],
    ["[1,]", "a JSON value"],
    ['{"a" 1}', '":"'],
    ["{a:1}", "a key in double quotes"],
    ['["a', "a string that ends"],
    ['["\\x"]', "a string with valid escapes"],
    ["[1] 2", "the end of the document"],
    ["[01]", '"," or "]"'],
    ["[".repeat(600), "nesting of at most 500"],
  ])("refuses %j", (text, message) => {
    expect(() => parseJson(text, "x")).toThrow(DocumentError);
    expect(() => parseJson(text, "x")).toThrow(message);
  });

  it("says in which line it stopped, and in which each value stands", () => {
    expect(() => parseJson('{\n"a": [\n1,\n}', "f.json")).toThrow("f.json, line 4");
    const node = parseJson('[\n\n"a\\n", 7]', "x");
    expect(node).toMatchObject({ items: [{ line: 3 }, { line: 3, text: "7" }] });
  });
});

describe("CSV", () => {
  it("splits what was joined after RFC 4180, at any delimiter", () => {
    const cell = fc.string().map((text) => text.replace(/[\r\n]/g, ""));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), fc.constantFrom(",", ";", "\t"), (cells, delimiter) => {
        const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
        expect(csvCells(line, delimiter)).toEqual(cells);
      }),
    );
    expect(csvCells('a,"b,c",d')).toEqual(["a", "b,c", "d"]);
    expect(csvCells("a,,")).toEqual(["a", "", ""]);
  });

  it("tells delimiters and formats apart", () => {
    expect([delimiterOf("a,b;c,d"), delimiterOf("a;b"), delimiterOf("a\tb"), delimiterOf("a")]).toEqual([
      ",",
      ";",
      "\t",
      ",",
    ]);
    expect([
      formatOf("a.CSV.gz", "{"),
      formatOf("a.ndjson", ""),
      formatOf("a", " [1]"),
      formatOf("a", "x,y"),
    ]).toEqual(["csv", "json-lines", "json", "csv"]);
  });

  it("refuses a line with another number of cells, with its line", () => {
    expect(() => parseDocument("a,b\n1,2\n\n3", "f.csv")).toThrow(
      "f.csv, line 4, cells: expected 2 cells, as the header has, got 1.",
    );
  });
});

describe("paths", () => {
  const root = parseDocument('{"m":[{"n":"x","b":["p","q"]},{"n":"y","b":["r"]}],"a/b":1}', "f.json");

  it("lead to every item and member that a star stands for", () => {
    const found = select(root, "/m/*/b/*");
    expect(found.map(({ stars }) => stars)).toEqual([
      ["0", "0"],
      ["0", "1"],
      ["1", "0"],
    ]);
    expect(at(root, "/m/*/n", found[2]!.stars)).toMatchObject({ text: "y" });
    expect(at(root, "/a~1b")).toMatchObject({ text: "1" });
    expect(select(root, "/m/*/c")).toEqual([]);
    expect(at(root, "/m/7/n")).toBeUndefined();
    expect(at(root, "/m/n")).toBeUndefined();
  });
});

describe("numerals", () => {
  it("are the same number in every spelling", () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.integer({ min: 0, max: 30 }), (units, places) => {
        const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
        const text =
          `${units < 0n ? "-" : ""}${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}`.replace(
            /\.$/,
            "",
          );
        expect(unitsOf(parseNumeral(text)!, places)).toBe(units);
        expect(unitsOf(parseNumeral(`${units}e-${places}`)!, places)).toBe(units);
      }),
    );
  });

  it("are refused where units are too coarse, or text is no number", () => {
    expect(unitsOf(parseNumeral("0.15")!, 1)).toBeUndefined();
    expect(unitsOf(parseNumeral("1e999")!, 1)).toBeUndefined();
    expect(unitsOf(parseNumeral("0.000")!, 0)).toBe(0n);
    expect(["", "1.", ".5", "0x1", "1,000", "NaN", "1e", "--1"].map(parseNumeral)).toEqual(
      Array(8).fill(undefined),
    );
    expect(["12.5", "0.05", "1200"].map((text) => magnitudeOf(parseNumeral(text)!))).toEqual([2, -1, 4]);
  });
});
