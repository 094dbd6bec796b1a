import { fullAmount, percent } from "../text/amount.js";
import { amountWidth } from "./amount-label.js";
import { lengthOf } from "./scale.js";
import { fitted, type PictureWords, picture, rect, text } from "./svg.js";

export interface Bar {
  readonly name: string;
  readonly amount: bigint;
}

export interface BarChart extends PictureWords {
  readonly id: string;
  readonly decimals: number;
  /** What the shares are of. */
  readonly whole: bigint;
  readonly bars: readonly Bar[];
}

const ROW = 34;
const SIZE = 13;

/** Horizontal bars on one linear scale from zero, with exact amounts. Drawn for wide and for narrow pages. */
export const barPictures = (chart: BarChart): string => bars(chart, 900, "wide") + bars(chart, 358, "narrow");

function bars(chart: BarChart, width: number, kind: "wide" | "narrow"): string {
  const max = chart.bars.reduce((most, bar) => (bar.amount > most ? bar.amount : most), 0n);
  const content: string[] = [];
  const row = kind === "wide" ? ROW - 8 : ROW + 2;
  const nameWidth = kind === "wide" ? 236 : 0;
  const numberWidth = Math.max(
    ...chart.bars.map((bar) => amountWidth(fullAmount(bar.amount, chart.decimals), SIZE)),
    0,
  );
  const length = kind === "wide" ? Math.max(120, width - nameWidth - numberWidth - 84) : width;
  for (const [index, bar] of chart.bars.entries()) {
    const y = index * row;
    const amount = fullAmount(bar.amount, chart.decimals);
    const size = max > 0n && bar.amount > 0n ? Math.max(0.8, lengthOf(bar.amount, max, length)) : 0;
    const share = percent(bar.amount, chart.whole);
    if (kind === "wide") {
      content.push(text("lab", 0, y + 14, fitted(bar.name, SIZE, nameWidth - 12)));
      if (size > 0) content.push(rect("bar", nameWidth, y + 4, size, 12));
      content.push(text("num", width - 64, y + 14, amount, "end"), text("sub", width, y + 14, share, "end"));
    } else {
      const small = amountWidth(amount, SIZE) > width - 110;
      const room = width - Math.min(width - 110, amountWidth(amount, SIZE)) - 8;
      content.push(text("lab", 0, y + 12, fitted(bar.name, SIZE, room)));
      content.push(text(small ? "num small" : "num", width, y + 12, amount, "end"));
      if (size > 0) content.push(rect("bar", 0, y + 17, size, 8));
    }
  }
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width,
    height: Math.max(1, chart.bars.length) * row,
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}
