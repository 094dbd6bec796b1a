import type { AnyLossPolicy, PolicyRegistry, RecoveryOrder, WaterfallDefinition } from "../ports/policy.js";
import { requireDistinct, requireSlots } from "./definition.js";
import type { EffectSource } from "./effects.js";
import { WaterfallDefinitionError } from "./errors.js";
import { deepFreeze } from "./freeze.js";

/** A layer ready to run: its policy found, its parameters read. */
export interface WaterfallLayer {
  readonly id: string;
  readonly policy: AnyLossPolicy;
  readonly parameters: unknown;
  /** Cap per loss, or undefined. */
  readonly cap: bigint | undefined;
  /** Its names, as refusals give them. */
  readonly source: EffectSource;
}

/** A validated waterfall. Frozen; shared by any number of pools, as it holds no state. */
export interface Waterfall {
  readonly definition: WaterfallDefinition;
  readonly layers: readonly WaterfallLayer[];
  readonly recovery: RecoveryOrder;
}

/** State of one layer: the policy's own, and what it has taken and got back over all deficits. */
export interface LayerState {
  readonly state: unknown;
  readonly taken: bigint;
  readonly restored: bigint;
}

/** State of a waterfall in one pool. Immutable; each run returns the next one. */
export interface WaterfallState {
  readonly layers: readonly LayerState[];
  /** What no layer took and nobody has paid since. */
  readonly uncovered: bigint;
  /** Recoveries beyond every unreimbursed loss, over all recoveries. */
  readonly excess: bigint;
}

/**
 * Finds each layer's policy and reads its parameters.
 *
 * @throws {WaterfallDefinitionError} unknown policy, refused parameters, duplicate ids, bad order or cap.
 */
export function openWaterfall(definition: WaterfallDefinition, registry: PolicyRegistry): Waterfall {
  requireDistinct(definition.layers);
  const layers = definition.layers.map((layer, index): WaterfallLayer => {
    const policy = registry.get(layer.policy);
    if (!policy) {
      throw new WaterfallDefinitionError(
        `layers[${index}].policy`,
        `one of ${[...registry.keys()].sort().join(", ")}`,
        `"${layer.policy}"`,
      );
    }
    if (layer.cap !== undefined && layer.cap < 0n) {
      throw new WaterfallDefinitionError(`layers[${index}].cap`, "a non-negative amount", `${layer.cap}`);
    }
    return Object.freeze({
      id: layer.id,
      policy,
      parameters: readParameters(policy, layer.parameters, index),
      cap: layer.cap,
      source: Object.freeze({ layer: layer.id, policy: policy.id }),
    });
  });
  const recovery = definition.recovery?.order ?? "reverse-order";
  if (typeof recovery !== "string") requireSlots(recovery, layers, "recovery.order");
  return Object.freeze({
    definition: deepFreeze(structuredClone(definition)),
    layers: Object.freeze(layers),
    recovery,
  });
}

function readParameters(policy: AnyLossPolicy, parameters: unknown, index: number): unknown {
  try {
    return deepFreeze(policy.parameters.parse(parameters));
  } catch (cause) {
    throw new WaterfallDefinitionError(
      `layers[${index}].parameters`,
      `parameters of policy "${policy.id}"`,
      describeRefusal(cause),
      { cause },
    );
  }
}

/** A schema's own list of issues in one line, where the error carries one; else the error's message. */
function describeRefusal(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (!("issues" in cause) || !Array.isArray(cause.issues)) return cause.message;
  return cause.issues
    .map(({ path, message }: { path?: readonly PropertyKey[]; message?: string }) =>
      path === undefined || path.length === 0 ? `${message}` : `${path.map(String).join(".")}: ${message}`,
    )
    .join("; ");
}

/** The state of a waterfall that has not met a loss. */
export function openWaterfallState(waterfall: Waterfall): WaterfallState {
  return Object.freeze({
    layers: Object.freeze(
      waterfall.layers.map((layer) =>
        Object.freeze({
          state: deepFreeze(layer.policy.open(layer.parameters)),
          taken: 0n,
          restored: 0n,
        }),
      ),
    ),
    uncovered: 0n,
    excess: 0n,
  });
}

/** Position of a layer in its waterfall, or -1. */
export const layerIndex = (waterfall: Waterfall, id: string): number =>
  waterfall.layers.findIndex((layer) => layer.id === id);
