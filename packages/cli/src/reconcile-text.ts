import {
  amountText,
  amountWords,
  assetTotals,
  classWords,
  differenceText,
  notSeen,
  plural,
  type ReconciledWriteOff,
  type ReportData,
  verdictWords,
} from "@shortfall/audit";
import type { DifferenceClass } from "@shortfall/core";
import { layOut, type Output } from "./output.js";

/** Differing rows and findings shown; the report holds all. */
const SHOWN = 20;
/** Wider amounts are set one figure a line. */
const WIDEST_AMOUNT = 18;
const BAR = 20;

const SHORT: Readonly<Partial<Record<DifferenceClass, string>>> = {
  "wrong-version": "formula",
  unexplained: "unknown",
  "accrual-timing": "timing",
  "dust-threshold": "dust",
  "missing-event": "missing",
  "duplicate-event": "double",
  "double-write-off": "double",
  "reordered-event": "order",
  reorged: "reorg",
  "lost-precision": "source",
};

/** The report for a terminal: verdict first, differing rows only, then who bears it and what was not seen. */
export function printReconciliation(data: ReportData, out: string | undefined, output: Output): void {
  const { colors } = output;
  const files = data.inputs.map((input) => input.name).join(", ");
  output.line(`${data.protocol}  ${files}`);
  for (const text of wrap(verdictWords(data), output.width)) output.line(colors.bold(text));
  if (data.writeOffs.length > 0) {
    output.line();
    printDifferences(data, output);
    printTotals(data, output);
    printBearers(data, output);
  }
  printFindings(data, output);
  printCoverage(data, output);
  const balances = data.trialBalance.length;
  output.line(
    `Books      ${balances} ${plural(balances, "account")}, journal ${data.journalDigest.slice(0, 16)}…`.replace(
      "…",
      "...",
    ),
  );
  if (out !== undefined) {
    output.line(`Report     ${out}/report.html`);
    output.line(`Next       shortfall verify ${out}`);
  } else output.line("Next       add --out DIR for the report folder");
}

function printDifferences(data: ReportData, output: Output): void {
  const rows = data.writeOffs.filter((row) => row.difference !== 0n);
  const shown = rows.slice(0, SHOWN);
  const cells = shown.map((row) => [
    mark(row),
    `${row.line ?? row.block}:${row.logIndex ?? "-"}`,
    amountText(data, row.asset, row.reported),
    amountText(data, row.asset, row.recomputed),
    differenceText(data, row.asset, row.difference),
    SHORT[row.class] ?? row.class,
  ]);
  const wide = cells.some((row) => row.slice(2, 5).some((cell) => cell.length > WIDEST_AMOUNT));
  if (cells.length > 0 && !wide && output.width >= 60) {
    const head = ["", "line:log", "reported", "recomputed", "difference", "class"];
    const [first, ...lines] = layOut([head, ...cells], ["left", "left", "right", "right", "right", "left"]);
    output.line(output.colors.bold(first!));
    for (const [index, text] of lines.entries()) output.line(paintMark(text, shown[index]!, output));
  } else {
    for (const [index, row] of cells.entries()) {
      const [sign, place, reported, recomputed, difference, kind] = row as [
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      output.line(paintMark(`${sign}  ${place}  ${shown[index]!.account}  ${kind}`, shown[index]!, output));
      const lines = layOut(
        [
          ["reported", reported],
          ["recomputed", recomputed],
          ["difference", difference],
        ],
        ["left", "right"],
      );
      for (const text of lines) output.line(`     ${text}`);
    }
  }
  if (rows.length > shown.length) output.line(`   and ${rows.length - shown.length} more that differ`);
  output.line(`   ${data.writeOffs.length - rows.length} exact`);
}

const mark = (row: ReconciledWriteOff): string => (row.class === "unexplained" ? "x" : "~");

function paintMark(text: string, row: ReconciledWriteOff, output: Output): string {
  const { red, yellow, bold } = output.colors;
  const paint = row.class === "unexplained" ? (sign: string) => bold(red(sign)) : yellow;
  return paint(text.slice(0, 1)) + text.slice(1);
}

function printTotals(data: ReportData, output: Output): void {
  for (const row of assetTotals(data)) {
    const difference = row.difference === 0n ? "0" : differenceText(data, row.asset, row.difference);
    output.line(
      output.colors.bold(
        `Total      ${amountWords(data, row.asset, row.recomputed)} recomputed, difference ${difference}, uncovered ${amountText(data, row.asset, row.uncovered)}`,
      ),
    );
  }
}

function printBearers(data: ReportData, output: Output): void {
  for (const { asset, recomputed } of assetTotals(data)) {
    const layers = new Map<string, bigint>();
    for (const row of data.writeOffs) {
      if (row.asset !== asset) continue;
      for (const { layer, amount } of row.layers) layers.set(layer, (layers.get(layer) ?? 0n) + amount);
    }
    if (layers.size === 0) continue;
    output.line(`Who bears it, ${data.commodities.get(asset)?.name ?? asset}`);
    const rows = [...layers].map(([layer, amount]) => [
      `  ${layer}`,
      bar(amount, recomputed),
      amountText(data, asset, amount),
    ]);
    output.table(rows, ["left", "left", "right"]);
  }
}

/** Any part shows at least one mark, and only the whole shows all. */
function bar(part: bigint, whole: bigint): string {
  if (whole <= 0n || part <= 0n) return `[${".".repeat(BAR)}]`;
  const exact = Number((part * BigInt(BAR)) / whole);
  const used = part >= whole ? BAR : Math.min(BAR - 1, Math.max(1, exact));
  return `[${"#".repeat(used)}${".".repeat(BAR - used)}]`;
}

function printFindings(data: ReportData, output: Output): void {
  const order = { differs: 0, incomplete: 1, note: 2 } as const;
  const sorted = [...data.findings].sort((a, b) => order[a.severity] - order[b.severity]);
  if (sorted.length === 0) return;
  const { differs, incomplete, note } = data.severities;
  output.line(
    output.colors.bold(
      `Findings   ${differs} differ, ${incomplete} incomplete, ${note} ${plural(note, "note")}`,
    ),
  );
  for (const finding of sorted.slice(0, SHOWN)) {
    const where = `${finding.file}${finding.position.line === undefined ? "" : `:${finding.position.line}`}`;
    const text = `${where}  ${classWords(finding.class)}: ${finding.message}`;
    const [first, ...rest] = wrap(text, output.width - 3);
    const sign = finding.severity === "differs" ? output.colors.red("x") : output.colors.yellow("~");
    output.line(`${sign}  ${first}`);
    for (const line of rest) output.line(`   ${line}`);
  }
  const total = differs + incomplete + note;
  if (total > SHOWN) output.line(`   and ${total - SHOWN} more`);
}

function printCoverage(data: ReportData, output: Output): void {
  for (const row of data.coverage) {
    const blocks = row.fromBlock === null ? "no blocks" : `blocks ${row.fromBlock} to ${row.toBlock}`;
    const calls = row.callsUsed === 0 ? "" : `, ${row.callsUsed} ${plural(row.callsUsed, "call")} read`;
    const resyncs = row.resyncs === 0 ? "" : `, ${row.resyncs} resynchronised`;
    labelled(
      "Coverage",
      `${row.file}: ${blocks}, ${row.transactions} transactions, ${row.logs} logs, ${row.comparisons} values in ${row.checkpoints} checkpoints compared${calls}${resyncs}`,
      output,
    );
  }
  for (const [index, words] of notSeen(data).entries())
    labelled(index === 0 ? "Not seen" : "", words, output);
}

/** Text beside its label, wrapped and indented under itself. */
function labelled(label: string, text: string, output: Output): void {
  for (const [index, line] of wrap(text, output.width - 11).entries()) {
    output.line((index === 0 ? label : "").padEnd(11) + line);
  }
}

/** Lines of at most `width` characters, broken at spaces. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
