import type {
  ChainLog,
  DifferenceClass,
  Finding,
  PoolView,
  Position,
  ProtocolModel,
  WriteOff,
} from "@shortfall/core";
import { describePosition } from "@shortfall/core";
import { abs } from "@shortfall/math";

/** The logs of a transaction as far as amounts and accounts go. */
export type LogWords = Pick<ChainLog, "topics" | "data">;

/** Differences that roundings leave are no fees. */
const SMALLEST_FEE = 3n;

/**
 * A finding that nothing explains, under the class that the transaction's own logs show: a loss that was written off
 * before, or a difference that is exactly what another log of the transaction moved.
 */
export function namedCause(
  finding: Finding,
  logs: readonly LogWords[],
  writeOffs: readonly WriteOff[],
): Finding {
  if (!mayBeNamed(finding)) return finding;
  const before = writeOffs.filter(({ position }) => !isSamePlace(position, finding.position));
  const again = repeatedLoss(logs, before);
  if (again) {
    return {
      ...finding,
      class: "double-write-off",
      account: again.account,
      message: `${finding.message} The same loss of ${again.account} was written off at ${describePosition(again.position)}: remove one of them.`,
    };
  }
  if (finding.class !== "unexplained" || !isFee(finding, logs)) return finding;
  return {
    ...finding,
    class: "fee",
    message: `${finding.message} The difference is exactly what another log of the transaction moves: one amount is before that fee, the other after it.`,
  };
}

/** Whether the logs of its transaction may name a finding's cause better than it does. */
export const mayBeNamed = (finding: Finding): boolean =>
  finding.severity !== "note" && (finding.class === "unexplained" || finding.class === "missing-event");

/** A loss that is written off in spite of a difference is no repetition of itself. */
const isSamePlace = (a: Position, b: Position): boolean =>
  a.block === b.block &&
  (a.line === b.line || (a.transaction !== undefined && a.transaction === b.transaction));

/** A write-off from before whose account and amount stand in one of the logs. */
function repeatedLoss(logs: readonly LogWords[], writeOffs: readonly WriteOff[]): WriteOff | undefined {
  return writeOffs.find(({ account, reported }) => {
    if (reported <= 0n || !/^0x[0-9a-fA-F]{40}$/.test(account)) return false;
    const who = account.slice(2).toLowerCase();
    return logs.some(
      ({ topics, data }) =>
        topics.some((topic) => topic.toLowerCase().endsWith(who)) && wordsOf(data).includes(reported),
    );
  });
}

function isFee({ reported, recomputed, field }: Finding, logs: readonly LogWords[]): boolean {
  if (!isInteger(reported) || !isInteger(recomputed)) return false;
  const difference = abs(BigInt(recomputed) - BigInt(reported));
  if (difference < SMALLEST_FEE) return false;
  const own = Number(/^logs\[(\d+)\]/.exec(field ?? "")?.[1] ?? -1);
  return logs.some(({ data }, index) => index !== own && wordsOf(data).includes(difference));
}

/** The 32-byte words of a log's data, as numbers. */
const wordsOf = (data: string): bigint[] =>
  (data.slice(2).match(/[0-9a-fA-F]{64}/g) ?? []).map((word) => BigInt(`0x${word}`));

const isInteger = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text);

/** Figures of losses, which a recovery that is booked at another time moves. */
const LOSS_FIGURES: ReadonlySet<string> = new Set<keyof PoolView>(["deficitCarried", "deficitRealised"]);

/**
 * `late-recovery` where a checkpoint's figure of losses is off by exactly what came back, of one deficit or of all:
 * the record nets it at another time. Undefined otherwise.
 */
export function lateRecovery(
  model: Pick<ProtocolModel, "deficits">,
  pool: string,
  figure: string,
  difference: bigint,
): DifferenceClass | undefined {
  if (!LOSS_FIGURES.has(figure) || difference === 0n) return undefined;
  const recovered = model.deficits
    .all()
    .filter((record) => record.pool === pool)
    .map((record) => record.recovered);
  const all = recovered.reduce((sum, each) => sum + each, 0n);
  return [all, ...recovered].some((each) => each > 0n && each === abs(difference))
    ? "late-recovery"
    : undefined;
}
