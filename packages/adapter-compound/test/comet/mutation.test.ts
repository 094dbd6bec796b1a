import { isShortfallError } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CometTraceSession } from "../../src/comet/trace.js";
import { type History, readVector } from "./history.js";

type Path = readonly (string | number)[];

const isNumber = (value: unknown): boolean =>
  typeof value === "number" ||
  // Decimal text, indexed arguments and event data; addresses and the event's own topic are no numbers.
  (typeof value === "string" && /^(-?\d+|0x0{24}[0-9a-f]{40}|0x([0-9a-f]{64})+)$/.test(value));

function numbersIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, member]) =>
      key === "topics"
        ? (member as string[]).slice(1).map((_, index) => [...path, key, index + 1])
        : numbersIn(member, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  }
  return isNumber(value) ? [path] : [];
}

function bumped(old: unknown, by: 1 | -1): unknown {
  if (typeof old === "number") return old + by;
  const text = String(old);
  if (!text.startsWith("0x")) return (BigInt(text) + BigInt(by)).toString();
  // The last word of the data, or the topic. Data without a word to lower grows instead.
  const head = text.slice(0, -64);
  const word = BigInt(`0x${text.slice(-64)}`);
  return `${head}${(word === 0n ? 1n : word + BigInt(by)).toString(16).padStart(64, "0")}`;
}

function changed(line: Readonly<Record<string, unknown>>, path: Path, by: 1 | -1): Record<string, unknown> {
  const copy = structuredClone(line) as Record<string, unknown>;
  let parent: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const last = path[path.length - 1]!;
  parent[last] = bumped(parent[last], by);
  return copy;
}

/** Numbers whose change by one need not show on their own line, and why. */
function unobservable(line: Readonly<Record<string, unknown>>, path: Path): string | undefined {
  const at = path.join(".");
  const action = line.action as { readonly type: string };
  if (at === "block") return "nothing on the line depends on its block number";
  if (at === "timestamp" && (line.logs as unknown[]).length === 0) {
    return "the line does not accrue, and a second may be less than a unit of interest";
  }
  if (path[0] === "action" && line.reverted !== null) return "a neighbouring amount is refused alike";
  if (at === "action.minAmount") return "a limit that is not reached";
  if (at === "action.amount" && action.type === "transfer")
    return "neighbouring amounts may give one principal";
  if (at.startsWith("action.") && action.type === "accrueAccount") return "it has no amount";
  return undefined;
}

function seen(
  history: History,
  index: number,
  mutant: Record<string, unknown>,
  mode: "observe" | "execute",
): boolean {
  const session = new CometTraceSession(history.header);
  const run = (line: { number: number; value: Readonly<Record<string, unknown>> }) =>
    mode === "observe" ? session.observe(line, { calls: true }) : session.execute(line);
  for (const line of history.lines.slice(0, index)) run(line);
  try {
    return run({ number: index + 2, value: mutant }).mismatches.length > 0;
  } catch (error) {
    if (isShortfallError(error)) return true;
    throw error;
  }
}

describe("a recorded number changed by one", () => {
  it.each(["01-usdc-standard.jsonl.gz", "05-near-limits.jsonl.gz", "08-five-collaterals.jsonl.gz"])(
    "in %s is found on its line",
    (name) => {
      const history = readVector(name);
      let tried = 0;
      fc.assert(
        fc.property(fc.nat(history.lines.length - 1), fc.nat(), fc.boolean(), (index, pick, up) => {
          const line = history.lines[index]!.value;
          const paths = numbersIn(line);
          const path = paths[pick % paths.length]!;
          if (unobservable(line, path) !== undefined) return;
          tried++;
          const mutant = changed(line, path, up ? 1 : -1);
          const found = seen(history, index, mutant, "observe") || seen(history, index, mutant, "execute");
          expect(found, `line ${index + 2}, ${path.join(".")}`).toBe(true);
        }),
        { numRuns: 70, seed: 20_26 },
      );
      expect(tried).toBeGreaterThan(40);
    },
  );

  it("does not spoil the lines after it", () => {
    const history = readVector("02-crash-cascade.jsonl.gz");
    const session = new CometTraceSession(history.header);
    history.lines.forEach((line, index) => {
      const broken = index === 40;
      const value = broken ? changed(line.value, ["state", "baseSupplyIndex"], 1) : line.value;
      expect(session.observe({ ...line, value }, { calls: true }).mismatches.length).toBe(broken ? 1 : 0);
    });
  });

  it("in a raw log leaves the transaction out, says so, and takes the recorded state over", () => {
    const history = readVector("02-crash-cascade.jsonl.gz");
    const session = new CometTraceSession(history.header);
    const target = history.lines.findIndex(
      ({ value }) => JSON.stringify(value).includes('"AbsorbDebt"') && value.reverted === null,
    );
    history.lines.forEach((line, index) => {
      if (index !== target) {
        expect(session.observe(line, { calls: true }).mismatches).toEqual([]);
        return;
      }
      const value = structuredClone(line.value) as {
        logs: { name: string; data: string; topics: string[] }[];
      };
      const log = value.logs.find(({ name: event }) => event === "AbsorbDebt")!;
      log.data = `0x${(BigInt(log.data.slice(0, 66)) + 10n ** 20n).toString(16).padStart(64, "0")}${log.data.slice(66)}`;
      const result = session.observe({ ...line, value }, { calls: true });
      expect(result.mismatches.length).toBeGreaterThan(0);
      expect(result.findings.some((finding) => finding.class === "unexplained")).toBe(true);
    });
  });
});
