import { type AnyLossPolicy, definePolicy, type PoolFacts } from "@shortfall/core";
import type { LayerBinding } from "./scenario.js";

interface Named {
  readonly name: string;
}

const named = {
  parse(input: unknown): Named {
    if (typeof input === "object" && input !== null && "name" in input) return { name: String(input.name) };
    throw new TypeError("expected a name");
  },
};

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function freeInFund(pool: PoolFacts, name: string): bigint {
  const fund = pool.funds.get(name);
  if (!fund) throw new RangeError(`The pool has no fund "${name}".`);
  const free = fund.balance - (fund.floor ?? 0n);
  return free > 0n ? free : 0n;
}

function claimOf(pool: PoolFacts, name: string): bigint {
  const entry = pool.classes.find((candidate) => candidate.id === name);
  if (!entry) throw new RangeError(`The pool has no class "${name}".`);
  return entry.assets;
}

/**
 * Policies of the plainest kind, for tests of the ledger that should not depend on the catalogue: a fund, the
 * reserves, a class, and keeping the deficit open.
 */
export const plainPolicies: readonly AnyLossPolicy[] = [
  definePolicy({
    id: "plain-fund",
    version: "1",
    title: "Plain fund",
    parameters: named,
    describe: ({ name }) => `Fund "${name}" pays.`,
    bearer: ({ name }) => ({ kind: "fund", id: name }),
    open: () => ({}),
    capacity: (view) => freeInFund(view.pool, view.parameters.name),
    absorb(view, request) {
      const fund = view.parameters.name;
      const taken = smaller(request.remaining, freeInFund(view.pool, fund));
      return {
        taken,
        state: view.state,
        effects: taken > 0n ? [{ kind: "draw-fund", fund, assets: taken }] : [],
        reason: "The fund pays.",
      };
    },
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "fill-fund", fund: view.parameters.name, assets: offered }],
      reason: "The fund is refilled.",
    }),
  }),
  definePolicy({
    id: "plain-reserve",
    version: "1",
    title: "Plain reserve",
    parameters: { parse: () => ({}) },
    describe: () => "The reserves pay.",
    bearer: () => ({ kind: "reserve", id: "reserves" }),
    open: () => ({}),
    capacity: (view) => (view.pool.reserves > 0n ? view.pool.reserves : 0n),
    absorb(view, request) {
      const free = view.pool.reserves > 0n ? view.pool.reserves : 0n;
      const taken = smaller(request.remaining, free);
      return {
        taken,
        state: view.state,
        effects: taken > 0n ? [{ kind: "draw-reserve", assets: taken }] : [],
        reason: "The reserves pay.",
      };
    },
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "fill-reserve", assets: offered }],
      reason: "The reserves are refilled.",
    }),
  }),
  definePolicy({
    id: "plain-class",
    version: "1",
    title: "Plain class",
    parameters: named,
    describe: ({ name }) => `Class "${name}" loses.`,
    bearer: ({ name }) => ({ kind: "class", id: name }),
    open: () => ({}),
    capacity: (view) => claimOf(view.pool, view.parameters.name),
    absorb(view, request) {
      const taken = smaller(request.remaining, claimOf(view.pool, view.parameters.name));
      return {
        taken,
        state: view.state,
        effects: taken > 0n ? [{ kind: "write-down", class: view.parameters.name, assets: taken }] : [],
        reason: "The class loses.",
      };
    },
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "write-up", class: view.parameters.name, assets: offered }],
      reason: "The class recovers.",
    }),
  }),
  definePolicy({
    id: "plain-carry",
    version: "1",
    title: "Plain carry",
    parameters: { parse: () => ({}) },
    describe: () => "The deficit stays open.",
    bearer: () => ({ kind: "carried", id: "deficit" }),
    open: () => ({}),
    capacity: () => "unlimited",
    absorb: (view, request) => ({
      taken: request.remaining,
      state: view.state,
      effects: [{ kind: "carry", assets: request.remaining }],
      reason: "It stays open.",
    }),
    recover: (view, offered) => ({
      restored: offered,
      state: view.state,
      effects: [{ kind: "uncarry", assets: offered }],
      reason: "It is covered.",
    }),
  }),
];

/** Binds plain layers to {@link plainPolicies}. */
export const bindPlain: LayerBinding = (layer) => {
  switch (layer.kind) {
    case "fund":
      return { policy: "plain-fund", parameters: { name: layer.fund } };
    case "reserve":
      return { policy: "plain-reserve", parameters: {} };
    case "class":
      return { policy: "plain-class", parameters: { name: layer.class } };
    case "carry":
      return { policy: "plain-carry", parameters: {} };
  }
};
