/**
 * `single-hit`: a node passes its stress on once (Battiston et al. 2012). `linear`: it passes every increment
 * (Bardoscia et al. 2015). They differ much, so the mode is no default.
 */
export type DebtRankMode = "single-hit" | "linear";

export interface DebtRank {
  /** Relative loss of each node, 1 = wiped out. */
  readonly h: readonly number[];
  /** Weighted loss beyond the shock itself. */
  readonly debtRank: number;
}

/**
 * @param exposure rows are creditors: exposure[i][j] is what i loses if j fails.
 * @param buffer loss-bearing capital of each node.
 */
export function debtRank(
  exposure: readonly (readonly number[])[],
  buffer: readonly number[],
  shock: readonly number[],
  weights: readonly number[],
  mode: DebtRankMode,
): DebtRank {
  const impact = exposure.map((row, i) => row.map((amount) => Math.min(1, amount / buffer[i]!)));
  const h = mode === "linear" ? linear(impact, shock) : singleHit(impact, shock);
  const total = weights.reduce((a, b) => a + b, 0);
  const value = h.reduce((sum, stress, i) => sum + ((stress - shock[i]!) * weights[i]!) / total, 0);
  return { h, debtRank: value };
}

function singleHit(impact: readonly (readonly number[])[], shock: readonly number[]): number[] {
  let h = [...shock];
  const spent = h.map(() => false);
  for (;;) {
    const active = h.map((stress, i) => stress > 0 && !spent[i]);
    if (!active.includes(true)) return h;
    h = h.map((stress, i) =>
      Math.min(
        1,
        impact[i]!.reduce((sum, weight, j) => sum + (active[j] ? weight * h[j]! : 0), stress),
      ),
    );
    active.forEach((isActive, i) => {
      if (isActive) spent[i] = true;
    });
  }
}

function linear(impact: readonly (readonly number[])[], shock: readonly number[]): number[] {
  let before = shock.map(() => 0);
  let h = [...shock];
  // Increments shrink geometrically or run into the cap; the bound only guards a matrix of modulus one.
  for (let round = 0; round < 100_000; round++) {
    const step = h.map((stress, i) => stress - before[i]!);
    if (step.every((increment) => increment < 1e-16)) break;
    before = h;
    h = h.map((stress, i) =>
      Math.min(
        1,
        impact[i]!.reduce((sum, weight, j) => sum + weight * step[j]!, stress),
      ),
    );
  }
  return h;
}
