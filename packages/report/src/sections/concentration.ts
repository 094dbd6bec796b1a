import { plural } from "@shortfall/audit";
import type { RiskConcentration, RiskResult } from "@shortfall/risk";
import { lorenzPictures } from "../charts/index.js";
import { countText, percent } from "../text/amount.js";
import { doubleFigure } from "../text/double.js";
import { escapeText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** A curve of fewer holders says less than their list. */
const FEWEST_DRAWN = 5;

/** How evenly supply or debt is held. */
export function concentration(risk: RiskResult): string {
  if (risk.concentrations.length === 0) return "";
  return sectionMarkup({
    id: "concentration",
    question: "Whose exit would matter?",
    title: "Concentration",
    notes: [
      "The further the curve hangs below the diagonal, the fewer hold most. Gini: 0 is an even split, towards 1 one holds all. Nakamoto: how many it takes to have more than half.",
      "Holders are accounts: one that stands for others, a vault for one, counts as one.",
    ],
    content: risk.concentrations.map((each, index) => holding(each, index)).join(""),
  });
}

function holding(each: RiskConcentration, index: number): string {
  const { title, asset, decimals, figures, curve } = each;
  const { n, total } = curve;
  const head = `<h3>${escapeText(title)}: ${countText(n)} ${plural(n, "holder")}, ${figure(total, decimals)} ${escapeText(asset)}</h3>`;
  if (n === 0) return `<figure>${head}<p class="note lead">Nobody holds any.</p></figure>`;
  const statement = `${countText(figures.nakamoto)} of ${countText(n)} ${plural(n, "holder")} ${figures.nakamoto === 1 ? "has" : "have"} more than half.`;
  // Next to everything is no point to look at.
  const top = curve.top.filter(({ k, held }) => k < n && held * 100n < total * 99n);
  const table = figuresTable(each);
  if (n < FEWEST_DRAWN) {
    return `<figure>${head}<p class="note lead">${statement} Fewer than ${FEWEST_DRAWN} holders make no curve.</p>${table}</figure>`;
  }
  const pictures = lorenzPictures({
    id: `concentration-${index}`,
    total,
    holders: n,
    points: curve.points,
    top,
    title: `Concentration, ${title}`,
    description: `${statement} ${top.map(({ k, held }) => `The ${k === 1 ? "largest holds" : `${k} largest hold`} ${percent(held, total)}.`).join(" ")} Gini ${figures.gini.toFixed(4)}, n = ${n}.`,
  });
  return `<figure>${head}<p class="note lead">${statement} Gini ${figures.gini.toFixed(4)}, n = ${countText(n)}.</p>${pictures}${figuresAsTable(table)}</figure>`;
}

function figuresTable({ title, asset: name, decimals, figures, curve }: RiskConcentration): string {
  const asset = escapeText(name);
  const rows: readonly (readonly [string, string])[] = [
    ["Holders, n", countText(figures.n)],
    ["Nakamoto, holders with more than half", countText(figures.nakamoto)],
    ["Gini, n in the denominator", doubleFigure(figures.gini)],
    ["Gini of a sample, n − 1", doubleFigure(figures.giniSample)],
    ["Herfindahl, Σ share²", doubleFigure(figures.hhi)],
    ["Holders it is worth, 1 ÷ Herfindahl", doubleFigure(figures.effectiveN)],
    ...curve.top
      .filter(({ k }) => k <= curve.n)
      .map(({ k, held }): readonly [string, string] => [
        k === 1 ? `Largest holder, ${asset}` : `${countText(k)} largest, ${asset}`,
        `${figure(held, decimals)} (${percent(held, curve.total)})`,
      ]),
  ];
  const shape = scroller(
    `Curve, ${escapeText(title)}`,
    `<table class="fit"><thead><tr><th scope="col" class="n">Smallest holders</th><th scope="col" class="n">hold together, ${asset}</th></tr></thead><tbody>${curve.points.map(({ holders, held }) => `<tr><th scope="row" class="n">${countText(holders)}</th><td class="n">${figure(held, decimals)}</td></tr>`).join("")}</tbody></table>`,
  );
  return `<dl class="pairs">${rows.map(([term, words]) => `<dt>${term}</dt><dd>${words}</dd>`).join("")}</dl>${shape}`;
}
