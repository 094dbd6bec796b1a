import type { ChainLog, RecordedCall } from "@shortfall/core";
import { RAY } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEBT_UNIT } from "../src/constants.js";
import { VAULT_EVENTS } from "../src/events.js";
import { figuresOf } from "../src/figures.js";
import { EulerModel } from "../src/model.js";
import { readParameters } from "../src/parameters.js";
import { controlsOf } from "../src/posting.js";
import {
  BORROWERS,
  DAI,
  DAI_BORROWER,
  DAI_VAULT,
  encodeLog,
  GOVERNOR,
  header,
  LENDERS,
  LIQUIDATOR,
  PRICES,
  START,
  snapshot,
  transactionOf,
  USDC,
  USDC_VAULT,
  WETH,
  WETH_VAULT,
} from "./world.js";

const MAX = `${(1n << 256n) - 1n}`;
const ACCOUNTS = [...LENDERS, ...BORROWERS, DAI_BORROWER, LIQUIDATOR];
const VAULTS = [USDC_VAULT, DAI_VAULT, WETH_VAULT];

const open = (): EulerModel => new EulerModel(readParameters(header()));

/** Enough cash and collateral that most calls have something to do. */
const OPENING: readonly RecordedCall[] = [
  deposit(LENDERS[0], USDC_VAULT, 10n ** 12n),
  deposit(LENDERS[1], DAI_VAULT, 10n ** 24n),
  deposit(LIQUIDATOR, WETH_VAULT, 10n ** 24n),
  ...[...BORROWERS, DAI_BORROWER].map((account) => deposit(account, WETH_VAULT, 10n ** 19n)),
  deposit(BORROWERS[1], DAI_VAULT, 10n ** 22n),
  borrow(BORROWERS[0], USDC_VAULT, 12_000_000_000n),
  borrow(BORROWERS[1], USDC_VAULT, 15_000_000_000n),
  borrow(DAI_BORROWER, DAI_VAULT, 14_000n * 10n ** 18n),
];

function deposit(from: string, vault: string, amount: bigint): RecordedCall {
  return { type: "deposit", from, receiver: from, vault, amount: `${amount}` };
}

function borrow(from: string, vault: string, amount: bigint): RecordedCall {
  return { type: "borrow", from, receiver: from, vault, amount: `${amount}` };
}

const account = fc.constantFrom(...ACCOUNTS);
const vault = fc.constantFrom(...VAULTS);
const amount = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(1n, 30_000_000_000n).map(String) },
  { weight: 3, arbitrary: fc.bigInt(1n, 10n ** 22n).map(String) },
  { weight: 2, arbitrary: fc.constantFrom("0", "1", MAX) },
);
const debtor = fc.constantFrom(...BORROWERS, DAI_BORROWER, LIQUIDATOR);
const lendingVault = fc.constantFrom(USDC_VAULT, DAI_VAULT);

const item: fc.Arbitrary<RecordedCall> = fc.oneof(
  fc
    .record({
      type: fc.constantFrom("deposit", "mint", "withdraw", "redeem", "skim", "transfer"),
      from: account,
      receiver: account,
      vault,
      amount,
    })
    // What the caller holds of the token is not recorded, so "all of it" is not executable.
    .map((call) => (call.type === "deposit" && call.amount === MAX ? { ...call, amount: "5" } : call)),
  fc.record({
    type: fc.constantFrom("borrow", "repay", "repayWithShares"),
    from: account,
    receiver: debtor,
    vault: lendingVault,
    amount,
  }),
  fc.record({ type: fc.constant("pullDebt"), from: debtor, debtor, vault: lendingVault, amount }),
  fc.record({
    type: fc.constant("liquidate"),
    from: fc.constant(LIQUIDATOR),
    violator: debtor,
    collateral: fc.constantFrom(WETH_VAULT, DAI_VAULT),
    vault: fc.constant(USDC_VAULT),
    repayAssets: fc.oneof(fc.constant(MAX), amount),
    minYield: fc.constantFrom("0", "1"),
  }),
  fc.record({ type: fc.constant("donate"), from: account, vault, amount }),
  fc.record({ type: fc.constantFrom("touch", "convertFees"), from: account, vault }),
);

const governance: fc.Arbitrary<RecordedCall> = fc.oneof(
  fc.record({
    type: fc.constant("setInterestFee"),
    from: fc.constant(GOVERNOR),
    vault: lendingVault,
    fee: fc.integer({ min: 900, max: 10_001 }).map(String),
  }),
  fc.record({
    type: fc.constant("setConfigFlags"),
    from: fc.constant(GOVERNOR),
    vault: lendingVault,
    flags: fc.constantFrom("0", "1", "4"),
  }),
  fc.record({
    type: fc.constant("setLTV"),
    from: fc.constant(GOVERNOR),
    vault: fc.constant(USDC_VAULT),
    collateral: fc.constantFrom(WETH_VAULT, DAI_VAULT),
    borrowLTV: fc.constantFrom("0", "5000", "8000"),
    liquidationLTV: fc.constantFrom("0", "6000", "8500"),
    rampDuration: fc.constantFrom("0", "3600"),
  }),
);

const price = fc.record({
  type: fc.constant("setPrice"),
  from: fc.constant(GOVERNOR),
  asset: fc.constantFrom(USDC, DAI, WETH),
  percent: fc.constantFrom(0n, 1n, 40n, 70n, 100n, 120n),
});

const action: fc.Arbitrary<RecordedCall> = fc.oneof(
  { weight: 8, arbitrary: item },
  {
    weight: 4,
    arbitrary: fc
      .array(item, { minLength: 1, maxLength: 4 })
      .map((items): RecordedCall => ({ type: "batch", from: GOVERNOR, items })),
  },
  {
    weight: 3,
    arbitrary: price.map(({ percent, ...call }) => ({
      ...call,
      price: `${(PRICES[call.asset]! * percent) / 100n}`,
    })),
  },
  { weight: 1, arbitrary: governance },
);

/** A crash and everything of a borrower liquidated in it. */
const crash: fc.Arbitrary<RecordedCall[]> = fc
  .tuple(fc.constantFrom(...BORROWERS), fc.constantFrom(1n, 40n, 70n))
  .map(([violator, percent]) => [
    {
      type: "setPrice",
      from: GOVERNOR,
      asset: WETH,
      price: `${(PRICES[WETH]! * percent) / 100n}`,
    },
    ...[DAI_VAULT, WETH_VAULT].map((collateral) => ({
      type: "liquidate",
      from: LIQUIDATOR,
      violator,
      collateral,
      vault: USDC_VAULT,
      repayAssets: MAX,
      minYield: "0",
    })),
  ]);

const calls = fc.oneof(
  { weight: 9, arbitrary: action.map((call) => [call]) },
  { weight: 1, arbitrary: crash },
);

const history = fc.array(fc.tuple(calls, fc.constantFrom(0, 1, 13, 3_600, 8_640_000)), {
  minLength: 8,
  maxLength: 24,
});

/** What must hold after anything. */
function requireInvariants(model: EulerModel): void {
  for (const entry of model.state.vaults) {
    expect(entry.shares.sum + entry.accumulatedFees).toBe(entry.totalShares);
    expect(entry.balance >= entry.cash).toBe(true);
    for (const [name, commodity, total] of controlsOf(entry.symbol, figuresOf(entry))) {
      expect([name, model.journal.balance(entry.address, name, commodity)]).toEqual([name, total]);
    }
    // A repayment rounds one account's debt up by less than a unit, and the gap then bears interest.
    let owed = 0n;
    for (const [id] of entry.owed.holders()) owed += entry.owedNow(id);
    const gap = owed > entry.totalBorrowsOwed ? owed - entry.totalBorrowsOwed : entry.totalBorrowsOwed - owed;
    const growth = entry.interestAccumulator / RAY + 1n;
    expect(gap < BigInt(model.journal.length) * DEBT_UNIT * growth).toBe(true);
  }
  const sums = new Map<string, bigint>();
  for (const row of model.journal.trialBalance()) {
    sums.set(row.pool, (sums.get(row.pool) ?? 0n) + row.balance);
  }
  for (const sum of sums.values()) expect(sum).toBe(0n);
}

describe("any history of calls", () => {
  it("is re-executed from its own logs to the same state, journal and losses", () => {
    let accepted = 0;
    let losses = 0;
    fc.assert(
      fc.property(history, (steps) => {
        const caller = open();
        const watcher = open();
        let timestamp = START;
        const run = (call: RecordedCall, id: string): void => {
          const before = snapshot(caller);
          const entries = caller.journal.length;
          const position = { block: timestamp - START, timestamp, transaction: id };
          const execution = caller.execute(call, position);
          if (!execution.ok) {
            expect(execution.reason).toMatch(/^(E_\w+:0x[0-9a-f]{8}|Panic\(0x11\))$/);
            expect(snapshot(caller)).toEqual(before);
            expect(caller.journal.length).toBe(entries);
            return;
          }
          accepted++;
          const prices =
            call.type === "setPrice"
              ? [{ subject: String(call.asset), price: BigInt(String(call.price)) }]
              : [];
          const observation = watcher.observe({ ...transactionOf(execution.logs, timestamp, id), prices });
          expect(observation.findings).toEqual([]);
          expect(snapshot(watcher)).toEqual(snapshot(caller));
        };
        OPENING.forEach((call, index) => {
          run(call, `o${index}`);
        });
        steps.forEach(([group, seconds], index) => {
          timestamp += seconds;
          for (const [part, call] of group.entries()) run(call, `s${index}.${part}`);
        });
        // Where a call in a batch had no effect, the logs do not say when its vault took its interest.
        expect(watcher.journal.trialBalance()).toEqual(caller.journal.trialBalance());
        expect(watcher.writeOffs()).toEqual(caller.writeOffs());
        losses += caller.writeOffs().length;
        requireInvariants(watcher);
      }),
      { seed: 2_024, numRuns: 150 },
    );
    // The property must not hold for want of anything happening.
    expect(accepted).toBeGreaterThan(2_000);
    expect(losses).toBeGreaterThan(5);
  });

  it("changes nothing when a log is left out, repeated or altered", () => {
    let rejected = 0;
    fc.assert(
      fc.property(history, fc.nat(), fc.constantFrom("drop", "repeat", "alter"), (steps, pick, kind) => {
        const caller = open();
        const watcher = open();
        let timestamp = START;
        const all = [
          ...OPENING.map((call) => [call, 1] as const),
          ...steps.flatMap(([group, seconds]) => group.map((call) => [call, seconds] as const)),
        ];
        for (const [index, [call, seconds]] of all.entries()) {
          timestamp += seconds;
          const position = { block: index, timestamp, transaction: `${index}` };
          const execution = caller.execute(call, position);
          if (!execution.ok) continue;
          const clean = transactionOf(execution.logs, timestamp, `${index}`);
          const logs = tamper(clean.logs, (pick + index) % Math.max(1, clean.logs.length), kind);
          // A call that left one log leaves nothing to notice when that is gone.
          if (index % 3 === 0 && logs !== clean.logs && logs.length > 0) {
            const before = snapshot(watcher);
            const entries = watcher.journal.length;
            const { findings, operations } = watcher.observe({ ...clean, logs });
            if (findings.length > 0 && operations.length === 0) {
              rejected++;
              expect(snapshot(watcher)).toEqual(before);
              expect(watcher.journal.length).toBe(entries);
            } else return;
          }
          const prices =
            call.type === "setPrice"
              ? [{ subject: String(call.asset), price: BigInt(String(call.price)) }]
              : [];
          expect(watcher.observe({ ...clean, prices }).findings).toEqual([]);
        }
      }),
      { seed: 7, numRuns: 60 },
    );
    expect(rejected).toBeGreaterThan(100);
  });
});

/** The logs with one of them changed, or the same array where there is none to change. */
function tamper(logs: readonly ChainLog[], at: number, kind: string): readonly ChainLog[] {
  const log = logs[at];
  if (!log) return logs;
  if (kind === "drop") return logs.filter((_, index) => index !== at);
  if (kind === "repeat") return [...logs.slice(0, at + 1), log, ...logs.slice(at + 1)];
  const last = BigInt(`0x${log.data.slice(-64)}`) + 1n;
  const data = log.data.slice(0, -64) + last.toString(16).padStart(64, "0");
  return logs.map((entry, index) => (index === at ? { ...entry, data } : entry));
}

describe("any bytes", () => {
  const word = fc.bigInt(0n, (1n << 256n) - 1n).map((value) => value.toString(16).padStart(64, "0"));
  const known = [...VAULT_EVENTS.keys()];
  const log: fc.Arbitrary<ChainLog> = fc.record({
    address: fc.constantFrom(...VAULTS, USDC, DAI, WETH, ACCOUNTS[0]!),
    topics: fc
      .tuple(
        fc.oneof(
          fc.constantFrom(...known),
          word.map((value) => `0x${value}`),
        ),
        fc.array(word, { maxLength: 3 }),
      )
      .map(([topic0, rest]) => [topic0, ...rest.map((value) => `0x${value}`)]),
    data: fc.oneof(
      fc
        .array(fc.oneof(word, fc.constant("0".repeat(64))), { maxLength: 7 })
        .map((words) => `0x${words.join("")}`),
      fc.constantFrom("", "0x0", "0xzz", "0x00"),
    ),
    logIndex: fc.nat(100),
  });

  it("become findings, never a crash, and change nothing", () => {
    const model = open();
    for (const [index, call] of OPENING.entries()) {
      model.execute(call, { block: 0, timestamp: START, transaction: `${index}` });
    }
    const before = snapshot(model);
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 4 }), (logs) => {
        const observation = model.observe({
          position: { block: 9, timestamp: START, transaction: "x" },
          logs,
          reverted: false,
          touched: [],
          prices: [],
        });
        if (observation.operations.length > 0) return;
        expect(observation.findings.length).toBeGreaterThan(0);
        expect(snapshot(model)).toEqual(before);
      }),
      { seed: 99, numRuns: 2_000 },
    );
    requireInvariants(model);
  });

  it("of one word of a real log too", () => {
    const model = open();
    const execution = model.execute(OPENING[0]!, { block: 0, timestamp: START });
    if (!execution.ok) throw new Error(execution.reason);
    const logs = execution.logs.map(encodeLog);
    const before = snapshot(model);
    const cut = logs.map((entry) => ({ ...entry, data: entry.data.slice(0, -2) }));
    const { findings } = model.observe({ ...transactionOf([], START), logs: cut });
    expect(findings.map((finding) => finding.class)).toEqual(logs.map(() => "unreadable"));
    expect(snapshot(model)).toEqual(before);
  });
});
