import { describe, expect, it } from "vitest";
import {
  type Absorption,
  type ClassFacts,
  definePolicy,
  isShortfallError,
  type LayerView,
  type LossEffect,
  type LossPolicy,
  type LossRequest,
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  poolFacts,
  recoverThroughWaterfall,
  runWaterfall,
  type WaterfallState,
} from "../index.js";

interface State {
  readonly seen: readonly bigint[];
}
type View = LayerView<object, State>;
type Answer = Absorption<State>;

const position = { block: 9, timestamp: 100 };

const honest = (view: View, request: LossRequest): Answer => ({
  taken: request.remaining,
  state: { seen: [...view.state.seen, request.remaining] },
  effects: [{ kind: "draw-fund", fund: "insurance", assets: request.remaining }],
  reason: "pays",
});

/** A policy that is honest but for what `absorb` or other members do. */
const policy = (change: Partial<LossPolicy<object, State>>) =>
  definePolicy<object, State>({
    id: "plugin",
    version: "1",
    title: "Plugin",
    parameters: { parse: () => ({ list: [1n] }) },
    describe: () => "A plugin.",
    bearer: () => ({ kind: "fund", id: "insurance" }),
    open: () => ({ seen: [] }),
    capacity: () => "unlimited",
    absorb: honest,
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "fill-fund", fund: "insurance", assets: offered }],
      reason: "refills",
    }),
    ...change,
  });

const someFacts = (): PoolFacts =>
  poolFacts({
    reserves: 10n,
    funds: [{ id: "insurance", balance: 1_000n, floor: 100n }],
    classes: [
      { id: "supply", assets: 500n, shares: 400n, holders: { treasury: 40n } },
      { id: "indexed", assets: 200n, shares: 100n, index: { value: 2n, divisor: 1n } },
    ],
    groups: { members: { m: 7n } },
  });

/** Runs a good layer and then the plugin; expects a refusal by name that changes nothing. */
function refusal(
  change: Partial<LossPolicy<object, State>>,
  amount = 50n,
): { code: string; message: string } {
  const good = { ...policy({}), id: "good" };
  const waterfall = openWaterfall(
    {
      format: "shortfall-waterfall/1",
      id: "w",
      version: "1",
      layers: [
        { id: "first", policy: "good", parameters: {}, cap: 1n },
        { id: "second", policy: "plugin", parameters: {} },
      ],
    },
    new Map([
      ["good", good],
      ["plugin", policy(change)],
    ]),
  );
  const state = openWaterfallState(waterfall);
  const facts = someFacts();
  const before = snapshot(state, facts);
  try {
    runWaterfall(waterfall, state, facts, { deficit: "d", amount, borrower: "x", position });
  } catch (error) {
    expect(snapshot(state, facts)).toBe(before);
    if (!isShortfallError(error)) throw error;
    return { code: String((error as { code?: unknown }).code), message: error.message };
  }
  throw new Error("The plugin was not refused.");
}

const snapshot = (state: WaterfallState, facts: PoolFacts): string =>
  JSON.stringify(
    [
      state,
      facts.reserves,
      [...facts.funds],
      facts.classes.map((entry: ClassFacts) => [
        entry.id,
        entry.assets,
        entry.shares,
        entry.sharesOf("treasury"),
      ]),
      [...(facts.groups ?? [])].map(([id, rows]) => [id, [...rows]]),
    ],
    (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value),
  );

const withEffects =
  (effects: readonly LossEffect[]) =>
  (view: View): Answer => ({
    taken: effects.reduce((sum, effect) => sum + ("assets" in effect ? effect.assets : 0n), 0n),
    state: view.state,
    effects,
    reason: "",
  });

describe("a faulty policy is refused by name and changes nothing", () => {
  it("allocates more than it was offered", () => {
    const fault = refusal({
      absorb: (view, request) => ({
        taken: request.remaining + 1n,
        state: view.state,
        effects: [{ kind: "draw-fund", fund: "insurance", assets: request.remaining + 1n }],
        reason: "",
      }),
    });
    expect(fault.code).toBe("SF_OVER_ALLOCATION");
    expect(fault.message).toBe(
      'Policy "plugin" (layer "second") is refused: it allocated 50 of the 49 it was offered. Nothing was changed.',
    );
  });

  it("loses a wei between what it says and what it moves", () => {
    const fault = refusal({
      absorb: (view, request) => ({
        taken: request.remaining,
        state: view.state,
        effects: [{ kind: "draw-fund", fund: "insurance", assets: request.remaining - 1n }],
        reason: "",
      }),
    });
    expect(fault).toMatchObject({ code: "SF_EFFECT_SUM" });
    expect(fault.message).toContain("its effects move 48 but it stated 49");
  });

  it("takes a negative amount", () => {
    expect(
      refusal({ absorb: (view) => ({ taken: -1n, state: view.state, effects: [], reason: "" }) }).code,
    ).toBe("SF_NEGATIVE_ALLOCATION");
  });

  it("hides a negative effect behind a positive one", () => {
    expect(
      refusal({
        absorb: withEffects([
          { kind: "draw-fund", fund: "insurance", assets: 60n },
          { kind: "carry", assets: -20n },
        ]),
      }).code,
    ).toBe("SF_NEGATIVE_ALLOCATION");
  });

  it.each<[string, LossEffect[]]>([
    ["fund", [{ kind: "draw-fund", fund: "insurance", assets: 901n }]],
    ["stake", [{ kind: "slash-stake", fund: "insurance", units: 901n, assets: 5n }]],
    ["reserve", [{ kind: "draw-reserve", assets: 11n }]],
    ["class", [{ kind: "write-down", class: "supply", assets: 501n }]],
    ["holder", [{ kind: "burn-shares", class: "supply", account: "treasury", shares: 41n, assets: 1n }]],
    ["member", [{ kind: "charge", group: "members", account: "m", assets: 8n }]],
    [
      "member in two parts",
      [
        { kind: "charge", group: "members", account: "m", assets: 4n },
        { kind: "charge", group: "members", account: "m", assets: 4n },
      ],
    ],
  ])("breaks the floor of a %s", (_name, effects) => {
    expect(refusal({ absorb: withEffects(effects) }, 2_000n).code).toBe("SF_FLOOR_BROKEN");
  });

  it.each<[string, LossEffect]>([
    ["fund", { kind: "draw-fund", fund: "nowhere", assets: 1n }],
    ["class", { kind: "write-down", class: "nowhere", assets: 1n }],
    ["group", { kind: "charge", group: "nowhere", account: "m", assets: 1n }],
    ["account", { kind: "charge", group: "members", account: "nobody", assets: 1n }],
  ])("charges a %s that the pool does not have", (_name, effect) => {
    expect(refusal({ absorb: withEffects([effect]) }).code).toBe("SF_UNKNOWN_BEARER");
  });

  it.each<[string, LossEffect]>([
    ["dust on a class without index", { kind: "write-down", class: "supply", assets: 1n, dust: 1n }],
    ["an index for a class without one", { kind: "write-down", class: "supply", assets: 1n, index: 1n }],
    ["no index for a class with one", { kind: "write-down", class: "indexed", assets: 1n }],
    ["an index that claims something else", { kind: "write-down", class: "indexed", assets: 1n, index: 1n }],
  ])("states %s", (_name, effect) => {
    expect(refusal({ absorb: withEffects([effect]) }).code).toBe("SF_INDEX_MISMATCH");
  });

  it("takes more than its capacity says", () => {
    expect(refusal({ capacity: () => 48n }).code).toBe("SF_CAPACITY_EXCEEDED");
  });

  it("hands out more collateral than was seized", () => {
    expect(
      refusal({
        absorb: withEffects([{ kind: "give-collateral", asset: "weth", to: "me", amount: 1n }]),
      }).code,
    ).toBe("SF_OVER_ALLOCATION");
  });

  it.each<[string, (view: View, request: LossRequest) => void]>([
    ["its state", (view) => (view.state.seen as bigint[]).push(1n)],
    ["its parameters", (view) => Object.assign(view.parameters, { list: [] })],
    ["a fund", (view) => Object.assign(view.pool.funds.get("insurance") ?? {}, { balance: 0n })],
    ["the map of funds", (view) => (view.pool.funds as Map<string, unknown>).delete("insurance")],
    [
      "a group",
      (view) => (view.pool.groups?.get("members") as Map<string, bigint> | undefined)?.set("m", 1_000n),
    ],
    ["a class", (view) => Object.assign(view.pool.classes[0] ?? {}, { assets: 0n })],
    ["the list of classes", (view) => (view.pool.classes as ClassFacts[]).pop()],
    ["the request", (_view, request) => Object.assign(request, { remaining: 0n })],
  ])("mutates %s", (_name, mutate) => {
    const fault = refusal({
      absorb: (view, request) => {
        mutate(view, request);
        return honest(view, request);
      },
    });
    expect(fault.code).toBe("SF_MUTATED_INPUT");
  });

  it.each<[string, () => bigint]>([
    ["Math.random", () => BigInt(Math.floor(Math.random() * 2))],
    ["Date.now", () => BigInt(Date.now()) % 2n],
    ["new Date()", () => BigInt(new Date().getUTCSeconds()) % 2n],
    ["performance.now", () => BigInt(Math.floor(performance.now())) % 2n],
  ])("depends on %s", (name, dice) => {
    const clock = globalThis.Date;
    const random = Math.random;
    const fault = refusal({
      absorb: (view, request) => {
        const taken = request.remaining - dice();
        return { ...withEffects([{ kind: "draw-fund", fund: "insurance", assets: taken }])(view), taken };
      },
    });
    expect(fault).toMatchObject({ code: "SF_NON_DETERMINISTIC_POLICY" });
    expect(fault.message).toContain(name);
    expect(globalThis.Date).toBe(clock);
    expect(Math.random).toBe(random);
  });

  it("answers differently the second time", () => {
    let calls = 0n;
    const fault = refusal({
      absorb: (view, request) => {
        calls += 1n;
        return { ...honest(view, request), state: { seen: [calls] } };
      },
    });
    expect(fault.code).toBe("SF_NON_DETERMINISTIC_POLICY");
  });

  it("throws half-way", () => {
    const fault = refusal({
      absorb: () => {
        throw new RangeError("division by zero");
      },
    });
    expect(fault.code).toBe("SF_POLICY_FAILED");
    expect(fault.message).toContain("division by zero");
  });

  it.each<[string, Answer]>([
    ["a number", { taken: 1 as never, state: { seen: [] }, effects: [], reason: "" }],
    ["nothing", undefined as never],
    ["a state that is not plain data", { taken: 0n, state: new Map() as never, effects: [], reason: "" }],
    ["a state with a function", { taken: 0n, state: { seen: (() => 1n) as never }, effects: [], reason: "" }],
  ])("answers with %s", (_name, answer) => {
    expect(refusal({ absorb: () => answer }).code).toBe("SF_POLICY_FAILED");
  });

  it("still has sums, caps and floors enforced where it is trusted", () => {
    const over = policy({
      absorb: (view, request) => ({ ...honest(view, request), taken: request.remaining + 1n }),
    });
    const waterfall = openWaterfall(
      {
        format: "shortfall-waterfall/1",
        id: "w",
        version: "1",
        layers: [{ id: "only", policy: "plugin", parameters: {} }],
      },
      new Map([["plugin", over]]),
    );
    expect(() =>
      runWaterfall(
        waterfall,
        openWaterfallState(waterfall),
        someFacts(),
        { deficit: "d", amount: 5n, borrower: "x", position },
        { trust: "fast" },
      ),
    ).toThrow(/allocated 6 of the 5/);
  });

  it.each<[string, Partial<LossPolicy<object, State>>, string]>([
    [
      "more than it was offered",
      {
        recover: (view, offered) => ({ restored: offered + 1n, state: view.state, effects: [], reason: "" }),
      },
      "SF_OVER_ALLOCATION",
    ],
    [
      "less than nothing",
      { recover: (view) => ({ restored: -1n, state: view.state, effects: [], reason: "" }) },
      "SF_NEGATIVE_ALLOCATION",
    ],
    [
      "without effects",
      { recover: (view, offered) => ({ restored: offered, state: view.state, effects: [], reason: "" }) },
      "SF_EFFECT_SUM",
    ],
    ["with a negative claim", { claim: () => -1n }, "SF_NEGATIVE_ALLOCATION"],
    [
      "and throws",
      {
        recover: () => {
          throw new Error("no");
        },
      },
      "SF_POLICY_FAILED",
    ],
  ])("gives back %s", (_name, change, expected) => {
    const waterfall = openWaterfall(
      {
        format: "shortfall-waterfall/1",
        id: "w",
        version: "1",
        layers: [{ id: "only", policy: "plugin", parameters: {} }],
      },
      new Map([["plugin", policy(change)]]),
    );
    const lost = runWaterfall(waterfall, openWaterfallState(waterfall), someFacts(), {
      deficit: "d",
      amount: 5n,
      borrower: "x",
      position,
    });
    let found = "";
    try {
      recoverThroughWaterfall(waterfall, lost.state, lost.facts, { amount: 5n, position });
    } catch (error) {
      found = isShortfallError(error) ? String((error as { code?: unknown }).code) : String(error);
    }
    expect(found).toBe(expected);
    expect(lost.state.layers[0]?.restored).toBe(0n);
  });
});
