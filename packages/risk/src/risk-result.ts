import type { Concentration } from "./concentration/concentration.js";
import type { ConcentrationCurve } from "./concentration/curve.js";
import type { ContagionGraph } from "./contagion/graph.js";
import type { LossTail } from "./metrics/tail.js";
import type { WaterfallDistribution } from "./simulation/fund-sizing.js";
import type { PriceFan } from "./simulation/price-fan.js";

/** What a set of paths cost, and who would have borne it. */
export interface RiskScenario {
  readonly title: string;
  /** Levels as decimal text. */
  readonly alpha: string;
  readonly epsilon: string;
  /** Seconds between prices. */
  readonly stepSeconds: number;
  readonly seed: number;
  readonly borrowers: number;
  /** Loss of each path, base units. */
  readonly losses: readonly bigint[];
  readonly tail: LossTail;
  readonly prices: PriceFan;
  readonly waterfalls: readonly { readonly id: string; readonly distribution: WaterfallDistribution }[];
}

/** How evenly something is held. */
export interface RiskConcentration {
  /** What is held, and by whom: `USDC supplied`, `debt`. */
  readonly title: string;
  readonly asset: string;
  readonly decimals: number;
  readonly figures: Concentration;
  readonly curve: ConcentrationCurve;
}

/** Results of the risk layer as plain values, together for a report. */
export interface RiskResult {
  readonly title: string;
  /** Asset of the losses, and its decimals. */
  readonly asset: string;
  readonly decimals: number;
  readonly scenarios: readonly RiskScenario[];
  readonly concentrations: readonly RiskConcentration[];
  readonly contagion: readonly {
    readonly title: string;
    readonly unit: string;
    readonly graph: ContagionGraph;
  }[];
}
