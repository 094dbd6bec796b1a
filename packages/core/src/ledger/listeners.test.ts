import { describe, expect, it } from "vitest";
import { createLedger, type Ledger, type PoolDefinition } from "../index.js";

const POOL: PoolDefinition = {
  id: "p",
  asset: "USD",
  decimals: 6,
  classes: [{ id: "s" }],
  waterfall: { format: "shortfall-waterfall/1", id: "none", version: "1", layers: [] },
};
const at = { block: 1, timestamp: 1 };
const open = (): Ledger => createLedger({ pools: [POOL] });

describe("listeners that act", () => {
  it("find an idempotency key in use: the action happens once", () => {
    const ledger = open();
    const input = { pool: "p", at, account: "ana", assets: 10n, key: "k" };
    const seen: boolean[] = [];
    ledger.on("deposit", () => {
      if (seen.length < 3) seen.push(ledger.deposit(input).replayed);
    });
    const failures: unknown[] = [];
    ledger.on("error", ({ cause }) => failures.push(cause));
    ledger.deposit(input);
    expect(seen).toEqual([true]);
    expect(ledger.holding("p", "ana").assets).toBe(10n);
    ledger.on("borrow", () => ledger.deposit({ ...input, assets: 999n }));
    ledger.borrow({ pool: "p", at, account: "bob", assets: 1n });
    expect(String(failures[0])).toContain("IdempotencyConflictError");
  });

  it("are told in the order of the journal", () => {
    const ledger = open();
    const order: string[] = [];
    ledger.on("deposit", ({ entry }) => {
      if (entry.account === "ana") ledger.deposit({ pool: "p", at, account: "bob", assets: 1n });
    });
    ledger.on("deposit", ({ entry }) => order.push(`deposit ${entry.account}`));
    ledger.on("entry", (entry) => order.push(`entry ${entry.account}`));
    ledger.deposit({ pool: "p", at, account: "ana", assets: 1n });
    expect(order).toEqual(["entry ana", "deposit ana", "entry bob", "deposit bob"]);
  });

  it("may fail later without ending the process", async () => {
    const ledger = open();
    const failures: unknown[] = [];
    ledger.on("error", ({ cause }) => failures.push(cause));
    ledger.on("deposit", async () => {
      await Promise.resolve();
      throw new Error("late");
    });
    ledger.deposit({ pool: "p", at, account: "ana", assets: 1n });
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures.map(String)).toEqual(["Error: late"]);
  });
});

describe("what plain JavaScript may get wrong", () => {
  it.each([[undefined], [""], [null], [7], [{}]])("an account called %j is refused", (account) => {
    const ledger = open();
    expect(() => ledger.deposit({ pool: "p", at, account: account as never, assets: 1n })).toThrow(
      "non-empty text",
    );
    expect(ledger.journal.length).toBe(1);
  });

  it("an action of no kind is refused, names inherited from Object too", () => {
    const ledger = open();
    for (const kind of ["constructor", "toString", "nope"]) {
      expect(() => ledger.apply({ kind: kind as never, pool: "p", at } as never)).toThrow(
        "There is no action",
      );
    }
    expect(ledger.journal.length).toBe(1);
  });

  it("records, keys and definitions that are handed out change nothing", () => {
    const ledger = open();
    ledger.deposit({ pool: "p", at, account: "ana", assets: 100n });
    ledger.borrow({ pool: "p", at, account: "bob", assets: 60n });
    const { deficit } = ledger.writeOff({ pool: "p", at, account: "bob" });
    const digest = ledger.digest();
    const tamper: (() => void)[] = [
      () => {
        (ledger.deficits.get(deficit).layers as unknown[]).length = 0;
        (ledger.deficits.get(deficit).layers as unknown[]).push(1);
      },
      () => Object.assign(ledger.deficits.get(deficit), { uncovered: 0n }),
      () => Object.assign(ledger.definition("p"), { haircutRounding: "floor" }),
      () => Object.assign(ledger.definition("p").classes[0]!, { id: "x" }),
      () => Object.assign(ledger.journal.header, { model: "x" }),
    ];
    for (const act of tamper) expect(act).toThrow(TypeError);
    (ledger.accounts.keys() as string[])[0] = "EVE";
    expect([...ledger.holders("p")].map(({ account }) => account)).toEqual(["ana"]);
    expect(ledger.deficits.get(deficit).uncovered).toBe(60n);
    expect(ledger.digest()).toBe(digest);
  });
});
