import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkWaterfallCases } from "./check.js";

const PATH = new URL("../../../testing/vectors/waterfalls/cases.json", import.meta.url);

interface Case {
  readonly id: string;
  readonly mechanism: string;
  readonly inputs: Record<string, unknown>;
  readonly expected: unknown;
}

const document = JSON.parse(readFileSync(PATH, "utf8")) as {
  readonly format: string;
  readonly count: number;
  readonly cases: readonly Case[];
};

const only = (entry: unknown) => ({ format: document.format, cases: [entry] });

describe("the worked cases", () => {
  for (const entry of document.cases) {
    it(`${entry.mechanism}: ${entry.id}`, () => {
      const [check] = checkWaterfallCases(only(entry));
      expect(check?.mismatches).toEqual([]);
      expect(check?.comparisons).toBe(leaves(entry.expected).length);
    });
  }

  it("are all run, every mechanism of them", () => {
    const checks = checkWaterfallCases(document);
    expect(checks).toHaveLength(document.count);
    expect(new Set(checks.map((check) => check.mechanism)).size).toBe(24);
  });

  it("notice any single number that is off", () => {
    for (const entry of document.cases) {
      const paths = leaves(entry.expected).filter((path) => isNumber(valueAt(entry.expected, path)));
      for (const path of sample(paths)) {
        const expected = structuredClone(entry.expected);
        setAt(expected, path, `${BigInt(String(valueAt(expected, path))) + 1n}`);
        const [check] = checkWaterfallCases(only({ ...entry, expected }));
        expect([entry.id, path.join("."), check?.mismatches.length]).toEqual([entry.id, path.join("."), 1]);
      }
    }
  });

  it("answer to other inputs with other numbers", () => {
    const entry = document.cases.find((candidate) => candidate.mechanism === "layered")!;
    const inputs = { ...entry.inputs, loss: `${BigInt(String(entry.inputs.loss)) + 1n}` };
    expect(checkWaterfallCases(only({ ...entry, inputs }))[0]?.mismatches.length).toBeGreaterThan(0);
  });

  it.each<[string, unknown, RegExp]>([
    ["another format", { format: "x", cases: [] }, /field "format": expected "shortfall-waterfall-cases\/1"/],
    ["a wrong count", { format: document.format, count: 2, cases: [] }, /field "count"/],
    ["no cases", { format: document.format }, /field "cases": expected an array/],
    ["a list", [], /expected an object/],
    [
      "an unknown mechanism",
      only({ id: "c", mechanism: "constructor", inputs: {}, expected: {} }),
      /Case "c", field "mechanism"/,
    ],
    [
      "a missing input",
      only({ id: "c", mechanism: "layered", inputs: { layers: [] }, expected: {} }),
      /Case "c", field "inputs.loss": expected a non-negative decimal integer string, got nothing/,
    ],
    [
      "an unknown layer",
      only({ id: "c", mechanism: "stack", inputs: { layers: [{ id: "l", type: "magic" }] }, expected: {} }),
      /Case "c", field "inputs.layers\[0\].type": expected a known layer type, got magic/,
    ],
  ])("are refused by field for %s", (_name, input, message) => {
    expect(() => checkWaterfallCases(input)).toThrow(message);
  });
});

type Path = readonly string[];

function leaves(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...at, key]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], value);
}

function setAt(value: unknown, path: Path, next: unknown): void {
  const parent = valueAt(value, path.slice(0, -1)) as Record<string, unknown>;
  parent[path[path.length - 1]!] = next;
}

const isNumber = (value: unknown): boolean => typeof value === "string" && /^-?\d+$/.test(value);

/** First, middle and last of a list. */
const sample = <T>(list: readonly T[]): T[] =>
  [...new Set([0, list.length >> 1, list.length - 1])].flatMap((at) => list.slice(at, at + 1));
