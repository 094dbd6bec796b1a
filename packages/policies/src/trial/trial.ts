import {
  actOnLayer,
  Fields,
  layerCapacities,
  openWaterfall,
  openWaterfallState,
  type PolicyRegistry,
  type PoolFacts,
  type Position,
  parseWaterfallDefinition,
  type RecoveryOutcome,
  recoverThroughWaterfall,
  runWaterfall,
  type SeizedCollateral,
  type Waterfall,
  type WaterfallDefinition,
  type WaterfallOutcome,
} from "@shortfall/core";
import { catalogueRegistry } from "../catalogue.js";
import { readAmounts, readTrialPool, requireKnown, trialFailure } from "./pool.js";

/** One loss for one waterfall on one pool, and what came back later: a question, as data. */
export interface Trial {
  readonly waterfall: WaterfallDefinition;
  readonly pool: PoolFacts;
  /** Digits after the point, for people. */
  readonly decimals: number;
  /** Base units of the pool's asset. */
  readonly loss: bigint;
  /** Comes back after the loss. */
  readonly recovered: bigint;
  readonly seized: readonly SeizedCollateral[];
  /** What happens on layers first, in order: deposits into a stability pool, stakes, bids. */
  readonly before: readonly TrialAction[];
}

export interface TrialAction {
  readonly layer: string;
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a trial gave. Everything in base units. */
export interface TrialResult {
  readonly waterfall: Waterfall;
  /** What each layer could take before the loss, in loss order. */
  readonly capacities: readonly (bigint | "unlimited")[];
  readonly loss: WaterfallOutcome;
  readonly recovery: RecoveryOutcome;
  /** The pool after both. */
  readonly after: PoolFacts;
}

const START: Position = { block: 0, timestamp: 0 };

/**
 * Reads a `shortfall-trial/1` document.
 *
 * @throws {TrialError} {@link WaterfallDefinitionError} naming the field.
 */
export function parseTrial(input: unknown): Trial {
  const fields = new Fields(input, "", trialFailure);
  const format = fields.string("format");
  if (format !== "shortfall-trial/1") throw trialFailure("format", '"shortfall-trial/1"', `"${format}"`);
  requireKnown(fields, ["format", "waterfall", "pool", "loss", "recovered", "seized", "before"]);
  const { facts, decimals } = readTrialPool(fields.object("pool"));
  return {
    waterfall: parseWaterfallDefinition(fields.raw("waterfall")),
    pool: facts,
    decimals,
    loss: fields.has("loss") ? fields.amount("loss") : 0n,
    recovered: fields.has("recovered") ? fields.amount("recovered") : 0n,
    seized: fields.has("seized")
      ? Object.entries(readAmounts(fields.object("seized"))).map(([asset, amount]) => ({ asset, amount }))
      : [],
    before: fields.has("before") ? fields.objects("before").map(readAction) : [],
  };
}

function readAction(fields: Fields): TrialAction {
  requireKnown(fields, ["layer", "action", "input"]);
  const input = fields.has("input") ? fields.object("input") : undefined;
  return {
    layer: fields.string("layer"),
    action: fields.string("action"),
    input: input ? Object.fromEntries(input.keys().map((key) => [key, input.raw(key)])) : {},
  };
}

/**
 * Runs what comes before, the loss, and then what came back. Block and time are 0.
 *
 * @throws {WaterfallDefinitionError} a layer's policy or parameters. @throws {TrialError} an action that its
 * layer refuses. @throws {ShortfallError} what a policy refuses, such as a fund that the pool does not have.
 */
export function runTrial(trial: Trial, registry: PolicyRegistry = catalogueRegistry): TrialResult {
  const waterfall = openWaterfall(trial.waterfall, registry);
  let state = openWaterfallState(waterfall);
  let facts = trial.pool;
  trial.before.forEach((step, index) => {
    const outcome = actOnLayer(waterfall, state, facts, { ...step, position: START });
    if (!outcome.ok)
      throw trialFailure(`before[${index}]`, `an action that layer "${step.layer}" allows`, outcome.reason);
    ({ state, facts } = outcome);
  });
  const capacities = layerCapacities(waterfall, state, facts, START);
  const loss = runWaterfall(waterfall, state, facts, {
    deficit: "trial",
    amount: trial.loss,
    borrower: "borrower",
    position: START,
    ...(trial.seized.length > 0 ? { seized: trial.seized } : {}),
  });
  const recovery = recoverThroughWaterfall(waterfall, loss.state, loss.facts, {
    amount: trial.recovered,
    position: START,
  });
  return { waterfall, capacities, loss, recovery, after: recovery.facts };
}
