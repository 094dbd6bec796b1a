import { describe, expect, it } from "vitest";
import { eulerV2 } from "../src/index.js";
import { type Golden, readGolden } from "./golden.js";

type Path = readonly (string | number)[];

/** A small generator of our own, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Paths of all recorded numbers; a word of raw log data or a topic is `#n` behind its text. */
function numbers(value: unknown, path: Path = [], found: Path[] = []): Path[] {
  if (typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value))) found.push(path);
  else if (typeof value === "string" && /^0x([0-9a-f]{64})+$/.test(value)) {
    for (let word = 0; word < (value.length - 2) / 64; word++) found.push([...path, `#${word}`]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      numbers(member, [...path, Array.isArray(value) ? Number(key) : key], found);
    }
  }
  return found;
}

/** The same with one number moved by one. */
function moved(value: unknown, path: Path, by: 1n | -1n): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    const next = BigInt(value as string | number) + by;
    const shown = next < 0n ? 1n : next;
    return typeof value === "number" ? Number(shown) : `${shown}`;
  }
  if (typeof head === "string" && head.startsWith("#") && typeof value === "string") {
    const from = 2 + 64 * Number(head.slice(1));
    const word = BigInt(`0x${value.slice(from, from + 64)}`) + by;
    const shown = (word < 0n ? 1n : word).toString(16).padStart(64, "0");
    return value.slice(0, from) + shown + value.slice(from + 64);
  }
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[head] = moved(copy[head], rest, by);
  return copy;
}

/** Whether a line with one number changed is told apart, in the given mode. */
function isNoticed(golden: Golden, at: number, value: unknown, mode: "observe" | "execute"): boolean {
  const session = eulerV2.traces.open(golden.header);
  for (let index = 0; index < at; index++) {
    const line = golden.lines[index]!;
    if (mode === "observe") session.observe(line, { calls: false });
    else session.execute(line);
  }
  const line = { number: at + 2, value: value as Readonly<Record<string, unknown>> };
  const result = mode === "observe" ? session.observe(line, { calls: false }) : session.execute(line);
  const differs = result.findings.some((finding) => finding.severity !== "note");
  return result.skipped === undefined && (result.mismatches.length > 0 || differs);
}

/**
 * Numbers that nothing else in the line repeats: the place in the file's own count, which only the next line
 * contradicts; the time of a line without logs; and the wish of a call that was refused or asked for a share of
 * nothing, where one unit more or less is refused alike.
 */
function isUnobservable(line: Readonly<Record<string, unknown>>, path: Path): boolean {
  const [root] = path;
  if (root === "i" || root === "block") return true;
  const logs = line.logs as readonly unknown[];
  if (root === "timestamp") return logs.length === 0;
  if (root !== "action") return false;
  return line.reverted !== null || path.includes("minYield") || isWholeRepayment(line);
}

/** Burning shares repays no more than is owed; a larger wish ends the same. */
const isWholeRepayment = (line: Readonly<Record<string, unknown>>): boolean =>
  JSON.stringify(line.action).includes('"repayWithShares"');

describe("one recorded number changed by one", () => {
  it.each([
    ["euler-v2", "nested-1.jsonl.gz", 11],
    ["euler-v2", "mixed-1.jsonl.gz", 12],
    ["euler-v2-batches", "cascade-3.jsonl.gz", 13],
  ])("is noticed on its line in %s/%s", (set, name, seed) => {
    const golden = readGolden(set, name);
    const draw = random(seed);
    let noticed = 0;
    for (let round = 0; round < 70; round++) {
      const at = draw(golden.lines.length);
      const { value } = golden.lines[at]!;
      const paths = numbers(value);
      const path = paths[draw(paths.length)]!;
      const changed = moved(value, path, draw(2) === 0 ? 1n : -1n);
      const found = isNoticed(golden, at, changed, "observe") || isNoticed(golden, at, changed, "execute");
      if (found) noticed++;
      else expect([path.join("."), isUnobservable(value, path)]).toEqual([path.join("."), true]);
    }
    expect(noticed).toBeGreaterThan(40);
  });

  it("in the file's own count is noticed on the next line", () => {
    const golden = readGolden("euler-v2", "mixed-1.jsonl.gz");
    for (const field of ["i", "block"]) {
      const session = eulerV2.traces.open(golden.header);
      const first = {
        number: 2,
        value: moved(golden.lines[0]!.value, [field], 1n) as Record<string, unknown>,
      };
      session.observe(first, { calls: false });
      const { mismatches } = session.observe(golden.lines[1]!, { calls: false });
      expect(mismatches.map((mismatch) => mismatch.field)).toEqual([field]);
    }
  });
});
