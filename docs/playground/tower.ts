import {
  coordinate,
  fillClass,
  fullAmount,
  type LayerFill,
  lengthOf,
  line,
  path,
  percent,
  picture,
  rampClass,
  rect,
  shortAmount,
  spreadLabels,
  text,
  ticksOf,
} from "@shortfall/report";
import type { LayerRow, Outcome } from "./outcome.js";

interface Frame {
  readonly kind: "wide" | "narrow";
  readonly width: number;
  readonly left: number;
  readonly tower: number;
  readonly height: number;
}

const WIDE: Frame = { kind: "wide", width: 760, left: 56, tower: 150, height: 420 };
const NARROW: Frame = { kind: "narrow", width: 358, left: 50, tower: 92, height: 340 };
const TOP = 26;
const GAP = 38;
/** Layers whose tints differ; of more, neighbours may share one and their edge parts them. */
const TINTS = 8;

/** Tint of the nth of so many layers. */
export function tintOf(fill: LayerFill, layers: number): LayerFill {
  if (fill.kind !== "depth" || layers <= TINTS) return fill;
  return { kind: "depth", index: Math.round((fill.index * (TINTS - 1)) / (layers - 1)) };
}

export const tinted = (rows: readonly LayerRow[]): number =>
  rows.filter(({ fill }) => fill.kind === "depth").length;

/** The loss as a tower of layers, deeper ones further down; for wide and for narrow pages. */
export const towerPictures = (outcome: Outcome, asset: string, decimals: number, title: string): string =>
  [WIDE, NARROW].map((frame) => tower(outcome, asset, decimals, title, frame)).join("");

interface Block {
  readonly row: LayerRow | undefined;
  /** Top and bottom of what it took, in base units of depth. */
  readonly from: bigint;
  readonly to: bigint;
  /** What it could still take below that, or the torn edge of a layer that goes on. */
  readonly open: bigint | "unlimited";
}

function tower(outcome: Outcome, asset: string, decimals: number, title: string, frame: Frame): string {
  const { loss, rows } = outcome;
  const blocks = blocksOf(outcome);
  const max = axisEnd(loss, blocks);
  const labels = blocks.length;
  const height = frame.kind === "wide" ? Math.max(frame.height, labels * GAP + 20) : frame.height;
  const y = (units: bigint): number => TOP + lengthOf(units > max ? max : units, max, height);
  const right = frame.left + frame.tower;
  const parts = [text("cap", 0, 12, `Depth of the loss, ${asset}`)];
  for (const tick of ticksOf(max, 6)) {
    parts.push(line(tick === 0n ? "zero" : "grid", frame.left, y(tick), right, y(tick)));
    parts.push(text("tick", frame.left - 8, y(tick) + 4, shortAmount(tick, decimals), "end"));
  }
  for (const block of blocks) parts.push(...drawn(block, frame, y, max, tinted(rows)));
  if (loss > 0n) parts.push(line("reached", frame.left - 6, y(loss), right + 6, y(loss)));
  const placed = frame.kind === "wide" ? beside(blocks, frame, y, height, decimals, loss) : [];
  return picture({
    id: `tower-${frame.kind}`,
    width: frame.width,
    height: TOP + height + 8,
    kind: `${frame.kind} ${rampClass(Math.min(TINTS, tinted(rows)))}`,
    title,
    description: rows
      .map((row) => `${row.number} ${row.id} takes ${fullAmount(row.taken, decimals)}.`)
      .join(" "),
    content: parts.concat(placed).join(""),
  });
}

/** Blocks in order of depth: what each layer took, what lies open below the loss, and what no layer took. */
function blocksOf({ rows, uncovered }: Outcome): Block[] {
  let depth = 0n;
  const last = rows.reduce((found, row, index) => (row.taken > 0n ? index : found), -1);
  const blocks = rows.map((row, index): Block => {
    const from = depth;
    depth += row.taken;
    if (index < last || uncovered > 0n) return { row, from, to: depth, open: 0n };
    const open: Block["open"] = row.capacity === "unlimited" ? "unlimited" : row.capacity - row.taken;
    const block = { row, from, to: depth, open };
    // Below the loss, what lies open of one layer is where the next would start.
    if (open !== "unlimited") depth += open;
    return block;
  });
  blocks.push({ row: undefined, from: depth, to: depth + uncovered, open: 0n });
  return blocks;
}

/** A little below the loss, so that the next open layer shows; a pool without a loss is drawn whole. */
function axisEnd(loss: bigint, blocks: readonly Block[]): bigint {
  if (loss > 0n) return loss + (loss * 18n) / 100n + 1n;
  const whole = blocks.reduce((most, { to, open }) => (open === "unlimited" ? most : to + open), 0n);
  return whole > 0n ? whole + (whole * 18n) / 100n + 1n : 1n;
}

function drawn(
  block: Block,
  frame: Frame,
  y: (units: bigint) => number,
  max: bigint,
  layers: number,
): string[] {
  const parts: string[] = [];
  const { row, from, to, open } = block;
  const kind = row === undefined ? "uncovered" : fillClass(tintOf(row.fill, layers));
  const restored = row?.restored ?? 0n;
  const box = (name: string, top: bigint, bottom: bigint): void => {
    const height = Math.max(0.8, y(bottom) - y(top));
    parts.push(rect(`${name} block`, frame.left, y(top), frame.tower, height));
  };
  if (to > from) {
    const kept = restored > to - from ? to : to - restored;
    if (kept > from) box(kind, from, kept);
    if (restored > 0n) box(`${kind} restored`, kept > from ? kept : from, to);
  }
  if (open === 0n || to >= max) return parts;
  const beyond = open === "unlimited" || to + open > max;
  if (beyond) parts.push(torn(frame, y(to), y(max)));
  else box("open", to, to + open);
  return parts;
}

/** A layer that goes on below the drawing ends in a torn edge. */
function torn(frame: Frame, top: number, bottom: number): string {
  const teeth = 10;
  const step = frame.tower / teeth;
  const edge = Array.from({ length: teeth + 1 }, (_, tooth) => {
    const x = frame.left + frame.tower - tooth * step;
    return `L${coordinate(x)} ${coordinate(bottom - (tooth % 2 === 0 ? 6 : 0))}`;
  });
  const { left, tower: width } = frame;
  return path(
    "open block",
    `M${coordinate(left)} ${coordinate(top)}L${coordinate(left + width)} ${coordinate(top)}${edge.join("")}Z`,
  );
}

function beside(
  blocks: readonly Block[],
  frame: Frame,
  y: (units: bigint) => number,
  height: number,
  decimals: number,
  loss: bigint,
): string[] {
  const right = frame.left + frame.tower;
  const x = right + 38;
  const middles = blocks.map(({ from, to, open }) =>
    to > from || open !== 0n ? (y(from) + y(to > from ? to : from)) / 2 : y(from),
  );
  const places = spreadLabels(middles, GAP, TOP + 6, TOP + height - 24);
  return blocks.flatMap(({ row, from, to }, index) => {
    const at = places[index]!;
    const taken = to - from;
    const name = row === undefined ? "Uncovered" : `${row.number} ${cut(row.id)}`;
    const leader = `M${coordinate(right + 2)} ${coordinate(middles[index]!)}L${coordinate(x - 20)} ${coordinate(at)}L${coordinate(x - 6)} ${coordinate(at)}`;
    return [
      taken > 0n ? path("leader", leader) : "",
      text(row === undefined && taken > 0n ? "lab alarm" : "lab", x, at + 4, name),
      text(
        row === undefined && taken > 0n ? "num alarm" : "num",
        frame.width,
        at + 4,
        fullAmount(taken, decimals),
        "end",
      ),
      text(
        "sub",
        x,
        at + 20,
        row === undefined
          ? taken > 0n
            ? "past the last layer"
            : "nothing is left over"
          : useOf(row, decimals),
      ),
      text("sub", frame.width, at + 20, `${percent(taken, loss)} of the loss`, "end"),
    ];
  });
}

const cut = (name: string): string => (name.length > 30 ? `${name.slice(0, 29)}…` : name);

/** How much of a layer was used: `12.8% used, 1.46m left`. */
export function useOf({ capacity, taken, from }: LayerRow, decimals: number): string {
  if (capacity === 0n) return "has nothing";
  if (capacity === "unlimited") return taken > 0n ? "without end" : "not reached, without end";
  if (taken === capacity) return "used up";
  if (taken === 0n) {
    return `starts at ${shortAmount(from, decimals)}, holds ${shortAmount(capacity, decimals)}`;
  }
  return `${percent(taken, capacity)} used, ${shortAmount(capacity - taken, decimals)} left`;
}

/** The same loss elsewhere: one small tower on the common scale. */
export function smallTower(outcome: Outcome, id: string, title: string, decimals: number): string {
  const width = 70;
  const height = 96;
  const { loss, rows } = outcome;
  const parts: string[] = [];
  const y = (units: bigint): number => lengthOf(units, loss > 0n ? loss : 1n, height);
  for (const { row, from, to } of blocksOf(outcome)) {
    if (to === from) continue;
    const kind = row === undefined ? "uncovered" : fillClass(tintOf(row.fill, tinted(rows)));
    parts.push(rect(`${kind} block`, 0.5, y(from) + 0.5, width - 1, Math.max(0.8, y(to) - y(from))));
  }
  if (loss === 0n) parts.push(line("zero", 0, 0.5, width, 0.5));
  return picture({
    id,
    width,
    height: height + 1,
    kind: `small ${rampClass(Math.min(TINTS, tinted(rows)))}`,
    title,
    description: rows.map((row) => `${row.id} ${fullAmount(row.taken, decimals)}.`).join(" "),
    content: parts.join(""),
  });
}
