import { abs } from "@shortfall/math";
import * as z from "zod";
import { type CurveShape, type Point, readPoints, shapeOf } from "./curve-points.js";
import { dateOf, sumOf } from "./dates.js";
import { type EvidenceFiles, type FigureAt, figureSchema, type TableAt, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { bare, type EvidenceUnit, show, signed, unitSchema } from "./unit.js";

interface CurveDescription {
  readonly unit: EvidenceUnit;
  readonly tolerance: string;
  readonly points: TableAt;
  readonly names: { readonly level: string; readonly other: string; readonly alternative: string };
  readonly otherEvents?: TableAt | undefined;
  readonly stated: {
    readonly total?: FigureAt | undefined;
    readonly alternative?: FigureAt | undefined;
    readonly other?: FigureAt | undefined;
  };
}

const schema: z.ZodType<CurveDescription> = z.strictObject({
  unit: unitSchema,
  tolerance: z.string().default("0"),
  points: tableSchema(
    ["at", "total", "levelDelta"],
    ["level", "otherDelta", "label", "alternativeLevel", "alternativeDelta"],
  ),
  /** What the parts are called, for people. */
  names: z
    .strictObject({
      level: z.string().default("the debt measured"),
      other: z.string().default("the rest"),
      alternative: z.string().default("the other measure"),
    })
    .prefault({}),
  /** Events that `otherDelta` should be made of, one row a reduction. */
  otherEvents: tableSchema(["amount"], ["at"]).optional(),
  /** Balances that the source states for the end. */
  stated: z
    .strictObject({ total: figureSchema, alternative: figureSchema, other: figureSchema })
    .partial()
    .default({}),
});

/** Whether a debt curve follows from the changes it shows, and its parts from the events behind them. */
export const curve = defineEvidenceKind<CurveDescription>({
  id: "curve",
  title: "a debt curve against its own changes, and against the events behind them",
  schema,
  reconcile(description, files) {
    const { unit, names } = description;
    const tolerance = files.figure(description.tolerance, unit);
    const points = readPoints(description.points, files, unit);
    const shape = shapeOf(points, tolerance);
    if (!shape) {
      return { holds: true, verdict: "The curve has no points.", figures: {}, findings: [], tables: [] };
    }
    const last = points.at(-1)!;
    const stated = readStated(description.stated, files, unit);
    const others = otherPart(points, description, files, unit, tolerance);
    const remainder = remainderOf(stated, shape, last, tolerance);
    const excess = last.total - shape.chained;
    const findings: EvidenceFinding[] = [
      ...curveFindings(shape, last, description, tolerance, stated.total),
      ...others.findings,
      ...(remainder === undefined
        ? []
        : [
            {
              severity: "differs" as const,
              class: "remainder",
              message: `The balance stated for ${names.other}, ${show(stated.other!, unit)}, is the total less ${names.alternative} and no count of its own: its own changes add up to ${show(last.others, unit)}. It is ${bare(remainder.gap, unit)} (${names.level} less ${names.alternative}) ${signed(last.others, unit)} ${signed(-shape.offset, unit)}.`,
            },
          ]),
    ];
    return {
      holds: holds(findings),
      verdict: verdict(shape, excess, last, others.unlisted.length, description, tolerance),
      figures: {
        points: points.length,
        levelled: shape.levelled.length,
        agreeing: shape.agreeing.length,
        offset: shape.offset,
        steps: shape.steps,
        exactSteps: shape.steps - shape.broken.length,
        brokenAlternativeSteps: shape.brokenAlternative.length,
        peak: { at: shape.peak.at, total: shape.peak.total },
        last: last.total,
        chained: shape.chained,
        excess,
        ...others.figures,
        stated,
        ...(remainder ? { remainder } : {}),
      },
      findings,
      tables: [],
    };
  },
});

type Stated = Partial<Record<"total" | "alternative" | "other", bigint>>;

function readStated(stated: CurveDescription["stated"], files: EvidenceFiles, unit: EvidenceUnit): Stated {
  const read: Stated = {};
  for (const name of ["total", "alternative", "other"] as const) {
    const figure = stated[name];
    if (figure !== undefined) read[name] = files.figure(figure, unit);
  }
  return read;
}

function curveFindings(
  shape: CurveShape,
  last: Point,
  { unit, names }: CurveDescription,
  tolerance: bigint,
  stated: bigint | undefined,
): EvidenceFinding[] {
  const findings: EvidenceFinding[] = [];
  const { levelled, agreeing, broken, brokenAlternative: other } = shape;
  if (agreeing.length < levelled.length) {
    const failing = levelled.filter((point) => !agreeing.includes(point));
    findings.push({
      severity: "differs",
      class: "level-breaks",
      message: `The total is ${names.level} and the changes of ${names.other} less ${show(shape.offset, unit)} at ${agreeing.length} of ${levelled.length} points, not from ${failing[0]!.at} to ${failing.at(-1)!.at}.`,
    });
  }
  if (broken.length > 0) {
    findings.push({
      severity: "differs",
      class: "step-breaks",
      message: `${shape.steps - broken.length} of ${shape.steps} steps are the changes that the points state; not those to ${broken
        .slice(0, 5)
        .map(({ at }) => at)
        .join(", ")}.`,
    });
  }
  const excess = last.total - shape.chained;
  if (abs(excess) > tolerance) {
    const agrees = stated !== undefined && abs(stated - shape.chained) <= tolerance;
    findings.push({
      severity: "differs",
      class: "closing-differs",
      message: `The last point shows ${show(last.total, unit)}, its changes lead to ${show(shape.chained, unit)}${agrees ? ", which is also what the source states" : ""}: ${bare(excess, unit)} too ${excess > 0n ? "much" : "little"}.`,
    });
  } else if (stated !== undefined && abs(stated - last.total) > tolerance) {
    findings.push({
      severity: "differs",
      class: "closing-differs",
      message: `The last point shows ${show(last.total, unit)}, the source states ${show(stated, unit)}.`,
    });
  }
  if (other.length > broken.length) {
    const first = other.find((point) => !broken.includes(point))!;
    const both =
      first.level === undefined || first.alternativeLevel === undefined
        ? ""
        : ` There the two part: ${show(first.alternativeLevel, unit)} against ${show(first.level, unit)}.`;
    findings.push({
      severity: "note",
      class: "alternative-breaks",
      message: `By the changes of ${names.alternative} ${other.length} of ${shape.steps} steps fail, the first on ${first.at}.${both}`,
    });
  }
  return findings;
}

/** Additions and reductions outside the level, and the events that should be behind the reductions. */
function otherPart(
  points: readonly Point[],
  { otherEvents, names }: CurveDescription,
  files: EvidenceFiles,
  unit: EvidenceUnit,
  tolerance: bigint,
) {
  const additions = points.filter(({ otherDelta }) => otherDelta > 0n);
  const reductions = points.filter(({ otherDelta }) => otherDelta < 0n);
  const events = (otherEvents ? files.rows(otherEvents) : []).map((row) => ({
    at: dateOf(row.optional("at") ?? ""),
    amount: row.amount("amount", unit),
  }));
  const open = [...events];
  const unlisted = otherEvents
    ? reductions.filter(({ otherDelta }) => {
        const index = open.findIndex(({ amount }) => abs(amount + otherDelta) <= tolerance);
        if (index >= 0) open.splice(index, 1);
        return index < 0;
      })
    : [];
  const findings: EvidenceFinding[] = [
    ...unlisted.map(({ at, otherDelta }) => ({
      severity: "differs" as const,
      class: "unlisted-event",
      message: `${at}: the curve takes off ${show(-otherDelta, unit)} of ${names.other} that no event of the list explains.`,
    })),
    ...open.map(({ at, amount }) => ({
      severity: "differs" as const,
      class: "missing-event",
      message: `${at}: a repayment of ${show(amount, unit)} of ${names.other} is not in the curve.`,
    })),
    ...additions.map(({ at, otherDelta, label }) => ({
      severity: "note" as const,
      class: "addition",
      message: `${at}: ${show(otherDelta, unit)} come in from elsewhere${label === "" ? "" : `, labelled ${label}`}.`,
    })),
  ];
  const figures = {
    additions: additions.map(({ at, otherDelta, label }) => ({ at, amount: otherDelta, label })),
    reductions: { count: reductions.length, sum: sumOf(reductions.map(({ otherDelta }) => otherDelta)) },
    events: {
      count: events.length,
      sum: sumOf(events.map(({ amount }) => amount)),
      found: events.length - open.length,
    },
    others: points.at(-1)!.others,
  };
  return { findings, figures, unlisted };
}

/** How a stated part is made, if it is no count but what is left of the total. Undefined if it is a count. */
function remainderOf(
  { total, alternative, other }: Stated,
  shape: CurveShape,
  last: Point,
  tolerance: bigint,
): { difference: bigint; gap: bigint; others: bigint; offset: bigint } | undefined {
  if (total === undefined || alternative === undefined || other === undefined) return undefined;
  const difference = total - alternative - other;
  if (abs(difference) > tolerance || abs(other - last.others) <= tolerance) return undefined;
  return { difference, gap: other - last.others + shape.offset, others: last.others, offset: shape.offset };
}

function verdict(
  shape: CurveShape,
  excess: bigint,
  last: Point,
  unlisted: number,
  { unit }: CurveDescription,
  tolerance: bigint,
): string {
  const peak = `The curve peaks at ${show(shape.peak.total, unit)} on ${shape.peak.at}`;
  const end =
    abs(excess) <= tolerance
      ? `and ends at ${show(last.total, unit)}, where its own changes lead`
      : `and ends at ${show(last.total, unit)}, ${bare(abs(excess), unit)} ${excess > 0n ? "above" : "below"} where its own changes lead`;
  const missing =
    unlisted === 0 ? "" : `; ${unlisted} ${unlisted === 1 ? "reduction is" : "reductions are"} in no list`;
  return `${peak} ${end}${missing}.`;
}
