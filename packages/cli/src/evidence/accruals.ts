import { diagnoseIndexes, type IndexDiagnosis } from "@shortfall/adapter-aave";
import {
  defineEvidenceKind,
  type EvidenceFinding,
  type EvidenceUnit,
  type TableAt,
  type TableRow,
  tableSchema,
} from "@shortfall/audit";
import * as z from "zod";

interface AccrualsDescription {
  readonly transitions: TableAt;
}

/** Two readings of a reserve with one accrual between them; indexes and rates in ray, times in seconds. */
const schema: z.ZodType<AccrualsDescription> = z.strictObject({
  transitions: tableSchema(
    [
      "pool",
      "reserve",
      "from",
      "to",
      "liquidityIndexBefore",
      "liquidityRate",
      "liquidityIndexAfter",
      "borrowIndexBefore",
      "borrowRate",
      "borrowIndexAfter",
    ],
    ["deficitBefore", "deficitAfter"],
  ),
});

const INTEGER: EvidenceUnit = { name: "", decimals: 0, written: "base-units" };
const FAMILIES = ["binomial", "taylor"] as const;

/** A transition with the compounding formulas that give its indexes to the ray. */
interface Diagnosed {
  readonly pool: string;
  readonly reserve: string;
  readonly to: bigint;
  readonly fits: readonly (typeof FAMILIES)[number][];
  /** Computed less recorded, of the formula that comes nearest. */
  readonly nearest: bigint;
  readonly deficitBefore?: bigint;
  readonly deficitAfter?: bigint;
}

/** Whether the indexes that Aave v3 stored follow from its rates, and by which release's arithmetic. */
export const aaveAccruals = defineEvidenceKind<AccrualsDescription>({
  id: "aave-v3-accruals",
  title: "stored indexes of Aave v3 reserves against its arithmetic",
  schema,
  reconcile({ transitions }, files) {
    const rows = files.rows(transitions).map(diagnose);
    const failing = rows.filter(({ fits }) => fits.length === 0);
    const only = (family: string): Diagnosed[] =>
      rows.filter(({ fits }) => fits.length === 1 && fits[0] === family);
    const both = rows.filter(({ fits }) => fits.length === FAMILIES.length);
    const findings = [...failing.map(failure), ...deficitNotes(rows)];
    const day = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
    const span = (list: readonly Diagnosed[]): string => {
      const times = list.map(({ to }) => to).sort((a, b) => (a < b ? -1 : 1));
      return times.length === 0 ? "" : ` (${day(times[0]!)} to ${day(times.at(-1)!)})`;
    };
    const old = only("binomial");
    const young = only("taylor");
    return {
      holds: failing.length === 0,
      verdict: `${rows.length - failing.length} of ${rows.length} transitions recompute to the ray: ${old.length} only by the binomial of releases up to 3.3${span(old)}, ${young.length} only by the Taylor series from 3.4${span(young)}, ${both.length} by either.`,
      figures: {
        transitions: rows.length,
        recomputed: rows.length - failing.length,
        onlyBinomial: old.length,
        onlyTaylor: young.length,
        either: both.length,
        failUnderBinomial: rows.filter(({ fits }) => !fits.includes("binomial")).length,
        failUnderTaylor: rows.filter(({ fits }) => !fits.includes("taylor")).length,
        deficits: deficitsOf(rows),
      },
      findings,
      tables: [tableOf(rows, day)],
    };
  },
});

function diagnose(row: TableRow): Diagnosed {
  const integer = (role: string): bigint => row.amount(role, INTEGER);
  const results = diagnoseIndexes({
    seconds: integer("to") - integer("from"),
    liquidityIndexBeforeRay: integer("liquidityIndexBefore"),
    liquidityRateRay: integer("liquidityRate"),
    liquidityIndexAfterRay: integer("liquidityIndexAfter"),
    borrowIndexBeforeRay: integer("borrowIndexBefore"),
    borrowRateRay: integer("borrowRate"),
    borrowIndexAfterRay: integer("borrowIndexAfter"),
  });
  const optional = (role: string): bigint | undefined =>
    row.optional(role) === undefined ? undefined : integer(role);
  const deficitBefore = optional("deficitBefore");
  const deficitAfter = optional("deficitAfter");
  return {
    pool: row.text("pool"),
    reserve: row.text("reserve"),
    to: integer("to"),
    fits: FAMILIES.filter((family) =>
      results.some(({ profile, fits }) => fits && profile.compounding === family),
    ),
    nearest: results.map(differenceOf).reduce((least, each) => (each < least ? each : least)),
    ...(deficitBefore === undefined ? {} : { deficitBefore }),
    ...(deficitAfter === undefined ? {} : { deficitAfter }),
  };
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);
const differenceOf = ({ liquidityDifferenceRay, borrowDifferenceRay }: IndexDiagnosis): bigint =>
  size(liquidityDifferenceRay) + size(borrowDifferenceRay);

const nameOf = ({ pool, reserve }: Diagnosed): string => `${pool}, reserve ${reserve}`;

const failure = (row: Diagnosed): EvidenceFinding => ({
  severity: "differs",
  class: "no-fit",
  message: `${nameOf(row)}: no release gives the stored indexes; the nearest is ${row.nearest} ray off.`,
});

/** Last deficit of each reserve that has one, and the first one read. */
function deficitsOf(
  rows: readonly Diagnosed[],
): { pool: string; reserve: string; first: bigint; last: bigint }[] {
  const deficits = new Map<string, { pool: string; reserve: string; first: bigint; last: bigint }>();
  for (const row of [...rows].sort((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : 0))) {
    const { pool, reserve, deficitBefore: first, deficitAfter: last } = row;
    if (first === undefined || last === undefined || (first === 0n && last === 0n)) continue;
    const known = deficits.get(nameOf(row));
    deficits.set(nameOf(row), { pool, reserve, first: known?.first ?? first, last });
  }
  return [...deficits.values()];
}

const deficitNotes = (rows: readonly Diagnosed[]): EvidenceFinding[] =>
  deficitsOf(rows).map(({ pool, reserve, first, last }) => ({
    severity: "note",
    class: "deficit",
    message:
      first === last
        ? `${pool}, reserve ${reserve}, carries a deficit of ${last} base units.`
        : `${pool}, reserve ${reserve}: the deficit went from ${first} to ${last} base units.`,
  }));

function tableOf(rows: readonly Diagnosed[], day: (seconds: bigint) => string) {
  const cells = rows.map((row) => [
    row.pool,
    row.reserve,
    day(row.to),
    row.fits.length === 0 ? "none" : row.fits.join(", "),
  ]);
  return { title: "Transitions", rows: [["pool", "reserve", "until", "fits"], ...cells] };
}
