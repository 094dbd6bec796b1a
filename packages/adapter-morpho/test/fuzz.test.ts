import type { ChainLog } from "@shortfall/core";
import { isShortfallError } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MetaMorphoModel, MorphoBlueModel } from "../src/index.js";
import { readGolden } from "./golden-files.js";

const blue = readGolden("morpho-blue/mixed-1.jsonl.gz");
const vaults = readGolden("metamorpho/base-1.jsonl.gz");

type Model = MorphoBlueModel | MetaMorphoModel;

function expectBalanced(model: Model): void {
  const sums = new Map<string, bigint>();
  for (const { pool, commodity, balance } of model.journal.trialBalance()) {
    sums.set(`${pool} ${commodity}`, (sums.get(`${pool} ${commodity}`) ?? 0n) + balance);
  }
  expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
  for (const market of model.state.markets.values()) {
    expect(market.supply.sum).toBe(market.totalSupplyShares);
    expect(market.borrow.sum).toBe(market.totalBorrowShares);
    expect(market.totalBorrowAssets <= market.totalSupplyAssets).toBe(true);
  }
  const { morpho } = model.state.deployment;
  for (const token of model.state.tokens.keys()) {
    expect(model.state.balance(morpho, token)).toBe(
      model.state.accountedBalance(token) + model.state.donated(token),
    );
  }
}

/** A recorded log, damaged: bytes changed, cut, topics dropped or swapped. */
const damage = (log: ChainLog, kind: number, at: number, digit: string): ChainLog => {
  const flip = (text: string) => {
    const k = 2 + (at % Math.max(1, text.length - 2));
    return text.slice(0, k) + digit + text.slice(k + 1);
  };
  switch (kind) {
    case 0:
      return { ...log, data: flip(log.data) };
    case 1:
      return { ...log, data: log.data.slice(0, 2 + (at % log.data.length)) };
    case 2:
      return { ...log, topics: log.topics.slice(0, at % (log.topics.length + 1)) };
    case 3:
      return {
        ...log,
        topics: log.topics.map((topic, k) => (k === at % log.topics.length ? flip(topic) : topic)),
      };
    default:
      return { ...log, data: `${log.data}${digit}${digit}` };
  }
};

describe.each([
  ["Morpho Blue", blue, () => new MorphoBlueModel(blue.header)],
  ["MetaMorpho", vaults, () => new MetaMorphoModel(vaults.header)],
] as const)("%s under damaged logs", (_, file, open) => {
  it("never crashes, never half-applies, never unbalances the books", () => {
    const model: Model = open();
    const lines = file.lines.map(({ value }) => value);
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.constantFrom(..."0123456789abcdef"), fc.nat()), {
          maxLength: 3,
        }),
        (pick, damages) => {
          const line = lines[pick]!;
          let logs = line.logs.map(({ address, topics, data }, logIndex) => ({
            address,
            topics,
            data,
            logIndex,
          }));
          for (const [kind, at, digit, which] of damages) {
            logs = logs.map((log, k) =>
              k === which % logs.length ? { ...damage(log, kind, at, digit), logIndex: log.logIndex } : log,
            );
          }
          const before = model.journal.length;
          const { findings, operations } = model.observe({
            position: { block: line.block, timestamp: 1_800_000_000, transaction: "fuzz" },
            logs,
            reverted: false,
            touched: [],
            prices: [],
          });
          if (operations.length === 0 && findings.length > 0) expect(model.journal.length).toBe(before);
          expectBalanced(model);
        },
      ),
      { numRuns: 400, seed: 7 },
    );
  });
});

describe("random calls", () => {
  const account = (model: Model) => fc.constantFrom(...model.state.accounts.keys());
  const amount = fc.oneof(
    fc.bigInt(0n, 3n),
    fc.bigInt(0n, 10n ** 12n),
    fc.bigInt(0n, 10n ** 24n),
    fc.bigInt(0n, (1n << 256n) - 1n),
  );

  it.each([
    ["Morpho Blue", () => new MorphoBlueModel(blue.header)],
    ["MetaMorpho", () => new MetaMorphoModel(vaults.header)],
  ] as const)("%s: each is done in full or refused in full", (_, open) => {
    const model: Model = open();
    const types = [
      "supply",
      "supply",
      "supplyCollateral",
      "supplyCollateral",
      "borrow",
      "withdraw",
      "repay",
      "withdrawCollateral",
      "liquidate",
      "accrueInterest",
      ...(model instanceof MetaMorphoModel
        ? ["vaultDeposit", "vaultDeposit", "vaultMint", "vaultWithdraw", "vaultRedeem", "vaultTransfer"]
        : []),
    ];
    let time = 1_800_000_000;
    let done = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        account(model),
        account(model),
        fc.constantFrom(...model.state.markets.keys()),
        fc.nat(),
        amount,
        fc.boolean(),
        fc.nat(400_000),
        (type, from, other, market, pick, value, byShares, wait) => {
          time += wait;
          const names = model instanceof MetaMorphoModel ? [...model.vaults.keys()] : [];
          const vault = names[pick % Math.max(1, names.length)];
          const assets = byShares ? "0" : `${value}`;
          const shares = byShares ? `${value}` : "0";
          const onBehalf = pick % 3 === 0 ? other : from;
          const call = {
            type,
            from,
            market,
            assets: type.endsWith("ollateral") ? `${value}` : assets,
            shares,
            seizedAssets: assets,
            repaidShares: shares,
            borrower: other,
            onBehalf,
            receiver: other,
            amount: `${value}`,
            ...(type.startsWith("vault") && vault ? { vault } : {}),
          };
          const position = { block: time, timestamp: time, transaction: `${time}` };
          const before = model.journal.length;
          const result = model.execute(call, position);
          expectBalanced(model);
          if (!result.ok) expect(model.journal.length).toBe(before);
          else done++;
        },
      ),
      { numRuns: 1500, seed: 11 },
    );
    expect(done).toBeGreaterThan(150);
  });

  it("random nonsense is a named error", () => {
    const model = new MorphoBlueModel(blue.header);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (junk) => {
        const call = { ...(junk as Record<string, unknown>), type: String(junk.type ?? "supply") };
        try {
          model.execute(call, { block: 1, timestamp: 1_900_000_000 });
        } catch (error) {
          expect(isShortfallError(error)).toBe(true);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
