import type { PredictedLog } from "@shortfall/core";
import type { DecodedLog } from "./events.js";

/** How far a candidate's logs agreed with the observed ones, and where they parted. */
export interface Miss {
  /** Logs that agreed before the first that does not; −1 where there was no candidate. */
  readonly matched: number;
  readonly reason: string;
  readonly field?: string;
  readonly reported?: string;
  readonly recomputed?: string;
}

export const NO_CANDIDATE: Miss = { matched: -1, reason: "no operation starts with it" };

/** The first log of the market that differs from its prediction, name or any argument; undefined if none. */
export function firstMiss(
  predicted: readonly PredictedLog[],
  observed: readonly DecodedLog[],
): Miss | undefined {
  for (let matched = 0; matched < predicted.length; matched++) {
    const expected = predicted[matched]!;
    const found = observed[matched];
    const reason = `the model predicts ${describeLog(expected)} there`;
    if (found === undefined) {
      const recomputed = describeLog(expected);
      return { matched, reason, field: `logs.${expected.name}`, reported: "(absent)", recomputed };
    }
    if (found.name !== expected.name) {
      const field = `logs[${found.at}].name`;
      return { matched, reason, field, reported: found.name, recomputed: expected.name };
    }
    for (const [name, value] of Object.entries(expected.args)) {
      if (found.args[name] === value) continue;
      const field = `logs[${found.at}].${name}`;
      return { matched, reason, field, reported: String(found.args[name]), recomputed: String(value) };
    }
  }
  return undefined;
}

/** A predicted log in one line, for messages. */
export const describeLog = (log: PredictedLog): string =>
  `${log.name}(${Object.entries(log.args)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ")})`;
