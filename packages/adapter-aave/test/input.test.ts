import { HeaderError, isShortfallError, LineError } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/index.js";
import { readTrace } from "./support/traces.js";

type Json = Record<string, unknown>;

const umbrella = readTrace("aave-v3", "11-umbrella-s201.jsonl.gz");
const split = readTrace("aave-v3-versions", "v3.2.0-01-crash-s142.jsonl.gz");

/** Paths to every member of an object, down to `depth`. */
function membersOf(value: unknown, depth: number, path: readonly string[] = []): string[][] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...membersOf(member, depth - 1, [...path, key]),
  ]);
}

function edited(value: unknown, path: readonly string[], edit: (holder: Json, key: string) => void): Json {
  const copy = structuredClone(value) as Json;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Json;
  edit(holder, path.at(-1) ?? "");
  return copy;
}

/** Members that a header may lack: names, notes, and what the contracts keep elsewhere. */
const OPTIONAL =
  /^(format|sourceCommit|compiler|seed|shape|umbrellaVersion)$|startTimestamp|baseCurrencyUnit|label|reserveFactor|liquidation(Threshold|Bonus|ProtocolFee)$|\.ltv$|(supply|borrow)Cap|assets\.\d+\.price$|rateStrategy|addressesProvider|admin$|flashReceiver|oracle$|addresses\.umbrella|stakers|acct|maxSlashable|newDeficit|slashable|initial\.users\.|users\.\w+$|params\.users\.\d+|(collateral|borrowable|ltvzero)\.\d+|cooldown|underlying|eModes\.\d+$|assets\.\d+$|stakes(\.\w+)?$|params\.umbrella$|reserves\.\w+$/;

describe("headers", () => {
  it.each([
    ["with the Umbrella", umbrella],
    ["of an older release", split],
  ])("%s that lack a member are refused by its name", (_what, { header }) => {
    let refused = 0;
    for (const path of membersOf(header, 5)) {
      const at = path.join(".");
      if (OPTIONAL.test(at)) continue;
      const broken = edited(header, path, (holder, key) => {
        delete holder[key];
      });
      try {
        aaveV3.open(broken as typeof header);
        expect.unreachable(`A header without ${at} was accepted.`);
      } catch (error) {
        if (!(error instanceof HeaderError)) throw error;
        expect(error.code).toBe("SF_HEADER");
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(60);
  });

  it.each([
    [["initial", "reserves", "USDC", "li"], (1n << 128n).toString()],
    [["initial", "reserves", "USDC", "cash"], "-1"],
    [["initial", "reserves", "USDC", "ts"], (1n << 40n).toString()],
    [["params", "assets", "0", "decimals"], 7],
    [["params", "assets", "0", "rate", "optimalUsageRatio"], 0],
    [["addresses", "reserves", "WBTC", "id"], 4],
    [["addresses", "pool"], "0x1234"],
    [["params", "eModes", "0", "collateral"], ["NONE"]],
    [["params", "umbrella", "stakes", "0", "reserve"], "NONE"],
    [["version"], "4.0.0"],
    [["protocol"], "aave-v2"],
  ])("with %j = %j are refused", (path, value) => {
    const broken = edited(umbrella.header, path, (holder, key) => {
      holder[key] = value;
    });
    expect(() => aaveV3.open(broken as typeof umbrella.header)).toThrow(HeaderError);
  });
});

describe("lines", () => {
  const line = umbrella.lines[0]!;

  it.each([
    [["i"], "1"],
    [["timestamp"], 1.5],
    [["logs"], {}],
    [["logs", "0", "address"], "pool"],
    [["logs", "0", "topics"], [1]],
    [["logs", "0", "data"], 5],
    [["state"], null],
    [["action"], "supply"],
    [["full"], "yes"],
  ])("with %j = %j are refused by name", (path, value) => {
    const broken = edited(line, path, (holder, key) => {
      holder[key] = value;
    });
    const session = aaveV3.traces.open(umbrella.header);
    expect(() => session.observe({ number: 2, value: broken }, { calls: false })).toThrow(LineError);
  });

  it.each([
    [["action", "amount"], "-5"],
    [["action", "amount"], (1n << 256n).toString()],
    [["action", "amount"], "1e18"],
    [["action", "asset"], "NONE"],
    [["action", "from"], "nobody"],
    [["action", "type"], "nothing"],
  ])("with %j = %j are refused in mode execute", (path, value) => {
    const broken = edited(line, path, (holder, key) => {
      holder[key] = value;
    });
    const session = aaveV3.traces.open(umbrella.header);
    expect(() => session.execute({ number: 2, value: broken })).toThrow(LineError);
  });

  it("with data cut short are findings", () => {
    const session = aaveV3.traces.open(umbrella.header);
    const broken = edited(line, ["logs", "0", "data"], (holder, key) => {
      holder[key] = String(holder[key]).slice(0, -2);
    });
    const { findings, mismatches } = session.observe({ number: 2, value: broken }, { calls: false });
    expect(findings[0]).toMatchObject({ class: "unreadable", severity: "incomplete" });
    expect(mismatches.length).toBeGreaterThan(0);
    expect(isShortfallError(findings[0])).toBe(false);
  });

  it("with an unknown topic of a known contract are findings, not silence", () => {
    const session = aaveV3.traces.open(umbrella.header);
    const transaction = session.transaction({ number: 2, value: line });
    const strange = { ...transaction.logs[0]!, topics: [`0x${"77".repeat(32)}`], data: "0x" };
    const { findings, operations } = session.model.observe({
      ...transaction,
      logs: [...transaction.logs, strange],
    });
    expect(operations.map((operation) => operation.kind)).toEqual(["supply"]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ class: "unreadable", severity: "incomplete" });
  });
});
