import { nativeWaterfall, PROFILES } from "@shortfall/adapter-aave";
import {
  COMET_WATERFALL,
  COMPOUND_V2_WATERFALL,
  VENUS_ISOLATED_WATERFALL,
} from "@shortfall/adapter-compound";
import { EULER_V2_WATERFALL } from "@shortfall/adapter-euler";
import { BLUE_WATERFALL } from "@shortfall/adapter-morpho";
import { poolFacts, type WaterfallDefinition } from "@shortfall/core";
import { runTrial, type Trial, type TrialResult } from "@shortfall/policies";

/** What a protocol does by itself with a loss. */
export interface Native {
  readonly protocol: string;
  readonly words: string;
  readonly waterfall: WaterfallDefinition;
  /** Virtual part of its share price: one asset for so many shares. */
  readonly virtualShares?: bigint;
}

const newest = PROFILES[PROFILES.length - 1]!;

export const NATIVES: readonly Native[] = [
  {
    protocol: `Aave v${newest.version}`,
    words: "stays in the share price until somebody covers it",
    waterfall: nativeWaterfall(newest),
  },
  {
    protocol: "Compound III",
    words: "reserves, which may go below zero",
    waterfall: COMET_WATERFALL,
  },
  {
    protocol: "Compound v2",
    words: "nobody: the debt stays, the last to leave find no cash",
    waterfall: COMPOUND_V2_WATERFALL,
  },
  {
    protocol: "Morpho Blue",
    words: "all lenders of the market at once",
    waterfall: BLUE_WATERFALL,
    virtualShares: 1_000_000n,
  },
  {
    protocol: "Venus",
    words: "stays open until the risk fund is auctioned",
    waterfall: VENUS_ISOLATED_WATERFALL,
  },
  {
    protocol: "Euler v2",
    words: "all shares of the vault at once",
    waterfall: EULER_V2_WATERFALL,
    virtualShares: 1_000_000n,
  },
];

/**
 * The trial's loss and recovery in a pool of the protocol: the same reserves, and all classes together as its
 * one class, because these protocols know no tranches.
 */
export function runNative(native: Native, trial: Trial): TrialResult {
  const assets = trial.pool.classes.reduce((sum, entry) => sum + entry.assets, 0n);
  const bearer = native.waterfall.layers[0]?.parameters.class;
  const scale = native.virtualShares ?? 1n;
  return runTrial({
    ...trial,
    waterfall: native.waterfall,
    pool: poolFacts({
      asset: trial.pool.asset,
      reserves: trial.pool.reserves,
      reservesFloor: "none",
      classes: [
        {
          id: typeof bearer === "string" ? bearer : "lenders",
          assets,
          shares: assets * scale,
          ...(native.virtualShares === undefined ? {} : { virtual: { assets: 1n, shares: scale } }),
        },
      ],
    }),
    seized: [],
    before: [],
  });
}
