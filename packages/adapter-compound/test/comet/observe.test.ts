import type { ChainLog, ChainTransaction, PredictedLog, RecordedCall } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { beforeEach, describe, expect, it } from "vitest";
import { COMET_EVENTS } from "../../src/comet/events.js";
import { CometModel } from "../../src/comet/model.js";
import { accountSnapshot, marketSnapshot } from "../../src/comet/snapshot.js";
import {
  ALICE,
  BASE,
  BOB,
  CAROL,
  COMET,
  DAVE,
  encodeLog,
  GENESIS_TIME,
  GOLD,
  GOVERNOR,
  smallMarket,
  USERS,
} from "./history.js";

const E6 = 1_000_000n;
const LATER = GENESIS_TIME + 86_400;

/** Two models of one market: what happens in the first is shown to the second only through logs. */
let chain: CometModel;
let watcher: CometModel;
let block: number;

const position = (timestamp: number) => ({ block, timestamp, transaction: `tx${block}` });

function call(action: RecordedCall, timestamp: number): readonly PredictedLog[] {
  const execution = chain.execute(action, position(timestamp));
  if (!execution.ok) throw new Error(execution.reason);
  return execution.logs;
}

function watch(logs: readonly ChainLog[], timestamp: number, more: Partial<ChainTransaction> = {}) {
  return watcher.observe({
    position: position(timestamp),
    logs,
    reverted: false,
    touched: [],
    prices: [],
    ...more,
  });
}

function both(action: RecordedCall, timestamp: number): void {
  block++;
  expect(watch(call(action, timestamp).map(encodeLog), timestamp).findings).toEqual([]);
}

const picture = (model: CometModel) => [
  marketSnapshot(model.market, BigInt(LATER + 10)),
  ...USERS.map((account) => accountSnapshot(model.market, account)),
];
const move = (token: string, from: string, to: string, value: bigint): PredictedLog => ({
  address: token,
  name: "Transfer",
  args: { from, to, value },
});
const transferBase = (src: string, dst: string, amount: bigint): RecordedCall => ({
  type: "transfer",
  from: src,
  src,
  dst,
  asset: BASE,
  amount: `${amount}`,
});

beforeEach(() => {
  chain = new CometModel(smallMarket());
  watcher = new CometModel(smallMarket());
  block = 1;
  both(
    { type: "supply", from: ALICE, dst: ALICE, asset: BASE, amount: `${100_000n * E6}` },
    GENESIS_TIME + 1,
  );
  for (const [account, debt] of [
    [BOB, 20_000n],
    [CAROL, 20_000n],
  ] as const) {
    both(
      { type: "supply", from: account, dst: account, asset: GOLD, amount: `${500n * WAD}` },
      GENESIS_TIME + block,
    );
    both(
      { type: "withdraw", from: account, to: account, asset: BASE, amount: `${debt * E6}` },
      GENESIS_TIME + block,
    );
  }
  block++;
});

describe("a transaction with movements of its own", () => {
  it("books what came in without an operation as a donation", () => {
    const result = watch([encodeLog(move(BASE, DAVE, COMET, 7n), 0)], LATER);
    expect(result.operations.map(({ kind }) => kind)).toEqual(["donate"]);
    expect(watcher.market.state.baseBalance).toBe(chain.market.state.baseBalance + 7n);
  });

  it("books a donation first where the operation after it needs the cash", () => {
    const cash = chain.market.state.baseBalance;
    const donation = move(BASE, DAVE, COMET, 50_000n * E6);
    call({ type: "donate", from: DAVE, asset: BASE, amount: `${50_000n * E6}` }, LATER);
    const withdrawal = call(
      { type: "withdraw", from: ALICE, to: ALICE, asset: BASE, amount: `${cash + 1n}` },
      LATER,
    );
    const result = watch([donation, ...withdrawal].map(encodeLog), LATER);
    expect(result.findings).toEqual([]);
    expect(result.operations.map(({ kind }) => kind)).toEqual(["donate", "withdraw"]);
    expect(picture(watcher)).toEqual(picture(chain));
  });

  it("leaves a transaction out when tokens left without an operation", () => {
    const before = picture(watcher);
    const result = watch([encodeLog(move(BASE, COMET, DAVE, 7n), 3)], LATER);
    expect(result.findings[0]).toMatchObject({ class: "missing-event", severity: "differs", logs: [3] });
    expect(picture(watcher)).toEqual(before);
  });

  it("leaves a transaction out when an operation's tokens did not move", () => {
    const before = picture(watcher);
    const logs = call({ type: "supply", from: DAVE, dst: DAVE, asset: BASE, amount: "5" }, LATER);
    const result = watch([encodeLog(logs[1]!, 1), encodeLog(logs[2]!, 2)], LATER);
    expect(result.findings[0]).toMatchObject({
      class: "unexplained",
      field: "logs.Transfer",
      reported: "(absent)",
    });
    expect(picture(watcher)).toEqual(before);
  });

  it("accepts tokens that pass through another contract", () => {
    const [paid, ...rest] = call({ type: "supply", from: DAVE, dst: DAVE, asset: BASE, amount: "5" }, LATER);
    const through = move(BASE, GOVERNOR, COMET, BigInt(String(paid!.args.value)));
    expect(watch([through, ...rest].map(encodeLog), LATER).findings).toEqual([]);
    expect(picture(watcher)).toEqual(picture(chain));
  });
});

describe("a base transfer", () => {
  it("from a supplier to an account without debt follows from its two amounts", () => {
    const logs = call(transferBase(ALICE, DAVE, 12_345n * E6), LATER);
    expect(watch(logs.map(encodeLog), LATER).findings).toEqual([]);
    expect(picture(watcher)).toEqual(picture(chain));
  });

  it("that repays one of several debtors needs the call", () => {
    const action = transferBase(ALICE, CAROL, 5_000n * E6);
    const logs = call(action, LATER).map(encodeLog);
    const result = watch(logs, LATER, { readCall: () => action });
    expect(result).toMatchObject({ callsUsed: 1, findings: [] });
    expect(picture(watcher)).toEqual(picture(chain));
  });

  it("that repays one of several debtors is said to be undetermined without it", () => {
    const logs = call(transferBase(ALICE, CAROL, 5_000n * E6), LATER).map(encodeLog);
    const result = watch(logs, LATER);
    expect(result.callsUsed).toBe(0);
    expect(result.findings[0]).toMatchObject({ class: "missing-event", severity: "incomplete" });
    expect(accountSnapshot(watcher.market, ALICE)).toEqual(accountSnapshot(chain.market, ALICE));
  });

  it("that repays the only debtor who owes enough needs none", () => {
    both({ type: "withdraw", from: BOB, to: BOB, asset: BASE, amount: `${10_000n * E6}` }, LATER);
    const logs = call(transferBase(ALICE, BOB, 25_000n * E6), LATER + 1).map(encodeLog);
    const result = watch(logs, LATER + 1);
    expect(result).toMatchObject({ callsUsed: 0, findings: [] });
    expect(picture(watcher)).toEqual(picture(chain));
  });

  it("with an amount that no principal has shows that an accrual is missing", () => {
    // The index must be above one for amounts to be missing.
    both({ type: "supply", from: DAVE, dst: DAVE, asset: BASE, amount: "1000000" }, LATER + 31_536_000);
    const index = chain.market.state.baseSupplyIndex;
    let hole = 1n;
    while ((((hole * 10n ** 15n + index - 1n) / index) * index) / 10n ** 15n === hole) hole++;
    const burn: PredictedLog = {
      address: COMET,
      name: "Transfer",
      args: { from: ALICE, to: `0x${"0".repeat(40)}`, amount: hole },
    };
    const result = watch([encodeLog(burn, 0)], LATER + 31_536_000);
    expect(result.findings[0]!.message).toMatch(/an accrual may be missing/);
  });
});

describe("a call without logs", () => {
  it("accrues at its time even if nobody says whose it was", () => {
    const action: RecordedCall = { type: "accrueAccount", from: BOB, account: BOB };
    call(action, LATER);
    const result = watch([], LATER, { touched: [COMET] });
    expect(result.operations.map(({ kind }) => kind)).toEqual(["accrue"]);
    expect(watcher.market.state.baseBorrowIndex).toBe(chain.market.state.baseBorrowIndex);
    expect(watcher.market.state.lastAccrualTime).toBe(BigInt(LATER));
  });

  it("of another contract changes nothing", () => {
    expect(watch([], LATER, { touched: [DAVE] }).operations).toEqual([]);
    expect(watcher.market.state.lastAccrualTime).toBeLessThan(BigInt(LATER));
  });

  it("that the call says had logs is a finding", () => {
    const action: RecordedCall = { type: "accrueAccount", from: BOB, account: "0x12" };
    const result = watch([], LATER, { touched: [COMET], readCall: () => action });
    expect(result.findings[0]).toMatchObject({ class: "missing-event", field: "touched" });
  });
});

describe("logs that change no balance or are not understood", () => {
  const topicOf = (name: string): string =>
    [...COMET_EVENTS.values()].find((codec) => codec.name === name)!.topic0;

  it("pause a market for simulations", () => {
    const flags = [1n, 0n, 1n, 0n, 0n].map((flag) => flag.toString(16).padStart(64, "0")).join("");
    watch([{ address: COMET, topics: [topicOf("PauseAction")], data: `0x${flags}`, logIndex: 0 }], LATER);
    const execution = watcher.execute(
      { type: "supply", from: DAVE, dst: DAVE, asset: BASE, amount: "5" },
      position(LATER),
    );
    expect(execution).toEqual({ ok: false, reason: "Paused()" });
  });

  it("permit a manager", () => {
    const word = (text: string): string => `0x${text.slice(2).padStart(64, "0")}`;
    const action: RecordedCall = {
      type: "withdraw",
      from: DAVE,
      src: ALICE,
      to: DAVE,
      asset: BASE,
      amount: "5",
    };
    expect(watcher.execute(action, position(LATER))).toEqual({ ok: false, reason: "Unauthorized()" });
    const approval = {
      address: COMET,
      topics: [topicOf("Approval"), word(ALICE), word(DAVE)],
      data: `0x${"f".repeat(64)}`,
      logIndex: 0,
    };
    watch([approval], LATER);
    expect(watcher.execute(action, position(LATER)).ok).toBe(true);
  });

  it("name an upgrade, an unknown topic and a short body", () => {
    const word = `0x${"0".repeat(63)}1`;
    expect(
      watch([{ address: COMET, topics: [topicOf("Upgraded"), word], data: "0x", logIndex: 0 }], LATER)
        .findings[0],
    ).toMatchObject({ class: "wrong-version" });
    expect(
      watch([{ address: COMET, topics: [word], data: "0x", logIndex: 4 }], LATER).findings[0],
    ).toMatchObject({ class: "unreadable", severity: "incomplete", logs: [4] });
    expect(
      watch([{ address: COMET, topics: [topicOf("Supply"), word, word], data: "0x00", logIndex: 5 }], LATER)
        .findings[0],
    ).toMatchObject({ class: "unreadable" });
  });

  it("keep an event that a stale price contradicts, and say so", () => {
    call({ type: "setPrice", from: GOVERNOR, asset: GOLD, price: `${1000n * 10n ** 8n}` }, LATER);
    const logs = call(
      { type: "withdraw", from: BOB, to: BOB, asset: BASE, amount: `${40_000n * E6}` },
      LATER,
    );
    const result = watch(logs.map(encodeLog), LATER);
    expect(result.findings[0]).toMatchObject({ severity: "differs" });
    expect(result.findings[0]!.message).toMatch(/NotCollateralized/);
    expect(accountSnapshot(watcher.market, BOB).principal).toBe(accountSnapshot(chain.market, BOB).principal);
  });

  it("come in order of time", () => {
    const result = watch([], GENESIS_TIME);
    expect(result.findings[0]).toMatchObject({ class: "reordered-event", field: "timestamp" });
  });
});

describe("tokens that a market pays to itself", () => {
  it("stay, and the reserves gain them", () => {
    const before = watcher.market.reserves(BigInt(LATER));
    both({ type: "withdraw", from: ALICE, to: COMET, asset: BASE, amount: "1000000" }, LATER);
    expect(watcher.market.reserves(BigInt(LATER)) - before).toBeGreaterThanOrEqual(1_000_000n);
    both({ type: "withdraw", from: BOB, to: COMET, asset: GOLD, amount: "5" }, LATER);
    expect(watcher.market.collateralReserves(0)).toBe(5n);
  });
});
