import {
  effectSum,
  type LayerDefinition,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  poolFacts,
  type RecoveryOrder,
  recoverThroughWaterfall,
  runWaterfall,
  type Waterfall,
} from "@shortfall/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogueRegistry } from "../catalogue.js";

/** Amounts at the edges and in between, up to what a token can hold. */
const amount = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n, (1n << 64n) - 1n, 1n << 64n, (1n << 128n) - 1n),
  fc.bigInt({ min: 0n, max: 10n ** 6n }),
  fc.bigInt({ min: 0n, max: 10n ** 30n }),
);
const positive = amount.map((value) => value + 1n);

/** A layer with the funds, classes and groups that it needs, under names of its own. */
interface Part {
  readonly policy: string;
  readonly parameters: (id: string) => Record<string, unknown>;
  readonly facts: (id: string) => Parameters<typeof poolFacts>[0];
}

const part = (
  policy: string,
  parameters: (id: string) => Record<string, unknown>,
  facts: (id: string) => Parameters<typeof poolFacts>[0] = () => ({}),
): Part => ({ policy, parameters, facts });

/** Layers whose taking of a loss does not depend on how it is cut. */
const exactPart: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(amount, amount).map(([balance, floor]) =>
    part(
      "cash-fund",
      (id) => ({ fund: id, limits: { floor } }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
  fc.tuple(amount, amount, amount).map(([balance, max, used]) =>
    part(
      "cash-fund",
      (id) => ({ fund: id, limits: { lifetime: { max, used } } }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
  fc.tuple(amount, positive).map(([balance, max]) =>
    part(
      "cash-fund",
      (id) => ({ fund: id, limits: { period: { max, length: 100n } } }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
  amount.map((value) => part("deductible", () => ({ amount: value }))),
  amount.map((floor) => part("reserve", () => ({ floor }))),
  amount.map((assets) =>
    part(
      "tranche",
      (id) => ({ class: id }),
      (id) => ({ classes: [{ id, assets, shares: assets }] }),
    ),
  ),
  fc.tuple(amount, amount).map(([assets, shares]) =>
    part(
      "pro-rata",
      (id) => ({ class: id }),
      (id) => ({ classes: [{ id, assets, shares }] }),
    ),
  ),
  amount.map((limit) => part("carry", () => ({ limit }))),
  amount.map((limit) => part("take-over", (id) => ({ to: id, limit }))),
  fc.array(amount, { minLength: 1, maxLength: 5 }).map((rows) =>
    part(
      "members",
      (id) => ({ group: id, rule: "sequential" }),
      (id) => ({ groups: { [id]: Object.fromEntries(rows.map((held, at) => [`m${at}`, held])) } }),
    ),
  ),
  fc.tuple(amount, amount).map(([balance, budget]) =>
    part(
      "nested",
      (id) => ({
        layers: [
          { id: "fund", policy: "cash-fund", parameters: { fund: id } },
          { id: "rest", policy: "carry", parameters: { limit: 1_000n } },
        ],
        budget,
      }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
);

/** Layers that round, scale or bound each loss. */
const roundingPart: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(amount, amount, positive).map(([balance, num, den]) =>
    part(
      "cash-fund",
      (id) => ({ fund: id, limits: { fraction: { num, den }, fixed: num } }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
  amount.map((balance) =>
    part(
      "cash-fund",
      (id) => ({ fund: id, limits: { allOrNothing: true } }),
      (id) => ({ funds: [{ id, balance }] }),
    ),
  ),
  fc
    .tuple(amount, positive, positive, fc.bigInt({ min: 0n, max: 20_000n }), amount)
    .map(([balance, loss, stake, feeBps, minimumLeft]) =>
      part(
        "stake-slash",
        (id) => ({ fund: id, feeBps, minimumLeft, prices: { loss, stake } }),
        (id) => ({ funds: [{ id, balance, asset: "stake" }] }),
      ),
    ),
  fc.tuple(amount, positive, amount, amount, amount).map(([assets, shares, held, va, vs]) =>
    part(
      "share-burn",
      (id) => ({ class: id, holder: "treasury" }),
      (id) => ({
        classes: [
          {
            id,
            assets,
            shares,
            virtual: { assets: va, shares: vs },
            holders: { treasury: held % (shares + 1n) },
          },
        ],
      }),
    ),
  ),
  fc
    .tuple(
      fc.constantFrom("proportional-ceil", "per-share-ceil", "per-share-floor", "remainder-floor"),
      amount,
      positive,
      amount,
    )
    .map(([rule, value, divisor, shares]) =>
      part(
        "index-writedown",
        (id) => ({ class: id, rule }),
        (id) => ({
          classes: [{ id, assets: (shares * value) / divisor, shares, index: { value, divisor } }],
        }),
      ),
    ),
  fc
    .tuple(
      fc.constantFrom("floor", "largest-remainder", "ceil-capped"),
      fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 6 }),
    )
    .map(([rule, rows]) =>
      part(
        "members",
        (id) => ({ group: id, weights: `${id}:weights`, rule }),
        (id) => ({
          groups: {
            [id]: Object.fromEntries(rows.map(([held], at) => [`m${at}`, held - 3n])),
            [`${id}:weights`]: Object.fromEntries(rows.map(([, weight], at) => [`m${at}`, weight])),
          },
        }),
      ),
    ),
  fc.tuple(amount, amount).map(([long, short]) =>
    part(
      "funding-shift",
      (id) => ({ openInterest: id }),
      (id) => ({ groups: { [id]: { long, short: -short } } }),
    ),
  ),
  fc.tuple(amount, amount, amount).map(([a, b, claim]) =>
    part(
      "spread",
      (id) => ({ classes: [`${id}-a`, `${id}-b`] }),
      (id) => ({
        classes: [
          { id: `${id}-a`, assets: a, shares: a },
          { id: `${id}-b`, assets: b, shares: claim },
        ],
      }),
    ),
  ),
);

const order: fc.Arbitrary<Exclude<RecoveryOrder, readonly string[]>> = fc.constantFrom(
  "same-order",
  "reverse-order",
  "senior-first",
  "junior-first",
  "pro-rata",
);

interface Composition {
  readonly waterfall: Waterfall;
  readonly facts: PoolFacts;
}

/** Mostly a handful of layers, now and then dozens. */
const sizes = fc.oneof(
  { weight: 30, arbitrary: fc.constant({ minLength: 1, maxLength: 6 }) },
  { weight: 3, arbitrary: fc.constant({ minLength: 7, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant({ minLength: 40, maxLength: 64 }) },
);

const composition = (parts: fc.Arbitrary<Part>, caps: boolean): fc.Arbitrary<Composition> =>
  fc
    .tuple(
      sizes.chain((size) => fc.array(fc.tuple(parts, fc.option(amount, { nil: undefined })), size)),
      order,
      amount,
    )
    .map(([layers, recovery, reserves]) => {
      const all = layers.map(([entry], at) => entry.facts(`l${at}`));
      const definitions = layers.map(
        ([entry, cap], at): LayerDefinition => ({
          id: `l${at}`,
          policy: entry.policy,
          parameters: entry.parameters(`l${at}`),
          ...(caps && cap !== undefined ? { cap } : {}),
        }),
      );
      return {
        waterfall: openWaterfall(
          {
            format: "shortfall-waterfall/1",
            id: "random",
            version: "1",
            layers: definitions,
            recovery: { order: recovery },
          },
          catalogueRegistry,
        ),
        facts: poolFacts({
          reserves,
          funds: all.flatMap((entry) => entry.funds ?? []),
          classes: all.flatMap((entry) => entry.classes ?? []),
          groups: Object.assign({}, ...all.map((entry) => entry.groups ?? {})),
        }),
      };
    });

const loss = (value: bigint, timestamp: number) => ({
  deficit: "d",
  amount: value,
  borrower: "b",
  position: { block: 0, timestamp },
});

const events = fc.array(fc.record({ recovery: fc.boolean(), amount, trusted: fc.nat(9) }), {
  minLength: 1,
  maxLength: 4,
});

function requireNothingNegative(facts: PoolFacts): void {
  for (const fund of facts.funds.values()) if (fund.balance < 0n) throw new Error(`fund ${fund.id}`);
  for (const entry of facts.classes)
    if (entry.assets < 0n || entry.shares < 0n) throw new Error(`class ${entry.id}`);
  if (facts.reserves < 0n) throw new Error("reserves");
}

const RUNS = 8_000;

describe("any composition of any layers", () => {
  it(`keeps its promises over ${RUNS} random histories of up to 64 layers`, () => {
    let deepest = 0;
    let steps = 0;
    fc.assert(
      fc.property(composition(fc.oneof(exactPart, roundingPart), true), events, (made, history) => {
        const { waterfall } = made;
        let state = openWaterfallState(waterfall);
        let facts = made.facts;
        deepest = Math.max(deepest, waterfall.layers.length);
        let lost = 0n;
        let restored = 0n;
        history.forEach((event, at) => {
          const options = { trust: event.trusted === 0 ? ("checked" as const) : ("fast" as const) };
          const position = { block: 0, timestamp: at * 60 };
          steps++;
          if (event.recovery) {
            const due = state.layers.map((layer) => layer.taken - layer.restored);
            const outcome = recoverThroughWaterfall(
              waterfall,
              state,
              facts,
              { amount: event.amount, position },
              options,
            );
            expect(outcome.restored + outcome.uncovered + outcome.excess).toBe(event.amount);
            for (const slot of outcome.slots) {
              if (slot.layer < 0) continue;
              expect(slot.restored <= due[slot.layer]!).toBe(true);
              expect(effectSum(slot.effects)).toBe(slot.restored);
            }
            restored += outcome.restored + outcome.uncovered;
            expect(restored <= lost).toBe(true);
            state = outcome.state;
            facts = outcome.facts;
          } else {
            const capacities = layerCapacities(waterfall, state, facts, position, options);
            const outcome = runWaterfall(waterfall, state, facts, loss(event.amount, at * 60), options);
            const again = runWaterfall(waterfall, state, facts, loss(event.amount, at * 60), options);
            expect(again.layers).toEqual(outcome.layers);
            expect(outcome.absorbed + outcome.uncovered).toBe(event.amount);
            let left = event.amount;
            for (const layer of outcome.layers) {
              const { cap } = waterfall.layers.find((entry) => entry.id === layer.layer)!;
              expect(layer.taken >= 0n && layer.taken <= layer.offered && layer.offered <= left).toBe(true);
              expect(cap === undefined || layer.taken <= cap).toBe(true);
              expect(effectSum(layer.effects)).toBe(layer.taken);
              left -= layer.taken;
            }
            const first = outcome.layers[0];
            const most = capacities[waterfall.layers.findIndex((entry) => entry.id === first?.layer)];
            if (first && typeof most === "bigint") expect(first.taken <= most).toBe(true);
            lost += event.amount;
            state = outcome.state;
            facts = outcome.facts;
          }
          requireNothingNegative(facts);
          for (const layer of state.layers) expect(layer.restored <= layer.taken).toBe(true);
        });
        const open = state.layers.reduce((sum, layer) => sum + layer.taken - layer.restored, 0n);
        expect(open + state.uncovered).toBe(lost - restored);
      }),
      { numRuns: RUNS, seed: 20_260_101 },
    );
    expect(deepest).toBe(64);
    expect(steps).toBeGreaterThan(10_000);
  });

  it("takes a loss in two parts exactly as in one, layer by layer, where no layer rounds or bounds a loss", () => {
    fc.assert(
      fc.property(composition(exactPart, false), amount, amount, ({ waterfall, facts }, a, b) => {
        const start = openWaterfallState(waterfall);
        const options = { trust: "fast" as const };
        const whole = runWaterfall(waterfall, start, facts, loss(a + b, 0), options);
        const first = runWaterfall(waterfall, start, facts, loss(a, 0), options);
        const second = runWaterfall(waterfall, first.state, first.facts, loss(b, 0), options);
        expect(second.state.layers.map((layer) => layer.taken)).toEqual(
          whole.state.layers.map((layer) => layer.taken),
        );
        expect(second.state.uncovered).toBe(whole.state.uncovered);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });

  it("is made whole by a recovery of the whole loss, where no layer rounds", () => {
    fc.assert(
      fc.property(composition(exactPart, true), amount, ({ waterfall, facts }, value) => {
        const lost = runWaterfall(waterfall, openWaterfallState(waterfall), facts, loss(value, 0));
        const back = recoverThroughWaterfall(waterfall, lost.state, lost.facts, {
          amount: value,
          position: { block: 0, timestamp: 0 },
        });
        expect(back.excess).toBe(0n);
        expect([...back.facts.funds.values()]).toEqual([...facts.funds.values()]);
        expect(back.facts.classes.map((entry) => entry.assets)).toEqual(
          facts.classes.map((entry) => entry.assets),
        );
        expect(back.facts.reserves).toBe(facts.reserves);
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});
