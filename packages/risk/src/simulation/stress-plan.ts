import {
  openWaterfall,
  openWaterfallState,
  type PolicyRegistry,
  parseWaterfallDefinition,
  poolFacts,
} from "@shortfall/core";
import { RiskInputError } from "../errors.js";
import { parseFraction } from "../fraction.js";
import { RiskInput } from "../input.js";
import { type WaterfallDistribution, waterfallDistribution } from "./fund-sizing.js";
import { bootstrapPaths, brownianPaths, crashPath, jumpPaths, type PathMaker } from "./paths.js";
import { readPositions, readSimulation } from "./read-settings.js";
import { type StressSample, stress } from "./stress.js";

/** A stress run as JSON: market, positions, paths, and the waterfalls to compare. */
export interface StressPlanResult {
  readonly sample: Omit<StressSample, "meanRepaid">;
  /** One distribution a waterfall, in the order of the plan. */
  readonly waterfalls: readonly { readonly id: string; readonly distribution: WaterfallDistribution }[];
}

export interface StressPlanOptions {
  readonly policies: PolicyRegistry;
  /** What an earlier run of the same plan found; the run goes on after its paths. */
  readonly done?: Pick<StressSample, "losses" | "maxBacklog">;
  readonly onProgress?: (done: number, count: number) => void;
}

/**
 * Runs a plan: settings of the simulation, `positions`, `paths` (`{ kind: brownian | jump | bootstrap | crash,
 * … }`), `count`, `seed`, `unitsPerDebt`, `pool` (funds, classes, reserves in base units), `waterfalls`, and
 * the levels `alpha`, `epsilon` and `residualBudget`.
 *
 * @throws {RiskInputError} naming the field. @throws {WaterfallDefinitionError}
 */
export function runStressPlan(plan: unknown, options: StressPlanOptions): StressPlanResult {
  const input = new RiskInput(plan, "plan");
  const levels = {
    alpha: parseFraction(input.has("alpha") ? input.text("alpha") : "0.95", "plan.alpha"),
    epsilon: parseFraction(input.has("epsilon") ? input.text("epsilon") : "0.01", "plan.epsilon"),
    residualBudget: input.has("residualBudget") ? input.fraction("residualBudget") : parseFraction("0"),
  };
  const pool = input.object("pool");
  const facts = poolFacts({
    reserves: pool.optionalInteger("reserves") ?? 0n,
    cash: pool.optionalInteger("cash") ?? 0n,
    funds: pool.has("funds")
      ? pool.objects("funds").map((fund) => ({ id: fund.text("id"), balance: fund.integer("balance") }))
      : [],
    classes: pool.objects("classes").map((each) => ({
      id: each.text("id"),
      assets: each.integer("assets"),
      shares: each.optionalInteger("shares") ?? each.integer("assets"),
    })),
  });
  const waterfalls = input.list("waterfalls", (value) =>
    openWaterfall(parseWaterfallDefinition(value), options.policies),
  );
  const done = options.done ?? { losses: [], maxBacklog: 0 };
  const rest = stress({
    settings: readSimulation(input),
    positions: readPositions(input),
    paths: readPaths(input.object("paths")),
    count: input.number("count"),
    seed: input.number("seed"),
    from: done.losses.length,
    unitsPerDebt: input.integer("unitsPerDebt"),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const losses = [...done.losses, ...rest.losses];
  const sample = {
    losses,
    hit: losses.filter((loss) => loss > 0n).length,
    maxBacklog: Math.max(done.maxBacklog, rest.maxBacklog),
  };
  return {
    sample,
    waterfalls: waterfalls.map((waterfall) => ({
      id: waterfall.definition.id,
      distribution: waterfallDistribution({
        ...levels,
        waterfall,
        state: openWaterfallState(waterfall),
        facts,
        position: { block: 0, timestamp: 0 },
        losses,
      }),
    })),
  };
}

/** `paths` of a plan. @throws {RiskInputError} naming the field. */
export function readPaths(input: RiskInput): PathMaker {
  const kind = input.text("kind");
  const start = input.number("start");
  const steps = input.number("steps");
  const diffusion = () => ({
    start,
    steps,
    dtYears: input.number("dtYears"),
    drift: input.optionalNumber("drift") ?? 0,
    vol: input.number("vol"),
  });
  switch (kind) {
    case "brownian":
      return brownianPaths(diffusion());
    case "jump":
      return jumpPaths({
        ...diffusion(),
        jumpRate: input.number("jumpRate"),
        jumpMean: input.number("jumpMean"),
        jumpVol: input.number("jumpVol"),
      });
    case "bootstrap":
      return bootstrapPaths(input.numbers("logReturns"), input.number("block"), start, steps);
    case "crash":
      return crashPath(start, input.number("depth"), steps);
    default:
      throw new RiskInputError("plan.paths.kind", "brownian, jump, bootstrap or crash", kind);
  }
}
