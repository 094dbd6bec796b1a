export interface CrashSettings {
  /** Debt at the threshold when the crash starts. */
  readonly debt: number;
  readonly lt: number;
  readonly bonus: number;
  /** Time before the first liquidation: oracle staleness and inclusion. */
  readonly latency: number;
  /** Debt repaid per time once liquidation runs. */
  readonly repayRate: number;
}

export interface CrashLaw {
  readonly shortfallFraction: number;
  readonly shortfall: number;
  /** Largest v·debt/repayRate without loss at no latency. */
  readonly criticalUNoLatency: number;
  readonly criticalSpeedNoLatency: number;
  /** Fastest fall of the log price that leaves no bad debt. */
  readonly criticalSpeed: number;
  /** Log-price room between the threshold and the toxic line. */
  readonly toxicWindowLog: number;
}

/**
 * When a crash outruns liquidation. The price falls as e^(−vt), liquidation repays at a constant rate after a
 * latency and seizes (1 + bonus) per unit. With u = v·debt/rate and κ the collateral left when it starts, per
 * (1 + bonus)·debt: no loss while e^u ≤ 1 + κu, otherwise a fraction 1 − ln(1 + κu)/u of the debt is lost.
 */
export function crashLaw(settings: CrashSettings, crashRate: number): CrashLaw {
  const { debt, lt, bonus, repayRate, latency } = settings;
  const kappaAt = (v: number): number => Math.exp(-v * latency) / (lt * (1 + bonus));
  const excess = (v: number): number => {
    const u = (v * debt) / repayRate;
    // e^u − 1 by expm1: near the origin the difference would lose all its digits.
    return Math.expm1(u) - kappaAt(v) * u;
  };
  const u = (crashRate * debt) / repayRate;
  const fraction = crashRate > 0 && excess(crashRate) > 0 ? 1 - Math.log1p(kappaAt(crashRate) * u) / u : 0;
  const kappa = kappaAt(0);
  const criticalU = kappa > 1 ? positiveRoot((x) => Math.expm1(x) - kappa * x) : 0;
  return {
    shortfallFraction: fraction,
    shortfall: fraction * debt,
    criticalUNoLatency: criticalU,
    criticalSpeedNoLatency: (criticalU * repayRate) / debt,
    criticalSpeed: kappa > 1 ? positiveRoot(excess) : 0,
    toxicWindowLog: -Math.log(lt * (1 + bonus)),
  };
}

/** The positive zero of a function that is negative just right of 0 and positive from the zero on. */
function positiveRoot(f: (x: number) => number): number {
  let high = 1e-9;
  while (f(high) <= 0 && high < 1e12) high *= 2;
  let low = high / 2;
  for (let k = 0; k < 200 && high - low > 1e-16 * high; k++) {
    const middle = (low + high) / 2;
    if (f(middle) <= 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
