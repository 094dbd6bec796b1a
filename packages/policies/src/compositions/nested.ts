import {
  definePolicy,
  type LayerView,
  type LossEffect,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  type PolicyRegistry,
  type RecoveryEffect,
  recoverThroughWaterfall,
  runWaterfall,
  type Waterfall,
  type WaterfallState,
} from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { amount, identifier } from "../pieces/schema.js";

const order = z.union([
  z.enum(["same-order", "reverse-order", "senior-first", "junior-first", "pro-rata"]),
  z.array(identifier),
]);

const parameters = z.strictObject({
  layers: z
    .array(
      z.strictObject({
        id: identifier,
        policy: identifier,
        parameters: z.record(z.string(), z.unknown()).default({}),
        cap: amount.optional(),
      }),
    )
    .min(1)
    .describe("Inner layers in loss order: each with id, policy, parameters and perhaps a cap."),
  recovery: order.default("reverse-order").describe("Order in which recoveries go to the inner layers."),
  budget: amount.optional().describe("Over all inner layers and losses; recoveries give it back."),
});
type Parameters = z.output<typeof parameters>;
type View = LayerView<Parameters, WaterfallState>;

/**
 * A waterfall as one layer of another: its layers share one place, one budget and one recovery order.
 *
 * Built over a registry, as its inner layers may name any policy of it, itself included.
 */
export function nestedPolicy(registry: () => PolicyRegistry) {
  const opened = new WeakMap<Parameters, Waterfall>();
  // Parameters are one frozen object for the life of a layer, so that each waterfall is opened once.
  const waterfallOf = (p: Parameters): Waterfall => {
    const known = opened.get(p);
    if (known) return known;
    const waterfall = openWaterfall(
      {
        format: "shortfall-waterfall/1",
        id: "nested",
        version: "1",
        layers: p.layers.map(({ cap, ...layer }) => ({ ...layer, ...(cap === undefined ? {} : { cap }) })),
        recovery: { order: p.recovery },
      },
      registry(),
    );
    opened.set(p, waterfall);
    return waterfall;
  };
  const free = (view: View): bigint | undefined => {
    const { budget } = view.parameters;
    if (budget === undefined) return undefined;
    return budget > view.unreimbursed ? budget - view.unreimbursed : 0n;
  };
  return definePolicy({
    id: "nested",
    version: "1",
    title: "Nested waterfall",
    parameters,
    describe: (p) =>
      `${p.layers.length} inner layers in turn (${p.layers.map((layer) => layer.id).join(", ")})${
        p.budget === undefined ? "" : `, ${p.budget} between them`
      }.`,
    bearer: () => ({ kind: "class", id: "*" }),
    open: (p): WaterfallState => openWaterfallState(waterfallOf(p)),
    capacity(view: View, position) {
      let sum: bigint | "unlimited" = 0n;
      const inner = layerCapacities(waterfallOf(view.parameters), view.state, view.pool, position, {
        trust: "fast",
      });
      for (const capacity of inner) {
        sum = sum === "unlimited" || capacity === "unlimited" ? "unlimited" : sum + capacity;
      }
      const budget = free(view);
      if (budget === undefined) return sum;
      return sum === "unlimited" ? budget : min(sum, budget);
    },
    absorb(view, request) {
      const budget = free(view);
      const outcome = runWaterfall(
        waterfallOf(view.parameters),
        view.state,
        view.pool,
        {
          deficit: request.deficit,
          amount: budget === undefined ? request.remaining : min(request.remaining, budget),
          borrower: request.borrower,
          position: request.position,
          ...(request.seized ? { seized: request.seized } : {}),
        },
        { trust: "fast" },
      );
      const effects: LossEffect[] = outcome.layers.flatMap((layer) => [...layer.effects]);
      return {
        taken: outcome.absorbed,
        // What no inner layer took goes to the next outer one; it is not uncovered here.
        state: { ...outcome.state, uncovered: view.state.uncovered },
        effects,
        reason: outcome.layers.map((layer) => layer.reason).join(" "),
        figures: Object.fromEntries(outcome.layers.map((layer) => [layer.layer, layer.taken])),
      };
    },
    claim(view, position) {
      const waterfall = waterfallOf(view.parameters);
      const outcome = recoverThroughWaterfall(
        waterfall,
        view.state,
        view.pool,
        { amount: EVERYTHING, position },
        { trust: "fast" },
      );
      return outcome.restored;
    },
    recover(view, offered, position) {
      const outcome = recoverThroughWaterfall(
        waterfallOf(view.parameters),
        view.state,
        view.pool,
        { amount: offered, position },
        { trust: "fast" },
      );
      const effects: RecoveryEffect[] = outcome.slots.flatMap((slot) => [...slot.effects]);
      return {
        restored: outcome.restored,
        state: { ...outcome.state, excess: view.state.excess },
        effects,
        reason: outcome.slots.map((slot) => slot.reason).join(" "),
        figures: Object.fromEntries(outcome.slots.map((slot) => [slot.slot, slot.restored])),
      };
    },
  });
}

/** More than any layer can be due: what an inner layer does with it shows what it is due. */
const EVERYTHING = 1n << 256n;
