import { type Coverage, notSeen, plural } from "@shortfall/audit";
import { coveragePictures } from "../charts/index.js";
import type { ReportView } from "../report-view.js";
import { countText } from "../text/amount.js";
import { escapeText, plainText } from "../text/escape.js";

/** What was read and, as prominently, what was not seen. Never empty, never folded away. */
export function coverage(view: ReportView): string {
  const { data } = view;
  const read = data.coverage.map((row, index) => history(view, row, index)).join("");
  const gaps = new Set(
    data.coverage.flatMap(({ file, gaps: words }) => words.map((gap) => `${file}: ${gap}`)),
  );
  const unseen = notSeen(data)
    .map((words) => `<li${gaps.has(words) ? ' class="alarm"' : ""}>${escapeText(words)}</li>`)
    .join("");
  return `<section class="coverage" aria-label="Coverage">\n<div class="read"><h2>What was read</h2>${read}</div>\n<div class="unread"><h2>What was not seen</h2><ul>${unseen}</ul></div>\n</section>\n`;
}

function history(view: ReportView, row: Coverage, index: number): string {
  const many = view.data.coverage.length > 1;
  const name = many ? `<h3>${escapeText(row.file)}</h3>` : "";
  const counts = [
    `${countText(row.transactions)} ${plural(row.transactions, "transaction")}${row.reverted > 0 ? ` (${countText(row.reverted)} reverted)` : ""} and ${countText(row.logs)} ${plural(row.logs, "log")}`,
    row.comparisons > 0
      ? `${countText(row.comparisons)} recorded values compared${row.checkpoints > 0 ? `, ${countText(row.checkpoints)} ${plural(row.checkpoints, "checkpoint")} among them` : ""}`
      : "no recorded value to compare with",
    ...(row.callsUsed > 0
      ? [
          `${countText(row.callsUsed)} ${plural(row.callsUsed, "call")} read where logs do not determine the outcome`,
        ]
      : []),
    ...(row.resyncs > 0
      ? [`${countText(row.resyncs)} ${plural(row.resyncs, "state")} taken over from the record`]
      : []),
  ];
  const events = Object.entries(row.events)
    .map(([event, count]) => `${escapeText(event)} ${countText(count)}`)
    .join(" · ");
  const detail =
    events === ""
      ? ""
      : `<details class="figures"><summary>Logs by event</summary><p>${events}</p></details>`;
  return `${name}${bar(view, row, index)}<p>${counts.join("; ")}.</p>${detail}`;
}

function bar(view: ReportView, row: Coverage, index: number): string {
  if (row.fromBlock === null || row.toBlock === null) return "<p>No block was read.</p>";
  const fromBlock = row.ranges.reduce((least, range) => Math.min(least, range.fromBlock), row.fromBlock);
  const toBlock = row.ranges.reduce((most, range) => Math.max(most, range.toBlock), row.toBlock);
  const missing = missingBlocks(row);
  const writeOffs = view.data.writeOffs
    .filter(({ file }) => file === row.file)
    .map(({ block, difference }) => ({ block, differs: difference !== 0n }));
  const words = missing
    .slice(0, 3)
    .map((gap) =>
      gap.fromBlock === gap.toBlock ? `${gap.fromBlock}` : `${gap.fromBlock} to ${gap.toBlock}`,
    );
  const gapWords =
    missing.length === 0
      ? ""
      : `<p class="alarm">Not read: blocks ${words.join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more gaps` : ""}.</p>`;
  const pictures = coveragePictures({
    id: `coverage-${index}`,
    fromBlock,
    toBlock,
    missing,
    writeOffs,
    title: `Blocks ${fromBlock} to ${toBlock} of ${plainText(row.file)}`,
    description: `${missing.length === 0 ? "No block is known to be missing" : `${missing.length} ${plural(missing.length, "gap")}: blocks ${words.join(", ")}`}; ${writeOffs.length} ${plural(writeOffs.length, "write-off")}.`,
  });
  return `<p class="cap lead">Blocks read, write-offs as ticks below</p>${pictures}${gapWords}`;
}

/** Blocks between the ranges that the source asked for. */
function missingBlocks({ ranges }: Coverage): { fromBlock: number; toBlock: number }[] {
  const sorted = [...ranges].sort((a, b) => a.fromBlock - b.fromBlock);
  const missing: { fromBlock: number; toBlock: number }[] = [];
  let last: number | undefined;
  for (const { fromBlock, toBlock } of sorted) {
    if (last !== undefined && fromBlock > last + 1)
      missing.push({ fromBlock: last + 1, toBlock: fromBlock - 1 });
    last = Math.max(last ?? toBlock, toBlock);
  }
  return missing;
}
