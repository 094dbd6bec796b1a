import { type AssetTotals, plural, type ReconciledWriteOff } from "@shortfall/audit";
import { type DepthTick, depthPictures } from "../charts/index.js";
import { numberTicks } from "../charts/scale.js";
import { stackOf } from "../layers.js";
import type { ReportView } from "../report-view.js";
import { countText, percent } from "../text/amount.js";
import { escapeText, plainText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { clockTime, utcDay, utcTime } from "../text/time.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** Assets that are drawn; the table of totals lists all. */
const DRAWN_ASSETS = 12;

/** Loss by layer over time, asset by asset. */
export function depth(view: ReportView): string {
  const losing = view.totals.filter((row) => row.recomputed > 0n);
  if (losing.length === 0) return "";
  const drawn = losing
    .slice(0, DRAWN_ASSETS)
    .map((row, index) => assetDepth(view, row, index, losing.length > 1));
  const further = losing.length - DRAWN_ASSETS;
  if (further > 0)
    drawn.push(`<p>${further} further ${plural(further, "asset")}: see the table of totals.</p>`);
  return sectionMarkup({
    id: "layers",
    question: "Who lost?",
    title: "Where the loss came to rest",
    notes: [
      "Read it as a section through water. The surface is no loss; every write-off goes deeper, through the layers in the order in which they bear it.",
      "A solid block was absorbed. Level stripes are recognised, but nobody bears them yet; slanted ones are uncovered.",
    ],
    content: drawn.join(""),
  });
}

function assetDepth(view: ReportView, total: AssetTotals, index: number, headed: boolean): string {
  const { name, decimals } = view.asset(total.asset);
  const rows = view.data.writeOffs.filter((row) => row.asset === total.asset);
  const stack = stackOf(rows);
  const timed = rows.every((row) => row.timestamp > 0);
  const at = (row: ReconciledWriteOff): number => (timed ? row.timestamp : row.block);
  const steps = rows
    .map((row, order) => ({ at: at(row), order, amounts: stack.amountsOf(row) }))
    .sort((a, b) => a.at - b.at || a.order - b.order);
  const files = new Set(rows.map((row) => row.file));
  const read = view.data.coverage
    .filter(({ file }) => files.has(file))
    .flatMap((row) => (timed ? [row.fromTimestamp, row.toTimestamp] : [row.fromBlock, row.toBlock]))
    .filter((bound): bound is number => bound !== null && (!timed || bound > 0));
  const from = Math.min(...read, steps[0]?.at ?? Number.POSITIVE_INFINITY);
  const to = Math.max(...read, steps[steps.length - 1]?.at ?? from, from + 1);
  const sums = stack.layers.map((_, layer) =>
    steps.reduce((sum, step) => sum + (step.amounts[layer] ?? 0n), 0n),
  );
  const said = stack.layers
    .map(
      (layer, layerIndex) => `${plainText(layer.name)} ${percent(sums[layerIndex] ?? 0n, total.recomputed)}`,
    )
    .join(", ");
  const pictures = depthPictures({
    id: `depth-${index}`,
    asset: name,
    decimals,
    layers: stack.layers,
    steps,
    from,
    to,
    ticks: timed ? timeTicks(from, to) : blockTicks(from, to),
    title: `Loss by layer over time, ${name}`,
    description: `${steps.length} ${plural(steps.length, "write-off")}; ${said}.`,
  });
  const table = figuresAsTable(
    scroller(
      `Loss by layer, ${escapeText(name)}`,
      `<table><thead><tr><th scope="col">Layer</th><th scope="col" class="n">Absorbed, ${escapeText(name)}</th><th scope="col" class="n">Share</th></tr></thead><tbody>${stack.layers
        .map(
          (layer, layerIndex) =>
            `<tr><th scope="row">${escapeText(layer.name)}</th><td class="n">${figure(sums[layerIndex] ?? 0n, decimals)}</td><td class="n">${escapeText(percent(sums[layerIndex] ?? 0n, total.recomputed))}</td></tr>`,
        )
        .join("")}</tbody></table>`,
    ),
  );
  const span = timed
    ? `${utcTime(from)} to ${utcTime(to)} UTC`
    : `blocks ${countText(from)} to ${countText(to)}`;
  return `<figure>${headed ? `<h3>${escapeText(name)}</h3>` : ""}${pictures}<figcaption class="cap">${span}</figcaption>${carriedWords(view, total.asset)}${table}</figure>`;
}

/** What the pools of an asset still carry at the end: written off or drawn from reserves, and borne by nobody yet. */
function carriedWords(view: ReportView, asset: string): string {
  const { name, decimals } = view.asset(asset);
  const pools = view.data.pools.filter((pool) => pool.asset === asset);
  const carried = pools.reduce((sum, pool) => sum + pool.deficitCarried, 0n);
  const overdrawn = pools.reduce((sum, pool) => (pool.reserves < 0n ? sum - pool.reserves : sum), 0n);
  const said = [
    ...(carried > 0n ? [`${figure(carried, decimals)} is carried as a deficit`] : []),
    ...(overdrawn > 0n ? [`reserves stand ${figure(overdrawn, decimals)} below zero`] : []),
  ];
  return said.length === 0
    ? ""
    : `<p class="note">At the end ${said.join(" and ")}, in ${escapeText(name)}: nobody bears that yet.</p>`;
}

const SECOND_STEPS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** The first tick says when; the others how much later. */
function timeTicks(from: number, to: number): DepthTick[] {
  const span = to - from;
  const days = Math.ceil(span / 86_400 / 5);
  const step = SECOND_STEPS.find((seconds) => span / seconds <= 5) ?? niceDays(days) * 86_400;
  const ticks: DepthTick[] = [{ at: from, words: step >= 86_400 ? utcDay(from) : clockTime(from) }];
  for (let at = from + step; at <= to; at += step) ticks.push({ at, words: `+${durationWords(at - from)}` });
  return ticks;
}

const niceDays = (days: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, days)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= days) ?? days;
};

function durationWords(seconds: number): string {
  if (seconds % 86_400 === 0) return `${countText(seconds / 86_400)} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

const blockTicks = (from: number, to: number): DepthTick[] =>
  numberTicks(to - from, 5).map((offset) => ({ at: from + offset, words: countText(from + offset) }));
