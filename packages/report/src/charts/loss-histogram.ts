import { countText, fullAmount, shortAmount } from "../text/amount.js";
import { coordinate, lengthOf, numberTicks, ticksOf } from "./scale.js";
import { type Anchor, labelWidth, line, type PictureWords, path, picture, rect, text } from "./svg.js";

/** Losses counted in columns of one width: column k holds those above k·width, up to (k + 1)·width. */
export interface LossBins {
  /** Paths without a loss. */
  readonly none: number;
  readonly width: bigint;
  readonly paths: readonly number[];
  readonly largest: bigint;
}

export interface LossMark {
  readonly name: string;
  readonly amount: bigint;
}

export interface LossHistogram extends PictureWords {
  readonly id: string;
  readonly asset: string;
  readonly decimals: number;
  readonly bins: LossBins;
  /** Columns that begin here or beyond are the tail. */
  readonly tailFrom: bigint;
  /** Smaller one first. */
  readonly marks: readonly [LossMark, LossMark];
}

const COLUMNS = 36;

/** Counts losses in at most 36 columns, a step of 1, 2 or 5 times a power of ten wide. */
export function lossBins(losses: readonly bigint[]): LossBins {
  const largest = losses.reduce((most, loss) => (loss > most ? loss : most), 0n);
  let width = 1n;
  for (let turn = 0; (largest - 1n) / width >= BigInt(COLUMNS); turn++) {
    width = turn % 3 === 1 ? (width * 5n) / 2n : width * 2n;
  }
  const paths = Array.from({ length: largest === 0n ? 0 : Number((largest - 1n) / width) + 1 }, () => 0);
  let none = 0;
  for (const loss of losses) {
    if (loss <= 0n) none++;
    else paths[Number((loss - 1n) / width)]!++;
  }
  return { none, width, paths, largest };
}

interface Frame {
  readonly width: number;
  readonly left: number;
  readonly height: number;
  readonly ticks: number;
}

const WIDE: Frame = { width: 900, left: 60, height: 180, ticks: 7 };
const NARROW: Frame = { width: 358, left: 44, height: 150, ticks: 3 };
const TOP = 82;
const ROWS = [34, 54] as const;
const SIZE = 13;
const APART = 66;
const TOOTH = 5;

/** Paths by loss on a linear axis from zero; paths without a loss stand apart. Drawn for wide and for narrow pages. */
export const lossHistogramPictures = (chart: LossHistogram): string =>
  draw(chart, WIDE, "wide") + draw(chart, NARROW, "narrow");

function draw(chart: LossHistogram, frame: Frame, kind: "wide" | "narrow"): string {
  const { none, width, paths } = chart.bins;
  const axis = TOP + frame.height;
  const start = frame.left + APART;
  const room = frame.width - start - 12;
  const end = width * BigInt(Math.max(1, paths.length));
  const most = Math.max(...paths, paths.length === 0 ? none : 0, 1);
  const height = (count: number): number => lengthOf(BigInt(count), BigInt(most), frame.height);
  const content = [text("cap", 0, 12, `Paths by loss, ${chart.asset}`)];
  for (const tick of numberTicks(most, 4)) {
    const y = axis - height(tick);
    content.push(line(tick === 0 ? "zero" : "grid", frame.left, y, start + room, y));
    content.push(text("tick", frame.left - 8, y + 4, countText(tick), "end"));
  }
  content.push(...apart(none, most, frame, axis));
  for (const [k, count] of paths.entries()) {
    if (count === 0) continue;
    const x = start + lengthOf(BigInt(k) * width, end, room);
    const size = Math.max(0.8, start + lengthOf(BigInt(k + 1) * width, end, room) - x - 1);
    const tall = Math.max(0.8, height(count));
    const tail = BigInt(k) * width >= chart.tailFrom;
    content.push(rect(tail ? "bar deep" : "bar", x + 0.5, axis - tall, size, tall));
  }
  if (paths.length > 0) {
    for (const tick of ticksOf(end, frame.ticks)) {
      const x = start + lengthOf(tick, end, room);
      content.push(line("zero", x, axis, x, axis + 4));
      content.push(
        text(
          "tick",
          x,
          axis + 18,
          shortAmount(tick, chart.decimals),
          x > frame.width - 24 ? "end" : "middle",
        ),
      );
    }
  }
  content.push(...marks(chart, frame, start, (amount) => start + lengthOf(amount, end, room), axis));
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width: frame.width,
    height: axis + 24,
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

/** The column of paths without a loss; where it passes the scale of the others its top is torn. */
function apart(none: number, most: number, frame: Frame, axis: number): string[] {
  if (none === 0) return [];
  const x = frame.left + 8;
  const size = 36;
  const parts = [text("tick", x + size / 2, axis + 18, "no loss", "middle")];
  if (none > most) {
    const top = axis - frame.height;
    const teeth = Array.from(
      { length: 7 },
      (_, k) => `${coordinate(x + (k * size) / 6)} ${coordinate(top + (k % 2 === 0 ? TOOTH : 0))}`,
    );
    parts.push(
      path("open block", `M${coordinate(x)} ${coordinate(axis)}L${teeth.join("L")}V${coordinate(axis)}Z`),
    );
    parts.push(text("tick", x + size / 2, top - 6, countText(none), "middle"));
  } else {
    const tall = lengthOf(BigInt(none), BigInt(most), frame.height);
    parts.push(rect("open block", x, axis - tall, size, tall));
    parts.push(text("tick", x + size / 2, axis - tall - 6, countText(none), "middle"));
  }
  return parts;
}

/**
 * Two lines with their names in full, or in short where that has no room. Both names stand on one side of their
 * lines and the outer one higher, so that no line runs through a name.
 */
function marks(
  chart: LossHistogram,
  frame: Frame,
  start: number,
  place: (amount: bigint) => number,
  axis: number,
): string[] {
  const [low, high] = chart.marks;
  const at = [place(low.amount), place(high.amount)] as const;
  const forms = [fullAmount, shortAmount].map((write) =>
    chart.marks.map((mark) => `${mark.name} ${write(mark.amount, chart.decimals)}`),
  );
  const widest = (words: readonly string[]): number =>
    Math.max(...words.map((each) => labelWidth(each, SIZE)));
  const sides: readonly Anchor[] = ["start", "end"];
  const fits = (words: readonly string[], side: Anchor): boolean =>
    side === "start" ? at[1] + 6 + widest(words) <= frame.width : at[0] - 6 - widest(words) >= start;
  const [words, side] = forms
    .flatMap((form) => sides.map((each) => [form, each] as const))
    .find(([form, each]) => fits(form, each)) ?? [forms[1]!, at[0] > frame.width / 2 ? "end" : "start"];
  const rows = side === "start" ? ROWS : ([ROWS[1], ROWS[0]] as const);
  return at.flatMap((x, k) => [
    line("reached", x, rows[k]! - 10, x, axis),
    text("mark-name", side === "start" ? x + 6 : x - 6, rows[k]!, words[k]!, side),
  ]);
}
