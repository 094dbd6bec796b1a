import { countText, percent } from "../text/amount.js";
import { fillClass, type LayerFill, rampClass } from "./ramp.js";
import { lengthOf, numberTicks } from "./scale.js";
import { fitted, line, type PictureWords, picture, rect, text } from "./svg.js";

/** How many paths touched a layer, and on how many it was used up and left something to the next. */
export interface ExhaustedLayer {
  readonly name: string;
  readonly fill: LayerFill;
  readonly reached: number;
  readonly exhausted: number;
}

export interface ExhaustionChart extends PictureWords {
  readonly id: string;
  readonly paths: number;
  /** First loss first; uncovered last, where any path has some. */
  readonly waterfalls: readonly { readonly name: string; readonly layers: readonly ExhaustedLayer[] }[];
}

interface Frame {
  readonly width: number;
  readonly bars: number;
  readonly length: number;
  readonly row: number;
}

const WIDE: Frame = { width: 900, bars: 210, length: 440, row: 40 };
const NARROW: Frame = { width: 358, bars: 0, length: 358, row: 66 };
const SIZE = 13;
const BAR = 14;
const HEAD = 30;

/** Every layer of every waterfall on one scale of paths from zero: tint where touched, solid where used up. */
export const exhaustionPictures = (chart: ExhaustionChart): string =>
  draw(chart, WIDE, "wide") + draw(chart, NARROW, "narrow");

function draw(chart: ExhaustionChart, frame: Frame, kind: "wide" | "narrow"): string {
  const wide = kind === "wide";
  const layers = chart.waterfalls.flatMap((waterfall) => waterfall.layers);
  const most = Math.max(1, ...layers.map((layer) => layer.reached));
  const content = [
    text("cap", 0, 12, `Paths, of ${countText(chart.paths)}: tint where touched, solid where used up`),
  ];
  const rows: string[] = [];
  let y = 26;
  for (const { name, layers: stack } of chart.waterfalls) {
    rows.push(text("cap", 0, y + 16, fitted(name, SIZE, frame.width)));
    y += HEAD;
    for (const [index, layer] of stack.entries()) {
      rows.push(...row(chart, frame, layer, index, y, most));
      y += frame.row;
    }
    y += 8;
  }
  for (const tick of numberTicks(most, wide ? 5 : 3)) {
    const x = frame.bars + lengthOf(BigInt(tick), BigInt(most), frame.length);
    // Words stand below the bars of a narrow drawing: no line runs through them.
    if (wide) content.push(line(tick === 0 ? "zero" : "grid", x, 26 + HEAD - 6, x, y));
    else content.push(line("zero", x, y - 4, x, y));
    const side = tick === 0 && !wide ? "start" : !wide && x > frame.width - 12 ? "end" : "middle";
    content.push(text("tick", x, y + 14, countText(tick), side));
  }
  const tints = Math.max(
    ...chart.waterfalls.map(({ layers: stack }) => stack.filter(({ fill }) => fill.kind === "depth").length),
    1,
  );
  return picture({
    id: `${chart.id}-${wide ? "w" : "n"}`,
    width: frame.width,
    height: y + 20,
    kind: `${kind} ${rampClass(tints)}`,
    title: chart.title,
    description: chart.description,
    content: content.join("") + rows.join(""),
  });
}

function row(
  { paths }: ExhaustionChart,
  frame: Frame,
  layer: ExhaustedLayer,
  index: number,
  y: number,
  most: number,
): string[] {
  const wide = frame.bars > 0;
  const top = wide ? y + 5 : y + 18;
  const size = (count: number): number =>
    count === 0 ? 0 : Math.max(0.8, lengthOf(BigInt(count), BigInt(most), frame.length));
  const depth = layer.fill.kind === "depth";
  const parts = [
    text(
      "lab",
      0,
      wide ? y + 16 : y + 12,
      fitted(depth ? `${index + 1} ${layer.name}` : layer.name, SIZE, wide ? 200 : 350),
    ),
  ];
  if (layer.reached > 0) {
    parts.push(
      rect(
        `${fillClass(layer.fill)}${depth ? " tint" : ""} block`,
        frame.bars,
        top,
        size(layer.reached),
        BAR,
      ),
    );
  }
  if (layer.exhausted > 0)
    parts.push(rect(`${fillClass(layer.fill)} block`, frame.bars, top, size(layer.exhausted), BAR));
  const share = (count: number): string => `${countText(count)}, ${percent(BigInt(count), BigInt(paths))}`;
  const words =
    depth || layer.fill.kind === "carried"
      ? [`touched on ${share(layer.reached)}`, `used up on ${share(layer.exhausted)}`]
      : [`on ${share(layer.reached)}`];
  if (wide) {
    const x = frame.bars + frame.length + 16;
    parts.push(
      ...words.map((each, k) => text("sub", x, y + 10 + 15 * k + (words.length === 1 ? 6 : 0), each)),
    );
  } else parts.push(text("sub", 0, y + 46, words.join(" · ")));
  return parts;
}
