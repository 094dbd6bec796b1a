import { fullAmount, percent } from "../text/amount.js";
import { amountWidth } from "./amount-label.js";
import { fillClass, type LayerFill, rampClass } from "./ramp.js";
import { lengthOf } from "./scale.js";
import { fitted, line, type PictureWords, picture, rect, text } from "./svg.js";

/** What one layer took of a write-off; uncovered is the last one. */
export interface WaterfallPart {
  readonly name: string;
  readonly fill: LayerFill;
  readonly amount: bigint;
}

export interface WaterfallChart extends PictureWords {
  readonly id: string;
  readonly decimals: number;
  /** The deficit, in base units. */
  readonly loss: bigint;
  /** In loss order. */
  readonly parts: readonly WaterfallPart[];
}

const WIDTH = 358;
const ROW = 36;
const SIZE = 13;
const BAR = 9;

/**
 * One write-off falling through its layers: the deficit as an ink bar, then each layer's part beginning where the
 * last one ended. Drawn narrow, so that one drawing serves every page.
 */
export function waterfallPicture(chart: WaterfallChart): string {
  const content: string[] = [];
  const rows = [{ name: "Deficit", amount: chart.loss, kind: "inkbar", from: 0n }, ...partRows(chart.parts)];
  let y = 0;
  for (const [index, row] of rows.entries()) {
    const amount = fullAmount(row.amount, chart.decimals);
    const share = index === 0 ? "" : percent(row.amount, chart.loss);
    const room = WIDTH - amountWidth(amount, SIZE) - 12;
    const beside = room >= 90;
    content.push(
      text(
        "lab",
        0,
        y + 13,
        fitted(share === "" ? row.name : `${row.name} · ${share}`, SIZE, beside ? room : WIDTH),
      ),
    );
    if (!beside) y += 15;
    content.push(text(amountWidth(amount, SIZE) > WIDTH ? "num small" : "num", WIDTH, y + 13, amount, "end"));
    if (chart.loss > 0n) {
      const x = lengthOf(row.from, chart.loss, WIDTH - 2) + 1;
      const width = lengthOf(row.amount, chart.loss, WIDTH - 2);
      if (index > 0) content.push(line("grid", 1, y + 18 + BAR / 2, WIDTH - 1, y + 18 + BAR / 2));
      if (row.amount > 0n) {
        // A part too thin to see is drawn at 0.8, within the picture; its amount stands above.
        const seen = Math.max(0.8, width);
        content.push(rect(`${row.kind} block`, Math.min(x, WIDTH - 1 - seen), y + 18, seen, BAR));
      }
    }
    y += ROW;
  }
  const tints = chart.parts.filter((part) => part.fill.kind === "depth").length;
  return picture({
    id: chart.id,
    width: WIDTH,
    height: y,
    kind: `fall ${rampClass(tints)}`,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

function partRows(
  parts: readonly WaterfallPart[],
): { name: string; amount: bigint; kind: string; from: bigint }[] {
  let reached = 0n;
  return parts.map(({ name, fill, amount }) => {
    const from = reached;
    reached += amount;
    return { name, amount, kind: fillClass(fill), from };
  });
}
