import { allocateLargestRemainder } from "@shortfall/math";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { checkWaterfallCases } from "./check.js";

/*
 * A second program for composed layers: mutable, without engine, policies or effects, written from the rules
 * alone. Random stacks must come out the same in both.
 */

interface Layer {
  readonly id: string;
  readonly type: string;
  remaining?: bigint;
  balance?: bigint;
  floor?: bigint;
  fraction?: { num: bigint; den: bigint };
  period?: { max: bigint; length: bigint };
  lifetime?: bigint;
  used?: bigint;
  assets?: bigint;
  priceIn?: bigint;
  priceOut?: bigint;
  feeBps?: bigint;
  minLeft?: bigint;
  shares?: bigint;
  index?: bigint;
  scale?: bigint;
  scaled?: bigint;
}

interface Pool {
  assets: bigint;
  shares: bigint;
  readonly virtualAssets: bigint;
  readonly virtualShares: bigint;
}

interface Stack {
  readonly layers: Layer[];
  readonly pool: Pool;
  readonly recovery: { readonly rule: string; readonly order?: readonly string[] };
  readonly events: readonly { readonly type: string; readonly amount: bigint; readonly at?: bigint }[];
}

const smaller = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const ceil = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

class Naive {
  readonly open = new Map<string, bigint>();
  uncovered = 0n;
  excess = 0n;
  readonly periods = new Map<string, { number: bigint; used: bigint }>();

  constructor(readonly stack: Stack) {
    for (const layer of stack.layers) this.open.set(layer.id, 0n);
  }

  run(): unknown {
    return {
      steps: this.stack.events.map((event) =>
        event.type === "loss" ? this.lose(event.amount, event.at ?? 0n) : this.recover(event.amount),
      ),
    };
  }

  lose(amount: bigint, at: bigint): unknown {
    let left = amount;
    const layers: unknown[] = [];
    for (const layer of this.stack.layers) {
      if (left === 0n) break;
      const { absorbed, ...figures } = this.take(layer, left, at);
      this.open.set(layer.id, this.open.get(layer.id)! + absorbed);
      left -= absorbed;
      layers.push({ id: layer.id, absorbed, ...figures });
    }
    this.uncovered += left;
    return { type: "loss", layers, newUncovered: left, after: this.after() };
  }

  take(layer: Layer, x: bigint, at: bigint): { absorbed: bigint; [figure: string]: bigint } {
    const { pool } = this.stack;
    switch (layer.type) {
      case "deductible": {
        const absorbed = smaller(x, layer.remaining!);
        layer.remaining! -= absorbed;
        return { absorbed };
      }
      case "cash-fund":
        return { absorbed: this.takeCash(layer, x, at) };
      case "stake-slash": {
        const gross = (x * (10_000n + layer.feeBps!)) / 10_000n;
        const wanted = (gross * layer.priceIn!) / layer.priceOut!;
        const free = layer.assets! > layer.minLeft! ? layer.assets! - layer.minLeft! : 0n;
        const slashed = smaller(wanted, free);
        layer.assets! -= slashed;
        const absorbed = slashed === 0n ? 0n : slashed === wanted ? x : (x * slashed) / wanted;
        return { absorbed, wanted, slashed };
      }
      case "share-burn": {
        const assets = pool.assets + pool.virtualAssets;
        const shares = pool.shares + pool.virtualShares;
        const wanted = (x * shares) / assets;
        const burned = smaller(wanted, layer.shares!);
        const full = wanted > 0n && burned === wanted;
        const absorbed = smaller(pool.assets, full ? x : (burned * assets) / shares);
        layer.shares! -= burned;
        pool.shares -= burned;
        pool.assets -= absorbed;
        return { absorbed, sharesWanted: wanted, sharesBurned: burned };
      }
      case "tranche": {
        const absorbed = smaller(x, layer.balance!);
        layer.balance! -= absorbed;
        return { absorbed };
      }
      case "totals": {
        const absorbed = smaller(x, pool.assets);
        pool.assets -= absorbed;
        return { absorbed };
      }
      default: {
        const value = (layer.scaled! * layer.index!) / layer.scale!;
        const absorbed = smaller(x, value);
        const before = layer.index!;
        layer.index = x >= value ? 0n : before - ceil(before * x, value);
        return { absorbed, indexDelta: before - layer.index };
      }
    }
  }

  takeCash(layer: Layer, x: bigint, at: bigint): bigint {
    const limits = [x, layer.balance! > layer.floor! ? layer.balance! - layer.floor! : 0n];
    if (layer.fraction) limits.push((layer.balance! * layer.fraction.num) / layer.fraction.den);
    const number = layer.period ? at / layer.period.length : 0n;
    const known = this.periods.get(layer.id);
    const period = known?.number === number ? known : { number, used: 0n };
    if (layer.period) limits.push(layer.period.max > period.used ? layer.period.max - period.used : 0n);
    if (layer.lifetime !== undefined)
      limits.push(layer.lifetime > layer.used! ? layer.lifetime - layer.used! : 0n);
    const absorbed = smaller(...limits);
    layer.balance! -= absorbed;
    if (layer.lifetime !== undefined) layer.used! += absorbed;
    this.periods.set(layer.id, { number, used: period.used + absorbed });
    return absorbed;
  }

  recover(amount: bigint): unknown {
    const { rule, order } = this.stack.recovery;
    const inOrder = [...this.stack.layers.map((layer) => layer.id), "uncovered"];
    const slots = rule === "listed" ? [...order!] : rule === "reverse-order" ? inOrder.reverse() : inOrder;
    const due = slots.map((slot) => (slot === "uncovered" ? this.uncovered : this.open.get(slot)!));
    const all = due.reduce((sum, part) => sum + part, 0n);
    const parts =
      rule === "pro-rata" && all > 0n ? allocateLargestRemainder(smaller(amount, all), due).parts : undefined;
    let left = amount;
    const layers: unknown[] = [];
    slots.forEach((slot, at) => {
      const part = parts ? parts[at]! : smaller(left, due[at]!);
      if (part === 0n) return;
      left -= part;
      layers.push({ id: slot, restored: part, ...this.restore(slot, part) });
    });
    this.excess += left;
    return { type: "recovery", layers, excess: left, after: this.after() };
  }

  restore(slot: string, part: bigint): Record<string, bigint> {
    if (slot === "uncovered") {
      this.uncovered -= part;
      return {};
    }
    const layer = this.stack.layers.find((entry) => entry.id === slot)!;
    const { pool } = this.stack;
    this.open.set(slot, this.open.get(slot)! - part);
    switch (layer.type) {
      case "deductible":
        layer.remaining! += part;
        return {};
      case "stake-slash": {
        const units = (part * layer.priceIn!) / layer.priceOut!;
        layer.assets! += units;
        return { stakeReturned: units };
      }
      case "share-burn": {
        const minted = (part * (pool.shares + pool.virtualShares)) / (pool.assets + pool.virtualAssets);
        layer.shares! += minted;
        pool.shares += minted;
        pool.assets += part;
        return { sharesMinted: minted };
      }
      case "totals":
        pool.assets += part;
        return {};
      case "index": {
        const delta = (part * layer.scale!) / layer.scaled!;
        layer.index! += delta;
        return { indexDelta: delta };
      }
      default:
        layer.balance! += part;
        return {};
    }
  }

  after(): unknown {
    const shown = (layer: Layer): Record<string, unknown> => {
      switch (layer.type) {
        case "deductible":
          return { remaining: layer.remaining };
        case "cash-fund":
        case "tranche":
          return { balance: layer.balance };
        case "stake-slash":
          return { assets: layer.assets };
        case "share-burn":
          return { shares: layer.shares };
        case "index":
          return { index: layer.index, value: (layer.scaled! * layer.index!) / layer.scale! };
        default:
          return {};
      }
    };
    return {
      layers: Object.fromEntries(
        this.stack.layers.map((layer) => [
          layer.id,
          { unreimbursed: this.open.get(layer.id), ...shown(layer) },
        ]),
      ),
      pool: { assets: this.stack.pool.assets, shares: this.stack.pool.shares },
      uncovered: this.uncovered,
      excess: this.excess,
    };
  }
}

const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.bigInt({ min: 0n, max: 10n ** 6n }),
  fc.bigInt({ min: 0n, max: 10n ** 21n }),
);
const positive = amount.map((value) => value + 1n);

const layer: fc.Arbitrary<Omit<Layer, "id">> = fc.oneof(
  amount.map((remaining) => ({ type: "deductible", remaining })),
  fc.record({ type: fc.constant("cash-fund"), balance: amount, floor: amount }),
  fc.record({
    type: fc.constant("cash-fund"),
    balance: amount,
    floor: fc.constant(0n),
    fraction: fc.record({ num: fc.bigInt({ min: 0n, max: 10_000n }), den: fc.constant(10_000n) }),
  }),
  fc.record({
    type: fc.constant("cash-fund"),
    balance: amount,
    floor: fc.constant(1n),
    period: fc.record({ max: amount, length: fc.constant(100n) }),
  }),
  fc.record({
    type: fc.constant("cash-fund"),
    balance: amount,
    floor: fc.constant(0n),
    lifetime: amount,
    used: amount,
  }),
  fc.record({
    type: fc.constant("stake-slash"),
    assets: amount,
    priceIn: positive,
    priceOut: positive,
    feeBps: fc.bigInt({ min: 0n, max: 20_000n }),
    minLeft: amount,
  }),
  fc.record({ type: fc.constant("share-burn"), shares: fc.bigInt({ min: 0n, max: 1_000n }) }),
  fc.record({ type: fc.constant("tranche"), balance: amount }),
  fc.constant({ type: "totals" }),
  fc.record({ type: fc.constant("index"), index: positive, scale: positive, scaled: positive }),
);

const stack: fc.Arbitrary<Stack> = fc
  .record({
    layers: fc.array(layer, { minLength: 1, maxLength: 9 }),
    pool: fc.record({
      assets: positive,
      shares: positive.map((value) => value + 10_000n),
      virtualAssets: positive,
      virtualShares: positive,
    }),
    rule: fc.constantFrom("same-order", "reverse-order", "pro-rata", "listed"),
    shuffle: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
    events: fc.array(
      fc.record({ type: fc.constantFrom("loss", "recovery"), amount, at: fc.bigInt({ min: 0n, max: 300n }) }),
      { minLength: 1, maxLength: 7 },
    ),
  })
  .map(({ layers, pool, rule, shuffle, events }) => {
    const named = layers.map((entry, at) => ({ ...entry, id: `l${at}` }));
    const slots = [...named.map((entry) => entry.id), "uncovered"];
    const order = slots
      .map((slot, at) => [shuffle[at] ?? 0, slot] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, slot]) => slot);
    return {
      layers: named,
      pool,
      recovery: rule === "listed" ? { rule, order } : { rule },
      events: [...events].sort((a, b) => Number(a.at - b.at)),
    };
  });

const text = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `${item}` : item)));

it("random stacks come out as a second program says, to the unit", () => {
  let comparisons = 0;
  fc.assert(
    fc.property(stack, (made) => {
      const inputs = text(made);
      const expected = text(new Naive(made).run());
      const [check] = checkWaterfallCases({
        format: "shortfall-waterfall-cases/1",
        cases: [{ id: "random", mechanism: "stack", inputs, expected }],
      });
      comparisons += check?.comparisons ?? 0;
      expect(check?.mismatches).toEqual([]);
    }),
    { numRuns: 1_500, seed: 2_026 },
  );
  expect(comparisons).toBeGreaterThan(50_000);
});
