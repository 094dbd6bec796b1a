export interface FurfineCascade {
  readonly defaulted: readonly number[];
  readonly rounds: readonly (readonly number[])[];
  readonly losses: readonly number[];
  /** 0 for those who failed. */
  readonly remainingCapital: readonly number[];
}

/** Furfine 2003: a node fails once its losses on failed debtors, at a fixed severity, reach its capital. */
export function furfine(
  exposure: readonly (readonly number[])[],
  capital: readonly number[],
  lgd: number,
  seed: readonly number[],
): FurfineCascade {
  const failed = new Set(seed);
  const rounds: number[][] = [[...seed]];
  const lossOf = (i: number): number =>
    [...failed].reduce((sum, j) => sum + (j === i ? 0 : lgd * exposure[i]![j]!), 0);
  for (;;) {
    const round = capital.flatMap((own, i) => (!failed.has(i) && lossOf(i) >= own ? [i] : []));
    if (round.length === 0) break;
    rounds.push(round);
    for (const i of round) failed.add(i);
  }
  const losses = capital.map((_, i) => lossOf(i));
  return {
    defaulted: [...failed].sort((a, b) => a - b),
    rounds,
    losses,
    remainingCapital: capital.map((own, i) => (failed.has(i) ? 0 : own - losses[i]!)),
  };
}
