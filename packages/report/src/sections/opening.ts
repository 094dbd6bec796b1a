import { countWord, plural, verdictWords } from "@shortfall/audit";
import { stackOf } from "../layers.js";
import { mastheadMarkup } from "../page.js";
import type { ReportView } from "../report-view.js";
import { countText, percent } from "../text/amount.js";
import { escapeText } from "../text/escape.js";
import { differenceFigure, figure } from "../text/figure.js";
import { utcDay } from "../text/time.js";
import { scroller } from "./section.js";

/** What this page is: kind of report, protocol, blocks and days. */
export function masthead({ data }: ReportView): string {
  const { from, to } = blockRange(data.coverage);
  const blocks = from === null || to === null ? "no block" : `blocks ${countText(from)} to ${countText(to)}`;
  const days = data.coverage.flatMap(({ fromTimestamp, toTimestamp }) => [fromTimestamp, toTimestamp]);
  const known = days.filter((time): time is number => time !== null && time > 1_000_000_000);
  const [first, last] = [utcDay(Math.min(...known)), utcDay(Math.max(...known))];
  const when = known.length === 0 ? "" : first === last ? ` · ${first}` : ` · ${first} to ${last}`;
  return mastheadMarkup(["Write-off audit", escapeText(data.protocol)], `${blocks}${when}`);
}

/** Verdict, what it rests on, and the totals asset by asset. */
export function verdict(view: ReportView): string {
  const { data } = view;
  const words = escapeText(verdictWords(data))
    .replace(/\b(do(?:es)? not agree)\b/, '<span class="alarm">$1</span>')
    .replace(/(\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+) (\S+)/g, '<span class="nowrap">$1</span> $2');
  return `<section class="opening" aria-labelledby="verdict">\n<h1 id="verdict">${words}</h1>\n<p class="standfirst">${standfirst(view)}</p>\n${totals(view)}</section>\n`;
}

function standfirst(view: ReportView): string {
  const { data, totals: rows } = view;
  const sentences: string[] = [];
  const pools = new Set(data.writeOffs.map((row) => `${row.file} ${row.pool}`)).size;
  const [only] = rows;
  if (only && rows.length === 1) {
    const { name, decimals } = view.asset(only.asset);
    const stack = stackOf(data.writeOffs);
    const parts = stack.layers
      .map((layer, index) => ({
        layer,
        amount: data.writeOffs.reduce((sum, row) => sum + (stack.amountsOf(row)[index] ?? 0n), 0n),
      }))
      .filter(({ amount }) => amount > 0n);
    sentences.push(
      `${countWord(pools)} ${plural(pools, "pool")} wrote off <span class="nowrap">${figure(only.recomputed, decimals)}</span> ${escapeText(name)} of bad debt.`,
    );
    const said = parts.map(
      ({ layer, amount }) =>
        `${percent(amount, only.recomputed)} ${layer.fill.kind === "uncovered" ? "is uncovered" : `${layer.fill.kind === "carried" ? "is" : "fell on"} ${escapeText(layer.name)}`}`,
    );
    if (said.length === 1 && parts[0]?.layer.fill.kind === "depth") {
      sentences.push(`All of it fell on ${escapeText(parts[0].layer.name)}.`);
    } else if (said.length > 0 && said.length <= 4) sentences.push(`${sentence(said)}.`);
  } else if (rows.length > 1) {
    sentences.push(
      `${countWord(pools)} ${plural(pools, "pool")} wrote off bad debt in ${rows.length} assets, which are never added up.`,
    );
  }
  if (rows.length > 0) {
    sentences.push(
      data.calls
        ? "Every amount was computed again from the logs with the protocol's own arithmetic."
        : "Every amount was computed again from the logs alone, with the protocol's own arithmetic.",
    );
  }
  const { differs, incomplete, note } = data.severities;
  const found = differs + incomplete + note;
  sentences.push(
    found === 0
      ? "There is no finding."
      : `${countWord(found)} ${plural(found, "finding is", "findings are")} listed below.`,
  );
  return sentences.join(" ");
}

const sentence = (parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

function totals(view: ReportView): string {
  const rows = view.totals;
  const [only] = rows;
  if (!only) return "";
  if (rows.length === 1) {
    const { decimals, name } = view.asset(only.asset);
    const cell = (label: string, value: string, kind = ""): string =>
      `<div${kind}><dt>${label}</dt><dd>${value}</dd></div>`;
    return `<dl class="summary" data-asset="0">${cell(`Reported on chain, ${escapeText(name)}`, figure(only.reported, decimals))}${cell("Recomputed", figure(only.recomputed, decimals))}${cell("Difference", differenceFigure(only.difference, decimals), only.differing > 0 ? ' class="differs"' : "")}${cell("Uncovered", only.uncovered === 0n ? differenceFigure(0n, decimals) : figure(only.uncovered, decimals))}</dl>`;
  }
  // On a phone the asset, what was reported and the difference are left; nothing that is not 0 is hidden.
  const spare = rows.every((row) => row.uncovered === 0n) ? " wideonly" : "";
  const body = rows
    .map((row, index) => {
      const { name, decimals } = view.asset(row.asset);
      const uncovered =
        row.uncovered === 0n ? differenceFigure(0n, decimals) : figure(row.uncovered, decimals);
      return `<tr data-asset="${index}"${row.differing > 0 ? ' class="differs"' : ""}><th scope="row" title="${escapeText(row.asset)}">${escapeText(name)}</th><td class="n wideonly">${row.writeOffs}</td><td class="n">${figure(row.reported, decimals)}</td><td class="n wideonly">${figure(row.recomputed, decimals)}</td><td class="n">${differenceFigure(row.difference, decimals)}</td><td class="n${spare}">${uncovered}</td></tr>`;
    })
    .join("");
  const heads = `<th scope="col">Asset</th><th scope="col" class="n wideonly">Write-offs</th><th scope="col" class="n">Reported</th><th scope="col" class="n wideonly">Recomputed</th><th scope="col" class="n">Difference</th><th scope="col" class="n${spare}">Uncovered</th>`;
  return scroller(
    "Totals by asset",
    `<table class="totals"><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

/** First and last block of all histories. */
export function blockRange(coverage: ReportView["data"]["coverage"]): {
  readonly from: number | null;
  readonly to: number | null;
} {
  const from = coverage.flatMap((row) => (row.fromBlock === null ? [] : [row.fromBlock]));
  const to = coverage.flatMap((row) => (row.toBlock === null ? [] : [row.toBlock]));
  return { from: from.length > 0 ? Math.min(...from) : null, to: to.length > 0 ? Math.max(...to) : null };
}
