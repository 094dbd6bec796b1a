import { BPS } from "@shortfall/math";

export interface OracleRound {
  readonly now: number;
  readonly updatedAt: number;
  readonly price: bigint;
  readonly secondary?: bigint;
}

export interface OracleGuardSettings {
  readonly maxAgeSec: number;
  /** Largest move from the last accepted price without confirmation. */
  readonly maxMoveBps: bigint;
  /** Largest distance at which a second source confirms. */
  readonly secondaryTolBps: bigint;
}

export type OracleVerdict =
  | "non-positive"
  | "future"
  | "stale"
  | "deviation"
  | "accepted-confirmed"
  | "secondary-mismatch"
  | "accepted";

export interface OracleGuard {
  readonly verdicts: readonly OracleVerdict[];
  /** null if none was accepted. */
  readonly lastAccepted: bigint | null;
}

/** Runs price rounds through the checks, in order of the verdicts. Only an accepted price becomes the last one. */
export function oracleGuard(rounds: readonly OracleRound[], settings: OracleGuardSettings): OracleGuard {
  let last: bigint | null = null;
  const verdicts = rounds.map((round) => {
    const verdict = judge(round, last, settings);
    if (verdict === "accepted" || verdict === "accepted-confirmed") last = round.price;
    return verdict;
  });
  return { verdicts, lastAccepted: last };
}

function judge(round: OracleRound, last: bigint | null, settings: OracleGuardSettings): OracleVerdict {
  const { price, secondary } = round;
  if (price <= 0n) return "non-positive";
  if (round.updatedAt > round.now) return "future";
  if (round.now - round.updatedAt > settings.maxAgeSec) return "stale";
  const confirms = secondary !== undefined && within(price, secondary, settings.secondaryTolBps);
  if (last !== null && !within(price, last, settings.maxMoveBps))
    return confirms ? "accepted-confirmed" : "deviation";
  return secondary !== undefined && !confirms ? "secondary-mismatch" : "accepted";
}

/** |a − reference| is at most `bps` of the reference. */
const within = (a: bigint, reference: bigint, bps: bigint): boolean =>
  (a > reference ? a - reference : reference - a) * BPS <= reference * bps;
