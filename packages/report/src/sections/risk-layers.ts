import { plural } from "@shortfall/audit";
import type { RiskResult, RiskScenario, WaterfallDistribution } from "@shortfall/risk";
import { type ExhaustedLayer, exhaustionPictures } from "../charts/index.js";
import { layerFills } from "../layers.js";
import { countText } from "../text/amount.js";
import { shareText } from "../text/double.js";
import { escapeText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { levelText } from "../text/level.js";
import { figuresAsTable, scroller, sectionMarkup } from "./section.js";

/** How often each layer of each waterfall is touched and used up. */
export function riskLayers(risk: RiskResult): string {
  const scenarios = risk.scenarios.filter(({ waterfalls }) => waterfalls.length > 0);
  if (scenarios.length === 0) return "";
  return sectionMarkup({
    id: "risk-layers",
    question: "How deep does it reach?",
    title: "Exhaustion of the layers",
    notes: [
      "Every path's loss runs down each waterfall, through the objects that would take the real one. A layer is touched when something reaches it, used up when it leaves something to the next.",
      "All waterfalls share one scale of paths.",
    ],
    content: scenarios.map((scenario) => scenarioLayers(risk, scenario)).join(""),
  });
}

function scenarioLayers(risk: RiskResult, scenario: RiskScenario): string {
  const index = risk.scenarios.indexOf(scenario);
  const { title, losses, waterfalls } = scenario;
  const n = losses.length;
  const words = waterfalls.map(
    ({ id, distribution }) =>
      `${id}: ${distribution.layers.map(({ layer, pathsReached, pathsExhausted }) => `${layer} touched on ${pathsReached}, used up on ${pathsExhausted}`).join("; ")}${distribution.pathsUncovered > 0 ? `; uncovered on ${distribution.pathsUncovered}` : ""}`,
  );
  const pictures = exhaustionPictures({
    id: `layers-${index}`,
    paths: n,
    waterfalls: waterfalls.map(({ id, distribution }) => ({ name: id, layers: stack(distribution) })),
    title: `Exhaustion of the layers, ${title}`,
    description: `Of ${n} ${plural(n, "path")}. ${words.join(". ")}.`,
  });
  return `<figure><h3>${escapeText(title)}: ${countText(n)} ${plural(n, "path")}</h3>${pictures}${figuresAsTable(layerTable(risk, scenario, index))}${haircutWords(scenario)}</figure>`;
}

function stack({ layers, pathsUncovered }: WaterfallDistribution): ExhaustedLayer[] {
  const fills = layerFills(layers.map(({ policy }) => policy));
  const drawn = layers.map(
    ({ layer, pathsReached, pathsExhausted }, k): ExhaustedLayer => ({
      name: layer,
      fill: fills[k] ?? { kind: "uncovered" },
      reached: pathsReached,
      exhausted: pathsExhausted,
    }),
  );
  return pathsUncovered === 0
    ? drawn
    : [...drawn, { name: "uncovered", fill: { kind: "uncovered" }, reached: pathsUncovered, exhausted: 0 }];
}

/** Exact counts and amounts; the page's button adds them up again. */
function layerTable(risk: RiskResult, { title, waterfalls }: RiskScenario, scenario: number): string {
  const asset = escapeText(risk.asset);
  const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
  const most = (amounts: readonly bigint[]): bigint =>
    amounts.reduce((high, amount) => (amount > high ? amount : high), 0n);
  const bodies = waterfalls.map(({ id, distribution }, w) => {
    const rows = distribution.layers.map(
      ({ layer, pathsReached, pathsExhausted, taken }, k) =>
        `<tr data-layer="${scenario}.${w}.${k}"><th scope="row">${escapeText(layer)}</th><td class="n">${figure(BigInt(pathsReached), 0)}</td><td class="n">${figure(BigInt(pathsExhausted), 0)}</td><td class="n">${figure(total(taken), risk.decimals)}</td><td class="n">${figure(most(taken), risk.decimals)}</td></tr>`,
    );
    rows.push(
      `<tr data-layer="${scenario}.${w}.uncovered"><th scope="row">uncovered</th><td class="n">${figure(BigInt(distribution.pathsUncovered), 0)}</td><td></td><td class="n">${figure(total(distribution.uncovered), risk.decimals)}</td><td class="n">${figure(most(distribution.uncovered), risk.decimals)}</td></tr>`,
    );
    return `<tbody><tr class="subhead"><th scope="colgroup" colspan="5">${escapeText(id)}</th></tr>${rows.join("")}</tbody>`;
  });
  return scroller(
    `Exhaustion of the layers, ${escapeText(title)}`,
    `<table><thead><tr><th scope="col">Layer</th><th scope="col" class="n">Paths that touch it</th><th scope="col" class="n">Paths that use it up</th><th scope="col" class="n">Taken on all paths, ${asset}</th><th scope="col" class="n">Most on one path</th></tr></thead>${bodies.join("")}</table>`,
  );
}

/** Haircut of each class, which is an analytic figure: doubles, for showing. */
function haircutWords({ waterfalls, alpha, losses }: RiskScenario): string {
  const items = waterfalls.flatMap(({ id, distribution }) =>
    distribution.haircuts
      .filter(({ mean }) => mean > 0)
      .map(
        (each) =>
          `<li>Under ${escapeText(id)}, ${escapeText(each.class)} loses ${shareText(each.mean)}${losses.length === 1 ? "" : ` on average, ${shareText(each.tail.var)} at value at risk ${levelText(alpha)}, ${shareText(each.tail.es)} beyond it`}.</li>`,
      ),
  );
  return items.length === 0 ? "" : `<ul class="cap">${items.join("")}</ul>`;
}
