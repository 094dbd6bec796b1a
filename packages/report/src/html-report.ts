import type { ReportData, ReportRows } from "@shortfall/audit";
import { digestText, type ExportFile } from "@shortfall/core";
import { base64OfHex, packedBlock } from "./embed.js";
import { gatherHolders } from "./holders.js";
import { journalText } from "./journal-text.js";
import { EMBEDDED_HOLDERS, pageFacts, pageHolders } from "./page-data.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { type ReportView, reportView } from "./report-view.js";
import { books } from "./sections/books.js";
import { coverage } from "./sections/coverage.js";
import { depth } from "./sections/depth.js";
import { findings } from "./sections/findings.js";
import { haircuts } from "./sections/haircuts.js";
import { method } from "./sections/method.js";
import { masthead, verdict } from "./sections/opening.js";
import { proof } from "./sections/proof.js";
import { writeOffs } from "./sections/write-offs.js";
import { STYLE } from "./style.js";
import { escapeText } from "./text/escape.js";

/** Name of the page in a report folder. */
export const HTML_REPORT_NAME = "report.html";

/**
 * The report as one page that needs nothing else: no network, no storage, no other file. The same bytes for the
 * same input on any machine.
 *
 * Amounts are decimal texts made from integers, in full; drawings are scaled by integers. Text from the input is
 * escaped, its controls and direction marks are removed, and the page's policy allows its own script and style only.
 * The page carries the journal and checks it when asked.
 */
export function htmlReport(data: ReportData, parts: ReportRows): string {
  const sketch = reportView(data, { rows: [], totals: [] });
  const order = sketch.totals.map((row) => row.asset);
  const view = reportView(data, gatherHolders(parts.haircuts(), order));
  const journal = journalText(parts.journals());
  return [
    head(view),
    `<body>\n${PATTERNS}`,
    masthead(view),
    "<main>\n",
    verdict(view),
    coverage(view),
    depth(view),
    haircuts(view, Math.min(view.holders.rows.length, EMBEDDED_HOLDERS)),
    writeOffs(view),
    findings(view),
    books(view),
    method(view),
    proof(view, journal !== undefined),
    "</main>\n",
    `<footer><p>shortfall · ${escapeText(data.protocol)} · same input, same bytes</p></footer>\n<p id="copied" class="hidden" role="status" aria-live="polite"></p>\n`,
    packedBlock("facts", JSON.stringify(pageFacts(view))),
    view.holders.rows.length === 0 ? "" : packedBlock("holder-data", JSON.stringify(pageHolders(view))),
    journal === undefined ? "" : packedBlock("journal", journal),
    `<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`,
  ].join("");
}

/** The page as a file of the report folder, made when its chunks are walked. */
export const htmlReportFile = (data: ReportData, parts: ReportRows): ExportFile => ({
  name: HTML_REPORT_NAME,
  chunks: () => [htmlReport(data, parts)],
});

function head({ data }: ReportView): string {
  const hash = (text: string): string => `'sha256-${base64OfHex(digestText(text))}'`;
  const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(PAGE_SCRIPT)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n<title>${escapeText(data.protocol)}: reconciliation of bad debt</title>\n<style>${STYLE}</style>\n</head>\n`;
}

/** Hatches that every drawing uses. */
const PATTERNS =
  '<svg class="defs" aria-hidden="true" width="0" height="0"><defs><pattern id="level" width="6" height="6" patternUnits="userSpaceOnUse"><path class="level" d="M0 3H6"/></pattern><pattern id="slant" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="slant" d="M0 3H6"/></pattern></defs></svg>\n';
