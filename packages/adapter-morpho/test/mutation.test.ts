import type { TraceLine } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metaMorpho, morphoBlue } from "../src/index.js";
import { type GoldenFile, type Mode, readGolden, runLine } from "./golden-files.js";

type Path = readonly string[];

function numbersOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value))) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => numbersOf(member, [...path, key]));
}

/** The line with one number moved by one, staying unsigned. */
function mutate(line: TraceLine, path: Path, delta: bigint): TraceLine {
  const value = structuredClone(line.value) as Record<string, unknown>;
  let at = value;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = path[path.length - 1]!;
  const old = at[last];
  const moved = BigInt(String(old)) + delta;
  const next = moved < 0n ? 1n : moved;
  at[last] = typeof old === "number" ? Number(next) : next.toString();
  return { number: line.number, value };
}

/**
 * Numbers that nothing recorded depends on, with the reason:
 * - the block, and the time of a line that accrues nothing: only their order is known;
 * - arguments of a call that reverts: a revert says only why;
 */
function isUnobservable(line: TraceLine, path: Path): boolean {
  const [root] = path;
  if (root === "block") return true;
  const logs = line.value.logs as { name: string }[];
  if (root === "timestamp") return !logs.some(({ name }) => name === "AccrueInterest");
  return root === "action" && line.value.reverted !== null;
}

function check(
  file: GoldenFile,
  adapter: typeof morphoBlue,
  seed: number,
): { tried: number; missed: string[] } {
  const picks = fc.sample(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { numRuns: 90, seed });
  const missed: string[] = [];
  let tried = 0;
  // Mutants go by line, so that the lines before are run once for several of them.
  const chosen = [...new Set(picks.slice(0, 12).map(([nat]) => nat % file.lines.length))].sort(
    (a, b) => a - b,
  );
  for (const at of chosen) {
    const line = file.lines[at]!;
    const paths = numbersOf(line.value);
    for (const [, nat, up] of picks.slice(at % 60, (at % 60) + 8)) {
      const path = paths[nat % paths.length]!;
      const mutant = mutate(line, path, up ? 1n : -1n);
      const found = (["observe", "execute"] as const).some((mode: Mode) => {
        const session = adapter.traces.open(file.header);
        for (const before of file.lines.slice(0, at)) runLine(session, mode, before);
        return runLine(session, mode, mutant).mismatches.length > 0;
      });
      tried++;
      if (!found && !isUnobservable(line, path)) missed.push(`line ${line.number}: ${path.join(".")}`);
    }
  }
  return { tried, missed };
}

describe("one recorded number moved by one", () => {
  it.each([
    ["morpho-blue/mixed-2.jsonl.gz", morphoBlue, 1],
    ["morpho-blue/gaming-2.jsonl.gz", morphoBlue, 2],
    ["metamorpho/run-2.jsonl.gz", metaMorpho, 3],
    ["metamorpho-ops/base-1.jsonl.gz", metaMorpho, 4],
  ] as const)("%s: every one is found", (name, adapter, seed) => {
    const { tried, missed } = check(readGolden(name), adapter, seed);
    expect(tried).toBeGreaterThanOrEqual(60);
    expect(missed).toEqual([]);
  });

  it("does not spoil the lines after it", () => {
    const file = readGolden("morpho-blue/cascade-1.jsonl.gz");
    const at = file.lines.findIndex(({ value }) => (value.action as { type: string }).type === "liquidate");
    const line = file.lines[at]!;
    const data = numbersOf(line.value).find((path) => path.includes("badDebtAssets"))!;
    for (const mode of ["observe", "execute"] as const) {
      const session = morphoBlue.traces.open(file.header);
      const wrong = file.lines.map((each, index) =>
        runLine(session, mode, index === at ? mutate(line, data, 1n) : each),
      );
      expect(wrong[at]!.mismatches.length).toBeGreaterThan(0);
      expect(wrong.slice(at + 1).flatMap(({ mismatches }) => mismatches)).toEqual([]);
    }
  });
});
