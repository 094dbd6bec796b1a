import type { LineResult, ProtocolAdapter, TraceLine } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { FAMILY, readVector, seeded, type Vector } from "./vectors.js";

const MUTATIONS = 110;

/**
 * Numbers that neither logs nor a simulation can prove. Interest counts blocks in one protocol and seconds in
 * the other; the unused one, and either where nothing accrues, only has to run forward. Who called does not
 * matter where anybody may. A refusal does not depend on every argument.
 */
const UNPROVABLE = [
  /^\S+ (block|timestamp)$/,
  /^(setPrice|startAuction|restartAuction|closeAuction|accrueInterest|reduceReserves|riskFundSync) action\.from$/,
  /^\S+:refused action\./,
  // Rounded to share tokens: neighbours give the same outcome.
  /^redeemUnderlying action\.amount$/,
  // Repaying more than is owed is capped, reducing after a push is ignored.
  /^(repay|repayBehalf|reduceReserves) action\.amount$/,
];

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

function numbersIn(value: Json, path: readonly string[], found: string[][]): void {
  if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) numbersIn(member, [...path, key], found);
  } else if (
    typeof value === "number" ||
    (typeof value === "string" && (/^\d+$/.test(value) || /^0x[0-9a-f]{2,}$/.test(value)))
  ) {
    found.push([...path]);
  }
}

/** The line with one number, or hex word, moved by one. */
function moved(line: TraceLine, path: readonly string[], up: boolean): TraceLine {
  const value: Json = JSON.parse(JSON.stringify(line.value));
  let parent: Json = value;
  for (const key of path.slice(0, -1)) parent = (parent as { [key: string]: Json })[key] ?? null;
  const owner = parent as { [key: string]: Json };
  const key = path[path.length - 1] ?? "";
  const old = owner[key];
  if (typeof old === "number") owner[key] = old + (up ? 1 : -1);
  else if (typeof old === "string") owner[key] = shifted(old, up ? 1n : -1n);
  return { number: line.number, value: value as Record<string, unknown> };
}

function shifted(text: string, by: bigint): string {
  const number = BigInt(text);
  if (!text.startsWith("0x")) return (number + by < 0n ? 1n : number + by).toString();
  const digits = text.length - 2;
  const next = number + by;
  const kept = next < 0n || next >= 16n ** BigInt(digits) ? number - by : next;
  return `0x${kept.toString(16).padStart(digits, "0")}`;
}

function noticed(
  adapter: ProtocolAdapter,
  vector: Vector,
  at: number,
  changed: TraceLine,
  mode: "observe" | "execute",
): boolean {
  const session = adapter.traces.open(vector.header);
  const run = (line: TraceLine): LineResult =>
    mode === "observe" ? session.observe(line, { calls: false }) : session.execute(line);
  for (const line of vector.lines.slice(0, at)) run(line);
  try {
    return run(changed).mismatches.length > 0;
  } catch (error) {
    expect(error).toMatchObject({ code: "SF_LINE" });
    return true;
  }
}

for (const adapter of FAMILY) {
  describe(`${adapter.protocol}: one recorded number moved by one`, () => {
    for (const [name, seed] of [
      ["02-crash-cascade.jsonl.gz", 11],
      ["07-reserves-heavy.jsonl.gz", 12],
    ] as const) {
      it(`${name} shows it on its line`, () => {
        const vector = readVector(adapter.protocol, name);
        const random = seeded(seed);
        const hidden: string[] = [];
        for (let k = 0; k < MUTATIONS; k++) {
          const at = random(vector.lines.length);
          const line = vector.lines[at]!;
          const paths: string[][] = [];
          numbersIn(line.value as Json, [], paths);
          const path = paths[random(paths.length)]!;
          const changed = moved(line, path, random(2) === 1);
          if (
            noticed(adapter, vector, at, changed, "observe") ||
            noticed(adapter, vector, at, changed, "execute")
          )
            continue;
          const { action, reverted } = line.value as { action: { type: string }; reverted: string | null };
          hidden.push(`${action.type}${reverted === null ? "" : ":refused"} ${path.join(".")}`);
        }
        expect(hidden.filter((what) => !UNPROVABLE.some((reason) => reason.test(what)))).toEqual([]);
        expect(hidden.length).toBeLessThan(MUTATIONS / 4);
      });
    }
  });
}
