import {
  type ActionOutcome,
  actOnLayer,
  type LayerDefinition,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  type Position,
  type RecoveryOrder,
  type RecoveryOutcome,
  recoverThroughWaterfall,
  runWaterfall,
  type SeizedCollateral,
  type Waterfall,
  type WaterfallOutcome,
  type WaterfallState,
} from "@shortfall/core";
import { catalogueRegistry } from "../catalogue.js";

/** A waterfall of the catalogue with its state and its pool, moved by the events of a case. */
export class Bench {
  readonly waterfall: Waterfall;
  state: WaterfallState;
  facts: PoolFacts;
  #losses = 0;

  constructor(layers: readonly LayerDefinition[], facts: PoolFacts, recovery?: RecoveryOrder) {
    this.waterfall = openWaterfall(
      {
        format: "shortfall-waterfall/1",
        id: "case",
        version: "1",
        layers,
        ...(recovery === undefined ? {} : { recovery: { order: recovery } }),
      },
      catalogueRegistry,
    );
    this.state = openWaterfallState(this.waterfall);
    this.facts = facts;
  }

  /** Runs a loss and keeps what it did. */
  lose(
    amount: bigint,
    options: {
      readonly at?: bigint;
      readonly seized?: readonly SeizedCollateral[];
      readonly after?: string;
    } = {},
  ): WaterfallOutcome {
    this.#losses++;
    const outcome = runWaterfall(this.waterfall, this.state, this.facts, {
      deficit: `loss-${this.#losses}`,
      amount,
      borrower: "borrower",
      position: positionAt(options.at ?? 0n),
      ...(options.seized ? { seized: options.seized } : {}),
      ...(options.after === undefined ? {} : { after: options.after }),
    });
    this.state = outcome.state;
    this.facts = outcome.facts;
    return outcome;
  }

  /** Shares a recovery and keeps what it did. */
  recover(amount: bigint, at = 0n, order?: RecoveryOrder): RecoveryOutcome {
    const outcome = recoverThroughWaterfall(this.waterfall, this.state, this.facts, {
      amount,
      position: positionAt(at),
      ...(order === undefined ? {} : { order }),
    });
    this.state = outcome.state;
    this.facts = outcome.facts;
    return outcome;
  }

  /** Runs a layer's action; a refusal changes nothing. */
  act(layer: string, action: string, input: Readonly<Record<string, unknown>>, at = 0n): ActionOutcome {
    const outcome = actOnLayer(this.waterfall, this.state, this.facts, {
      layer,
      action,
      input,
      position: positionAt(at),
    });
    if (outcome.ok) {
      this.state = outcome.state;
      this.facts = outcome.facts;
    }
    return outcome;
  }

  /** What each layer could take now. */
  capacities(at = 0n): (bigint | "unlimited")[] {
    return layerCapacities(this.waterfall, this.state, this.facts, positionAt(at));
  }

  /** Taken and not restored, by layer, in loss order. */
  unreimbursed(): bigint[] {
    return this.state.layers.map((layer) => layer.taken - layer.restored);
  }
}

const positionAt = (timestamp: bigint): Position => ({ block: 0, timestamp: Number(timestamp) });

/** A layer of a case's waterfall. */
export const layer = (
  id: string,
  policy: string,
  parameters: Readonly<Record<string, unknown>> = {},
): LayerDefinition => ({ id, policy, parameters });
