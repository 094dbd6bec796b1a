export interface RuinFigures {
  readonly ruinProbability: number;
  /** Capital at which the ruin probability is epsilon. */
  readonly capitalForEps: number;
}

/** Cramér–Lundberg with exponential claims: a check on fund simulations, not a model of reality. */
export function cramerLundberg(
  initial: number,
  loading: number,
  meanClaim: number,
  eps: number,
): RuinFigures {
  const rate = loading / ((1 + loading) * meanClaim);
  return {
    ruinProbability: Math.exp(-rate * initial) / (1 + loading),
    capitalForEps: Math.max(0, Math.log(1 / ((1 + loading) * eps)) / rate),
  };
}
