import { abs } from "@shortfall/math";
import { dateOf, sumOf } from "./dates.js";
import type { EvidenceFiles, TableAt } from "./files.js";
import type { EvidenceUnit } from "./unit.js";

/** A point of a debt curve, and what it says changed since the one before. */
export interface Point {
  readonly at: string;
  readonly total: bigint;
  /** The measured debt, where the point carries it. */
  readonly level?: bigint;
  readonly levelDelta: bigint;
  /** Debt that came or went outside the level. */
  readonly otherDelta: bigint;
  readonly label: string;
  readonly alternativeLevel?: bigint;
  readonly alternativeDelta?: bigint;
  /** Sum of `otherDelta` up to here. */
  readonly others: bigint;
}

export function readPoints(table: TableAt, files: EvidenceFiles, unit: EvidenceUnit): Point[] {
  let others = 0n;
  return files.rows(table).map((row) => {
    const optional = (role: string): bigint | undefined =>
      row.optional(role) === undefined ? undefined : row.amount(role, unit);
    const level = optional("level");
    const alternativeLevel = optional("alternativeLevel");
    const alternativeDelta = optional("alternativeDelta");
    const otherDelta = optional("otherDelta") ?? 0n;
    others += otherDelta;
    return {
      at: dateOf(row.text("at")),
      total: row.amount("total", unit),
      levelDelta: optional("levelDelta") ?? 0n,
      otherDelta,
      label: row.optional("label") ?? "",
      others,
      ...(level === undefined ? {} : { level }),
      ...(alternativeLevel === undefined ? {} : { alternativeLevel }),
      ...(alternativeDelta === undefined ? {} : { alternativeDelta }),
    };
  });
}

/** What a curve is built like, found from its own points. */
export interface CurveShape {
  /** level + others − total at the first point that carries a level: what was owed before the curve begins. */
  readonly offset: bigint;
  readonly levelled: readonly Point[];
  /** Points that carry a level, where total = level + others − offset. */
  readonly agreeing: readonly Point[];
  readonly steps: number;
  /** Points whose total did not change by levelDelta + otherDelta. */
  readonly broken: readonly Point[];
  /** The same with the alternative delta instead. */
  readonly brokenAlternative: readonly Point[];
  /** The last agreeing total, moved on by the deltas after it. */
  readonly chained: bigint;
  readonly peak: Point;
}

/** Undefined for a curve without points. */
export function shapeOf(points: readonly Point[], tolerance: bigint): CurveShape | undefined {
  const first = points[0];
  if (!first) return undefined;
  const levelled = points.filter(({ level }) => level !== undefined);
  const origin = levelled[0];
  const offset = origin ? origin.level! + origin.others - origin.total : 0n;
  const agreeing = levelled.filter(
    ({ total, level, others }) => abs(total - (level! + others - offset)) <= tolerance,
  );
  const broken = (delta: (point: Point) => bigint): Point[] =>
    points.slice(1).filter((point, index) => {
      const change = point.total - points[index]!.total;
      return abs(change - delta(point) - point.otherDelta) > tolerance;
    });
  const anchor = agreeing.at(-1) ?? first;
  const after = points.slice(points.indexOf(anchor) + 1);
  return {
    offset,
    levelled,
    agreeing,
    steps: points.length - 1,
    broken: broken(({ levelDelta }) => levelDelta),
    brokenAlternative: points.some(({ alternativeDelta }) => alternativeDelta !== undefined)
      ? broken(({ alternativeDelta }) => alternativeDelta ?? 0n)
      : [],
    chained: anchor.total + sumOf(after.map(({ levelDelta, otherDelta }) => levelDelta + otherDelta)),
    peak: points.reduce((highest, point) => (point.total > highest.total ? point : highest)),
  };
}
