import { mulDivDown, WAD } from "@shortfall/math";
import { formatShare } from "@shortfall/math/decimal";
import * as z from "zod";
import { DocumentError } from "../documents/index.js";
import {
  type Claim,
  claimKey,
  type Explanation,
  explainClaims,
  explanationFigures,
  explanationFindings,
} from "./claim-sources.js";
import { type EvidenceFiles, type FigureAt, figureSchema, type TableAt, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, type EvidenceResult, holds } from "./kind.js";
import { bare, brief, type EvidenceUnit, show, unitSchema } from "./unit.js";

interface Labelled {
  readonly label: string;
  readonly amount: FigureAt;
}

interface FundingDescription {
  readonly unit: EvidenceUnit;
  readonly claims: readonly TableAt[];
  readonly rates?: TableAt | undefined;
  readonly rateScale: string;
  readonly sources?: readonly TableAt[] | undefined;
  readonly stated: readonly Labelled[];
  readonly budget: readonly Labelled[];
}

const labelled = z.array(z.strictObject({ label: z.string(), amount: figureSchema }));

const schema: z.ZodType<FundingDescription> = z.strictObject({
  unit: unitSchema,
  /** Who may claim how much: the leaves of the trees. */
  claims: z.array(tableSchema(["account", "amount"], ["market"])).min(1),
  /** What a claim pays: floor(amount · rate / rateScale). Without rates a claim pays its amount. */
  rates: tableSchema(["market", "rate"]).optional(),
  rateScale: z
    .string()
    .regex(/^[1-9]\d*$/)
    .default(WAD.toString()),
  /** The balances that the claims were made from. */
  sources: z.array(tableSchema(["account", "amount"], ["market"])).optional(),
  /** Payouts that somebody states and no file here shows. */
  stated: labelled.default([]),
  budget: labelled.min(1),
});

/** Amounts that a rate turns into the unit are integers, whatever the payout is written in. */
const INTEGER: EvidenceUnit = { name: "", decimals: 0, written: "base-units" };

/** Whether a budget pays all claims, and whether balances explain every claim. */
export const funding = defineEvidenceKind<FundingDescription>({
  id: "funding",
  title: "claims against the money that was set aside for them",
  schema,
  reconcile(description, files) {
    const { unit } = description;
    const claims = readClaims(description.claims, description, files);
    const stated = sumOf(description.stated, files, unit);
    const budget = sumOf(description.budget, files, unit);
    const payout = claims.reduce((sum, claim) => sum + claim.payout, 0n);
    const short = payout + stated - budget;
    const explanation =
      description.sources && explainClaims(claims, readClaims(description.sources, description, files));
    const findings: EvidenceFinding[] = [];
    if (short > 0n) {
      findings.push({
        severity: "differs",
        class: "over-budget",
        message: `All claims together pay ${show(payout + stated, unit)}; the budget of ${show(budget, unit)} is ${show(short, unit)} short.`,
      });
    }
    findings.push(...duplicates(claims));
    if (explanation) findings.push(...explanationFindings(explanation, budget - stated, unit));
    return {
      holds: holds(findings),
      verdict: verdict({ payout: payout + stated, budget, short, explanation }, unit),
      figures: {
        leaves: claims.length,
        accounts: new Set(claims.map(({ account }) => account)).size,
        payout,
        stated,
        total: payout + stated,
        budget,
        short,
        ...(explanation ? explanationFigures(explanation, budget - stated) : {}),
        markets: byMarket(claims),
      },
      findings,
      tables: [moneyTable(payout, description, files), marketTable(claims, unit)],
    } satisfies EvidenceResult;
  },
});

function readClaims(
  tables: readonly TableAt[],
  description: FundingDescription,
  files: EvidenceFiles,
): Claim[] {
  const { rates, rateScale, unit } = description;
  const byMarket =
    rates &&
    new Map(files.rows(rates).map((row) => [row.text("market"), row.amount("rate", INTEGER)] as const));
  return tables.flatMap((table) =>
    files.rows(table).map((row) => {
      const market = row.optional("market") ?? "";
      const account = row.text("account");
      if (!byMarket) {
        const amount = row.amount("amount", unit);
        return { market, account, amount, payout: amount };
      }
      const amount = row.amount("amount", INTEGER);
      const rate = byMarket.get(market);
      if (rate === undefined) {
        throw new DocumentError(row.file, row.line, "market", "one that has a rate", JSON.stringify(market));
      }
      return { market, account, amount, payout: mulDivDown(amount, rate, BigInt(rateScale)) };
    }),
  );
}

const sumOf = (list: readonly Labelled[], files: EvidenceFiles, unit: EvidenceUnit): bigint =>
  list.reduce((sum, { amount }) => sum + files.figure(amount, unit), 0n);

function duplicates(claims: readonly Claim[]): EvidenceFinding[] {
  const seen = new Set<string>();
  return claims.flatMap((claim) => {
    const key = claimKey(claim);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const message = `${claim.account} claims twice in ${claim.market || "the list"}.`;
    return [{ severity: "differs" as const, class: "duplicate-claim", message }];
  });
}

interface Outcome {
  readonly payout: bigint;
  readonly budget: bigint;
  readonly short: bigint;
  readonly explanation: Explanation | undefined;
}

function verdict({ payout, budget, short, explanation }: Outcome, unit: EvidenceUnit): string {
  const money =
    short > 0n
      ? `The claims pay ${show(payout, unit)}, ${show(short, unit)} more than the ${show(budget, unit)} set aside`
      : `The claims pay ${show(payout, unit)}, and the ${show(budget, unit)} set aside hold them with ${show(-short, unit)} to spare`;
  if (!explanation) return `${money}.`;
  const { length } = explanation.unexplained;
  if (length === 0) return `${money}; a balance explains every claim.`;
  return `${money}; ${length} ${length === 1 ? "claim" : "claims"} that no balance explains take ${show(explanation.extra, unit)}.`;
}

function byMarket(claims: readonly Claim[]): { market: string; leaves: number; payout: bigint }[] {
  const markets = new Map<string, { market: string; leaves: number; payout: bigint }>();
  for (const { market, payout } of claims) {
    const sum = markets.get(market) ?? { market, leaves: 0, payout: 0n };
    markets.set(market, { market, leaves: sum.leaves + 1, payout: sum.payout + payout });
  }
  return [...markets.values()];
}

/** What is set aside and what is claimed, line by line. */
function moneyTable(payout: bigint, { budget, stated, unit }: FundingDescription, files: EvidenceFiles) {
  const lines = (what: string, list: readonly Labelled[]): string[][] =>
    list.map(({ label, amount }) => [`${what}: ${label}`, bare(files.figure(amount, unit), unit)]);
  const rows = [
    ...lines("set aside", budget),
    ["claims of these files", bare(payout, unit)],
    ...lines("claims stated elsewhere", stated),
  ];
  return { title: "Money", rows: [["line", unit.name], ...rows] };
}

function marketTable(claims: readonly Claim[], unit: EvidenceUnit) {
  const total = claims.reduce((sum, { payout }) => sum + payout, 0n);
  const rows = byMarket(claims).map(({ market, leaves, payout }) => [
    brief(market),
    String(leaves),
    bare(payout, unit),
    formatShare(payout, total, 1, "half-up"),
  ]);
  return { title: "Payout by market", rows: [["market", "claims", `pays ${unit.name}`, "share"], ...rows] };
}
