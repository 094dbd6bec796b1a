import type { ReportData, ReportRows } from "@shortfall/audit";
import { digestText, type ExportFile } from "@shortfall/core";
import type { RiskResult } from "@shortfall/risk";
import { packedBlock } from "./embed.js";
import { gatherHolders } from "./holders.js";
import { journalText } from "./journal-text.js";
import { pageMarkup } from "./page.js";
import { EMBEDDED_HOLDERS, pageFacts, pageHolders } from "./page-data.js";
import { reportView } from "./report-view.js";
import { fitsPage, riskText } from "./risk-data.js";
import { books } from "./sections/books.js";
import { coverage } from "./sections/coverage.js";
import { depth } from "./sections/depth.js";
import { findings } from "./sections/findings.js";
import { flow } from "./sections/flow.js";
import { haircuts } from "./sections/haircuts.js";
import { method } from "./sections/method.js";
import { masthead, verdict } from "./sections/opening.js";
import { proof } from "./sections/proof.js";
import { riskSections } from "./sections/risk-sections.js";
import { writeOffs } from "./sections/write-offs.js";

/** Name of the page in a report folder. */
export const HTML_REPORT_NAME = "report.html";

/** What the data of a report do not hold: rows of holders, journals, and risk results that stand beside them. */
export interface ReportParts extends ReportRows {
  readonly risk?: RiskResult;
}

/**
 * The report as one page that needs nothing else: no network, no storage, no other file. The same bytes for the
 * same input on any machine.
 *
 * Amounts are decimal texts made from integers, in full; drawings are scaled by integers. Text from the input is
 * escaped, its controls and direction marks are removed, and the page's policy allows its own script and style only.
 * The page carries the journal and checks it when asked.
 */
export function htmlReport(data: ReportData, parts: ReportParts): string {
  const sketch = reportView(data, { rows: [], totals: [] });
  const order = sketch.totals.map((row) => row.asset);
  const view = reportView(data, gatherHolders(parts.haircuts(), order));
  const journal = journalText(parts.journal());
  const risk = parts.risk;
  const riskData = risk === undefined ? undefined : riskText(risk);
  return pageMarkup({
    title: `${data.protocol}: reconciliation of bad debt`,
    masthead: masthead(view),
    sections: [
      verdict(view),
      coverage(view),
      depth(view),
      flow(view),
      haircuts(view, Math.min(view.holders.rows.length, EMBEDDED_HOLDERS)),
      writeOffs(view),
      findings(view),
      ...(risk === undefined ? [] : riskSections(risk)),
      books(view),
      method(view),
      proof(view, journal !== undefined, riskData === undefined ? undefined : digestText(riskData)),
    ],
    footer: `shortfall · ${data.protocol} · same input, same bytes`,
    blocks: [
      packedBlock("facts", JSON.stringify(pageFacts(view))),
      view.holders.rows.length === 0 ? "" : packedBlock("holder-data", JSON.stringify(pageHolders(view))),
      journal === undefined ? "" : packedBlock("journal", journal),
      riskData === undefined || !fitsPage(riskData) ? "" : packedBlock("risk", riskData),
    ],
  });
}

/** The page as a file of the report folder, made when its chunks are walked. */
export const htmlReportFile = (data: ReportData, parts: ReportParts): ExportFile => ({
  name: HTML_REPORT_NAME,
  chunks: () => [htmlReport(data, parts)],
});
