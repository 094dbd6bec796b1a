import { formatShare } from "@shortfall/math/decimal";
import type { ReconciledWriteOff } from "../reconcile/write-off.js";
import { classWords } from "./class-words.js";
import type { HaircutSummary, ReportData } from "./report-data.js";
import {
  amountText,
  amountWords,
  assetTotals,
  differenceText,
  notSeen,
  plural,
  verdictWords,
} from "./words.js";

/** Write-offs and findings listed in full; the tables hold all. */
const LISTED = 200;

/** The report to read: verdict, what was read and what was not, each write-off, findings, books, method. */
export function* summaryText(data: ReportData): Generator<string> {
  yield `# ${data.protocol}: reconciliation of bad debt\n\n`;
  yield `**${verdictWords(data)}**\n\n`;
  yield* totals(data);
  yield* coverage(data);
  yield* writeOffs(data);
  yield* findings(data);
  yield* books(data);
  yield* method(data);
}

function* totals(data: ReportData): Generator<string> {
  const rows = assetTotals(data);
  if (rows.length === 0) return;
  yield "| asset | write-offs | reported | recomputed | difference | uncovered |\n";
  yield "| --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const row of rows) {
    const amount = (units: bigint): string => amountText(data, row.asset, units);
    yield `| ${cell(data.commodities.get(row.asset)?.name ?? row.asset)} | ${row.writeOffs} | ${amount(row.reported)} | ${amount(row.recomputed)} | ${differenceText(data, row.asset, row.difference)} | ${amount(row.uncovered)} |\n`;
  }
  yield "\nDifference is recomputed minus reported.\n\n";
}

function* coverage(data: ReportData): Generator<string> {
  yield "## What was read\n\n";
  yield "| history | blocks | transactions | reverted | logs | values compared | checkpoints | calls read | resynchronised |\n";
  yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const row of data.coverage) {
    const blocks = row.fromBlock === null ? "none" : `${row.fromBlock} to ${row.toBlock}`;
    yield `| ${cell(row.file)} | ${blocks} | ${row.transactions} | ${row.reverted} | ${row.logs} | ${row.comparisons} | ${row.checkpoints} | ${row.callsUsed} | ${row.resyncs} |\n`;
  }
  yield "\n## What was not seen\n\n";
  for (const words of notSeen(data)) yield `- ${words}\n`;
  yield "\n";
}

function* writeOffs(data: ReportData): Generator<string> {
  if (data.writeOffs.length === 0) return;
  yield "## Write-offs\n\n";
  const haircuts = new Map<string, HaircutSummary[]>();
  for (const table of data.haircuts) {
    const tables = haircuts.get(table.writeOff);
    if (tables) tables.push(table);
    else haircuts.set(table.writeOff, [table]);
  }
  const ordered = byImportance(data.writeOffs);
  for (const row of ordered.slice(0, LISTED)) yield* writeOff(data, row, haircuts.get(row.id) ?? []);
  if (ordered.length > LISTED) {
    const further = ordered.length - LISTED;
    yield `${further} further ${plural(further, "write-off is", "write-offs are")} in writeoffs.csv.\n\n`;
  }
}

/** Differences first: unexplained by size, explained by size; then in chain order. */
function byImportance(rows: readonly ReconciledWriteOff[]): ReconciledWriteOff[] {
  const rank = (row: ReconciledWriteOff): number =>
    row.difference === 0n ? 2 : row.class === "unexplained" ? 0 : 1;
  const size = (row: ReconciledWriteOff): bigint => (row.difference < 0n ? -row.difference : row.difference);
  return rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => {
      const ranked = rank(a.row) - rank(b.row);
      if (ranked !== 0) return ranked;
      if (size(a.row) !== size(b.row)) return size(a.row) > size(b.row) ? -1 : 1;
      return a.index - b.index;
    })
    .map(({ row }) => row);
}

function* writeOff(
  data: ReportData,
  row: ReconciledWriteOff,
  tables: readonly HaircutSummary[],
): Generator<string> {
  const amount = (units: bigint): string => amountWords(data, row.asset, units);
  yield `### ${cell(row.id)}\n\n`;
  yield `Block ${row.block}${row.logIndex === null ? "" : `, log ${row.logIndex}`}, pool ${cell(row.pool)}, account ${cell(row.account)}.\n`;
  yield `Reported ${amount(row.reported)} (${cell(row.source)}), recomputed ${amount(row.recomputed)}, difference ${differenceText(data, row.asset, row.difference)}: ${classWords(row.class)}.\n\n`;
  for (const { layer, policy, amount: taken } of row.layers) {
    yield `- ${cell(layer)} (${cell(policy)}): ${amount(taken)}, ${formatShare(taken, row.recomputed, 1, "half-up")}\n`;
  }
  yield `- uncovered: ${amount(row.uncovered)}\n`;
  for (const table of tables) {
    const lost = table.basis === "realised" ? "lost" : "would lose";
    yield `- ${cell(table.bearer)}: ${table.holders} ${plural(table.holders, "holder")} ${lost} ${amountWords(data, table.asset, table.absorbed)}, of which ${amountWords(data, table.asset, table.dust)} dust is kept by ${cell(table.dustOwner)}\n`;
    for (const holder of table.top) {
      yield `  - ${cell(holder.account)}: ${amountWords(data, table.asset, holder.loss)}\n`;
    }
  }
  yield "\n";
}

function* findings(data: ReportData): Generator<string> {
  yield "## Findings\n\n";
  if (data.findings.length === 0) {
    yield "None.\n\n";
    return;
  }
  const { differs, incomplete, note } = data.severities;
  const order = { differs: 0, incomplete: 1, note: 2 } as const;
  const sorted = data.findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => order[a.finding.severity] - order[b.finding.severity] || a.index - b.index);
  yield `${differs} ${plural(differs, "difference")}, ${incomplete} incomplete, ${note} ${plural(note, "note")}.\n\n`;
  for (const { finding } of sorted.slice(0, LISTED)) {
    yield `- **${classWords(finding.class)}** (${cell(finding.file)}${finding.position.line === undefined ? "" : `, line ${finding.position.line}`}): ${cell(finding.message)}\n`;
  }
  const total = differs + incomplete + note;
  if (total > LISTED)
    yield `- and ${total - Math.min(LISTED, sorted.length)} more; findings.json lists the first ${data.findings.length}\n`;
  yield "\n";
}

function* books(data: ReportData): Generator<string> {
  yield "## Books\n\n";
  yield "Debits are positive; every pool's balances sum to zero in each commodity.\n\n";
  yield "| history | pool | account | commodity | balance |\n| --- | --- | --- | --- | ---: |\n";
  for (const row of data.trialBalance.slice(0, LISTED)) {
    yield `| ${cell(row.history)} | ${cell(row.pool)} | ${cell(row.account)} | ${cell(data.commodities.get(row.commodity)?.name ?? row.commodity)} | ${amountText(data, row.commodity, row.balance)} |\n`;
  }
  if (data.trialBalance.length > LISTED)
    yield `\nAll ${data.trialBalance.length} rows are in trial-balance.csv.\n`;
  yield "\n";
}

function* method(data: ReportData): Generator<string> {
  yield "## Method and proof\n\n";
  yield `Calls ${data.calls ? "were read where logs do not determine an outcome" : "were not read"}. Recorded state was compared, ${data.calls ? "never used" : "and used only where the findings say so"}.\n\n`;
  for (const history of data.histories) {
    yield `- ${cell(history.name)}: ${cell(history.journal.model)}, version ${cell(history.version)}; waterfall ${cell(history.waterfall.id)} ${cell(history.waterfall.version)}; ${history.entries} journal ${plural(history.entries, "entry", "entries")}, digest \`${history.journalDigest}\`\n`;
  }
  for (const input of data.inputs) {
    yield `- input ${cell(input.name)}: ${input.bytes} bytes, SHA-256 \`${input.sha256}\`\n`;
  }
  yield `\nJournal digest: \`${data.journalDigest}\`. \`shortfall verify\` proves that this folder is intact; with \`--logs\` it computes all of it again.\n`;
}

/** Text from the input, safe in Markdown: no line ends, no table or markup characters, no controls. */
function cell(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ").replace(/[\\|`*_<>[\]]/g, (character) => `\\${character}`);
}
