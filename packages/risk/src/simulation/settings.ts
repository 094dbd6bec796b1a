import { RiskInputError } from "../errors.js";

/** One borrower: collateral in its own units, debt in the debt asset. */
export interface SimulatedPosition {
  readonly collateral: number;
  readonly debt: number;
}

/** Everything about a crash but the price path and the positions. Prices are of the collateral, in debt units. */
export interface CrashSimulation {
  /** Seconds between prices. */
  readonly dt: number;
  readonly lt: number;
  readonly bonus: number;
  readonly closeFactor: number;
  /** Below this health factor a call may close the whole debt. */
  readonly fullCloseBelowHf: number;
  readonly oracle: {
    /** Relative move that makes the oracle update. */
    readonly deviation: number;
    /** Seconds after which it updates anyhow. */
    readonly heartbeat: number;
    /** Age of the price it writes, in steps. */
    readonly delaySteps: number;
  };
  /** Constant-product pool that seized collateral is sold into; null sells at the market price. */
  readonly dex: {
    readonly x0: number;
    readonly fee: number;
    /** Part of the gap to the market price that arbitrage closes in a step. */
    readonly recovery: number;
  } | null;
  readonly keeper: {
    readonly maxDebtPerStep: number | null;
    readonly maxCountPerStep: number | null;
    /** Steps a position must have been unhealthy before it can be liquidated. */
    readonly latencySteps: number;
    readonly minProfit: number;
  };
  /** Cost of a liquidation, in debt units: one figure, or one a step. */
  readonly gas: number | readonly number[];
}

export interface CrashOutcome {
  /** Debt left when the last collateral was seized. */
  readonly realisedBadDebt: number;
  /** Debt above the collateral's market value at the end. */
  readonly unrealisedShortfall: number;
  readonly shortfall: number;
  readonly repaid: number;
  readonly seized: number;
  readonly liquidations: number;
  /** Liquidations that nobody did because they did not pay. */
  readonly skipped: number;
  readonly keeperProfit: number;
  readonly gasSpent: number;
  /** Largest debt of positions unhealthy at the market price, after a step. */
  readonly maxBacklog: number;
  readonly oracleUpdates: number;
  readonly remainingDebt: number;
  readonly finalOracle: number;
  readonly finalPoolPrice: number | null;
}

/** @throws {RiskInputError} a price or setting for which a simulation has no meaning. */
export function requireSimulation(prices: ArrayLike<number>, settings: CrashSimulation): void {
  if (prices.length === 0) throw new RiskInputError("prices", "at least one", "none");
  for (let k = 0; k < prices.length; k++) {
    if (!(prices[k]! > 0)) throw new RiskInputError(`prices[${k}]`, "a price above 0", String(prices[k]));
  }
  if (!(settings.dt > 0)) throw new RiskInputError("dt", "seconds above 0", String(settings.dt));
  if (settings.dex && !(settings.dex.x0 > 0)) {
    throw new RiskInputError("dex.x0", "a reserve above 0", String(settings.dex.x0));
  }
}
