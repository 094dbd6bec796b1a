import type { ChainLog, ChainTransaction } from "@shortfall/core";
import { eventCodec } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAMILY, paramsOf, readVector, seeded, vectorNames } from "./vectors.js";

const TRANSFER = eventCodec("Transfer(address indexed from, address indexed to, uint256 value)").topic0;

/** The file's transactions as an observer sees them. */
function transactionsOf(adapter: (typeof FAMILY)[number], name: string): ChainTransaction[] {
  const vector = readVector(adapter.protocol, name);
  const session = adapter.traces.open(vector.header);
  return vector.lines.map((line) => session.transaction(line));
}

/** Totals that two models must share; the marks depend on when an account was looked at. */
const figuresOf = (model: ReturnType<(typeof FAMILY)[number]["open"]>) =>
  model.pools().map(({ pool, cash, loans, suppliers, reserves, deficitCarried, deficitLatent }) => ({
    pool,
    cash,
    loans,
    suppliers,
    reserves,
    deficitCarried,
    deficitLatent,
  }));

for (const adapter of FAMILY) {
  describe(`${adapter.protocol}: from logs to operations`, () => {
    const header = (name: string) => readVector(adapter.protocol, name).header;

    it("reads several calls of one slot in one transaction", () => {
      let merges = 0;
      for (const name of vectorNames(adapter.protocol)) {
        const apart = adapter.open(header(name));
        const together = adapter.open(header(name));
        const slot = (each: ChainTransaction): number =>
          adapter.protocol === "compound-v2" ? each.position.block : each.position.timestamp;
        const transactions = transactionsOf(adapter, name).filter(({ reverted }) => !reverted);
        for (let k = 0; k < transactions.length; k++) {
          const first = transactions[k]!;
          const group = [first];
          while (transactions[k + 1] && slot(transactions[k + 1]!) === slot(first))
            group.push(transactions[++k]!);
          for (const each of group) apart.observe(each);
          merges += group.length - 1;
          const { findings } = together.observe({
            ...first,
            logs: group.flatMap(({ logs }) => logs),
            touched: group.flatMap(({ touched }) => touched),
            prices: group.flatMap(({ prices }) => prices),
          });
          expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
        }
        expect(figuresOf(together)).toEqual(figuresOf(apart));
      }
      if (adapter.protocol === "compound-v2") expect(merges).toBeGreaterThan(10);
    });

    it("adopts cash that no log announced when an accrual reports it, and says so", () => {
      let hidden = 0;
      let adopted = 0;
      for (const name of vectorNames(adapter.protocol)) {
        const model = adapter.open(header(name));
        const reference = adapter.open(header(name));
        const pairs = new Set(
          paramsOf(header(name))
            .objects("markets")
            .map((market) => `${market.address("underlying")} ${market.address("token")}`),
        );
        for (const transaction of transactionsOf(adapter, name)) {
          const only = transaction.logs.length === 1 ? transaction.logs[0] : undefined;
          const target = `0x${(only?.topics[2] ?? "").slice(26)}`;
          reference.observe(transaction);
          if (only?.topics[0] === TRANSFER && pairs.has(`${only.address} ${target}`)) {
            hidden++;
            continue;
          }
          const { findings } = model.observe(transaction);
          adopted += findings.filter((finding) => finding.class === "donation").length;
          expect(findings.filter(({ message }) => message.includes("fits no operation"))).toEqual([]);
        }
        // Nothing but cash, and what is valued by it, may lag until a market accrues again.
        expect(
          model.pools().map(({ loans, reserves, deficitCarried }) => [loans, reserves, deficitCarried]),
        ).toEqual(
          reference.pools().map(({ loans, reserves, deficitCarried }) => [loans, reserves, deficitCarried]),
        );
      }
      expect(hidden).toBeGreaterThan(10);
      expect(adopted).toBeGreaterThan(10);
    });

    it("needs no price for any balance", () => {
      for (const name of vectorNames(adapter.protocol).slice(0, 4)) {
        const blind = adapter.open(header(name));
        const reference = adapter.open(header(name));
        for (const transaction of transactionsOf(adapter, name)) {
          reference.observe(transaction);
          const { findings } = blind.observe({ ...transaction, prices: [] });
          expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
        }
        const strip = (model: typeof blind) =>
          figuresOf(model).map(({ deficitLatent: _priced, ...rest }) => rest);
        expect(strip(blind)).toEqual(strip(reference));
      }
    });

    it("leaves the whole transaction out, with a finding, when one log is missing, doubled or changed", () => {
      const name = "02-crash-cascade.jsonl.gz";
      const random = seeded(5);
      const transactions = transactionsOf(adapter, name);
      const model = adapter.open(header(name));
      let spoiled = 0;
      for (const transaction of transactions) {
        const { logs } = transaction;
        if (logs.length > 2 && random(3) === 0) {
          const at = random(logs.length);
          const log = logs[at]!;
          const variants: ChainLog[][] = [
            logs.filter((_, index) => index !== at),
            [...logs.slice(0, at + 1), log, ...logs.slice(at + 1)],
            logs.map((each, index) => (index === at ? { ...each, data: flipped(each.data) } : each)),
          ];
          const variant = variants[random(variants.length)]!;
          const before = JSON.stringify(figuresOf(model), bigints);
          const entries = model.journal.length;
          const { operations, findings } = model.observe({ ...transaction, prices: [], logs: variant });
          if (operations.length === 0 && findings.length > 0) {
            spoiled++;
            expect(JSON.stringify(figuresOf(model), bigints)).toBe(before);
            expect(model.journal.length).toBe(entries);
            model.observe(transaction);
            continue;
          }
          // A change that reads as another history: follow it no further.
          return;
        }
        model.observe(transaction);
      }
      expect(spoiled).toBeGreaterThan(0);
    });

    it("names a topic that this version does not have", () => {
      const name = "01-standard.jsonl.gz";
      const model = adapter.open(header(name));
      const [first] = transactionsOf(adapter, name);
      const market = model.pools()[0]!.pool;
      const strange: ChainLog = {
        address: market,
        topics: [`0x${"ab".repeat(32)}`],
        data: "0x",
        logIndex: 9,
      };
      const { findings } = model.observe({ ...first!, logs: [...first!.logs, strange] });
      expect(findings).toMatchObject([{ class: "wrong-version", severity: "incomplete" }]);
    });

    it("never crashes on noise and never moves on it", () => {
      const name = "01-standard.jsonl.gz";
      const vector = readVector(adapter.protocol, name);
      const transactions = transactionsOf(adapter, name);
      const model = adapter.open(vector.header);
      for (const transaction of transactions.slice(0, 120)) model.observe(transaction);
      const known = transactions.flatMap(({ logs }) => logs);
      const topics = [...new Set(known.map(({ topics: [first] }) => first ?? ""))];
      const addresses = [...new Set(known.map(({ address }) => address))];
      const word = fc
        .bigInt({ min: 0n, max: (1n << 256n) - 1n })
        .map((n) => n.toString(16).padStart(64, "0"));
      const account = fc.constantFrom(...addresses).map((address) => address.slice(2).padStart(64, "0"));
      const log = fc.record({
        address: fc.constantFrom(...addresses),
        topics: fc
          .tuple(fc.constantFrom(...topics), fc.array(fc.oneof(word, account), { maxLength: 3 }))
          .map(([first, rest]) => [first, ...rest.map((each) => `0x${each}`)]),
        data: fc.oneof(
          fc.array(fc.oneof(word, account), { maxLength: 7 }).map((words) => `0x${words.join("")}`),
          fc.uint8Array({ maxLength: 40 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
        ),
        logIndex: fc.nat(50),
      });
      const last = transactions[119]!.position;
      fc.assert(
        fc.property(fc.array(log, { minLength: 1, maxLength: 4 }), (logs) => {
          const entries = model.journal.length;
          const { operations, findings } = model.observe({
            position: { ...last, block: last.block + 1, timestamp: last.timestamp + 1 },
            logs,
            reverted: false,
            touched: [],
            prices: [],
          });
          if (operations.length === 0) expect(model.journal.length).toBe(entries);
          else expect(findings.every(({ severity }) => severity !== "differs")).toBe(true);
          const sums = new Map<string, bigint>();
          for (const { pool, commodity, balance } of model.journal.trialBalance()) {
            sums.set(pool + commodity, (sums.get(pool + commodity) ?? 0n) + balance);
          }
          expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
        }),
        { numRuns: 300, seed: 3 },
      );
    });
  });
}

const flipped = (data: string): string =>
  data.length < 4 ? `${data}00` : `${data.slice(0, -1)}${data.endsWith("0") ? "1" : "0"}`;

const bigints = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value;
