import { plural } from "@shortfall/audit";
import type { RiskResult, RiskScenario } from "@shortfall/risk";
import { type LossBins, lossBins, lossHistogramPictures } from "../charts/index.js";
import { countText, fullAmount, percent } from "../text/amount.js";
import { escapeText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { levelText, restText } from "../text/level.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** How the losses of all paths are distributed, with value at risk and expected shortfall. */
export function riskLosses(risk: RiskResult): string {
  if (risk.scenarios.length === 0) return "";
  return sectionMarkup({
    id: "risk-losses",
    question: "How much could be lost?",
    title: "Loss distribution",
    notes: [
      "Each column counts the paths whose loss falls in it; paths without a loss stand apart.",
      "Value at risk is a loss that occurred: the smallest that the given share of paths does not exceed. Expected shortfall is the mean of the rest, rounded up.",
    ],
    content: risk.scenarios.map((scenario, index) => scenarioLosses(risk, scenario, index)).join(""),
  });
}

function scenarioLosses(risk: RiskResult, scenario: RiskScenario, index: number): string {
  const { title, losses, tail, alpha } = scenario;
  const bins = lossBins(losses);
  const hit = losses.length - bins.none;
  const paths = `${countText(losses.length)} ${plural(losses.length, "path")}`;
  const head = `<h3>${escapeText(title)}: ${countText(hit)} of ${paths} with a loss</h3>`;
  if (hit === 0) return `<figure>${head}<p class="note lead">No path leaves bad debt.</p></figure>`;
  if (losses.length === 1) {
    return `<figure>${head}<p class="note lead">One path has no distribution: it loses ${figure(bins.largest, risk.decimals)} ${escapeText(risk.asset)}.</p></figure>`;
  }
  const total = losses.reduce((sum, loss) => sum + loss, 0n);
  const tailLoss = losses.reduce((sum, loss) => (loss > tail.var ? sum + loss : sum), 0n);
  const beyond = losses.filter((loss) => loss > tail.var).length;
  const statement =
    beyond === 0
      ? `No path loses more than the value at risk.`
      : `The ${countText(beyond)} ${plural(beyond, "path")} beyond the value at risk ${beyond === 1 ? "bears" : "bear"} ${percent(tailLoss, total)} of all that is lost.`;
  const pictures = lossHistogramPictures({
    id: `losses-${index}`,
    asset: risk.asset,
    decimals: risk.decimals,
    bins,
    tailFrom: tail.var,
    marks: [
      { name: `value at risk ${levelText(alpha)}:`, amount: tail.var },
      { name: "expected shortfall:", amount: tail.es },
    ],
    title: `Loss distribution, ${title}`,
    description: `${hit} of ${losses.length} paths lose something, at most ${fullAmount(bins.largest, risk.decimals)} ${risk.asset}. ${levelText(alpha)} of paths lose at most ${fullAmount(tail.var, risk.decimals)}; the worst ${restText(alpha)} lose ${fullAmount(tail.es, risk.decimals)} on average.`,
  });
  return `<figure>${head}<p class="note lead">${statement}</p>${pictures}${figuresAsTable(binTable(risk, title, bins))}</figure>`;
}

function binTable(risk: RiskResult, title: string, { none, width, paths }: LossBins): string {
  const asset = escapeText(risk.asset);
  const rows = paths.flatMap((count, k) =>
    count === 0
      ? []
      : [
          `<tr><th scope="row" class="n">${figure(BigInt(k) * width, risk.decimals)}</th><td class="n">${figure(BigInt(k + 1) * width, risk.decimals)}</td><td class="n">${countText(count)}</td></tr>`,
        ],
  );
  return scroller(
    `Loss distribution, ${escapeText(title)}`,
    `<table class="fit"><thead><tr><th scope="col" class="n">Above, ${asset}</th><th scope="col" class="n">Up to, ${asset}</th><th scope="col" class="n">Paths</th></tr></thead><tbody>${none > 0 ? `<tr><th scope="row" class="n">no loss</th><td></td><td class="n">${countText(none)}</td></tr>` : ""}${rows.join("")}</tbody></table>`,
  );
}
