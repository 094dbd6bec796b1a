import { type AssetTotals, classWords, plural, type ReconciledWriteOff } from "@shortfall/audit";
import { waterfallPicture } from "../charts/index.js";
import { stackOf } from "../layers.js";
import type { ReportView } from "../report-view.js";
import { countText, fullAmount } from "../text/amount.js";
import { escapeText, plainText } from "../text/escape.js";
import { differenceFigure, differingDigits, figure, nameCode } from "../text/figure.js";
import { utcTime } from "../text/time.js";
import { scroller, sectionMarkup } from "./section.js";

/** Write-offs listed; the tables of the folder hold all. */
export const LISTED_WRITE_OFFS = 500;
/** Those of them, differences first, that have their evidence and waterfall on the page. */
const EVIDENCED_WRITE_OFFS = 200;
const COLUMNS = 8;

interface Listed {
  readonly rows: readonly ReconciledWriteOff[];
  readonly evidenced: ReadonlySet<ReconciledWriteOff>;
  readonly further: number;
}

/** The write-offs as the page lists them: differences first, asset by asset. */
function listedWriteOffs(view: ReportView): Listed {
  const place = new Map(view.totals.map((row, index) => [row.asset, index]));
  const sorted = view.data.writeOffs
    .map((row, index) => ({ row, index, rank: rankOf(row) }))
    .sort((a, b) => a.rank - b.rank || compare(sizeOf(b.row), sizeOf(a.row)) || a.index - b.index)
    .slice(0, LISTED_WRITE_OFFS)
    .map(({ row }) => row);
  const rows = sorted
    .map((row, index) => ({ row, index }))
    .sort((a, b) => (place.get(a.row.asset) ?? 0) - (place.get(b.row.asset) ?? 0) || a.index - b.index)
    .map(({ row }) => row);
  return {
    rows,
    evidenced: new Set(sorted.slice(0, EVIDENCED_WRITE_OFFS)),
    further: view.data.writeOffs.length - rows.length,
  };
}

const rankOf = (row: ReconciledWriteOff): number =>
  row.difference === 0n ? 2 : row.class === "unexplained" ? 0 : 1;
/** Exact rows keep their order in the chain. */
const sizeOf = ({ difference }: ReconciledWriteOff): bigint => (difference < 0n ? -difference : difference);
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Reported against recomputed, each with its evidence and its waterfall. */
export function writeOffs(view: ReportView): string {
  const { data, totals } = view;
  if (data.writeOffs.length === 0) return "";
  const { rows, evidenced, further } = listedWriteOffs(view);
  const summaries = new Map<string, ReportView["data"]["haircuts"][number][]>();
  for (const table of data.haircuts) {
    const tables = summaries.get(table.writeOff);
    if (tables) tables.push(table);
    else summaries.set(table.writeOff, [table]);
  }
  const numbers = new Map(data.writeOffs.map((row, index) => [row, index + 1]));
  const firstDiffering = rows.find((row) => row.difference !== 0n);
  const bodies = totals.map((total, index) => {
    const own = rows.filter((row) => row.asset === total.asset);
    if (own.length === 0) return "";
    const { name } = view.asset(total.asset);
    const head =
      totals.length > 1
        ? `<tr class="subhead"><th scope="rowgroup" colspan="${COLUMNS}">${escapeText(name)}</th></tr>`
        : "";
    const lines = own.map((row) =>
      writeOffRows(view, row, {
        number: numbers.get(row) ?? 0,
        open: row === firstDiffering,
        evidenced: evidenced.has(row),
        tables: summaries.get(row.id) ?? [],
      }),
    );
    return `<tbody>${head}${lines.join("")}${totalRow(view, total, index)}</tbody>`;
  });
  const heads = `<th scope="col" class="n wideonly">No.</th><th scope="col">Block · tx</th><th scope="col" class="wideonly">Pool</th><th scope="col" class="wideonly">Account</th><th scope="col" class="n">Reported</th><th scope="col" class="n wideonly">Recomputed</th><th scope="col" class="n">Difference</th><th scope="col">Class</th>`;
  const unproved = rows.length - evidenced.size;
  const bare =
    unproved > 0
      ? `<p>The evidence of ${countText(evidenced.size)} is on this page, differences first; of the others it is in the files of the folder.</p>`
      : "";
  const beyond =
    further > 0
      ? `<p>${countText(further)} further ${plural(further, "write-off is", "write-offs are")} in <code>writeoffs.csv</code>; the totals include ${plural(further, "it", "them")}.</p>`
      : "";
  return sectionMarkup({
    id: "write-offs",
    question: "Do the numbers agree?",
    title: "Reconciliation",
    notes: [
      "The amount that the chain reported, the amount that comes out, and the signed difference. A plus says that the chain reported less than the arithmetic gives.",
      "Open a row for its evidence. Click a figure to copy it in base units, with Shift in tokens.",
    ],
    content: `<div class="filter scripted"><label for="write-off-filter">Block, transaction, pool, account or class</label><input id="write-off-filter" type="search" autocomplete="off" spellcheck="false"><p id="write-off-count" role="status" aria-live="polite">${countText(rows.length)} ${plural(rows.length, "write-off")}</p></div>${scroller("Write-offs", `<table id="write-off-rows" class="reconciliation"><thead><tr>${heads}</tr></thead>${bodies.join("")}</table>`)}${bare}${beyond}`,
  });
}

interface RowContext {
  readonly number: number;
  readonly open: boolean;
  readonly evidenced: boolean;
  readonly tables: readonly ReportView["data"]["haircuts"][number][];
}

function writeOffRows(view: ReportView, row: ReconciledWriteOff, context: RowContext): string {
  const { decimals } = view.asset(row.asset);
  const id = `w-${context.number}`;
  const differs = row.difference !== 0n;
  const differing = differingDigits(row.reported, row.recomputed);
  const kind = differs ? (row.class === "unexplained" ? "alarm" : "warn") : "quiet";
  const words = `${row.block} ${row.tx} ${row.pool} ${row.account} ${classWords(row.class)} class:${row.class} ${row.reported} ${row.id}`;
  const opener = `<button type="button" class="open" aria-expanded="${context.open}" aria-controls="${id}-e"><span class="hidden">Evidence of write-off ${context.number}, </span>${countText(row.block)}</button>`;
  const place = `${context.evidenced ? opener : countText(row.block)} <span class="quiet">· ${escapeText(shortTx(row.tx))}</span>`;
  const cells = [
    `<td class="n quiet wideonly">${context.number}</td>`,
    `<th scope="row">${place}</th>`,
    `<td class="wideonly">${nameCode(row.pool)}</td>`,
    `<td class="wideonly">${nameCode(row.account)}</td>`,
    `<td class="n">${figure(row.reported, decimals, { differing })}</td>`,
    `<td class="n wideonly">${figure(row.recomputed, decimals, { differing })}</td>`,
    `<td class="n">${differenceFigure(row.difference, decimals)}</td>`,
    `<td class="${kind}">${escapeText(classWords(row.class))}</td>`,
  ];
  const evidenceRow = `<tr id="${id}-e" class="evidence${context.open ? "" : " closed"}"><td colspan="${COLUMNS}">${evidence(view, row, context)}</td></tr>`;
  return `<tr id="${id}" class="row${differs ? " differs" : ""}" data-row="${context.number}" data-words="${escapeText(words.toLowerCase())}">${cells.join("")}</tr>${context.evidenced ? evidenceRow : ""}`;
}

const shortTx = (tx: string): string =>
  /^0x[0-9a-f]{20,}$/i.test(tx) ? `${tx.slice(0, 8)}…` : tx.slice(0, 24);

function evidence(view: ReportView, row: ReconciledWriteOff, { number, tables }: RowContext): string {
  const { name, decimals } = view.asset(row.asset);
  const shown = escapeText(name);
  const stack = stackOf([row], "all");
  const amounts = stack.amountsOf(row);
  const parts = stack.layers.map((layer, index) => ({
    name: layer.name,
    fill: layer.fill,
    amount: amounts[index] ?? 0n,
  }));
  const fall = waterfallPicture({
    id: `fall-${number}`,
    decimals,
    loss: row.recomputed,
    parts,
    title: `Waterfall of write-off ${number}, ${name}`,
    description: parts
      .map((part) => `${plainText(part.name)} ${fullAmount(part.amount, decimals)}`)
      .join(", "),
  });
  const where = [
    row.timestamp > 0 ? `${utcTime(row.timestamp)} UTC` : "",
    row.logIndex === null ? "" : `log ${row.logIndex}`,
    row.line === null ? "" : `line ${row.line} of ${escapeText(row.file)}`,
  ]
    .filter((words) => words !== "")
    .join(", ");
  const layers = row.layers
    .map(
      ({ layer, policy, amount }) =>
        `${escapeText(layer)} (${escapeText(policy)}) ${figure(amount, decimals)}`,
    )
    .join(" + ");
  const holders = tables.map((table) => {
    const held = view.asset(table.asset);
    const top = table.top
      .map((holder) => `${nameCode(holder.account)} ${figure(-holder.loss, held.decimals)}`)
      .join(" · ");
    const others = table.holders - table.top.length;
    return `${escapeText(table.bearer)}: ${countText(table.holders)} ${plural(table.holders, "holder")} ${table.basis === "realised" ? "lost" : "would lose"} ${figure(table.absorbed, held.decimals)}${top === "" ? "" : `: ${top}`}${others > 0 ? ` · ${countText(others)} more` : ""}; dust ${figure(table.dust, held.decimals)} stays with ${escapeText(table.dustOwner)}`;
  });
  const rows: [string, string][] = [
    [
      "Event",
      `${escapeText(row.source)}: ${figure(row.reported, decimals)} ${shown}${where === "" ? "" : `; ${where}`}`,
    ],
    ["Transaction", `<code>${escapeText(row.tx)}</code>`],
    ["Pool", `<code>${escapeText(row.pool)}</code>`],
    ["Account", `<code>${escapeText(row.account)}</code>`],
    [
      "Recomputed",
      `${figure(row.recomputed, decimals)} ${shown}, difference ${differenceFigure(row.difference, decimals)}`,
    ],
    ["Layers", `${layers === "" ? "no layer" : layers}; uncovered ${figure(row.uncovered, decimals)}`],
    ...holders.map((words): [string, string] => ["Holders", words]),
  ];
  return `<div class="proofs"><dl>${rows.map(([term, words]) => `<dt>${term}</dt><dd>${words}</dd>`).join("")}</dl>${fall}</div>`;
}

function totalRow(view: ReportView, total: AssetTotals, index: number): string {
  const { decimals } = view.asset(total.asset);
  return `<tr class="total" data-asset="${index}"><td class="wideonly"></td><th scope="row">${countText(total.writeOffs)} ${plural(total.writeOffs, "write-off")}</th><td class="wideonly"></td><td class="wideonly"></td><td class="n">${figure(total.reported, decimals)}</td><td class="n wideonly">${figure(total.recomputed, decimals)}</td><td class="n">${differenceFigure(total.difference, decimals)}</td><td></td></tr>`;
}
