import { plural } from "@shortfall/audit";
import type { RiskResult, RiskScenario } from "@shortfall/risk";
import { priceFanPictures } from "../charts/index.js";
import { numberTicks } from "../charts/scale.js";
import { countText } from "../text/amount.js";
import { doubleFigure, shortDouble } from "../text/double.js";
import { escapeText } from "../text/escape.js";
import { levelText } from "../text/level.js";
import { durationText } from "../text/time.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** Gaps between the steps that the table lists. */
const LISTED = 12;

/** Where the price paths go. */
export function riskPrices(risk: RiskResult): string {
  if (risk.scenarios.length === 0) return "";
  return sectionMarkup({
    id: "risk-prices",
    question: "Where could prices go?",
    title: "Price paths",
    notes: [
      "Each band holds half, or nine tenths, of the paths at that moment; the line within is the middle path, the thin one the lowest price of any. A path may leave its band and come back.",
      "Prices are of the collateral, in units of the debt.",
    ],
    content: risk.scenarios.map((scenario, index) => scenarioPrices(scenario, index)).join(""),
  });
}

function scenarioPrices({ title, prices, stepSeconds }: RiskScenario, index: number): string {
  const { steps, levels, quantiles, lowest, highest, paths } = prices;
  const last = steps[steps.length - 1] ?? 0;
  const end = (row: readonly number[]): number => row[row.length - 1] ?? 0;
  const ends = levels.map(
    (level, k) => `${levelText(level)} at or below ${shortDouble(end(quantiles[k] ?? []))}`,
  );
  const pictures = priceFanPictures({
    id: `prices-${index}`,
    caption: `Price of the collateral, ${countText(paths)} ${plural(paths, "path")}`,
    steps,
    quantiles: levels.map((level, k) => ({ name: levelText(level), prices: quantiles[k] ?? [] })),
    lowest: { name: "lowest", prices: lowest },
    ticks: numberTicks(last, 6).map((step) => ({
      at: step,
      words: step === 0 ? "start" : durationText(step * stepSeconds),
    })),
    title: `Price paths, ${title}`,
    description: `After ${durationText(last * stepSeconds)}: ${ends.join(", ")}; lowest ${shortDouble(end(lowest))}, highest ${shortDouble(end(highest))}.`,
  });
  const heads = ["Step", "Lowest", ...levels.map(levelText), "Highest"];
  // A table of every step would be longer than all others together; the data have them.
  const every = Math.max(1, Math.ceil((steps.length - 1) / LISTED));
  const listed = steps
    .map((step, k) => ({ step, k }))
    .filter(({ k }) => k % every === 0 || k === steps.length - 1);
  const rows = listed.map(({ step, k }) => {
    const row = [lowest, ...quantiles, highest].map(
      (each) => `<td class="n">${doubleFigure(each[k] ?? 0)}</td>`,
    );
    return `<tr><th scope="row" class="n">${countText(step)}</th>${row.join("")}</tr>`;
  });
  const table = `<table><thead><tr>${heads.map((words) => `<th scope="col" class="n">${words}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<figure><h3>${escapeText(title)}: ${countText(last)} ${plural(last, "step")} of ${durationText(stepSeconds)}</h3>${pictures}${figuresAsTable(scroller(`Price paths, ${escapeText(title)}`, table) + (every > 1 ? `<p>All ${countText(steps.length)} steps drawn are in <code>risk.json</code>.</p>` : ""))}</figure>`;
}
