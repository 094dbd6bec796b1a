import { min } from "@shortfall/math";
import { describe, expect, it } from "vitest";
import {
  type AnyLossPolicy,
  actOnLayer,
  definePolicy,
  isShortfallError,
  type LayerDefinition,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  poolFacts,
  type RecoveryOrder,
  recoverThroughWaterfall,
  runPools,
  runWaterfall,
} from "../index.js";

const position = { block: 1, timestamp: 10 };

/** Takes up to a fund's balance. */
const fund = definePolicy({
  id: "fund",
  version: "1",
  title: "Fund",
  parameters: { parse: (input: unknown) => ({ fund: String((input as { fund: string }).fund) }) },
  describe: (p) => `Fund ${p.fund}.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: () => ({ losses: 0n }),
  capacity: (view) => view.pool.funds.get(view.parameters.fund)?.balance ?? 0n,
  absorb(view, request) {
    const balance = view.pool.funds.get(view.parameters.fund)?.balance ?? 0n;
    const taken = min(balance, request.remaining);
    return {
      taken,
      state: { losses: view.state.losses + 1n },
      effects: [{ kind: "draw-fund", fund: view.parameters.fund, assets: taken }],
      reason: "pays",
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets: offered }],
    reason: "refills",
  }),
  actions: {
    count: {
      title: "Counts.",
      run: (view) =>
        view.state.losses === 0n
          ? { ok: false, reason: "NothingYet" }
          : { ok: true, state: view.state, result: { losses: view.state.losses } },
    },
  },
});

/** Takes up to a class's claim. */
const holders = definePolicy({
  id: "holders",
  version: "1",
  title: "Holders",
  parameters: { parse: (input: unknown) => ({ class: String((input as { class: string }).class) }) },
  describe: (p) => `Class ${p.class}.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: () => ({}),
  capacity: () => "unlimited",
  absorb(view, request) {
    const entry = view.pool.classes.find((candidate) => candidate.id === view.parameters.class);
    const taken = min(entry?.assets ?? 0n, request.remaining);
    return {
      taken,
      state: view.state,
      effects: [{ kind: "write-down", class: view.parameters.class, assets: taken }],
      reason: "loses",
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: view.state,
    effects: [{ kind: "write-up", class: view.parameters.class, assets: offered }],
    reason: "gains",
  }),
});

const registry = new Map<string, AnyLossPolicy>([
  ["fund", fund],
  ["holders", holders],
]);

const open = (layers: readonly LayerDefinition[], order?: RecoveryOrder) =>
  openWaterfall(
    {
      format: "shortfall-waterfall/1",
      id: "w",
      version: "1",
      layers,
      ...(order === undefined ? {} : { recovery: { order } }),
    },
    registry,
  );

const facts = () =>
  poolFacts({
    funds: [
      { id: "insurance", balance: 100n },
      { id: "second", balance: 30n },
    ],
    classes: [
      { id: "senior", assets: 1000n, shares: 1000n },
      { id: "junior", assets: 50n, shares: 50n },
    ],
  });

const three = [
  { id: "a", policy: "fund", parameters: { fund: "insurance" } },
  { id: "j", policy: "holders", parameters: { class: "junior" } },
  { id: "b", policy: "fund", parameters: { fund: "second" } },
];

const loss = (amount: bigint) => ({ deficit: "d", amount, borrower: "x", position });

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isShortfallError(error)) return String((error as { code?: unknown }).code);
    throw error;
  }
  return "no error";
};

describe("running a loss down the layers", () => {
  it("takes in order, stops at zero and says what is left", () => {
    const waterfall = open(three);
    const state = openWaterfallState(waterfall);
    const small = runWaterfall(waterfall, state, facts(), loss(70n));
    expect(small.layers.map((layer) => [layer.layer, layer.taken])).toEqual([["a", 70n]]);
    expect([small.absorbed, small.uncovered]).toEqual([70n, 0n]);
    const large = runWaterfall(waterfall, small.state, small.facts, loss(200n));
    expect(large.layers.map((layer) => [layer.layer, layer.offered, layer.taken])).toEqual([
      ["a", 200n, 30n],
      ["j", 170n, 50n],
      ["b", 120n, 30n],
    ]);
    expect(large.uncovered).toBe(90n);
    expect(large.state.uncovered).toBe(90n);
    expect(large.facts.funds.get("insurance")?.balance).toBe(0n);
    expect(large.facts.classes[1]?.assets).toBe(0n);
  });

  it("leaves the state and facts it was given as they were", () => {
    const waterfall = open(three);
    const state = openWaterfallState(waterfall);
    const given = facts();
    runWaterfall(waterfall, state, given, loss(500n));
    expect(given.funds.get("insurance")?.balance).toBe(100n);
    expect(given.classes[1]?.assets).toBe(50n);
    expect(state.layers.every((layer) => layer.taken === 0n)).toBe(true);
  });

  it("caps a layer per loss and passes the rest on", () => {
    const waterfall = open([{ ...three[0]!, cap: 20n }, three[1]!]);
    const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(60n));
    expect(outcome.layers.map((layer) => layer.taken)).toEqual([20n, 40n]);
  });

  it("skips a layer whose cap is zero, and a loss of zero reaches nobody", () => {
    const waterfall = open([{ ...three[0]!, cap: 0n }, three[1]!]);
    const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(5n));
    expect(outcome.layers.map((layer) => layer.layer)).toEqual(["j"]);
    const nothing = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(0n));
    expect(nothing.layers).toEqual([]);
    expect(nothing.uncovered).toBe(0n);
  });

  it("starts below a layer without counting what is left as uncovered again", () => {
    const waterfall = open(three);
    const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), {
      ...loss(100n),
      after: "a",
    });
    expect(outcome.layers.map((layer) => [layer.layer, layer.taken])).toEqual([
      ["j", 50n],
      ["b", 30n],
    ]);
    expect(outcome.uncovered).toBe(20n);
    expect(outcome.state.uncovered).toBe(0n);
  });

  it("gives the same result in both kinds of trust", () => {
    const waterfall = open(three);
    const state = openWaterfallState(waterfall);
    const checked = runWaterfall(waterfall, state, facts(), loss(160n), { trust: "checked" });
    const fast = runWaterfall(waterfall, state, facts(), loss(160n), { trust: "fast" });
    expect(fast.layers).toEqual(checked.layers);
    expect(fast.state).toEqual(checked.state);
  });

  it("refuses requests that make no sense", () => {
    const waterfall = open(three);
    const state = openWaterfallState(waterfall);
    expect(code(() => runWaterfall(waterfall, state, facts(), loss(-1n)))).toBe("SF_WATERFALL_REQUEST");
    expect(code(() => runWaterfall(waterfall, state, facts(), { ...loss(1n), after: "z" }))).toBe(
      "SF_WATERFALL_REQUEST",
    );
    expect(code(() => recoverThroughWaterfall(waterfall, state, facts(), { amount: -1n, position }))).toBe(
      "SF_WATERFALL_REQUEST",
    );
    const act = (layer: string, action: string) => () =>
      actOnLayer(waterfall, state, facts(), { layer, action, input: {}, position });
    expect(code(act("z", "count"))).toBe("SF_WATERFALL_REQUEST");
    expect(code(act("a", "toString"))).toBe("SF_WATERFALL_REQUEST");
  });

  it("names capacities, caps included", () => {
    const waterfall = open([{ ...three[0]!, cap: 20n }, three[1]!, { ...three[1]!, id: "k", cap: 9n }]);
    expect(layerCapacities(waterfall, openWaterfallState(waterfall), facts(), position)).toEqual([
      20n,
      "unlimited",
      9n,
    ]);
  });

  it("runs actions, and a refusal is a value", () => {
    const waterfall = open(three);
    const state = openWaterfallState(waterfall);
    const ask = { layer: "a", action: "count", input: {}, position };
    expect(actOnLayer(waterfall, state, facts(), ask)).toEqual({ ok: false, reason: "NothingYet" });
    const after = runWaterfall(waterfall, state, facts(), loss(1n));
    expect(actOnLayer(waterfall, after.state, after.facts, ask)).toMatchObject({
      ok: true,
      result: { losses: 1n },
    });
  });

  it("spends one budget over several pools in order of priority", () => {
    const waterfall = open([three[0]!]);
    const run = { waterfall, state: openWaterfallState(waterfall), facts: facts(), request: loss(80n) };
    const shared = new Map([["insurance", { id: "insurance", balance: 100n }]]);
    const outcome = runPools([run, run, run], shared);
    expect(outcome.runs.map((entry) => entry.absorbed)).toEqual([80n, 20n, 0n]);
    expect(outcome.runs.map((entry) => entry.uncovered)).toEqual([0n, 60n, 80n]);
    expect(outcome.funds.get("insurance")?.balance).toBe(0n);
    expect(shared.get("insurance")?.balance).toBe(100n);
  });
});

describe("sharing a recovery", () => {
  /** a 100, j 50, b 30, uncovered 20. */
  const lost = (order: RecoveryOrder) => {
    const waterfall = open(three, order);
    const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(200n));
    return (amount: bigint) => {
      const back = recoverThroughWaterfall(waterfall, outcome.state, outcome.facts, { amount, position });
      return { back, paid: back.slots.map((slot) => [slot.slot, slot.restored]) };
    };
  };

  it.each<[RecoveryOrder, [string, bigint][]]>([
    [
      "same-order",
      [
        ["a", 100n],
        ["j", 10n],
      ],
    ],
    [
      "reverse-order",
      [
        ["uncovered", 20n],
        ["b", 30n],
        ["j", 50n],
        ["a", 10n],
      ],
    ],
    [
      "senior-first",
      [
        ["uncovered", 20n],
        ["j", 50n],
        ["b", 30n],
        ["a", 10n],
      ],
    ],
    [
      "junior-first",
      [
        ["a", 100n],
        ["b", 10n],
      ],
    ],
    [
      "pro-rata",
      [
        ["a", 55n],
        ["j", 28n],
        ["b", 16n],
        ["uncovered", 11n],
      ],
    ],
    [
      ["b", "uncovered"],
      [
        ["b", 30n],
        ["uncovered", 20n],
      ],
    ],
  ])("%j pays 110 as it says", (order, expected) => {
    const { back, paid } = lost(order)(110n);
    expect(paid).toEqual(expected);
    const sum = back.slots.reduce((total, slot) => total + slot.restored, 0n);
    expect(sum + back.excess).toBe(110n);
  });

  it("tells senior-first from reverse order where layers share one class", () => {
    const layers = [
      { id: "j1", policy: "holders", parameters: { class: "junior" }, cap: 10n },
      { id: "s", policy: "holders", parameters: { class: "senior" }, cap: 10n },
      { id: "j2", policy: "holders", parameters: { class: "junior" }, cap: 10n },
    ];
    const paid = (order: RecoveryOrder) => {
      const waterfall = open(layers, order);
      const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(30n));
      return recoverThroughWaterfall(waterfall, outcome.state, outcome.facts, {
        amount: 15n,
        position,
      }).slots.map((slot) => [slot.slot, slot.restored]);
    };
    expect(paid("reverse-order")).toEqual([
      ["j2", 10n],
      ["s", 5n],
    ]);
    expect(paid("senior-first")).toEqual([
      ["s", 10n],
      ["j2", 5n],
    ]);
  });

  it("keeps what nobody had lost as excess and refills no more than was taken", () => {
    const { back } = lost("same-order")(1_000n);
    expect(back.excess).toBe(800n);
    expect(back.state.uncovered).toBe(0n);
    expect(back.state.excess).toBe(800n);
    expect(back.facts.funds.get("insurance")?.balance).toBe(100n);
    expect(back.facts.classes[1]?.assets).toBe(50n);
  });

  it("lets a policy's own claim grow beyond what it lost, but not in a pro-rata split", () => {
    const greedy = definePolicy({ ...holders, id: "greedy", claim: () => 1n << 200n });
    const paid = (order: RecoveryOrder) => {
      const waterfall = openWaterfall(
        {
          format: "shortfall-waterfall/1",
          id: "w",
          version: "1",
          layers: [
            { id: "g", policy: "greedy", parameters: { class: "senior" }, cap: 30n },
            { id: "a", policy: "fund", parameters: { fund: "insurance" } },
          ],
          recovery: { order },
        },
        new Map<string, AnyLossPolicy>([...registry, ["greedy", greedy]]),
      );
      const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(60n));
      return recoverThroughWaterfall(waterfall, outcome.state, outcome.facts, {
        amount: 50n,
        position,
      }).slots.map((slot) => [slot.slot, slot.restored]);
    };
    expect(paid("same-order")).toEqual([["g", 50n]]);
    expect(paid("pro-rata")).toEqual([
      ["g", 25n],
      ["a", 25n],
    ]);
  });

  it("pays one deficit no more than it has outstanding", () => {
    const waterfall = open(three, "same-order");
    const outcome = runWaterfall(waterfall, openWaterfallState(waterfall), facts(), loss(200n));
    const back = recoverThroughWaterfall(waterfall, outcome.state, outcome.facts, {
      amount: 100n,
      position,
      outstanding: { layers: [5n, 0n, 7n], uncovered: 3n },
    });
    expect(back.slots.map((slot) => [slot.slot, slot.restored])).toEqual([
      ["a", 5n],
      ["b", 7n],
      ["uncovered", 3n],
    ]);
    expect(back.excess).toBe(85n);
  });
});
