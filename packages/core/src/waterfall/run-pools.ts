import type { FundFacts, PoolFacts } from "../ports/policy.js";
import type { WaterfallOptions } from "./consult.js";
import { runWaterfall, type WaterfallOutcome, type WaterfallRequest } from "./run.js";
import type { Waterfall, WaterfallState } from "./waterfall.js";

/** One pool's loss under its own waterfall. */
export interface PoolRun {
  readonly waterfall: Waterfall;
  readonly state: WaterfallState;
  readonly facts: PoolFacts;
  readonly request: WaterfallRequest;
}

export interface PoolRunsOutcome {
  /** In the order given. */
  readonly runs: readonly WaterfallOutcome[];
  /** Shared funds after all runs. */
  readonly funds: ReadonlyMap<string, FundFacts>;
}

/**
 * Runs several pools' losses in priority order over shared funds: what an earlier pool draws, a later one no
 * longer finds. One budget, many pools. All or nothing, as each run is.
 *
 * @param shared funds by id, as they stand; they take the place of the pools' own facts of that id.
 * @throws what {@link runWaterfall} throws.
 */
export function runPools(
  runs: readonly PoolRun[],
  shared: ReadonlyMap<string, FundFacts>,
  options: WaterfallOptions = {},
): PoolRunsOutcome {
  let funds: ReadonlyMap<string, FundFacts> = shared;
  const outcomes = runs.map((run) => {
    const facts = { ...run.facts, funds: new Map([...run.facts.funds, ...funds]) };
    const outcome = runWaterfall(run.waterfall, run.state, facts, run.request, options);
    funds = new Map([...funds.keys()].map((id) => [id, outcome.facts.funds.get(id) ?? funds.get(id)!]));
    return outcome;
  });
  return { runs: outcomes, funds };
}
