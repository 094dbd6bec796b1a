import { plural } from "@shortfall/audit";
import type { RiskResult } from "@shortfall/risk";
import { countText } from "../text/amount.js";
import { doubleText } from "../text/double.js";
import { escapeText } from "../text/escape.js";
import { levelText } from "../text/level.js";
import { durationText } from "../text/time.js";
import { sectionMarkup } from "./section.js";

/** Settings that give these figures again, and what they do not say. */
export function riskMethod(risk: RiskResult): string {
  const scenarios = risk.scenarios.map(
    ({ title, losses, seed, borrowers, stepSeconds, prices, alpha, epsilon }) => {
      const last = prices.steps[prices.steps.length - 1] ?? 0;
      return `<div><h3>${escapeText(title)}</h3><dl><dt>Paths</dt><dd>${countText(losses.length)}, seed ${doubleText(seed)}</dd><dt>Length</dt><dd>${countText(last)} ${plural(last, "step")} of ${durationText(stepSeconds)}</dd><dt>Borrowers</dt><dd>${countText(borrowers)}</dd><dt>Levels</dt><dd>value at risk ${levelText(alpha)}; fund exceeded on at most ${levelText(epsilon)} of paths</dd></dl></div>`;
    },
  );
  const networks = risk.contagion.map(
    ({ title, graph }) =>
      `<div><h3>${escapeText(title)}</h3><dl><dt>Iterations</dt><dd>${countText(graph.iterations)}, the last changed a price by ${doubleText(graph.residual)}</dd></dl></div>`,
  );
  return sectionMarkup({
    id: "method",
    question: "How was it computed?",
    title: "Method",
    notes: [
      "Losses of paths are rounded up to base units; what the layers take of them is computed in integers. Prices and probabilities are analytics in floating point, and no claim comes from them.",
    ],
    content: `${scenarios.join("")}${networks.join("")}<h3>What these figures do not say</h3><ul><li>A simulated share of paths is not a probability of the world: it says what the settings imply.</li><li>Correlation with other pools, changes of behaviour during a crash, and markets that close are not in them unless the paths hold them.</li></ul>`,
  });
}
