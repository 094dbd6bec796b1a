import { type AuditFinding, classWords, plural } from "@shortfall/audit";
import type { ReportView } from "../report-view.js";
import { countText } from "../text/amount.js";
import { escapeText } from "../text/escape.js";
import { utcTime } from "../text/time.js";
import { sectionMarkup } from "./section.js";

/** Findings listed on the page; `findings.json` holds more. */
const LISTED = 200;
const ORDER = { differs: 0, incomplete: 1, note: 2 } as const;
const SEVERITY_WORDS = { differs: "differs", incomplete: "not read", note: "note" } as const;

/** What to look at: differences first, then what was not read, then notes; each with its evidence. */
export function findings({ data }: ReportView): string {
  const { differs, incomplete, note } = data.severities;
  const total = differs + incomplete + note;
  if (total === 0) return "";
  const sorted = data.findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => ORDER[a.finding.severity] - ORDER[b.finding.severity] || a.index - b.index)
    .slice(0, LISTED);
  const beyond =
    total > sorted.length
      ? `<p>${countText(total - sorted.length)} more; <code>findings.json</code> lists the first ${countText(data.findings.length)}.</p>`
      : "";
  return sectionMarkup({
    id: "findings",
    question: "What should I look at?",
    title: "Findings",
    notes: [
      `${countText(differs)} ${plural(differs, "difference")}, ${countText(incomplete)} not read, ${countText(note)} ${plural(note, "note")}.`,
      "A finding says what was found, where, and by how much; it accuses nobody.",
    ],
    content: `<ol class="findings">${sorted.map(({ finding }) => findingItem(finding)).join("")}</ol>${beyond}`,
  });
}

function findingItem(finding: AuditFinding): string {
  const { position } = finding;
  const where = [
    escapeText(finding.file),
    ...(position.line === undefined ? [] : [`line ${position.line}`]),
    `block ${countText(position.block)}`,
    ...(position.logIndex === undefined ? [] : [`log ${position.logIndex}`]),
    ...(position.timestamp > 0 ? [`${utcTime(position.timestamp)} UTC`] : []),
  ].join(", ");
  const given: readonly (readonly [string, string | undefined])[] = [
    ["Transaction", position.transaction],
    ["Pool", finding.pool],
    ["Account", finding.account],
    ["Field", finding.field],
    ["Reported", finding.reported],
    ["Recomputed", finding.recomputed],
    ["Formula", finding.formula],
    ["Logs", finding.logs?.join(", ")],
    ["Since", finding.since === undefined ? undefined : `block ${finding.since.block}`],
  ];
  const rows = given.map(([term, words]) =>
    words === undefined
      ? ""
      : `<dt>${term}</dt><dd>${/^[+-]?\d+$/.test(words) ? `<code class="f" data-copy="${escapeText(words)}">${escapeText(words)}</code>` : `<code>${escapeText(words)}</code>`}</dd>`,
  );
  const kind =
    finding.severity === "differs" ? "alarm" : finding.severity === "incomplete" ? "warn" : "quiet";
  return `<li><h3><span class="${kind}">${SEVERITY_WORDS[finding.severity]}</span> ${escapeText(classWords(finding.class))}</h3><p>${escapeText(finding.message)}</p><dl><dt>Where</dt><dd>${where}</dd>${rows.join("")}</dl></li>`;
}
