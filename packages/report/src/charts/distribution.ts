import { countText, percent, shortAmount } from "../text/amount.js";
import { lengthOf, numberTicks } from "./scale.js";
import { line, type PictureWords, picture, rect, text } from "./svg.js";

/** Holders whose loss is from 10^power up to 10^(power + 1) base units. */
export interface DistributionBin {
  readonly power: number;
  readonly holders: number;
  readonly loss: bigint;
}

export interface Distribution {
  /** Holders that lost nothing: a logarithmic axis has no place for them. */
  readonly none: number;
  /** From the smallest to the largest power, empty ones included. */
  readonly bins: readonly DistributionBin[];
}

export interface DistributionChart extends PictureWords {
  readonly id: string;
  readonly asset: string;
  readonly decimals: number;
  readonly distribution: Distribution;
}

/** Counts losses by powers of ten. Negative amounts are no losses and count with zero. */
export function distributionOf(losses: Iterable<bigint>): Distribution {
  const bins = new Map<number, { power: number; holders: number; loss: bigint }>();
  let none = 0;
  for (const loss of losses) {
    if (loss <= 0n) {
      none++;
      continue;
    }
    const power = loss.toString().length - 1;
    const bin = bins.get(power) ?? { power, holders: 0, loss: 0n };
    bin.holders++;
    bin.loss += loss;
    bins.set(power, bin);
  }
  if (bins.size === 0) return { none, bins: [] };
  const powers = [...bins.keys()];
  const from = Math.min(...powers);
  const filled: DistributionBin[] = [];
  for (let power = from; power <= Math.max(...powers); power++) {
    filled.push(bins.get(power) ?? { power, holders: 0, loss: 0n });
  }
  return { none, bins: filled };
}

interface Frame {
  readonly width: number;
  readonly left: number;
  readonly up: number;
  readonly down: number;
  readonly labels: number;
}

const WIDE: Frame = { width: 900, left: 60, up: 130, down: 90, labels: 10 };
const NARROW: Frame = { width: 358, left: 48, up: 110, down: 80, labels: 4 };
const TOP = 26;
const BETWEEN = 44;

/** Above the axis the number of holders, below it the share of the loss they bear; both linear from zero. */
export const distributionPictures = (chart: DistributionChart): string =>
  draw(chart, WIDE, "wide") + draw(chart, NARROW, "narrow");

function draw(chart: DistributionChart, frame: Frame, kind: "wide" | "narrow"): string {
  const { bins, none } = chart.distribution;
  const content: string[] = [text("cap", 0, 12, "Holders by power of ten of their loss")];
  const most = Math.max(none, ...bins.map((bin) => bin.holders), 1);
  const total = bins.reduce((sum, bin) => sum + bin.loss, 0n);
  const largest = bins.reduce((size, bin) => (bin.loss > size ? bin.loss : size), 0n);
  const axis = TOP + frame.up;
  const gap = none > 0 ? 56 : 0;
  const room = frame.width - frame.left - gap;
  const column = bins.length === 0 ? 0 : Math.min(64, room / bins.length);
  const right = Math.max(frame.left + gap + bins.length * column, frame.left + 240);
  const height = (holders: number): number => lengthOf(BigInt(holders), BigInt(most), frame.up);
  for (const tick of numberTicks(most, 4)) {
    const y = axis - height(tick);
    content.push(line(tick === 0 ? "zero" : "grid", frame.left, y, right, y));
    content.push(text("tick", frame.left - 8, y + 4, countText(tick), "end"));
  }
  if (none > 0) {
    content.push(rect("open block", frame.left + 4, axis - height(none), 34, height(none)));
    content.push(
      text("tick", frame.left + 21, Math.max(TOP, axis - height(none) - 5), countText(none), "middle"),
    );
    content.push(text("tick", frame.left + 21, axis + 16, "none", "middle"));
  }
  const start = frame.left + gap;
  const every = Math.max(1, Math.ceil(bins.length / frame.labels));
  const lower = axis + BETWEEN;
  for (const [index, bin] of bins.entries()) {
    const x = start + index * column;
    if (bin.holders > 0) {
      const size = Math.max(0.8, height(bin.holders));
      content.push(rect("bar", x + 0.5, axis - size, column - 1, size));
      const depth = Math.max(0.8, lengthOf(bin.loss, largest, frame.down));
      content.push(rect("bar deep", x + 0.5, lower, column - 1, depth));
    }
    if (index % every === 0) {
      content.push(line("zero", x, axis, x, axis + 4));
      content.push(
        text("tick", x, axis + 16, lowerBound(bin.power, chart.decimals), index === 0 ? "start" : "middle"),
      );
    }
  }
  if (bins.length > 0) {
    content.push(
      text(
        "cap",
        frame.left,
        lower - 10,
        `Share of the loss; the largest column is ${percent(largest, total)}`,
      ),
    );
    content.push(line("zero", frame.left, lower, right, lower));
  }
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width: frame.width,
    height: lower + (bins.length > 0 ? frame.down + 6 : 0),
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}

/** Where a column begins: base units while they are few, then tokens. */
function lowerBound(power: number, decimals: number): string {
  if (decimals > 4 && power <= decimals - 5) {
    if (power === 0) return "1 unit";
    return power < 3
      ? countText(10 ** power)
      : power === 9 && decimals === 18
        ? "1 gwei"
        : `10${superscript(power)}`;
  }
  return shortAmount(10n ** BigInt(power), decimals);
}

const superscript = (power: number): string =>
  [...`${power}`].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
