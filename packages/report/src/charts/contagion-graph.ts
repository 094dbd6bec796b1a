import { labelDouble, shortDouble } from "../text/double.js";
import { placeOf } from "./double-axis.js";
import { ribbon } from "./ribbon.js";
import { coordinate } from "./scale.js";
import { fitted, type PictureWords, path, picture, rect, text } from "./svg.js";

export interface GraphChartVault {
  readonly name: string;
  readonly economicPrice: number;
  readonly reportedPrice: number | null;
}

export interface GraphChartMarket {
  readonly name: string;
  readonly face: number;
  readonly value: number;
}

/** Vaults on the left, markets on the right, by index; what is not drawn is named by the page. */
export interface ContagionChart extends PictureWords {
  readonly id: string;
  readonly vaults: readonly GraphChartVault[];
  readonly markets: readonly GraphChartMarket[];
  /** `amount` is what the part was worth at face value. */
  readonly owns: readonly { readonly vault: number; readonly market: number; readonly amount: number }[];
  readonly backs: readonly { readonly vault: number; readonly market: number; readonly circular: boolean }[];
}

interface Frame {
  readonly width: number;
  readonly column: number;
  readonly row: number;
  readonly two: boolean;
  readonly top: number;
}

const WIDE: Frame = { width: 900, column: 290, row: 66, two: false, top: 44 };
const NARROW: Frame = { width: 358, column: 126, row: 84, two: true, top: 62 };
const NODE = 9;
const BAR = 12;
const SIZE = 13;
/** Height that all bands of a node have together at most. */
const THICKEST = 40;

/** Vaults over markets: bands are what a vault owns, dashes are shares that back loans. Layout by order alone. */
export const contagionPictures = (chart: ContagionChart): string =>
  draw(chart, WIDE, "wide") + draw(chart, NARROW, "narrow");

function draw(chart: ContagionChart, frame: Frame, kind: "wide" | "narrow"): string {
  const rows = Math.max(chart.vaults.length, chart.markets.length, 1);
  const height = frame.top + rows * frame.row;
  const centre = (count: number, index: number): number =>
    frame.top + ((index + 0.5) * rows * frame.row) / count;
  const vaultAt = chart.vaults.map((_, k) => centre(chart.vaults.length, k));
  const marketAt = chart.markets.map((_, k) => centre(chart.markets.length, k));
  const captions = frame.two
    ? [
        text("cap", 0, 12, "Vaults: price of a share"),
        text("cap", 0, 29, "Markets: what is left of the face value"),
        text("cap", 0, 46, "Band: owns. Dashes: its shares back loans there."),
      ]
    : [
        text("cap", 0, 12, "Vaults: what a share says and what it is worth"),
        text("cap", frame.width, 12, "Markets: what is left of the face value", "end"),
        text("cap", 0, 29, "Band: what the vault owns. Dashes: its shares back loans there."),
      ];
  const content = [
    ...captions,
    ...bands(chart, frame, vaultAt, marketAt),
    ...dashes(chart, frame, vaultAt, marketAt),
    ...vaults(chart, frame, vaultAt),
    ...markets(chart, frame, marketAt),
  ];
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width: frame.width,
    height,
    kind: `${kind} n1`,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

const leftEdge = (frame: Frame): number => frame.column + NODE;
const rightEdge = (frame: Frame): number => frame.width - frame.column - NODE;

/** What vaults own, on one scale of amounts, stacked at each node in the order of the other side. */
function bands(
  chart: ContagionChart,
  frame: Frame,
  vaultAt: readonly number[],
  marketAt: readonly number[],
): string[] {
  const sums = new Map<string, number>();
  const add = (key: string, amount: number): number => {
    const before = sums.get(key) ?? 0;
    sums.set(key, before + amount);
    return before;
  };
  for (const { vault, market, amount } of chart.owns) {
    add(`v${vault}`, amount);
    add(`m${market}`, amount);
  }
  const largest = Math.max(...sums.values(), 0);
  const size = (amount: number): number => placeOf(amount, largest, THICKEST);
  const totals = new Map(sums);
  sums.clear();
  const parts: string[] = [];
  const sorted = [...chart.owns].sort((a, b) => a.vault - b.vault || a.market - b.market);
  const into = new Map<(typeof sorted)[number], number>();
  for (const each of [...sorted].sort((a, b) => a.market - b.market || a.vault - b.vault)) {
    into.set(each, add(`m${each.market}`, each.amount));
  }
  for (const each of sorted) {
    const thick = Math.max(0.8, size(each.amount));
    const from =
      (vaultAt[each.vault] ?? 0) -
      size(totals.get(`v${each.vault}`) ?? 0) / 2 +
      size(add(`v${each.vault}`, each.amount));
    const to =
      (marketAt[each.market] ?? 0) - size(totals.get(`m${each.market}`) ?? 0) / 2 + size(into.get(each) ?? 0);
    parts.push(path("l0 tint", ribbon(leftEdge(frame), from, rightEdge(frame), to, thick)));
  }
  for (const [k, at] of vaultAt.entries()) {
    const tall = Math.max(0.8, size(totals.get(`v${k}`) ?? 0));
    parts.push(rect("inkbar", frame.column, at - tall / 2, NODE, tall));
  }
  for (const [k, at] of marketAt.entries()) {
    const tall = Math.max(0.8, size(totals.get(`m${k}`) ?? 0));
    parts.push(rect("inkbar", rightEdge(frame), at - tall / 2, NODE, tall));
  }
  return parts;
}

function dashes(
  chart: ContagionChart,
  frame: Frame,
  vaultAt: readonly number[],
  marketAt: readonly number[],
): string[] {
  const [x1, x2] = [leftEdge(frame), rightEdge(frame)];
  const middle = coordinate((x1 + x2) / 2);
  return chart.backs.map(({ vault, market, circular }) => {
    // Below the bands, so that both are seen; the end is an arrow at the market.
    const from = coordinate((vaultAt[vault] ?? 0) + THICKEST / 2 + 5);
    const to = (marketAt[market] ?? 0) + THICKEST / 2 + 5;
    const kind = circular ? "dashed alarm" : "dashed";
    return (
      path(
        kind,
        `M${coordinate(x1)} ${from}C${middle} ${from} ${middle} ${coordinate(to)} ${coordinate(x2)} ${coordinate(to)}`,
      ) + path(circular ? "arrow alarm" : "arrow", `M${coordinate(x2)} ${coordinate(to)}l-7 -3.5v7Z`)
    );
  });
}

function vaults(chart: ContagionChart, frame: Frame, at: readonly number[]): string[] {
  const max = Math.max(
    0,
    ...chart.vaults.flatMap(({ economicPrice, reportedPrice }) => [economicPrice, reportedPrice ?? 0]),
  );
  const room = frame.column - 18;
  return chart.vaults.flatMap(({ name, economicPrice, reportedPrice }, k) => {
    const y = at[k] ?? 0;
    const worth = placeOf(economicPrice, max, room);
    const says = placeOf(reportedPrice ?? economicPrice, max, room);
    const parts = [
      text("lab", 0, y - 12, fitted(name, SIZE, room)),
      rect("bar block", 0.5, y - 6, Math.max(0.8, worth), BAR),
    ];
    if (says > worth)
      parts.push(rect("uncovered block", worth + 0.5, y - 6, Math.max(0.8, says - worth), BAR));
    else if (says < worth) parts.push(rect("open block", 0.5, y - 2, Math.max(0.8, says), BAR - 8));
    const words =
      reportedPrice === null
        ? [`worth ${labelDouble(economicPrice)}`]
        : [`says ${labelDouble(reportedPrice)}`, `worth ${labelDouble(economicPrice)}`];
    const lines = frame.two ? words : [words.join(", ")];
    return [...parts, ...lines.map((each, row) => text("sub", 0, y + 22 + 15 * row, each))];
  });
}

function markets(chart: ContagionChart, frame: Frame, at: readonly number[]): string[] {
  const max = Math.max(0, ...chart.markets.map(({ face }) => face));
  const x = frame.width - frame.column + 18;
  const room = frame.column - 18;
  return chart.markets.flatMap(({ name, face, value }, k) => {
    const y = at[k] ?? 0;
    const left = placeOf(value, max, room - 1);
    const whole = placeOf(face, max, room - 1);
    const parts = [
      text("lab", x, y - 12, fitted(name, SIZE, room)),
      rect("bar block", x, y - 6, Math.max(0.8, left), BAR),
    ];
    if (whole > left) parts.push(rect("uncovered block", x + left, y - 6, whole - left, BAR));
    const lines = leftWords(face, value);
    return [
      ...parts,
      ...(frame.two ? lines : [lines.join(" ")]).map((each, row) => text("sub", x, y + 22 + 15 * row, each)),
    ];
  });
}

/** What is left of a market; a loss that three digits do not show is named itself. */
function leftWords(face: number, value: number): string[] {
  const [whole, left] = [shortDouble(face), shortDouble(value)];
  if (face === value) return [`${whole}, no loss`];
  return whole === left ? [whole, `less ${shortDouble(face - value)}`] : [`${left} left`, `of ${whole}`];
}
