import type { ChainLog, ChainTransaction, PredictedLog, RecordedCall } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMET_EVENTS, TOKEN_EVENTS } from "../../src/comet/events.js";
import { CometModel } from "../../src/comet/model.js";
import { accountSnapshot, marketSnapshot } from "../../src/comet/snapshot.js";
import {
  ALICE,
  BASE,
  COMET,
  encodeLog,
  GENESIS_TIME,
  GOLD,
  GOVERNOR,
  IRON,
  LIQUIDATOR,
  smallMarket,
  USERS,
} from "./history.js";

const MAXIMUM = ((1n << 256n) - 1n).toString();
const account = fc.constantFrom(...USERS);
const token = fc.constantFrom(BASE, GOLD, IRON);
const baseAmount = fc.oneof(
  fc.bigInt(0n, 20n),
  fc.bigInt(0n, 5_000_000_000n),
  fc.bigInt(0n, 900_000_000_000n),
);
const collateralAmount = fc.oneof(
  fc.bigInt(0n, 20n),
  fc.bigInt(0n, 100n * WAD),
  fc.bigInt(0n, 20_000n * WAD),
);
const amountOf = (asset: string): fc.Arbitrary<string> =>
  asset === BASE
    ? fc.oneof(
        { weight: 6, arbitrary: baseAmount.map(String) },
        { weight: 1, arbitrary: fc.constant(MAXIMUM) },
      )
    : collateralAmount.map(String);

const withAmount = (
  build: (asset: string, amount: string) => fc.Arbitrary<RecordedCall>,
): fc.Arbitrary<RecordedCall> =>
  token.chain((asset) => amountOf(asset).chain((amount) => build(asset, amount)));

const supply = withAmount((asset, amount) =>
  fc.tuple(account, account).map(([from, dst]) => ({ type: "supply", from, dst, asset, amount })),
);
const withdraw = withAmount((asset, amount) =>
  fc.tuple(account, account).map(([from, to]) => ({ type: "withdraw", from, to, asset, amount })),
);
const transfer = withAmount((asset, amount) =>
  fc
    .tuple(account, account)
    .map(([from, dst]) => ({ type: "transfer", from, src: from, dst, asset, amount })),
);
const absorb = fc
  .oneof(
    account.map((who) => [who]),
    fc.uniqueArray(account, { minLength: 1, maxLength: 3 }),
  )
  .map((accounts): RecordedCall => ({ type: "absorb", from: LIQUIDATOR, absorber: LIQUIDATOR, accounts }));
const buy = fc.tuple(fc.constantFrom(GOLD, IRON), baseAmount, account).map(
  ([asset, amount, from]): RecordedCall => ({
    type: "buyCollateral",
    from,
    recipient: from,
    asset,
    baseAmount: `${amount}`,
    minAmount: "0",
  }),
);
const takeReserves = baseAmount.map(
  (amount): RecordedCall => ({ type: "withdrawReserves", from: GOVERNOR, to: GOVERNOR, amount: `${amount}` }),
);
const donate = withAmount((asset, amount) =>
  account.map((from) => ({ type: "donate", from, asset, amount: amount === MAXIMUM ? "1" : amount })),
);
const settle = account.map((who): RecordedCall => ({ type: "accrueAccount", from: who, account: who }));
const reprice = fc
  .tuple(fc.constantFrom(GOLD, IRON), fc.oneof(fc.bigInt(1n, 1_000_000_000n), fc.bigInt(1n, 20_000_000_000n)))
  .map(([asset, price]): RecordedCall => ({ type: "setPrice", from: GOVERNOR, asset, price: `${price}` }));

const call: fc.Arbitrary<RecordedCall> = fc.oneof(
  { weight: 6, arbitrary: supply },
  { weight: 6, arbitrary: withdraw },
  { weight: 3, arbitrary: transfer },
  { weight: 3, arbitrary: absorb },
  { weight: 2, arbitrary: buy },
  { weight: 1, arbitrary: takeReserves },
  { weight: 1, arbitrary: donate },
  { weight: 1, arbitrary: settle },
  { weight: 3, arbitrary: reprice },
);
const pause = fc.constantFrom(0, 0, 1, 3600, 86_400, 31_536_000);
const history = fc.array(fc.tuple(call, pause), { minLength: 5, maxLength: 60 });

/** Everything the model knows, as text. */
const picture = (model: CometModel, time: number): string =>
  JSON.stringify(
    [marketSnapshot(model.market, BigInt(time)), USERS.map((who) => accountSnapshot(model.market, who))],
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
  );

const position = (block: number, timestamp: number) => ({ block, timestamp, transaction: `${block}` });

/** Deposits that make the rest of a history do something. */
const OPENING: readonly RecordedCall[] = [
  { type: "supply", from: ALICE, dst: ALICE, asset: BASE, amount: "500000000000" },
  ...USERS.slice(1).map(
    (from): RecordedCall => ({ type: "supply", from, dst: from, asset: GOLD, amount: `${500n * WAD}` }),
  ),
  ...USERS.slice(1).map(
    (from): RecordedCall => ({ type: "withdraw", from, to: from, asset: BASE, amount: "30000000000" }),
  ),
];

describe("any sequence of calls", () => {
  it("is refused without a trace or leaves the books balanced, and is observed from its logs alike", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const executed = new CometModel(smallMarket());
        const observed = new CometModel(smallMarket());
        let time = GENESIS_TIME;
        let block = 1;
        for (const [one, wait] of [...OPENING.map((each) => [each, 1] as const), ...steps]) {
          time += wait;
          block++;
          const before = picture(executed, time);
          const execution = executed.execute(one, position(block, time));
          if (!execution.ok) {
            expect(picture(executed, time)).toBe(before);
            continue;
          }
          const logs = execution.logs.map(encodeLog);
          const isPrice = one.type === "setPrice";
          const observation = observed.observe({
            position: position(block, time),
            logs,
            reverted: false,
            touched: !isPrice && logs.length === 0 ? [COMET] : [],
            prices: isPrice ? [{ subject: String(one.asset), price: BigInt(String(one.price)) }] : [],
            readCall: () => one,
          });
          expect(observation.findings).toEqual([]);
          expect(picture(observed, time)).toBe(picture(executed, time));
        }
        expect(observed.journal.digest()).toBe(executed.journal.digest());
        for (const row of executed.journal.trialBalance()) expect(typeof row.balance).toBe("bigint");
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it("in one transaction is told apart again by its logs", () => {
    // Calls without logs of their own, and base transfers, may be undetermined next to others.
    const bundled = fc.oneof(
      { weight: 4, arbitrary: supply },
      { weight: 4, arbitrary: withdraw },
      { weight: 2, arbitrary: absorb },
      { weight: 2, arbitrary: buy },
      { weight: 1, arbitrary: donate },
      { weight: 1, arbitrary: takeReserves },
    );
    const bundle = fc.tuple(reprice, fc.array(bundled, { minLength: 1, maxLength: 6 }), pause);
    fc.assert(
      fc.property(fc.array(bundle, { minLength: 3, maxLength: 15 }), (bundles) => {
        const executed = new CometModel(smallMarket());
        const observed = new CometModel(smallMarket());
        let time = GENESIS_TIME;
        let block = 1;
        const run = (calls: readonly RecordedCall[], prices: ChainTransaction["prices"]): void => {
          block++;
          const logs: PredictedLog[] = [];
          for (const one of calls) {
            const execution = executed.execute(one, position(block, time));
            if (execution.ok) logs.push(...execution.logs);
          }
          const observation = observed.observe({
            position: position(block, time),
            logs: logs.map(encodeLog),
            reverted: false,
            touched: [],
            prices,
          });
          expect(observation.findings).toEqual([]);
          expect(picture(observed, time)).toBe(picture(executed, time));
        };
        run(OPENING, []);
        for (const [price, calls, wait] of bundles) {
          time += wait;
          executed.execute(price, position(block, time));
          run(calls, [{ subject: String(price.asset), price: BigInt(String(price.price)) }]);
        }
      }),
      { numRuns: 100, seed: 8 },
    );
  });
});

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const topic0 = fc.oneof(fc.constantFrom(...COMET_EVENTS.keys(), ...TOKEN_EVENTS.keys()), word);
const smallWord = fc.bigInt(0n, 1n << 40n).map((value) => value.toString(16).padStart(64, "0"));
const knownAddress = fc
  .constantFrom(...USERS, COMET, BASE, GOLD)
  .map((who) => who.slice(2).padStart(64, "0"));
const randomLog: fc.Arbitrary<ChainLog> = fc
  .tuple(
    fc.constantFrom(COMET, COMET, BASE, GOLD, IRON, LIQUIDATOR),
    topic0,
    fc.array(
      fc.oneof(
        word,
        knownAddress.map((text) => `0x${text}`),
      ),
      { maxLength: 4 },
    ),
    fc.oneof(
      fc.array(fc.oneof(smallWord, knownAddress), { maxLength: 3 }).map((words) => `0x${words.join("")}`),
      fc.uint8Array({ maxLength: 70 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
      fc.string({ maxLength: 8 }),
    ),
    fc.nat(40),
  )
  .map(([address, first, rest, data, logIndex]) => ({ address, topics: [first, ...rest], data, logIndex }));

describe("random logs", () => {
  it("give findings or a balanced entry, never a crash and never half an operation", () => {
    fc.assert(
      fc.property(fc.array(randomLog, { minLength: 1, maxLength: 5 }), fc.nat(1000), (logs, wait) => {
        const model = new CometModel(smallMarket());
        OPENING.forEach((one, index) => {
          model.execute(one, position(2 + index, GENESIS_TIME + index));
        });
        const time = GENESIS_TIME + 10 + wait;
        const before = picture(model, time);
        const entries = model.journal.length;
        const observation = model.observe({
          position: position(9, time),
          logs,
          reverted: false,
          touched: [],
          prices: [],
        });
        if (observation.operations.length === 0) {
          expect(picture(model, time)).toBe(before);
          expect(model.journal.length).toBe(entries);
        } else expect(model.journal.length).toBeGreaterThan(entries);
      }),
      { numRuns: 500, seed: 9 },
    );
  });
});
