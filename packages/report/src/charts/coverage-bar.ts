import { countText } from "../text/amount.js";
import { line, type PictureWords, picture, rect, text } from "./svg.js";

export interface CoverageBar extends PictureWords {
  readonly id: string;
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Blocks that were not asked for, both ends included. */
  readonly missing: readonly { readonly fromBlock: number; readonly toBlock: number }[];
  readonly writeOffs: readonly { readonly block: number; readonly differs: boolean }[];
}

/** A gap narrower than this could not be seen. */
const THINNEST_GAP = 3;

/** Blocks read as ink, blocks missing as hatch, write-offs as ticks below. */
export const coveragePictures = (chart: CoverageBar): string =>
  bar(chart, 640, "wide") + bar(chart, 358, "narrow");

function bar(chart: CoverageBar, width: number, kind: "wide" | "narrow"): string {
  const span = chart.toBlock - chart.fromBlock + 1;
  const place = (block: number): number => ((block - chart.fromBlock) / span) * width;
  const content = [rect("inkbar", 0, 0, width, 10)];
  let covered = -1;
  for (const { fromBlock, toBlock } of chart.missing) {
    const size = Math.max(THINNEST_GAP, place(toBlock + 1) - place(fromBlock));
    const x = Math.min(place(fromBlock), width - size);
    // Gaps that fall into the hatch of the one before are drawn by it; the list names them.
    if (x + size <= covered) continue;
    covered = x + size;
    content.push(rect("paper", x, 0, size, 10), rect("uncovered block", x, 0, size, 10));
  }
  const ticks = new Map<string, string>();
  for (const { block, differs } of chart.writeOffs) {
    const x = Math.min(width - 0.5, Math.max(0.5, place(block) + width / span / 2));
    const key = x.toFixed(0);
    if (differs || !ticks.has(key)) ticks.set(key, line(differs ? "mark alarm" : "mark", x, 13, x, 20));
  }
  content.push(...ticks.values());
  content.push(text("tick", 0, 35, countText(chart.fromBlock)));
  content.push(text("tick", width, 35, countText(chart.toBlock), "end"));
  return picture({
    id: `${chart.id}-${kind === "wide" ? "w" : "n"}`,
    width,
    height: 40,
    kind,
    title: chart.title,
    description: chart.description,
    content: content.join(""),
  });
}
