import type { ChainLog, ChainTransaction } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { marketSnapshot } from "../src/blue/snapshot.js";
import { MetaMorphoModel, MorphoBlueModel } from "../src/index.js";
import { vaultSnapshot } from "../src/vault/snapshot.js";
import { type GoldenFile, goldenFiles, type RecordedLine, readGolden } from "./golden-files.js";

type Model = MorphoBlueModel | MetaMorphoModel;

const open = (file: GoldenFile): Model =>
  file.name.startsWith("metamorpho") ? new MetaMorphoModel(file.header) : new MorphoBlueModel(file.header);

const recorded = ({ value }: RecordedLine) => value;

function transactionOf(lines: readonly RecordedLine[], order = (logs: ChainLog[]) => logs): ChainTransaction {
  const last = recorded(lines[lines.length - 1]!);
  const logs = lines.flatMap((line) => order([...recorded(line).logs]));
  const { action } = last;
  const isPrice = action.type === "setPrice";
  return {
    position: { block: last.block, timestamp: last.timestamp, transaction: `${last.block}` },
    logs: logs.map(({ address, topics, data }, logIndex) => ({ address, topics, data, logIndex })),
    reverted: last.reverted !== null,
    touched: [],
    prices: isPrice ? [{ subject: action.oracle ?? "", price: BigInt(action.price ?? "") }] : [],
  };
}

function totalsOf(model: Model) {
  const markets = [...model.state.markets.values()].map((market) => {
    // No log shows when a market without interest was last looked at.
    const { lastUpdate, ...rest } = marketSnapshot(market);
    return { ...rest, lastUpdate: market.hasInterest ? lastUpdate : 0n, surplus: market.surplus };
  });
  const vaults = model instanceof MetaMorphoModel ? [...model.vaults.values()].map(vaultSnapshot) : [];
  return { markets, vaults };
}

/** Neighbours of one second that left logs, together in one transaction, as a bundler sends them. */
function bundles(file: GoldenFile): RecordedLine[][] {
  const groups: RecordedLine[][] = [];
  for (const line of file.lines) {
    const { timestamp, reverted, logs } = recorded(line);
    if (reverted !== null) continue;
    const group = groups[groups.length - 1];
    const before = group ? recorded(group[group.length - 1]!) : undefined;
    const joins = before && before.timestamp === timestamp && before.logs.length > 0 && logs.length > 0;
    if (joins) group!.push(line);
    else groups.push([line]);
  }
  return groups;
}

const SAMPLES = [
  ...goldenFiles("morpho-blue").filter((name) => /fees|mixed|gaming|wipeout/.test(name)),
  ...goldenFiles("metamorpho").filter((name) => /base|run|dust/.test(name)),
];

describe("several operations in one transaction", () => {
  it.each(SAMPLES)("%s ends in the same state", (name) => {
    const file = readGolden(name);
    const apart = open(file);
    const together = open(file);
    for (const line of file.lines) expect(apart.observe(transactionOf([line])).findings).toEqual([]);
    const groups = bundles(file);
    for (const group of groups) expect(together.observe(transactionOf(group)).findings).toEqual([]);
    expect(groups.some((group) => group.length > 1)).toBe(true);
    expect(totalsOf(together)).toEqual(totalsOf(apart));
    expect(together.writeOffs().length).toBe(apart.writeOffs().length);
  });
});

/** Payments into Morpho behind everything else, as callbacks leave them. */
const paymentsLast =
  (morpho: string) =>
  (logs: ChainLog[]): ChainLog[] => {
    const isPayment = (log: ChainLog) =>
      log.topics.length === 3 && log.topics[2]?.endsWith(morpho.slice(2)) === true && log.address !== morpho;
    return [...logs.filter((log) => !isPayment(log)), ...logs.filter(isPayment)];
  };

describe("callbacks", () => {
  it.each(goldenFiles("morpho-blue").filter((name) => /cascade|crowd/.test(name)))(
    "%s: payments that come after what is nested in the operation",
    (name) => {
      const file = readGolden(name);
      const model = open(file);
      const straight = open(file);
      const { morpho } = model.state.deployment;
      for (const line of file.lines) straight.observe(transactionOf([line]));
      for (const group of bundles(file)) {
        const { logs, ...rest } = transactionOf(group);
        const moved = paymentsLast(morpho)([...logs]).map((log, logIndex) => ({ ...log, logIndex }));
        expect(model.observe({ ...rest, logs: moved }).findings).toEqual([]);
      }
      expect(totalsOf(model)).toEqual(totalsOf(straight));
    },
  );
});

describe("without any price", () => {
  it("every liquidation is followed from its event alone", () => {
    for (const name of goldenFiles("morpho-blue").filter((each) => each.includes("cascade"))) {
      const file = readGolden(name);
      const header = structuredClone(file.header);
      for (const market of header.params.markets) delete market.initialPrice;
      delete header.initialState.prices;
      const model = new MorphoBlueModel(header);
      const priced = open(file);
      for (const line of file.lines) {
        const transaction = transactionOf([line]);
        expect(model.observe({ ...transaction, prices: [] }).findings).toEqual([]);
        priced.observe(transaction);
      }
      expect(totalsOf(model)).toEqual(totalsOf(priced));
      expect(model.writeOffs()).toEqual(priced.writeOffs());
    }
  });
});

const word = (value: bigint) => value.toString(16).padStart(64, "0");

describe("a log that is not what happened", () => {
  const file = readGolden("morpho-blue/cascade-1.jsonl.gz");
  const at = file.lines.findIndex(({ value }) =>
    value.logs.some(({ args }) => args.badDebtAssets !== undefined && args.badDebtAssets !== "0"),
  );
  const upTo = () => {
    const model = new MorphoBlueModel(file.header);
    for (const line of file.lines.slice(0, at)) model.observe(transactionOf([line]));
    return model;
  };
  const transaction = transactionOf([file.lines[at]!]);
  const liquidate = transaction.logs.findIndex(({ data }) => data.length === 2 + 5 * 64);
  /** The Liquidate log with one of its numbers moved: repaid, shares, seized, bad debt, bad debt shares. */
  const tampered = (index: number, delta: bigint): ChainTransaction => ({
    ...transaction,
    logs: transaction.logs.map((log, position) => {
      if (position !== liquidate) return log;
      const words = log.data.slice(2).match(/.{64}/g)!;
      words[index] = word(BigInt(`0x${words[index]}`) + delta);
      return { ...log, data: `0x${words.join("")}` };
    }),
  });

  it("a wrong loss is found, named, and does not stop the history", () => {
    const model = upTo();
    const { findings, operations } = model.observe(tampered(3, 7n));
    expect(findings).toMatchObject([{ severity: "differs", field: "Liquidate.badDebtAssets" }]);
    expect(operations.map(({ kind }) => kind)).toContain("liquidate");
    const [writeOff] = model.writeOffs();
    expect(writeOff!.reported - writeOff!.recomputed).toBe(7n);
    const honest = upTo();
    honest.observe(transaction);
    expect(totalsOf(model)).toEqual(totalsOf(honest));
  });

  it.each([0, 1, 2])("any other wrong number (word %i) changes nothing", (index) => {
    const model = upTo();
    const before = { totals: totalsOf(model), digest: model.journal.digest() };
    const { findings, operations } = model.observe(tampered(index, 1n));
    expect(findings.some(({ severity }) => severity === "differs")).toBe(true);
    expect(operations).toEqual([]);
    expect({ totals: totalsOf(model), digest: model.journal.digest() }).toEqual(before);
  });

  it.each(transaction.logs.map((_, index) => index))(
    "a transaction without its log %i is found",
    (missing) => {
      const model = upTo();
      const logs = transaction.logs.filter((_, index) => index !== missing);
      const { findings } = model.observe({ ...transaction, logs });
      expect(findings.some(({ severity }) => severity === "differs")).toBe(true);
    },
  );

  it("an older transaction is found to be out of order", () => {
    const model = upTo();
    model.observe(transaction);
    const { findings } = model.observe(transactionOf([file.lines[0]!]));
    expect(findings).toMatchObject([{ class: "reordered-event" }]);
  });
});
