import { fullAmount, percent, shortAmount } from "../text/amount.js";
import { amountWidth } from "./amount-label.js";
import { spreadLabels } from "./labels.js";
import { fillClass, type LayerFill, rampClass } from "./ramp.js";
import { ribbon } from "./ribbon.js";
import { coordinate, lengthOf } from "./scale.js";
import { fitted, type PictureWords, path, picture, rect, text } from "./svg.js";

/** Where a deficit is at one stage of its way. Nodes without a fill are drawn in ink. */
export interface FlowNode {
  readonly name: string;
  readonly amount: bigint;
  readonly fill?: LayerFill;
}

/** What goes from a node of one column to a node of the next, by index. */
export interface FlowLink {
  readonly from: number;
  readonly to: number;
  readonly amount: bigint;
  readonly fill: LayerFill;
}

/** Two or three columns, each in the order in which it is drawn; `links[k]` lead from column k to column k + 1. */
export interface FlowChart extends PictureWords {
  readonly id: string;
  readonly asset: string;
  readonly decimals: number;
  readonly columns: readonly (readonly FlowNode[])[];
  readonly links: readonly (readonly FlowLink[])[];
  /** Layers with a tint, for the ramp. */
  readonly tints: number;
  readonly headings: readonly string[];
}

const WIDTH = 900;
const NODE = 9;
const TOP = 30;
const SPACING = 15;
const LABEL = 34;
const SIZE = 13;
const TALLEST = 240;
/** Left edges of the nodes by number of columns; names stand left of the first and right of the last. */
const PLACES: Readonly<Record<number, readonly number[]>> = { 2: [220, 640], 3: [205, 430, 670] };

/** A deficit from market over layer to bearer: heights on one linear scale, ribbons as thick as what they carry. */
export function flowPicture(chart: FlowChart): string {
  const places = PLACES[chart.columns.length] ?? [];
  // Few nodes need no tall drawing.
  const scale = Math.min(TALLEST, 100 * Math.max(...chart.columns.map((nodes) => nodes.length)));
  const loss = (chart.columns[0] ?? []).reduce((sum, node) => sum + node.amount, 0n);
  const size = (amount: bigint): number => (loss > 0n ? lengthOf(amount, loss, scale) : 0);
  const heights = chart.columns.map((nodes) =>
    nodes.reduce((sum, node) => sum + Math.max(LABEL, size(node.amount) + SPACING), 0),
  );
  const tallest = Math.max(...heights, LABEL);
  // Columns are centred, so that ribbons run as level as they can.
  const tops = chart.columns.map((nodes, column) => {
    let y = TOP + (tallest - (heights[column] ?? 0)) / 2;
    return nodes.map((node) => {
      const step = Math.max(LABEL, size(node.amount) + SPACING);
      const top = y + (step - size(node.amount)) / 2;
      y += step;
      return top;
    });
  });
  const content = chart.headings.map((words, column) => {
    const last = column === chart.columns.length - 1;
    const x = (places[column] ?? 0) + (column === 0 ? NODE : last ? 0 : NODE / 2);
    return text("cap", x, 12, words, column === 0 ? "end" : last ? "start" : "middle");
  });
  for (const [column, links] of chart.links.entries()) {
    content.push(
      ...ribbons(
        links,
        (places[column] ?? 0) + NODE,
        places[column + 1] ?? 0,
        tops[column] ?? [],
        tops[column + 1] ?? [],
        size,
      ),
    );
  }
  for (const [column, nodes] of chart.columns.entries()) {
    for (const [k, node] of nodes.entries()) {
      const kind = node.fill ? `${fillClass(node.fill)} block` : "inkbar";
      content.push(
        rect(kind, places[column] ?? 0, tops[column]?.[k] ?? 0, NODE, Math.max(0.8, size(node.amount))),
      );
    }
    content.push(...labels(chart, column, nodes, tops[column] ?? [], places[column] ?? 0, loss, size));
  }
  return picture({
    id: chart.id,
    width: WIDTH,
    height: TOP + tallest + 8,
    kind: `flow ${rampClass(chart.tints)}`,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

/** Ribbons leave and reach a node in the order of the other side, so that they cross as little as that allows. */
function ribbons(
  links: readonly FlowLink[],
  x1: number,
  x2: number,
  from: readonly number[],
  to: readonly number[],
  size: (amount: bigint) => number,
): string[] {
  const arrived = new Map<FlowLink, bigint>();
  const sums = new Map<string, bigint>();
  const add = (key: string, amount: bigint): bigint => {
    const before = sums.get(key) ?? 0n;
    sums.set(key, before + amount);
    return before;
  };
  for (const link of [...links].sort((a, b) => a.to - b.to || a.from - b.from)) {
    arrived.set(link, add(`to ${link.to}`, link.amount));
  }
  return [...links]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map((link) => {
      const left = (from[link.from] ?? 0) + size(add(`from ${link.from}`, link.amount));
      const right = (to[link.to] ?? 0) + size(arrived.get(link) ?? 0n);
      return path(
        `${fillClass(link.fill)} tint`,
        ribbon(x1, left, x2, right, Math.max(0.8, size(link.amount))),
      );
    });
}

function labels(
  chart: FlowChart,
  column: number,
  nodes: readonly FlowNode[],
  tops: readonly number[],
  x: number,
  loss: bigint,
  size: (amount: bigint) => number,
): string[] {
  const first = column === 0;
  const last = column === chart.columns.length - 1;
  const anchor = first ? "end" : "start";
  const at = first ? x - 10 : x + NODE + 10;
  const next = PLACES[chart.columns.length]?.[column + 1] ?? WIDTH;
  const room = first ? at : (last ? WIDTH : next) - at - 8;
  const middles = nodes.map((node, k) => (tops[k] ?? 0) + size(node.amount) / 2);
  const rows = spreadLabels(middles, LABEL, TOP + 8, Number.POSITIVE_INFINITY);
  return nodes.flatMap((node, k) => {
    const y = rows[k] ?? 0;
    const share = percent(node.amount, loss);
    const amount = fullAmount(node.amount, chart.decimals);
    const parts = [text("lab", at, y - 1, fitted(`${node.name} · ${share}`, SIZE, room), anchor)];
    const fits = amountWidth(amount, SIZE) <= room;
    parts.push(
      text(
        fits ? "num" : "num small",
        at,
        y + 14,
        fits ? amount : smaller(node.amount, chart.decimals, room),
        anchor,
      ),
    );
    if (Math.abs(y - (middles[k] ?? y)) > 1) {
      const edge = first ? x : x + NODE;
      parts.push(
        path(
          "leader",
          `M${coordinate(edge)} ${coordinate(middles[k] ?? 0)}L${coordinate(first ? at + 3 : at - 3)} ${coordinate(y)}`,
        ),
      );
    }
    return parts;
  });
}

/** In small figures, or in short where those are too wide as well; the table has it in full. */
function smaller(amount: bigint, decimals: number, room: number): string {
  const full = fullAmount(amount, decimals);
  return amountWidth(full, 11) <= room ? full : shortAmount(amount, decimals);
}
