import { WAD } from "@shortfall/math";
import * as z from "zod";
import { type FigureAt, figureSchema, type TableAt, type TableRow, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { type EvidenceUnit, unitSchema } from "./unit.js";

interface MarketFundingDescription {
  readonly unit: EvidenceUnit;
  readonly payments: readonly TableAt[];
  readonly withdrawals?: TableAt | undefined;
  readonly redemptions?: TableAt | undefined;
  readonly stated: readonly { readonly market: string; readonly amount: FigureAt }[];
}

const schema: z.ZodType<MarketFundingDescription> = z.strictObject({
  unit: unitSchema,
  /** What is repaid, one row a debt. */
  payments: z.array(tableSchema(["market", "amount"])).min(1),
  /** What is taken from the treasury for it, one row a market. */
  withdrawals: tableSchema(["market", "amount"]).optional(),
  /** Shares that are redeemed for it instead; the rate they imply is shown. */
  redemptions: tableSchema(["market", "amount"]).optional(),
  /** Sums that somebody states. */
  stated: z.array(z.strictObject({ market: z.string(), amount: figureSchema })).default([]),
});

/** Shares are integers of decimals that nobody states here. */
const SHARES: EvidenceUnit = { name: "", decimals: 0, written: "base-units" };

interface MarketRow {
  readonly market: string;
  readonly payments: number;
  readonly needed: bigint;
  readonly withdrawn?: bigint;
  /** withdrawn − needed. */
  readonly difference?: bigint;
  readonly shares?: bigint;
  /** floor(needed · 1e18 / shares). */
  readonly impliedRateWad?: bigint;
  readonly stated?: bigint;
}

/** Whether what is taken from the treasury, market by market, is what the payments need. */
export const marketFunding = defineEvidenceKind<MarketFundingDescription>({
  id: "market-funding",
  title: "payments against what was taken out for them, market by market",
  schema,
  reconcile(description, files) {
    const { unit, payments, withdrawals, redemptions, stated } = description;
    const needed = sums(
      payments.flatMap((table) => files.rows(table)),
      unit,
    );
    const taken = sums(withdrawals ? files.rows(withdrawals) : [], unit);
    const shares = sums(redemptions ? files.rows(redemptions) : [], SHARES);
    const said = new Map(
      stated.map(({ market, amount }) => [market, { count: 1, sum: files.figure(amount, unit) }] as const),
    );
    const markets = [...new Set([...needed.keys(), ...taken.keys(), ...shares.keys(), ...said.keys()])].map(
      (market) =>
        marketRow(
          market,
          needed.get(market),
          taken.get(market)?.sum,
          shares.get(market)?.sum,
          said.get(market)?.sum,
        ),
    );
    const findings = markets.flatMap(differences);
    return {
      holds: holds(findings),
      verdict: verdict(markets),
      figures: { markets },
      findings,
      tables: [tableOf(markets)],
    };
  },
});

interface Sum {
  readonly count: number;
  readonly sum: bigint;
}

function sums(rows: readonly TableRow[], unit: EvidenceUnit): Map<string, Sum> {
  const result = new Map<string, Sum>();
  for (const row of rows) {
    const market = row.text("market");
    const { count, sum } = result.get(market) ?? { count: 0, sum: 0n };
    result.set(market, { count: count + 1, sum: sum + row.amount("amount", unit) });
  }
  return result;
}

function marketRow(
  market: string,
  { count, sum: needed }: Sum = { count: 0, sum: 0n },
  withdrawn?: bigint,
  shares?: bigint,
  stated?: bigint,
): MarketRow {
  return {
    market,
    payments: count,
    needed,
    ...(withdrawn === undefined ? {} : { withdrawn, difference: withdrawn - needed }),
    ...(shares === undefined || shares === 0n ? {} : { shares, impliedRateWad: (needed * WAD) / shares }),
    ...(stated === undefined ? {} : { stated }),
  };
}

function differences({
  market,
  needed,
  withdrawn,
  difference,
  shares,
  stated,
}: MarketRow): EvidenceFinding[] {
  const differs = (name: string, message: string): EvidenceFinding => ({
    severity: "differs",
    class: name,
    message,
  });
  const findings: EvidenceFinding[] = [];
  if (difference !== undefined && difference !== 0n) {
    findings.push(
      differs(
        "funding-differs",
        `${market}: the payments add up to ${needed}, ${withdrawn} are taken out: ${difference}.`,
      ),
    );
  }
  if (stated !== undefined && stated !== needed) {
    findings.push(
      differs("stated-differs", `${market}: the payments add up to ${needed}, ${stated} are stated.`),
    );
  }
  if (withdrawn === undefined && shares === undefined && stated === undefined) {
    findings.push(differs("unfunded", `${market}: ${needed} are paid, and nothing is taken out for it.`));
  }
  return findings;
}

function verdict(markets: readonly MarketRow[]): string {
  const drawn = markets.filter(({ difference }) => difference !== undefined);
  const closed = drawn.filter(({ difference }) => difference === 0n);
  const redeemed = markets.filter(({ shares }) => shares !== undefined);
  const stated = markets.filter(({ stated: figure }) => figure !== undefined);
  const right = stated.filter(({ stated: figure, needed }) => figure === needed);
  return [
    `${closed.length} of ${drawn.length} markets close to the unit: what is taken out is the sum of the payments`,
    redeemed.length > 0 ? `, ${redeemed.length} redeem shares and so imply an exchange rate` : "",
    stated.length > 0 ? `, ${right.length} of ${stated.length} stated sums are right` : "",
    ".",
  ].join("");
}

function tableOf(markets: readonly MarketRow[]) {
  const text = (value: bigint | undefined): string => (value === undefined ? "" : value.toString());
  const rows = markets.map((row) => [
    row.market,
    String(row.payments),
    row.needed.toString(),
    text(row.withdrawn ?? row.stated),
    text(
      row.withdrawn === undefined
        ? row.stated === undefined
          ? undefined
          : row.stated - row.needed
        : row.difference,
    ),
    text(row.impliedRateWad),
  ]);
  return {
    title: "By market, base units",
    rows: [["market", "payments", "sum", "taken or stated", "difference", "implied rate (1e18)"], ...rows],
  };
}
