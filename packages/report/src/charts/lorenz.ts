import { countText, percent } from "../text/amount.js";
import { spreadLabels } from "./labels.js";
import { coordinate, lengthOf } from "./scale.js";
import { line, type PictureWords, path, picture, text } from "./svg.js";

export interface LorenzChart extends PictureWords {
  readonly id: string;
  readonly total: bigint;
  readonly holders: number;
  /** From (0, 0) to (holders, total), smallest holding first. */
  readonly points: readonly { readonly holders: number; readonly held: bigint }[];
  /** Named on the curve: what the k largest hold. Fewest first, none holding all. */
  readonly top: readonly { readonly k: number; readonly held: bigint }[];
}

/** Holders that stand as points of their own. */
const POINTS = 40;
const TOP = 26;
const LEFT = 40;
const ROW = 20;

/** Share held by the smallest holders against their share of all; the dashed diagonal is an even split. */
export const lorenzPictures = (chart: LorenzChart): string =>
  draw(chart, 900, 320, "wide") + draw(chart, 358, 300, "narrow");

function draw(chart: LorenzChart, width: number, side: number, kind: "wide" | "narrow"): string {
  const bottom = TOP + side;
  const x = (holders: number): number => LEFT + lengthOf(BigInt(holders), BigInt(chart.holders), side);
  const y = (held: bigint): number => bottom - lengthOf(held, chart.total, side);
  const content = [text("cap", 0, 12, "Share held by the smallest holders")];
  for (const quarter of [0, 25, 50, 75, 100]) {
    const height = bottom - (quarter * side) / 100;
    const across = LEFT + (quarter * side) / 100;
    content.push(line(quarter === 0 ? "zero" : "grid", LEFT, height, LEFT + side, height));
    content.push(text("tick", LEFT - 8, height + 4, `${quarter}%`, "end"));
    if (quarter > 0) content.push(line("zero", across, bottom, across, bottom + 4));
    content.push(
      text(
        "tick",
        across,
        bottom + 18,
        quarter === 100 ? "all holders" : `${quarter}%`,
        quarter === 100 ? "end" : "middle",
      ),
    );
  }
  content.push(
    path(
      "dashed",
      `M${coordinate(LEFT)} ${coordinate(bottom)}L${coordinate(LEFT + side)} ${coordinate(TOP)}`,
    ),
  );
  const corners = chart.points.map(({ holders, held }) => `${coordinate(x(holders))} ${coordinate(y(held))}`);
  content.push(path("band", `M${corners.join("L")}Z`), path("depthline", `M${corners.join("L")}`));
  if (chart.holders <= POINTS)
    content.push(dots(chart.points.slice(1).map(({ holders, held }) => [x(holders), y(held)])));
  content.push(text("sub", LEFT + side * 0.42, bottom - side * 0.5, "an even split", "end"));
  const named = topNames(chart, kind, x, y, side);
  content.push(...named.parts);
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width,
    height: Math.max(bottom + 26, named.bottom),
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

const dots = (places: readonly (readonly [number, number] | number[])[]): string =>
  path(
    "dots",
    places
      .map(
        ([x = 0, y = 0]) =>
          `M${coordinate(x - 2)} ${coordinate(y)}h4M${coordinate(x)} ${coordinate(y - 2)}v4`,
      )
      .join(""),
  );

/** What the largest hold: beside the square with leaders to the curve, or as a list below it. */
function topNames(
  chart: LorenzChart,
  kind: "wide" | "narrow",
  x: (holders: number) => number,
  y: (held: bigint) => number,
  side: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  const words = chart.top.map(
    ({ k, held }) =>
      `${k === 1 ? "the largest holds" : `the ${countText(k)} largest hold`} ${percent(held, chart.total)}`,
  );
  if (kind === "narrow") {
    const first = TOP + side + 46;
    return {
      parts: words.map((each, k) => text("sub", 0, first + k * ROW, each)),
      bottom: first + words.length * ROW,
    };
  }
  // The largest holder's corner is the highest but the last one.
  const ends = chart.top.map(({ k, held }) => [x(chart.holders - k), y(chart.total - held)] as const);
  const places = spreadLabels(
    ends.map(([, at]) => at + 4),
    ROW,
    TOP + 4,
    TOP + side,
  );
  const right = LEFT + side;
  return {
    parts: words.flatMap((each, k) => {
      const [fromX, fromY] = ends[k] ?? [0, 0];
      const at = places[k] ?? 0;
      return [
        path(
          "leader",
          `M${coordinate(fromX + 3)} ${coordinate(fromY)}L${coordinate(right + 8)} ${coordinate(at - 4)}L${coordinate(right + 18)} ${coordinate(at - 4)}`,
        ),
        text("sub", right + 24, at, each),
      ];
    }),
    bottom: 0,
  };
}
