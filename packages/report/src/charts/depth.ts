import { fullAmount, percent, shortAmount } from "../text/amount.js";
import { amountWidth } from "./amount-label.js";
import { spreadLabels } from "./labels.js";
import { fillClass, type LayerFill, rampClass } from "./ramp.js";
import { coordinate, lengthOf, ticksOf } from "./scale.js";
import { fitted, line, type PictureWords, path, picture, rect, text } from "./svg.js";

/** A layer of the section, nearest the surface first. */
export interface DepthLayer {
  readonly name: string;
  readonly fill: LayerFill;
}

/** One write-off: what each layer took then, in base units, in the order of the layers. */
export interface DepthStep {
  readonly at: number;
  readonly amounts: readonly bigint[];
}

/** A label of the horizontal axis. */
export interface DepthTick {
  readonly at: number;
  readonly words: string;
}

export interface DepthChart extends PictureWords {
  readonly id: string;
  /** Name of the asset, for the caption. */
  readonly asset: string;
  readonly decimals: number;
  readonly layers: readonly DepthLayer[];
  /** In order of `at`. */
  readonly steps: readonly DepthStep[];
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly DepthTick[];
}

interface Frame {
  readonly width: number;
  readonly left: number;
  readonly plot: number;
  readonly tower: number;
  readonly towerWidth: number;
  readonly height: number;
  readonly labels: "beside" | "below";
}

const TOP = 26;
const WIDE: Frame = {
  width: 900,
  left: 66,
  plot: 430,
  tower: 512,
  towerWidth: 92,
  height: 280,
  labels: "beside",
};
const NARROW: Frame = {
  width: 358,
  left: 56,
  plot: 214,
  tower: 282,
  towerWidth: 76,
  height: 230,
  labels: "below",
};
const LABEL = 13;
const ROW = 42;

/**
 * Loss by layer over time as a section through water: depth runs down, every write-off reaches deeper, and the
 * tower beside it holds what each layer took in all. Drawn once for wide pages and once for narrow ones.
 */
export const depthPictures = (chart: DepthChart): string => depth(chart, WIDE) + depth(chart, NARROW);

function depth(chart: DepthChart, frame: Frame): string {
  const totals = chart.layers.map((_, index) => sumOf(chart.steps.map((step) => step.amounts[index] ?? 0n)));
  const loss = sumOf(totals);
  const narrow = frame.labels === "below";
  const id = `${chart.id}-${narrow ? "n" : "w"}`;
  // A little water below the deepest point; a loss of one unit still has a whole tick.
  const max = loss + (loss + 8n) / 9n;
  const bottom = TOP + frame.height;
  const parts = [
    text("cap", 0, 12, fitted(`Loss so far, ${chart.asset}`, LABEL, frame.left + frame.plot)),
    ...(narrow ? [] : [text("cap", frame.tower, 12, "In all")]),
  ];
  if (loss > 0n) {
    for (const tick of ticksOf(max, 6)) {
      const y = TOP + lengthOf(tick, max, frame.height);
      parts.push(line(tick === 0n ? "zero" : "grid", frame.left, y, frame.tower + frame.towerWidth, y));
      parts.push(text("tick", frame.left - 8, y + 4, shortAmount(tick, chart.decimals), "end"));
    }
    parts.push(...areas(chart, frame, max), ...tower(chart, frame, totals, max));
  }
  for (const [index, tick] of chart.ticks.entries()) {
    if (narrow && index % 2 === 1 && chart.ticks.length > 3) continue;
    const x = frame.left + along(tick.at, chart, frame);
    parts.push(line("zero", x, bottom, x, bottom + 5));
    parts.push(text("tick", x, bottom + 18, tick.words, x < frame.left + 20 ? "start" : "middle"));
  }
  const labels = labelled(chart, frame, totals, loss, max);
  parts.push(...labels.parts);
  const shown = chart.layers.filter((layer) => layer.fill.kind === "depth").length;
  return picture({
    id,
    width: frame.width,
    height: Math.max(bottom + 26, labels.bottom),
    kind: `${narrow ? "narrow" : "wide"} ${rampClass(shown)}`,
    title: chart.title,
    description: chart.description,
    content: parts.join(""),
  });
}

/** Stacked step areas and the line of the loss. Steps that fall on one half of a unit are one. */
function areas(chart: DepthChart, frame: Frame, max: bigint): string[] {
  const corners: { x: number; depths: number[] }[] = [];
  const sums = chart.layers.map(() => 0n);
  for (const step of chart.steps) {
    for (const [index, amount] of step.amounts.entries()) sums[index] = (sums[index] ?? 0n) + amount;
    const x = frame.left + along(step.at, chart, frame);
    let depthSoFar = 0n;
    const depths = sums.map((sum) => {
      depthSoFar += sum;
      return TOP + lengthOf(depthSoFar, max, frame.height);
    });
    const last = corners[corners.length - 1];
    if (last && Math.round(2 * last.x) === Math.round(2 * x)) last.depths = depths;
    else corners.push({ x, depths });
  }
  const end = frame.left + frame.plot;
  const parts: string[] = [];
  for (const [index, layer] of chart.layers.entries()) {
    const upper = outline(corners, index - 1, end);
    const lower = outline(corners, index, end);
    if (upper.join() === lower.join()) continue;
    parts.push(path(fillClass(layer.fill), `M${lower.join("L")}L${upper.reverse().join("L")}Z`));
  }
  const first = corners[0];
  if (first) {
    const surface = `${coordinate(frame.left)} ${coordinate(TOP)}L${coordinate(first.x)} ${coordinate(TOP)}`;
    parts.push(path("depthline", `M${surface}L${outline(corners, chart.layers.length - 1, end).join("L")}`));
  }
  return parts;
}

/** Corners of a layer's lower edge from left to right; index −1 is the surface. */
function outline(
  corners: readonly { x: number; depths: readonly number[] }[],
  index: number,
  end: number,
): string[] {
  const points: string[] = [];
  const depthAt = (depths: readonly number[]): number => depths[index] ?? TOP;
  for (const [k, corner] of corners.entries()) {
    const before = corners[k - 1];
    points.push(`${coordinate(corner.x)} ${coordinate(before ? depthAt(before.depths) : TOP)}`);
    points.push(`${coordinate(corner.x)} ${coordinate(depthAt(corner.depths))}`);
  }
  const last = corners[corners.length - 1];
  if (last) points.push(`${coordinate(end)} ${coordinate(depthAt(last.depths))}`);
  return points;
}

function tower(chart: DepthChart, frame: Frame, totals: readonly bigint[], max: bigint): string[] {
  const parts: string[] = [];
  let reached = 0n;
  for (const [index, layer] of chart.layers.entries()) {
    const amount = totals[index] ?? 0n;
    if (amount === 0n) continue;
    const y = TOP + lengthOf(reached, max, frame.height);
    const height = Math.max(0.8, lengthOf(amount, max, frame.height));
    parts.push(rect(`${fillClass(layer.fill)} block`, frame.tower, y, frame.towerWidth, height));
    reached += amount;
  }
  const floor = TOP + lengthOf(reached, max, frame.height);
  parts.push(line("reached", frame.tower - 6, floor, frame.tower + frame.towerWidth + 6, floor));
  return parts;
}

/** Every layer's name, share and exact amount: beside the tower, or as a list below the drawing. */
function labelled(
  chart: DepthChart,
  frame: Frame,
  totals: readonly bigint[],
  loss: bigint,
  max: bigint,
): { parts: string[]; bottom: number } {
  const parts: string[] = [];
  const rows = chart.layers.map((layer, index) => ({
    layer,
    amount: totals[index] ?? 0n,
    number: index + 1,
  }));
  let reached = 0n;
  const middles = rows.map(({ amount }) => {
    const middle = lengthOf(2n * reached + amount, 2n * (max > 0n ? max : 1n), frame.height);
    reached += amount;
    return TOP + middle;
  });
  const below = frame.labels === "below";
  const list = TOP + frame.height + 46;
  const places = below
    ? rows.map((_, index) => list + index * ROW)
    : spreadLabels(
        middles.map((y) => y + 2),
        ROW,
        TOP + 8,
        TOP + frame.height - 20,
      );
  const x = below ? 22 : frame.tower + frame.towerWidth + 40;
  for (const [index, { layer, amount, number }] of rows.entries()) {
    const y = places[index] ?? 0;
    if (below) parts.push(rect(`${fillClass(layer.fill)} block`, 0.5, y - 10, 12, 12));
    else if (amount > 0n) {
      const from = frame.tower + frame.towerWidth + 2;
      const middle = middles[index] ?? 0;
      parts.push(
        path(
          "leader",
          `M${coordinate(from)} ${coordinate(middle)}L${coordinate(x - 20)} ${coordinate(y - 4)}L${coordinate(x - 6)} ${coordinate(y - 4)}`,
        ),
      );
    }
    const share = `${percent(amount, loss)}`;
    const name = layer.fill.kind === "uncovered" ? layer.name : `${number} ${layer.name}`;
    parts.push(text("lab", x, y, fitted(name, LABEL, frame.width - x - 70)));
    parts.push(text("sub", frame.width, y, share, "end"));
    const amountText = fullAmount(amount, chart.decimals);
    parts.push(...wrapped(amountText, x, y + 17, frame.width - x));
  }
  return { parts, bottom: Math.max(TOP + frame.height, places[places.length - 1] ?? 0) + 38 };
}

/** An exact amount; one that is too wide goes on at the point, in smaller figures. */
function wrapped(amount: string, x: number, y: number, room: number): string[] {
  if (amountWidth(amount, LABEL) <= room) return [text("num", x, y, amount)];
  const point = amount.indexOf(".");
  if (point < 0) return [text("num small", x, y, amount)];
  return [
    text("num small", x, y - 2, amount.slice(0, point)),
    text("num small", x, y + 9, amount.slice(point)),
  ];
}

function along(at: number, chart: DepthChart, frame: Frame): number {
  const span = chart.to - chart.from;
  return span <= 0 ? 0 : ((at - chart.from) / span) * frame.plot;
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
