import { optimalSeizure } from "../liquidation/capacity.js";
import {
  type CrashOutcome,
  type CrashSimulation,
  requireSimulation,
  type SimulatedPosition,
} from "./settings.js";

/**
 * Runs one price path through oracle, pool, keepers and positions. Deterministic: the path is given.
 *
 * Each step: the oracle may update, the pool drifts back to the market, positions unhealthy for long enough
 * are liquidated worst first within the keepers' budget as far as it pays, and the backlog is measured.
 *
 * @throws {RiskInputError} see {@link requireSimulation}.
 */
export function simulate(
  prices: ArrayLike<number>,
  settings: CrashSimulation,
  positions: readonly SimulatedPosition[],
): CrashOutcome {
  requireSimulation(prices, settings);
  return new Crash(settings, positions).run(prices);
}

/** A market that many paths are run over: positions are laid out once. */
export class Crash {
  readonly #settings: CrashSimulation;
  readonly #collateral: Float64Array;
  readonly #debt: Float64Array;
  /** Working copies, and the step since when a position has been unhealthy (−1: it is not). */
  readonly #c: Float64Array;
  readonly #d: Float64Array;
  readonly #since: Int32Array;
  readonly #hf: Float64Array;

  constructor(settings: CrashSimulation, positions: readonly SimulatedPosition[]) {
    this.#settings = settings;
    this.#collateral = Float64Array.from(positions, (position) => position.collateral);
    this.#debt = Float64Array.from(positions, (position) => position.debt);
    this.#c = new Float64Array(positions.length);
    this.#d = new Float64Array(positions.length);
    this.#hf = new Float64Array(positions.length);
    this.#since = new Int32Array(positions.length);
  }

  run(prices: ArrayLike<number>): CrashOutcome {
    const { dt, lt, bonus, closeFactor, fullCloseBelowHf, oracle, dex, keeper, gas } = this.#settings;
    const n = prices.length;
    const c = this.#c;
    const d = this.#d;
    const hfs = this.#hf;
    const since = this.#since;
    c.set(this.#collateral);
    d.set(this.#debt);
    since.fill(-1);
    let oraclePrice = prices[0]!;
    let lastUpdate = 0;
    let oracleUpdates = 0;
    let logPool = Math.log(prices[0]!);
    // x·y is constant and y/x is the price: reserves are L·e^(−lp/2) and L·e^(lp/2).
    const liquidity = dex ? dex.x0 * Math.exp(logPool / 2) : 0;
    const g = dex ? 1 - dex.fee : 1;
    let realisedBadDebt = 0;
    let repaid = 0;
    let seized = 0;
    let liquidations = 0;
    let skipped = 0;
    let keeperProfit = 0;
    let gasSpent = 0;
    let maxBacklog = 0;
    const eligible: number[] = [];

    for (let i = 1; i < n; i++) {
      const market = prices[i]!;
      const source = prices[Math.max(0, i - oracle.delaySteps)]!;
      if (Math.abs(source / oraclePrice - 1) >= oracle.deviation || i * dt - lastUpdate >= oracle.heartbeat) {
        oraclePrice = source;
        lastUpdate = i * dt;
        oracleUpdates++;
      }
      if (dex) logPool = (1 - dex.recovery) * logPool + dex.recovery * Math.log(market);

      eligible.length = 0;
      for (let k = 0; k < c.length; k++) {
        if (d[k]! <= 0) continue;
        const hf = (c[k]! * oraclePrice * lt) / d[k]!;
        if (hf < 1) {
          if (since[k]! < 0) since[k] = i;
          if (i - since[k]! >= keeper.latencySteps) {
            hfs[k] = hf;
            eligible.push(k);
          }
        } else since[k] = -1;
      }
      if (eligible.length > 1) eligible.sort((a, b) => hfs[a]! - hfs[b]! || a - b);

      const cost = typeof gas === "number" ? gas : (gas[i] ?? 0);
      let budget = keeper.maxDebtPerStep ?? Number.POSITIVE_INFINITY;
      let count = keeper.maxCountPerStep ?? Number.POSITIVE_INFINITY;
      for (const k of eligible) {
        if (count <= 0 || budget <= 0) break;
        const limit = (c[k]! * oraclePrice) / (1 + bonus);
        let repay = Math.min((hfs[k]! < fullCloseBelowHf ? 1 : closeFactor) * d[k]!, limit, budget);
        let x = 0;
        let y = 0;
        if (dex) {
          x = liquidity * Math.exp(-logPool / 2);
          y = liquidity * Math.exp(logPool / 2);
          repay = Math.min(repay, (optimalSeizure(x, y, g, oraclePrice, bonus) * oraclePrice) / (1 + bonus));
        }
        const exhausted = repay === limit;
        if (repay <= 0) {
          skipped++;
          continue;
        }
        const seize = (repay * (1 + bonus)) / oraclePrice;
        const proceeds = dex ? (y * g * seize) / (x + g * seize) : seize * market;
        const profit = proceeds - repay - cost;
        if (profit < keeper.minProfit) {
          skipped++;
          continue;
        }
        c[k]! -= seize;
        d[k]! -= repay;
        repaid += repay;
        seized += seize;
        keeperProfit += profit;
        gasSpent += cost;
        liquidations++;
        budget -= repay;
        count--;
        if (dex) logPool = 2 * Math.log(liquidity / (x + g * seize));
        if (exhausted) {
          c[k] = 0;
          if (d[k]! > 0) realisedBadDebt += d[k]!;
          d[k] = 0;
        }
      }

      let backlog = 0;
      for (let k = 0; k < c.length; k++) {
        if (d[k]! > 0 && (c[k]! * market * lt) / d[k]! < 1) backlog += d[k]!;
      }
      if (backlog > maxBacklog) maxBacklog = backlog;
    }

    let unrealisedShortfall = 0;
    let remainingDebt = 0;
    for (let k = 0; k < c.length; k++) {
      unrealisedShortfall += Math.max(0, d[k]! - c[k]! * prices[n - 1]!);
      remainingDebt += d[k]!;
    }
    return {
      realisedBadDebt,
      unrealisedShortfall,
      shortfall: realisedBadDebt + unrealisedShortfall,
      repaid,
      seized,
      liquidations,
      skipped,
      keeperProfit,
      gasSpent,
      maxBacklog,
      oracleUpdates,
      remainingDebt,
      finalOracle: oraclePrice,
      finalPoolPrice: dex ? Math.exp(logPool) : null,
    };
  }
}
