import {
  type Absorption,
  definePolicy,
  type LayerView,
  type LossPolicy,
  type LossRequest,
} from "@shortfall/core";
import { min } from "@shortfall/math";
import { describe, expect, it } from "vitest";
import { type PolicyScenario, testPolicy } from "./policy-conformance.js";

interface Parameters {
  readonly fund: string;
}
interface State {
  readonly paid: bigint;
}
type View = LayerView<Parameters, State>;

const balance = (view: View): bigint => view.pool.funds.get(view.parameters.fund)?.balance ?? 0n;

const pays = (view: View, taken: bigint): Absorption<State> => ({
  taken,
  state: { paid: view.state.paid + taken },
  effects: [{ kind: "draw-fund", fund: view.parameters.fund, assets: taken }],
  reason: "pays",
});

const readFund = (input: unknown): Parameters => {
  if (typeof input !== "object" || input === null || !("fund" in input) || typeof input.fund !== "string")
    throw new TypeError("expected { fund }");
  return { fund: input.fund };
};

const plugin = (change: Partial<LossPolicy<Parameters, State>> = {}) =>
  definePolicy<Parameters, State>({
    id: "plugin",
    version: "1",
    title: "Plugin",
    parameters: { parse: readFund },
    describe: (p) => `Pays from ${p.fund}.`,
    bearer: (p) => ({ kind: "fund", id: p.fund }),
    open: () => ({ paid: 0n }),
    capacity: balance,
    absorb: (view, request) => pays(view, min(balance(view), request.remaining)),
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets: offered }],
      reason: "refills",
    }),
    ...change,
  });

const scenario: PolicyScenario = { parameters: { fund: "insurance" } };

const failed = (change: Partial<LossPolicy<Parameters, State>>, given = scenario): string[] =>
  testPolicy(plugin(change), given)
    .filter((check) => !check.ok)
    .map((check) => check.name);

const absorbing = (take: (view: View, request: LossRequest) => bigint) => ({
  absorb: (view: View, request: LossRequest) => pays(view, take(view, request)),
});

describe("the conformance suite", () => {
  it("passes a good policy in every check, without messages", () => {
    const checks = testPolicy(plugin(), scenario);
    expect(checks.length).toBeGreaterThan(12);
    expect(checks.filter((check) => !check.ok || check.message !== "")).toEqual([]);
    expect(new Set(checks.map((check) => check.name)).size).toBe(checks.length);
  });

  it("is the same each time", () => {
    expect(testPolicy(plugin(), scenario)).toEqual(testPolicy(plugin(), scenario));
  });

  it.each<[string, Partial<LossPolicy<Parameters, State>>, string]>([
    ["over-allocates", absorbing((_view, request) => request.remaining + 1n), "takes between nothing"],
    ["takes a negative amount", absorbing(() => -1n), "takes between nothing"],
    [
      "loses a wei",
      {
        absorb: (view, request) => ({
          ...pays(view, min(balance(view), request.remaining)),
          effects: [
            { kind: "draw-fund", fund: "insurance", assets: min(balance(view), request.remaining) - 1n },
          ],
        }),
      },
      "accounts for every unit",
    ],
    ["breaks a floor", absorbing((_view, request) => request.remaining), "accounts for every unit"],
    ["understates its capacity", { capacity: () => 5n }, "takes no more than its capacity"],
    [
      "depends on dice",
      absorbing((view, request) => (Math.random() < 2 ? min(balance(view), request.remaining) : 0n)),
      "uses no clock or dice",
    ],
    [
      "mutates its input",
      {
        absorb: (view, request) => {
          Object.assign(view.state, { paid: 7n });
          return pays(view, min(balance(view), request.remaining));
        },
      },
      "changes nothing it is shown",
    ],
    [
      "throws half-way",
      absorbing((view, request) => {
        if (request.remaining > 100n) throw new Error("too large");
        return min(balance(view), request.remaining);
      }),
      "takes between nothing",
    ],
    [
      "takes less of a larger loss",
      absorbing((view, request) => (request.remaining > 1_000n ? 1n : min(balance(view), request.remaining))),
      "never takes less",
    ],
    [
      "takes another sum in two parts",
      absorbing((view, request) => min(balance(view), request.remaining / 2n)),
      "in two parts",
    ],
    [
      "gives back more than it took",
      {
        recover: (view, offered) => ({
          restored: offered + 1n,
          state: view.state,
          effects: [{ kind: "fill-fund", fund: "insurance", assets: offered + 1n }],
          reason: "",
        }),
      },
      "no more than its claim",
    ],
    [
      "keeps the loss it is asked about",
      {
        absorb: (view, request) => {
          const taken = min(balance(view), request.remaining);
          return {
            ...pays(view, taken),
            state: Object.assign({ paid: view.state.paid + taken }, { request }),
          };
        },
      },
      "keeps nothing of what it is asked",
    ],
    ["is silent about itself", { describe: () => " " }, "describes itself"],
    ["takes any parameters", { parameters: { parse: () => ({ fund: "insurance" }) } }, "refuses parameters"],
  ])("finds a policy that %s", (_name, change, expected) => {
    expect(failed(change).some((name) => name.includes(expected))).toBe(true);
  });

  it("accepts a documented bound and refuses one that is too small", () => {
    const halves = absorbing((view, request) => min(balance(view), request.remaining / 2n));
    const split = "takes the same of a loss in two parts, within its bound";
    expect(failed(halves, { ...scenario, split: 1n })).not.toContain(split);
    expect(failed(halves, { ...scenario, split: "differs" })).not.toContain(split);
    expect(failed(halves)).toContain(split);
  });

  it("says why a policy cannot even be opened", () => {
    const checks = testPolicy(plugin(), { parameters: {} });
    expect(checks).toEqual([
      { name: "opens with its parameters", ok: false, message: expect.stringContaining("expected { fund }") },
    ]);
  });
});
