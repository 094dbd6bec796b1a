export interface RunShift {
  /** Haircut if all shared the loss. */
  readonly fairHaircut: number;
  /** Haircut of those who stay after the exit. */
  readonly remainingHaircut: number;
  readonly amplification: number;
  readonly avoidedByExiters: number;
  /** Exit beyond which those who stay lose everything. */
  readonly breakEvenExit: number;
}

/** What an exit at par before a loss is recognised shifts onto those who stay. */
export function runShift(assets: number, loss: number, exitAtPar: number): RunShift {
  const fairHaircut = loss / assets;
  const remainingHaircut = exitAtPar >= assets ? 1 : Math.min(1, loss / (assets - exitAtPar));
  return {
    fairHaircut,
    remainingHaircut,
    amplification: fairHaircut === 0 ? 1 : remainingHaircut / fairHaircut,
    avoidedByExiters: exitAtPar * fairHaircut,
    breakEvenExit: assets - loss,
  };
}
