import { isShortfallError, type TraceLine } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/adapter.js";
import { readTrace, seeded, type Trace } from "./support/traces.js";

type Path = readonly string[];
type Json = Record<string, unknown>;

/** Every recorded number of a line: JSON numbers, decimal strings, and words of log data. */
function numbersOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => numbersOf(member, [...path, key]));
  }
  const isNumber = typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value));
  const isData = path.at(-1) === "data" && typeof value === "string" && value.length > 2;
  return isNumber || isData ? [path] : [];
}

function changed(value: unknown, random: (below: number) => number): unknown {
  const step = random(2) === 0 ? 1n : -1n;
  if (typeof value === "number") return value + Number(step);
  const text = String(value);
  if (!text.startsWith("0x")) return (BigInt(text) + (text === "0" ? 1n : step)).toString();
  const at = 2 + 64 * random(Math.floor((text.length - 2) / 64));
  const word = BigInt(`0x${text.slice(at, at + 64)}`);
  const next = (word === 0n ? 1n : word - 1n).toString(16).padStart(64, "0");
  return text.slice(0, at) + next + text.slice(at + 64);
}

/** The line with one number changed by one, and where. */
function corrupt(
  line: TraceLine["value"],
  random: (below: number) => number,
): { value: TraceLine["value"]; path: string } {
  const paths = numbersOf(line);
  const path = paths[random(paths.length)] ?? [];
  const value = structuredClone(line) as Json;
  let holder = value;
  for (const key of path.slice(0, -1)) holder = holder[key] as Json;
  const last = path.at(-1) ?? "";
  holder[last] = changed(holder[last], random);
  return { value, path: path.join(".") };
}

/** Mismatches that a line shows; a line that is refused as malformed counts as one. */
function mismatches(
  trace: Trace,
  index: number,
  value: TraceLine["value"],
  mode: "observe" | "execute",
): number {
  const session = aaveV3.traces.open(trace.header);
  const check = (number: number, line: TraceLine["value"]) =>
    mode === "observe"
      ? session.observe({ number, value: line }, { calls: false })
      : session.execute({ number, value: line });
  for (let k = 0; k < index; k++) check(k + 2, trace.lines[k]!);
  try {
    return check(index + 2, value).mismatches.length;
  } catch (error) {
    if (isShortfallError(error)) return 1;
    throw error;
  }
}

/** Why a number of a line shows nowhere, if so. */
function unobservable(line: TraceLine["value"], path: string): string | undefined {
  const type = String((line.action as Json).type);
  if (path === "timestamp" && line.reverted !== null) return "a refused call stores no time";
  if (path === "timestamp" && ["mintToTreasury", "stakeDonate"].includes(type)) {
    return "nothing accrues, and the index of a second later may round to the same amounts";
  }
  if (path.startsWith("action.") && line.reverted !== null) return "one unit more or less is refused alike";
  if (path.startsWith("action.") && /^(repay|liquidationCall|eliminate|cover)/.test(type)) {
    return "the pool takes less than was asked for, so the amount asked for is free";
  }
  return undefined;
}

describe.each([
  ["aave-v3", "02-crash-s2.jsonl.gz", "observe", 80],
  ["aave-v3", "14-umbrellathin-s203.jsonl.gz", "execute", 60],
  ["aave-v3-versions", "v3.3.0-04-gho-s5.jsonl.gz", "observe", 60],
  ["aave-v3-versions", "v3.0.2-02-mixed-s161.jsonl.gz", "execute", 60],
  ["aave-v3-bundles", "v3.7.0-1.jsonl.gz", "observe", 40],
] as const)("%s/%s in mode %s", (folder, file, mode, count) => {
  it(`shows each of ${count} numbers changed by one on its own line`, () => {
    const trace = readTrace(folder, file);
    const random = seeded(2026);
    const missed: string[] = [];
    for (let k = 0; k < count; k++) {
      const index = random(trace.lines.length);
      const line = trace.lines[index]!;
      const { value, path } = corrupt(line, random);
      if (mismatches(trace, index, value, mode) === 0 && unobservable(line, path) === undefined) {
        missed.push(`line ${index + 2}, ${path}`);
      }
    }
    expect(missed).toEqual([]);
  });
});

describe("a mismatch", () => {
  it("does not spread: the lines after a corrupted log are checked against an unchanged model", () => {
    const trace = readTrace("aave-v3", "01-mixed-s1.jsonl.gz");
    const session = aaveV3.traces.open(trace.header);
    const value = structuredClone(trace.lines[0]!) as Json;
    const logs = value.logs as Json[];
    logs.splice(1, 1);
    const first = session.observe({ number: 2, value }, { calls: false });
    expect(first.mismatches.length).toBeGreaterThan(0);
    expect(first.findings).toHaveLength(1);
    expect(first.findings[0]).toMatchObject({ severity: "differs" });
    expect(session.model.journal.entries().map((entry) => entry.kind)).toEqual(["open"]);
  });
});
