import {
  type DifferenceClass,
  describePosition,
  type Finding,
  type Position,
  type ProtocolModel,
  type WriteOff,
} from "@shortfall/core";
import type { Reported } from "./diagnosis.js";
import { classifyDifference } from "./difference.js";

/** A write-off after reconciliation. Amounts in base units of `asset`. */
export interface ReconciledWriteOff {
  /** Unique in the report. */
  readonly id: string;
  /** History it belongs to. */
  readonly file: string;
  /** Transaction hash, or the source's own number for it. */
  readonly tx: string;
  readonly block: number;
  readonly timestamp: number;
  readonly logIndex: number | null;
  readonly line: number | null;
  readonly pool: string;
  readonly asset: string;
  readonly decimals: number;
  readonly account: string;
  readonly reported: bigint;
  readonly recomputed: bigint;
  /** recomputed − reported: positive where the chain reported less than the arithmetic gives. */
  readonly difference: bigint;
  readonly class: DifferenceClass;
  /** Where `reported` comes from. */
  readonly source: string;
  readonly layers: WriteOff["layers"];
  readonly uncovered: bigint;
}

/**
 * Everything a model wrote off, each with its difference and the class of it. `reportedOtherwise` holds what logs
 * said where the model was driven by the call.
 */
export function reconcileWriteOffs(
  model: ProtocolModel,
  file: string,
  findings: readonly Finding[],
  prefix: string,
  reportedOtherwise: ReadonlyMap<string, Reported> = new Map(),
): ReconciledWriteOff[] {
  const decimals = new Map(model.pools().map((view) => [`${view.pool} ${view.asset}`, view.decimals]));
  const causes = new Map<string, DifferenceClass>();
  for (const finding of findings) {
    if (finding.severity === "differs" && finding.class !== "unexplained") {
      causes.set(placeOf(finding.position), finding.class);
    }
  }
  return model.writeOffs().map((writeOff) => {
    const { position } = writeOff;
    const otherwise = reportedOtherwise.get(writeOff.id);
    const reported = otherwise?.reported ?? writeOff.reported;
    const byNumbers = otherwise?.class ?? classifyDifference(reported, writeOff.recomputed);
    return {
      id: `${prefix}${writeOff.id}`,
      file,
      tx: position.transaction ?? describePosition(position),
      block: position.block,
      timestamp: position.timestamp,
      logIndex: position.logIndex ?? null,
      line: position.line ?? null,
      pool: writeOff.pool,
      asset: writeOff.asset,
      decimals: decimals.get(`${writeOff.pool} ${writeOff.asset}`) ?? 0,
      account: writeOff.account,
      reported,
      recomputed: writeOff.recomputed,
      difference: writeOff.recomputed - reported,
      class:
        byNumbers === "unexplained" && !otherwise ? (causes.get(placeOf(position)) ?? byNumbers) : byNumbers,
      source: writeOff.source,
      layers: writeOff.layers,
      uncovered: writeOff.uncovered,
    };
  });
}

/** Findings and write-offs of one transaction share this. */
const placeOf = (position: Position): string =>
  `${position.block}:${position.transaction ?? position.line ?? ""}`;
