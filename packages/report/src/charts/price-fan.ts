import { shortDouble } from "../text/double.js";
import { doubleTicks, placeOf } from "./double-axis.js";
import { spreadLabels } from "./labels.js";
import { coordinate } from "./scale.js";
import { line, type PictureWords, path, picture, text } from "./svg.js";

/** One price a column. */
export interface FanLine {
  readonly name: string;
  readonly prices: readonly number[];
}

export interface PriceFanChart extends PictureWords {
  readonly id: string;
  readonly caption: string;
  /** Steps of the columns, ascending from 0. */
  readonly steps: readonly number[];
  /** Quantiles from low to high, an odd number: the middle one is drawn as a line, pairs around it as bands. */
  readonly quantiles: readonly FanLine[];
  /** The lowest price of any path. */
  readonly lowest: FanLine;
  readonly ticks: readonly { readonly at: number; readonly words: string }[];
}

interface Frame {
  readonly width: number;
  readonly left: number;
  readonly plot: number;
  readonly height: number;
}

const WIDE: Frame = { width: 900, left: 60, plot: 660, height: 240 };
const NARROW: Frame = { width: 358, left: 44, plot: 212, height: 210 };
const TOP = 26;
const ROW = 16;

/** Bands of quantiles over time, from zero; each line is named at its end. */
export const priceFanPictures = (chart: PriceFanChart): string =>
  draw(chart, WIDE, "wide") + draw(chart, NARROW, "narrow");

function draw(chart: PriceFanChart, frame: Frame, kind: "wide" | "narrow"): string {
  const { steps, quantiles, lowest } = chart;
  const last = steps[steps.length - 1] ?? 0;
  const max = Math.max(...quantiles.flatMap(({ prices }) => prices));
  const bottom = TOP + frame.height;
  const x = (step: number): number => frame.left + placeOf(step, last, frame.plot);
  const y = (price: number): number => bottom - placeOf(price, max, frame.height);
  const content = [text("cap", 0, 12, chart.caption)];
  for (const tick of doubleTicks(max, 5)) {
    content.push(
      line(tick.at === 0 ? "zero" : "grid", frame.left, y(tick.at), frame.left + frame.plot, y(tick.at)),
    );
    content.push(text("tick", frame.left - 8, y(tick.at) + 4, tick.words, "end"));
  }
  for (const [k, tick] of chart.ticks.entries()) {
    if (kind === "narrow" && k % 2 === 1 && chart.ticks.length > 3) continue;
    content.push(line("zero", x(tick.at), bottom, x(tick.at), bottom + 5));
    content.push(text("tick", x(tick.at), bottom + 19, tick.words, "middle"));
  }
  const points = ({ prices }: FanLine): string[] =>
    prices.map((price, k) => `${coordinate(x(steps[k] ?? 0))} ${coordinate(y(price))}`);
  for (let k = 0; k < Math.floor(quantiles.length / 2); k++) {
    const low = points(quantiles[k]!);
    const high = points(quantiles[quantiles.length - 1 - k]!).reverse();
    content.push(path("band", `M${low.join("L")}L${high.join("L")}Z`));
  }
  content.push(path("thread", `M${points(lowest).join("L")}`));
  content.push(path("depthline", `M${points(quantiles[Math.floor(quantiles.length / 2)]!).join("L")}`));
  content.push(...names(chart, frame, y));
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width: frame.width,
    height: bottom + 26,
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

/** Names at the right end, highest first, pushed apart; lines that end in one price share a name. */
function names(chart: PriceFanChart, frame: Frame, y: (price: number) => number): string[] {
  const ends = new Map<number, string[]>();
  for (const each of [...chart.quantiles].reverse().concat(chart.lowest)) {
    const price = each.prices[each.prices.length - 1] ?? 0;
    ends.set(price, [...(ends.get(price) ?? []), each.name]);
  }
  const rows = [...ends];
  const right = frame.left + frame.plot;
  const places = spreadLabels(
    rows.map(([price]) => y(price) + 4),
    ROW,
    TOP + 4,
    TOP + frame.height + 4,
  );
  return rows.flatMap(([price, lines], k) => {
    const at = places[k] ?? 0;
    const name =
      lines.length > chart.quantiles.length
        ? "every path"
        : [...new Set([lines[lines.length - 1], lines[0]])].join(" to ");
    const leader = `M${coordinate(right + 2)} ${coordinate(y(price))}L${coordinate(right + 14)} ${coordinate(at - 4)}`;
    return [path("leader", leader), text("sub", right + 18, at, `${name} ${shortDouble(price)}`)];
  });
}
