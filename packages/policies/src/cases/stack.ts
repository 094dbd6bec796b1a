import type { Fields, FundFacts, LayerDefinition, PoolFacts, RecoveryOrder } from "@shortfall/core";
import { poolFacts } from "@shortfall/core";
import { shareValueDown } from "../pieces/shares.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Holder that a share-burn layer burns. */
const BURNED = "treasury";

/** Composed layers with losses and recoveries: any order, any number. */
export function runStack(inputs: Fields): unknown {
  const layers = inputs.objects("layers");
  const bench = new Bench(layers.map(stackLayer), stackFacts(inputs, layers), recoveryOrder(inputs));
  const steps = inputs.objects("events").map((event) => {
    const at = event.has("at") ? event.amount("at") : 0n;
    if (event.string("type") === "loss") {
      const outcome = bench.lose(event.amount("amount"), { at });
      return {
        type: "loss",
        layers: outcome.layers.map((taken) => ({
          id: taken.layer,
          absorbed: taken.taken,
          ...figuresOf(typeOf(layers, taken.layer), taken.figures),
        })),
        newUncovered: outcome.uncovered,
        after: standing(bench, inputs, layers),
      };
    }
    const outcome = bench.recover(event.amount("amount"), at);
    return {
      type: "recovery",
      layers: outcome.slots.map((slot) => ({
        id: slot.slot,
        restored: slot.restored,
        ...(slot.layer < 0 ? {} : restoredFigures(typeOf(layers, slot.slot), slot.figures)),
      })),
      excess: outcome.excess,
      after: standing(bench, inputs, layers),
    };
  });
  return { steps };
}

function stackLayer(fields: Fields): LayerDefinition {
  const id = fields.string("id");
  switch (fields.string("type")) {
    case "deductible":
      return layer(id, "deductible", { amount: fields.amount("remaining") });
    case "cash-fund":
      return layer(id, "cash-fund", { fund: id, limits: fundLimits(fields) });
    case "stake-slash":
      return layer(id, "stake-slash", {
        fund: id,
        feeBps: amountOr(fields, "feeBps", 0n),
        minimumLeft: amountOr(fields, "minLeft", 0n),
        prices: { loss: fields.amount("priceIn"), stake: fields.amount("priceOut") },
      });
    case "share-burn":
      return layer(id, "share-burn", { class: "pool", holder: `${BURNED}:${id}` });
    case "tranche":
      return layer(id, "tranche", { class: id });
    case "totals":
      return layer(id, "pro-rata", { class: "pool" });
    case "index":
      return layer(id, "index-writedown", { class: id, rule: "proportional-ceil", clearDust: true });
    default:
      throw new CaseError("", `${fields.path}.type`, "a known layer type", fields.string("type"));
  }
}

const amountOr = (source: Fields, key: string, other: bigint): bigint =>
  source.has(key) ? source.amount(key) : other;

function fundLimits(fields: Fields): Record<string, unknown> {
  return {
    ...(fields.has("floor") ? { floor: fields.amount("floor") } : {}),
    ...(fields.has("fraction")
      ? {
          fraction: {
            num: fields.object("fraction").amount("num"),
            den: fields.object("fraction").amount("den"),
          },
        }
      : {}),
    ...(fields.has("period")
      ? {
          period: {
            max: fields.object("period").amount("max"),
            length: fields.object("period").amount("length"),
            used: amountOr(fields.object("period"), "used", 0n),
          },
        }
      : {}),
    ...(fields.has("lifetime")
      ? { lifetime: { max: fields.amount("lifetime"), used: amountOr(fields, "used", 0n) } }
      : {}),
  };
}

function stackFacts(inputs: Fields, layers: readonly Fields[]): PoolFacts {
  const funds: FundFacts[] = [];
  const holders: Record<string, bigint> = {};
  const own: Parameters<typeof poolFacts>[0]["classes"] = layers.flatMap((fields) => {
    const id = fields.string("id");
    switch (fields.string("type")) {
      case "cash-fund":
        funds.push({ id, balance: fields.amount("balance") });
        return [];
      case "stake-slash":
        funds.push({ id, asset: `stake:${id}`, balance: fields.amount("assets") });
        return [];
      case "share-burn":
        holders[`${BURNED}:${id}`] = fields.amount("shares");
        return [];
      case "tranche":
        return [{ id, assets: fields.amount("balance"), shares: fields.amount("balance") }];
      case "index": {
        const index = { value: fields.amount("index"), divisor: fields.amount("scale") };
        const shares = fields.amount("scaled");
        return [{ id, assets: (shares * index.value) / index.divisor, shares, index }];
      }
      default:
        return [];
    }
  });
  const pool = inputs.has("pool") ? inputs.object("pool") : undefined;
  return poolFacts({
    funds,
    classes: [
      ...(pool
        ? [
            {
              id: "pool",
              assets: pool.amount("assets"),
              shares: pool.amount("shares"),
              virtual: {
                assets: amountOr(pool, "virtualAssets", 0n),
                shares: amountOr(pool, "virtualShares", 0n),
              },
              holders,
            },
          ]
        : []),
      ...own,
    ],
  });
}

function recoveryOrder(inputs: Fields): RecoveryOrder {
  const recovery = inputs.object("recovery");
  const rule = recovery.string("rule");
  switch (rule) {
    case "listed":
      return recovery.strings("order");
    case "same-order":
    case "reverse-order":
    case "pro-rata":
    case "senior-first":
    case "junior-first":
      return rule;
    default:
      throw new CaseError("", "recovery.rule", "a known recovery rule", rule);
  }
}

const typeOf = (layers: readonly Fields[], id: string): string =>
  layers.find((fields) => fields.string("id") === id)?.string("type") ?? "";

/** Intermediate results that a worked case of this type of layer records. */
function figuresOf(type: string, figures: Readonly<Record<string, bigint>>): Record<string, unknown> {
  switch (type) {
    case "stake-slash":
      return { wanted: figures.wanted, slashed: figures.slashed };
    case "share-burn":
      return { sharesWanted: figures.sharesWanted, sharesBurned: figures.sharesBurned };
    case "index":
      return { indexDelta: figures.indexDelta };
    default:
      return {};
  }
}

function restoredFigures(type: string, figures: Readonly<Record<string, bigint>>): Record<string, unknown> {
  switch (type) {
    case "stake-slash":
      return { stakeReturned: figures.stakeReturned };
    case "share-burn":
      return { sharesMinted: figures.sharesMinted };
    case "index":
      return { indexDelta: figures.indexDelta };
    default:
      return {};
  }
}

/** The state that a case records after each event. */
function standing(bench: Bench, inputs: Fields, layers: readonly Fields[]): unknown {
  const unreimbursed = bench.unreimbursed();
  const pool = bench.facts.classes.find((entry) => entry.id === "pool");
  return {
    layers: Object.fromEntries(
      layers.map((fields, at) => [
        fields.string("id"),
        { unreimbursed: unreimbursed[at], ...layerStanding(bench, fields, at) },
      ]),
    ),
    ...(inputs.has("pool") ? { pool: { assets: pool?.assets, shares: pool?.shares } } : {}),
    uncovered: bench.state.uncovered,
    excess: bench.state.excess,
  };
}

function layerStanding(bench: Bench, fields: Fields, at: number): Record<string, unknown> {
  const id = fields.string("id");
  const entry = bench.facts.classes.find((candidate) => candidate.id === id);
  switch (fields.string("type")) {
    case "deductible":
      // What is left of a deductible is its capacity.
      return { remaining: bench.capacities()[at] };
    case "cash-fund":
      return { balance: bench.facts.funds.get(id)?.balance };
    case "stake-slash":
      return { assets: bench.facts.funds.get(id)?.balance };
    case "share-burn":
      return {
        shares: bench.facts.classes.find((candidate) => candidate.id === "pool")?.sharesOf(`${BURNED}:${id}`),
      };
    case "tranche":
      return { balance: entry?.assets };
    case "index":
      return { index: entry?.index?.value, value: entry ? shareValueDown(entry, entry.shares) : undefined };
    default:
      return {};
  }
}
