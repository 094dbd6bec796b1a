import { abs, WAD } from "@shortfall/math";
import { formatAmount } from "@shortfall/math/decimal";
import * as z from "zod";
import { dateOf, sumOf } from "./dates.js";
import { type FigureAt, figureSchema, type TableAt, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { bare, type EvidenceUnit, show, unitSchema } from "./unit.js";

interface ConversionDescription {
  readonly unit: EvidenceUnit;
  readonly tolerance: string;
  readonly rows: TableAt;
  readonly paid?: FigureAt | undefined;
  readonly received?: FigureAt | undefined;
}

const schema: z.ZodType<ConversionDescription> = z.strictObject({
  unit: unitSchema,
  tolerance: z.string().default("0"),
  /** received = paid / rate. */
  rows: tableSchema(["paid", "rate", "received"], ["at"]),
  /** Sums that the source states. */
  paid: figureSchema.optional(),
  received: figureSchema.optional(),
});

/** Whether each row was exchanged at its own rate, and the sums are those stated. */
export const conversion = defineEvidenceKind<ConversionDescription>({
  id: "conversion",
  title: "exchanges against their own rates",
  schema,
  reconcile(description, files) {
    const { unit } = description;
    const tolerance = files.figure(description.tolerance, unit);
    // Rates are decimal numbers of 18 places, whatever the amounts are in.
    const rateUnit: EvidenceUnit = { name: "", decimals: 18, written: "tokens" };
    const rows = files.rows(description.rows).map((row) => {
      const paid = row.amount("paid", unit);
      const rate = row.amount("rate", rateUnit);
      const received = row.amount("received", unit);
      const expected = rate === 0n ? 0n : (paid * WAD) / rate;
      return {
        at: dateOf(row.optional("at") ?? `line ${row.line}`),
        paid,
        received,
        deviation: received - expected,
      };
    });
    const paid = sumOf(rows.map((row) => row.paid));
    const received = sumOf(rows.map((row) => row.received));
    const off = rows.filter(({ deviation }) => abs(deviation) > tolerance);
    const largest = rows.reduce((most, { deviation }) => (abs(deviation) > most ? abs(deviation) : most), 0n);
    const findings: EvidenceFinding[] = off.map(({ at, deviation }) => ({
      severity: "differs",
      class: "rate-differs",
      message: `${at}: received ${bare(deviation, unit)} more than paid at its rate.`,
    }));
    for (const [name, sum, figure] of [
      ["paid", paid, description.paid],
      ["received", received, description.received],
    ] as const) {
      const stated = figure === undefined ? sum : files.figure(figure, unit);
      if (abs(stated - sum) <= tolerance) continue;
      findings.push({
        severity: "differs",
        class: "total-differs",
        message: `The rows have ${name} ${show(sum, unit)}, the source states ${show(stated, unit)}.`,
      });
    }
    return {
      holds: holds(findings),
      verdict: `${rows.length - off.length} of ${rows.length} rows follow from their rate (largest deviation ${formatAmount(largest, unit.decimals)}): ${bare(paid, unit)} paid for ${bare(received, unit)}.`,
      figures: {
        rows: rows.length,
        exact: rows.length - off.length,
        paid,
        received,
        largestDeviation: largest,
      },
      findings,
      tables: [],
    };
  },
});
