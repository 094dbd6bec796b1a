import { abs } from "@shortfall/math";
import * as z from "zod";
import { dateOf, sumOf } from "./dates.js";
import {
  type EvidenceFiles,
  type FigureAt,
  figureSchema,
  type TableAt,
  type TableRow,
  tableSchema,
} from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { bare, type EvidenceUnit, show, unitSchema } from "./unit.js";

interface Market {
  readonly name: string;
  readonly events: TableAt;
  readonly opening?: FigureAt | undefined;
  readonly closing?: FigureAt | undefined;
}

interface RollForwardDescription {
  readonly unit: EvidenceUnit;
  readonly tolerance: string;
  readonly markets: readonly Market[];
}

const schema: z.ZodType<RollForwardDescription> = z.strictObject({
  unit: unitSchema,
  /** Differences of up to so much are exact: what the printing of the source leaves. */
  tolerance: z.string().default("0"),
  markets: z
    .array(
      z.strictObject({
        name: z.string(),
        /** One row a repayment; `balance` is what the market owed after it. */
        events: tableSchema(["amount", "balance"], ["at", "block", "tx", "logIndex"]),
        opening: figureSchema.optional(),
        closing: figureSchema.optional(),
      }),
    )
    .min(1),
});

/** A change of the balance that no repayment explains, between two of them. */
interface Move {
  readonly from: string;
  readonly to: string;
  /** Positive: the debt grew. */
  readonly amount: bigint;
}

interface MarketRoll {
  readonly market: string;
  readonly events: number;
  readonly opening: bigint;
  readonly repaid: bigint;
  readonly expected: bigint;
  readonly closing: bigint;
  /** closing − (opening − repaid). */
  readonly unexplained: bigint;
  readonly steps: number;
  readonly exactSteps: number;
  readonly moves: readonly Move[];
  readonly stated?: bigint;
}

/** Whether opening debt less repayments is the closing debt, step by step. */
export const rollForward = defineEvidenceKind<RollForwardDescription>({
  id: "roll-forward",
  title: "opening debt less repayments against closing debt",
  schema,
  reconcile(description, files) {
    const { unit } = description;
    const tolerance = files.figure(description.tolerance, unit);
    const findings: EvidenceFinding[] = [];
    const markets = description.markets.map((market) => {
      const rows = files.rows(market.events);
      findings.push(...orderFindings(market.name, rows));
      const roll = rollMarket(market, rows, files, unit, tolerance);
      findings.push(...rollFindings(roll, unit, tolerance));
      return roll;
    });
    const open = markets.filter(({ unexplained }) => abs(unexplained) > tolerance);
    return {
      holds: holds(findings),
      verdict:
        open.length === 0
          ? `In all ${markets.length} markets the opening debt less the repayments is the closing debt.`
          : `In ${open.length} of ${markets.length} markets the repayments do not explain the debt: ${open.map((roll) => `${roll.market} ${roll.unexplained < 0n ? "fell" : "rose"} by ${bare(abs(roll.unexplained), unit)} besides`).join(", ")}.`,
      figures: { tolerance, markets },
      findings,
      tables: [rollTable(markets, unit)],
    };
  },
});

function rollMarket(
  market: Market,
  rows: readonly TableRow[],
  files: EvidenceFiles,
  unit: EvidenceUnit,
  tolerance: bigint,
): MarketRoll {
  const events = rows.map((row) => ({
    at: dateOf(row.optional("at") ?? row.optional("block") ?? ""),
    amount: row.amount("amount", unit),
    balance: row.amount("balance", unit),
  }));
  const first = events[0];
  const opening = market.opening
    ? files.figure(market.opening, unit)
    : first === undefined
      ? 0n
      : first.balance + first.amount;
  const repaid = sumOf(events.map(({ amount }) => amount));
  const closing = events.at(-1)?.balance ?? opening;
  const gaps = events.slice(1).map((event, index) => ({
    from: events[index]!.at,
    to: event.at,
    amount: event.balance + event.amount - events[index]!.balance,
  }));
  if (first && market.opening) {
    gaps.unshift({ from: "opening", to: first.at, amount: first.balance + first.amount - opening });
  }
  const moves = gaps.filter(({ amount }) => abs(amount) > tolerance);
  return {
    market: market.name,
    events: events.length,
    opening,
    repaid,
    expected: opening - repaid,
    closing,
    unexplained: closing - opening + repaid,
    steps: gaps.length,
    exactSteps: gaps.length - moves.length,
    moves,
    ...(market.closing ? { stated: files.figure(market.closing, unit) } : {}),
  };
}

function rollFindings(roll: MarketRoll, unit: EvidenceUnit, tolerance: bigint): EvidenceFinding[] {
  const { market, moves, closing, stated } = roll;
  const findings: EvidenceFinding[] = [];
  if (moves.length > 0) {
    const up = moves.filter(({ amount }) => amount > 0n);
    const down = moves.filter(({ amount }) => amount < 0n);
    const side = (list: readonly Move[], name: string): string =>
      list.length === 0
        ? ""
        : `${list.length} ${name} of ${bare(abs(sumOf(list.map(({ amount }) => amount))), unit)}`;
    const largest = moves.reduce((most, move) => (abs(move.amount) > abs(most.amount) ? move : most));
    findings.push({
      severity: "differs",
      class: "unexplained-move",
      message: `${market}: ${moves.length} of ${roll.steps} steps move without a repayment (${[side(up, "rises"), side(down, "falls")].filter((text) => text !== "").join(", ")}); the largest, ${bare(largest.amount, unit)}, ends on ${largest.to}. ${up.length === 0 ? "Falls only: somebody else repaid, or debt was converted." : "Rises are interest or new debt."}`,
    });
  }
  if (stated !== undefined && abs(stated - closing) > tolerance) {
    findings.push({
      severity: "differs",
      class: "closing-differs",
      message: `${market}: ${show(stated, unit)} are stated at the end, the last repayment left ${show(closing, unit)}: ${bare(stated - closing, unit)}.`,
    });
  }
  return findings;
}

/** Events that are there twice, or that stand before one they came after. */
function orderFindings(market: string, rows: readonly TableRow[]): EvidenceFinding[] {
  const findings: EvidenceFinding[] = [];
  const seen = new Set<string>();
  let last = -1;
  for (const row of rows) {
    const tx = row.optional("tx");
    const index = row.optional("logIndex");
    const where = `${market}, line ${row.line}`;
    if (tx !== undefined && index !== undefined) {
      const key = `${tx} ${index}`;
      if (seen.has(key)) {
        findings.push({
          severity: "differs",
          class: "duplicate-event",
          message: `${where}: log ${index} of ${tx} is there twice.`,
        });
      }
      seen.add(key);
    }
    const block = Number(row.optional("block") ?? Number.NaN);
    if (block < last) {
      findings.push({
        severity: "differs",
        class: "reordered-event",
        message: `${where}: block ${block} stands after block ${last}.`,
      });
    }
    if (block > last) last = block;
  }
  return findings;
}

function rollTable(markets: readonly MarketRoll[], unit: EvidenceUnit) {
  const rows = markets.map((roll) => [
    roll.market,
    bare(roll.opening, unit),
    `${bare(roll.repaid, unit)} (${roll.events})`,
    bare(roll.expected, unit),
    bare(roll.closing, unit),
    bare(roll.unexplained, unit),
    `${roll.exactSteps} of ${roll.steps}`,
  ]);
  return {
    title: "Opening less repaid against closing",
    rows: [
      ["market", "opening", "repaid (events)", "leaves", "closing", "moved besides", "exact steps"],
      ...rows,
    ],
  };
}
