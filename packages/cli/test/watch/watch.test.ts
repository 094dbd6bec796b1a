import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtInAdapters } from "@shortfall/cli";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import { afterAll, describe, expect, it } from "vitest";
import { shell, temporaryFolder, writeLines } from "../shell.js";
import { killWatches } from "./kill-trial.js";
import { recorded } from "./recorded.js";

const folder = temporaryFolder("watch");
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const built = { adapters: builtInAdapters() };

type Line = Record<string, unknown> & { readonly type: string };
const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

const trace = recordToyTrace([
  { type: "Supply", account: toyAccount(1), assets: "1000000" },
  { type: "Borrow", account: toyAccount(2), assets: "400000" },
  { type: "WriteOff", account: toyAccount(2) },
]);

describe("watch", () => {
  it("prints a line an event, keeps them, and says nothing twice", async () => {
    const file = writeLines(at("toy.jsonl"), [trace.header, ...trace.lines]);
    const args = ["watch", file, "--once", "--state", at("toy")];
    const first = await shell(args);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(linesOf(first.out)).toMatchObject([
      { format: "shortfall-event/1", sequence: 0, type: "write-off", recomputed: "400000", final: true },
      { format: "shortfall-event/1", type: "head", block: 102, transactions: 3 },
    ]);
    expect(readFileSync(at("toy/events.jsonl"), "utf8")).toBe(
      first.out.slice(0, first.out.indexOf("\n") + 1),
    );
    expect(linesOf((await shell(args)).out).map(({ type }) => type)).toEqual(["head"]);
    const people = await shell(["watch", file, "--once"], undefined);
    expect(people.out).toBe(first.out);
  });

  it("goes on where it was when the file has grown, and exits 1 on a finding that differs", async () => {
    const file = writeLines(at("grown.jsonl"), [trace.header, ...trace.lines.slice(0, 2)]);
    const args = ["watch", file, "--once", "--state", at("grown")];
    expect(linesOf((await shell(args)).out).map(({ type }) => type)).toEqual(["head"]);
    const wrong = { ...trace.lines[2]!, state: { ...(trace.lines[2]!.state as object), cash: "1" } };
    appendFileSync(file, `${JSON.stringify(wrong)}\n`);
    const { code, out } = await shell(args);
    expect(code).toBe(1);
    expect(linesOf(out).map(({ type }) => type)).toEqual(["finding", "write-off", "head"]);
  });

  it("names a file or a state that is another, in one line", async () => {
    const file = writeLines(at("other.jsonl"), [trace.header, ...trace.lines]);
    const args = ["watch", file, "--once", "--state", at("other")];
    await shell(args);
    writeLines(file, [trace.header, ...trace.lines.slice(0, 1)]);
    const shorter = await shell(args);
    expect(shorter.code).toBe(2);
    expect(linesOf(shorter.out)[0]?.error).toMatchObject({ message: expect.stringContaining("shortened") });
    writeLines(file, [{ ...trace.header, params: { ...(trace.header.params as object), chainId: "2" } }]);
    rmSync(at("other/watch.json.new"), { force: true });
    expect((await shell(["watch", file, "--state", at("other"), "--once"])).code).toBe(2);
    expect((await shell(["watch"])).err).toContain("Name one file, or a node");
    expect((await shell(["watch", file, "--interval", "0"])).err).toContain("above 0");
  });

  it("tells of insolvent accounts as the books have them at the end of each block", async () => {
    const lines = recorded("compound-v3/02-crash-cascade.jsonl.gz");
    writeFileSync(at("crash.jsonl"), `${lines.join("\n")}\n`);
    const { code, out } = await shell(["watch", at("crash.jsonl"), "--once"], built);
    expect(code).toBe(0);
    const told = linesOf(out).filter(({ type }) => type.startsWith("account-"));
    expect(
      told.map(({ type, account, position }) => [(position as { block: number }).block, type, account]),
    ).toEqual(insolvencies(lines));
  });

  it("counts what other protocols open and cover", async () => {
    const lines = recorded("venus-isolated/02-crash-cascade.jsonl.gz");
    writeFileSync(at("venus.jsonl"), `${lines.join("\n")}\n`);
    const events = linesOf((await shell(["watch", at("venus.jsonl"), "--once"], built)).out);
    const sum = (type: string): bigint =>
      events
        .filter((event) => event.type === type)
        .reduce((total, { amount }) => total + BigInt(String(amount)), 0n);
    const last = new Map(events.filter(({ deficit }) => deficit).map(({ deficit, open }) => [deficit, open]));
    const open = [...last.values()].reduce<bigint>((total, amount) => total + BigInt(String(amount)), 0n);
    expect(sum("deficit-covered")).toBeGreaterThan(0n);
    expect(sum("deficit-opened") - sum("deficit-covered")).toBe(open);
  });

  it("loses and changes nothing when it is killed: doubled lines are the same lines", async () => {
    const lines = recorded("venus-isolated/02-crash-cascade.jsonl.gz");
    let state = 7;
    const trial = await killWatches(folder, lines, 3, (limit) => {
      state = (state * 16_807) % 2_147_483_647;
      return state % limit;
    });
    writeFileSync(at("whole.jsonl"), `${lines.join("\n")}\n`);
    await shell(["watch", at("whole.jsonl"), "--once", "--state", at("whole")], built);
    const whole = readFileSync(at("whole/events.jsonl"), "utf8").trimEnd().split("\n");
    expect(trial.kept).toEqual(whole);
    expect(trial.printed).toEqual(whole);
  }, 60_000);
});

interface RecordedLine {
  readonly block: number;
  readonly state: {
    readonly baseBorrowIndex: string;
    readonly accounts: Readonly<
      Record<string, { readonly principal: string; readonly collateral: Readonly<Record<string, string>> }>
    >;
    readonly prices: Readonly<Record<string, string>>;
  };
}

/**
 * What should be told, worked out from the recorded states and prices alone: value of all collateral against debt after
 * each line. Lines of this trace have a block each.
 */
function insolvencies(lines: readonly string[]): unknown[] {
  const header = JSON.parse(lines[0]!) as {
    params: { config: { baseToken: string; assetConfigs: { asset: string; decimals: string }[] } };
  };
  const { baseToken, assetConfigs } = header.params.config;
  const scale = new Map(assetConfigs.map(({ asset, decimals }) => [asset, 10n ** BigInt(decimals)]));
  const accounts = new Map<string, RecordedLine["state"]["accounts"][string]>();
  const insolvent = new Map<string, string>();
  return lines.slice(1).flatMap((text) => {
    const { block, state } = JSON.parse(text) as RecordedLine;
    for (const [account, recorded] of Object.entries(state.accounts)) accounts.set(account, recorded);
    const told: unknown[] = [];
    for (const [account, { principal, collateral }] of accounts) {
      const debt = (-BigInt(principal) * BigInt(state.baseBorrowIndex)) / 10n ** 15n;
      const posted = Object.entries(collateral).filter(([, amount]) => amount !== "0");
      const worth = posted.reduce((sum, [asset, amount]) => {
        const value = BigInt(amount) * BigInt(state.prices[asset]!) * 1_000_000n;
        return sum + value / (scale.get(asset)! * BigInt(state.prices[baseToken]!));
      }, 0n);
      const now = debt <= 0n || worth >= debt ? undefined : worth === 0n ? "bad-debt" : "insolvent";
      if (now !== insolvent.get(account)) {
        told.push([block, now === undefined ? "account-solvent" : "account-insolvent", account]);
      }
      if (now === undefined) insolvent.delete(account);
      else insolvent.set(account, now);
    }
    return told;
  });
}
