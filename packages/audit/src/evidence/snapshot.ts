import { abs } from "@shortfall/math";
import * as z from "zod";
import { DocumentError } from "../documents/index.js";
import { sumOf } from "./dates.js";
import {
  type EvidenceFiles,
  type FigureAt,
  figureSchema,
  type TableAt,
  type TableRow,
  tableSchema,
} from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { type EvidenceUnit, show, unitSchema } from "./unit.js";

interface SnapshotDescription {
  readonly unit: EvidenceUnit;
  readonly rows: TableAt;
  readonly total: FigureAt;
  readonly excerpt: boolean;
  readonly pairs: readonly {
    readonly name: string;
    readonly stated: FigureAt;
    readonly recomputed: FigureAt;
  }[];
}

const schema: z.ZodType<SnapshotDescription> = z.strictObject({
  unit: unitSchema,
  rows: tableSchema(["account", "amount"]),
  /** What the rows should add up to. */
  total: figureSchema,
  /** The file says itself that it has only some of the rows. */
  excerpt: z.boolean().default(false),
  /** Figures that the source gives twice, from two ways of counting. */
  pairs: z
    .array(z.strictObject({ name: z.string(), stated: figureSchema, recomputed: figureSchema }))
    .default([]),
});

/** Whether the rows of a snapshot add up to its total; rows that are no amount are named, and the rest is added. */
export const snapshot = defineEvidenceKind<SnapshotDescription>({
  id: "snapshot",
  title: "the rows of a snapshot against its total",
  schema,
  reconcile(description, files) {
    const { unit, excerpt } = description;
    const rows = files.rows(description.rows);
    const read = rows.map((row) => readRow(row, unit));
    const amounts = read.flatMap(({ amount }) => (amount === undefined ? [] : [amount]));
    const unreadable = read.flatMap(({ fault }) => fault ?? []);
    const sum = sumOf(amounts);
    const total = files.figure(description.total, unit);
    const difference = total - sum;
    const findings: EvidenceFinding[] = [
      ...unreadable.map((message) => ({ severity: "differs" as const, class: "unreadable", message })),
      ...repeated(rows),
      ...pairFindings(description, files),
    ];
    if (difference !== 0n) {
      findings.push({
        severity: excerpt ? "note" : "differs",
        class: excerpt ? "excerpt" : "total-differs",
        message: `${amounts.length} rows add up to ${show(sum, unit)}, the total is ${show(total, unit)}: ${show(difference, unit)} are in no row${excerpt ? ", as an excerpt leaves out" : ""}.`,
      });
    }
    const added =
      unreadable.length > 0
        ? `${amounts.length} of ${rows.length} rows add`
        : rows.length === 1
          ? "1 row adds"
          : `${rows.length} rows add`;
    const broken = unreadable.length === 0 ? "" : `; ${unreadable.length} are no amounts`;
    const largest = amounts.reduce((most, amount) => (abs(amount) > abs(most) ? amount : most), 0n);
    return {
      holds: holds(findings),
      verdict:
        difference === 0n
          ? `${added} up to the total of ${show(total, unit)} to the unit${broken}.`
          : `${added} up to ${show(sum, unit)} of the total of ${show(total, unit)}${broken}.`,
      figures: { rows: rows.length, readable: amounts.length, sum, total, difference, largest },
      findings,
      tables: [],
    };
  },
});

function readRow(row: TableRow, unit: EvidenceUnit): { amount?: bigint; fault?: string } {
  try {
    return { amount: row.amount("amount", unit) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { fault: error.message };
  }
}

function repeated(rows: readonly TableRow[]): EvidenceFinding[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const account = row.text("account");
    if (!seen.has(account)) {
      seen.add(account);
      return [];
    }
    return [
      {
        severity: "note" as const,
        class: "duplicate-account",
        message: `Line ${row.line}: ${account} has a second row.`,
      },
    ];
  });
}

function pairFindings({ pairs, unit }: SnapshotDescription, files: EvidenceFiles): EvidenceFinding[] {
  return pairs.flatMap(({ name, stated, recomputed }) => {
    const left = files.figure(stated, unit);
    const right = files.figure(recomputed, unit);
    // A source writes 0 where it did not count.
    if (left === right || left === 0n || right === 0n) return [];
    const message = `${name}: ${show(left, unit)} and ${show(right, unit)} are the same figure counted twice, ${show(right - left, unit)} apart.`;
    return [{ severity: "note" as const, class: "pair-differs", message }];
  });
}
