import { digestText } from "@shortfall/core";
import { base64OfHex } from "./embed.js";
import { PAGE_SCRIPT } from "./page-script.js";
import { STYLE } from "./style.js";
import { escapeText } from "./text/escape.js";

/** A page of the report: what differs between kinds. Texts are markup unless said otherwise. */
export interface ReportPage {
  /** Plain text. */
  readonly title: string;
  readonly masthead: string;
  readonly sections: readonly string[];
  /** Plain text. */
  readonly footer: string;
  /** Data blocks that the script reads. */
  readonly blocks: readonly string[];
}

/** One file that needs nothing else: its policy allows its own script and style by their digests and no address. */
export const pageMarkup = ({ title, masthead, sections, footer, blocks }: ReportPage): string =>
  [
    head(title),
    `<body>\n${PATTERNS}`,
    masthead,
    "<main>\n",
    ...sections,
    "</main>\n",
    `<footer><p>${escapeText(footer)}</p></footer>\n<p id="copied" class="hidden" role="status" aria-live="polite"></p>\n`,
    ...blocks,
    `<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`,
  ].join("");

/** The line on top: kind of report, what of, when; then the theme's button. Texts are markup. */
export const mastheadMarkup = (words: readonly string[], far: string): string =>
  `<header class="masthead"><p><strong>shortfall</strong></p>${words.map((each) => `<p>${each}</p>`).join("")}<p class="far">${far}</p><button type="button" id="theme" class="scripted">Theme: system</button></header>\n`;

function head(title: string): string {
  const hash = (text: string): string => `'sha256-${base64OfHex(digestText(text))}'`;
  const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(PAGE_SCRIPT)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n<title>${escapeText(title)}</title>\n<style>${STYLE}</style>\n</head>\n`;
}

/** Hatches that every drawing uses. */
const PATTERNS =
  '<svg class="defs" aria-hidden="true" width="0" height="0"><defs><pattern id="level" width="6" height="6" patternUnits="userSpaceOnUse"><path class="level" d="M0 3H6"/></pattern><pattern id="slant" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="slant" d="M0 3H6"/></pattern></defs></svg>\n';
