import { digestText, type ExportFile } from "@shortfall/core";
import type { RiskResult } from "@shortfall/risk";
import { packedBlock } from "./embed.js";
import { HTML_REPORT_NAME } from "./html-report.js";
import { mastheadMarkup, pageMarkup } from "./page.js";
import { fitsPage, RISK_DATA_NAME, riskText } from "./risk-data.js";
import { riskMethod } from "./sections/risk-method.js";
import { riskOpening } from "./sections/risk-opening.js";
import { riskProof } from "./sections/risk-proof.js";
import { riskSections } from "./sections/risk-sections.js";
import { countText } from "./text/amount.js";
import { escapeText } from "./text/escape.js";

/**
 * Risk results as one page, under the same rules as the page of a reconciliation: no network, same input same
 * bytes, exact amounts, and a button that adds up every path again.
 */
export function riskReport(risk: RiskResult): string {
  const text = riskText(risk);
  const paths = risk.scenarios.reduce((sum, { losses }) => sum + losses.length, 0);
  return pageMarkup({
    title: `${risk.title}: risk`,
    masthead: mastheadMarkup(
      ["Risk report", escapeText(risk.title)],
      paths === 0 ? "" : `${countText(paths)} price ${paths === 1 ? "path" : "paths"}`,
    ),
    sections: [
      riskOpening(risk),
      ...riskSections(risk),
      riskMethod(risk),
      riskProof(digestText(text), fitsPage(text)),
    ],
    footer: `shortfall · ${risk.title} · same input, same bytes`,
    blocks: fitsPage(text) ? [packedBlock("risk", text)] : [],
  });
}

/** The files of a risk report, made when their chunks are walked. */
export const riskReportFiles = (risk: RiskResult): ExportFile[] => [
  { name: RISK_DATA_NAME, chunks: () => [riskText(risk)] },
  { name: HTML_REPORT_NAME, chunks: () => [riskReport(risk)] },
];
