import {
  type PoolFacts,
  type Position,
  runWaterfall,
  type Waterfall,
  type WaterfallState,
} from "@shortfall/core";
import { RiskInputError } from "../errors.js";
import { type Fraction, ratio } from "../fraction.js";
import { type RequiredFund, requiredFund } from "../metrics/required-fund.js";
import { type TailFigures, varEs } from "../metrics/tail.js";

/** A layer over a loss sample. Amounts in base units; probabilities and ratios are for showing. */
export interface LayerDistribution {
  readonly layer: string;
  readonly policy: string;
  /** What the layer took on each path. */
  readonly taken: readonly bigint[];
  readonly meanTaken: number;
  /** Paths that reached it, and on which it left something to the next. */
  readonly pathsReached: number;
  readonly pathsExhausted: number;
  /** The same as shares of all paths. */
  readonly probabilityReached: number;
  readonly probabilityExhausted: number;
  readonly tail: TailFigures;
}

export interface WaterfallDistribution {
  readonly layers: readonly LayerDistribution[];
  readonly uncovered: readonly bigint[];
  readonly pathsUncovered: number;
  readonly probabilityUncovered: number;
  readonly loss: TailFigures;
  /** Haircut of each class over paths, 1 = everything. */
  readonly haircuts: readonly { readonly class: string; readonly mean: number; readonly tail: TailFigures }[];
  /** What a fund in front of this waterfall would have to hold. */
  readonly fund: RequiredFund;
}

export interface SizingInput {
  readonly waterfall: Waterfall;
  readonly state: WaterfallState;
  readonly facts: PoolFacts;
  readonly position: Position;
  readonly losses: readonly bigint[];
  /** Confidence of value at risk and expected shortfall. */
  readonly alpha: Fraction;
  /** A fund may be exceeded with at most this probability. */
  readonly epsilon: Fraction;
  /** Mean remainder that may stay unpaid, base units. */
  readonly residualBudget: Fraction;
}

/**
 * Runs every loss of a sample down the production waterfall, each from the same state: the objects that would
 * take the real loss, not a model of them.
 *
 * @throws {RiskInputError} an empty sample. @throws {PolicyFaultError} a policy that breaks a rule.
 */
export function waterfallDistribution(input: SizingInput): WaterfallDistribution {
  const { waterfall, state, facts, position, losses, alpha } = input;
  if (losses.length === 0) throw new RiskInputError("losses", "at least one", "none");
  const taken = waterfall.layers.map((): bigint[] => []);
  const reached = waterfall.layers.map(() => 0);
  const exhausted = waterfall.layers.map(() => 0);
  const uncovered: bigint[] = [];
  const classLosses = facts.classes.map((): number[] => []);
  losses.forEach((amount, path) => {
    const outcome = runWaterfall(waterfall, state, facts, {
      deficit: `path-${path}`,
      amount,
      borrower: "stress",
      position,
    });
    const byLayer = new Map(outcome.layers.map((layer) => [layer.layer, layer]));
    waterfall.layers.forEach(({ id }, k) => {
      const layer = byLayer.get(id);
      taken[k]!.push(layer?.taken ?? 0n);
      if (layer) reached[k]!++;
      if (layer && layer.taken < layer.offered) exhausted[k]!++;
    });
    uncovered.push(outcome.uncovered);
    facts.classes.forEach((before, k) => {
      const after = outcome.facts.classes.find((each) => each.id === before.id)!;
      classLosses[k]!.push(before.assets === 0n ? 0 : ratio(before.assets - after.assets, before.assets));
    });
  });
  const tailOf = (sample: readonly number[]): TailFigures => varEs(sample, alpha);
  const numbers = (amounts: readonly bigint[]): number[] => amounts.map(Number);
  const n = losses.length;
  const pathsUncovered = uncovered.filter((amount) => amount > 0n).length;
  return {
    layers: waterfall.layers.map(({ id, policy }, k) => ({
      layer: id,
      policy: policy.id,
      taken: taken[k]!,
      meanTaken: ratio(
        taken[k]!.reduce((a, b) => a + b, 0n),
        BigInt(n),
      ),
      pathsReached: reached[k]!,
      pathsExhausted: exhausted[k]!,
      probabilityReached: reached[k]! / n,
      probabilityExhausted: exhausted[k]! / n,
      tail: tailOf(numbers(taken[k]!)),
    })),
    uncovered,
    pathsUncovered,
    probabilityUncovered: pathsUncovered / n,
    loss: tailOf(numbers(losses)),
    haircuts: facts.classes.map(({ id }, k) => ({
      class: id,
      mean: classLosses[k]!.reduce((a, b) => a + b, 0) / n,
      tail: tailOf(classLosses[k]!),
    })),
    fund: requiredFund(losses, input.epsilon, input.residualBudget),
  };
}
