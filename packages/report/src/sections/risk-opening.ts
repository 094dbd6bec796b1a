import { countWord, plural } from "@shortfall/audit";
import type { RiskResult, RiskScenario } from "@shortfall/risk";
import { countText } from "../text/amount.js";
import { shareText } from "../text/double.js";
import { escapeText } from "../text/escape.js";
import { figure } from "../text/figure.js";
import { levelText, restText } from "../text/level.js";

/** Waterfalls and concentrations that the opening speaks of; the sections have all. */
const SAID = 4;

/** The finding in one sentence, what it rests on, and the tail of each scenario. */
export function riskOpening(risk: RiskResult): string {
  const sentences = findings(risk);
  const [first = "Nothing was asked.", ...rest] = sentences;
  return `<section class="opening" aria-labelledby="verdict">\n<h1 id="verdict">${first}</h1>\n<p class="standfirst">${rest.join(" ")}</p>\n${risk.scenarios.map((scenario, index) => tail(risk, scenario, index)).join("")}</section>\n`;
}

/** Largest set of paths first: it says most. */
function findings(risk: RiskResult): string[] {
  const scenarios = [...risk.scenarios].sort((a, b) => b.losses.length - a.losses.length);
  return [
    ...scenarios.flatMap((scenario, k) =>
      k === 0 ? lossSentences(risk, scenario) : [briefly(risk, scenario)],
    ),
    ...risk.concentrations
      .filter(({ figures }) => figures.n > 0)
      .slice(0, SAID)
      .map(
        ({ title, figures: { n, nakamoto } }) =>
          `${escapeText(title)}: ${countText(nakamoto)} of ${countText(n)} ${plural(n, "holder")} ${nakamoto === 1 ? "has" : "have"} more than half.`,
      ),
    ...risk.contagion.map(({ graph }) => {
      const late = graph.vaults.filter(({ extractable }) => extractable > 0).length;
      const circles =
        graph.cycles.length === 0
          ? ""
          : ` ${countWord(graph.cycles.length)} ${plural(graph.cycles.length, "circle")} of vaults back each other.`;
      if (graph.vaults.length === 0) return "No vault lends to these markets.";
      return `${late === 0 ? "No vault says" : `${countWord(late)} of ${countText(graph.vaults.length)} ${plural(graph.vaults.length, "vault")} ${late === 1 ? "says" : "say"}`} more than a share is worth.${circles}`;
    }),
  ];
}

const amount = (risk: RiskResult, units: bigint): string =>
  `<span class="nowrap">${figure(units, risk.decimals)}</span> ${escapeText(risk.asset)}`;

function lossSentences(risk: RiskResult, scenario: RiskScenario): string[] {
  const {
    losses,
    tail: { es },
    alpha,
    waterfalls,
  } = scenario;
  const hit = losses.filter((loss) => loss > 0n).length;
  if (losses.length === 1) return [briefly(risk, scenario)];
  if (hit === 0) return [`No path of ${countText(losses.length)} leaves bad debt.`];
  return [
    `${countText(hit)} of ${countText(losses.length)} paths leave bad debt; the worst ${restText(alpha)} of all lose ${amount(risk, es)} on average.`,
    ...reachedWords(waterfalls),
  ];
}

/** How often the last layer of each waterfall is reached, and where something is left after it. */
function reachedWords(waterfalls: RiskScenario["waterfalls"]): string[] {
  const shown = waterfalls.slice(0, SAID);
  if (shown.length === 0) return [];
  const reached = shown.map(({ id, distribution: { layers } }, k) => {
    const paths = layers[layers.length - 1]?.pathsReached ?? 0;
    return `${countText(paths)}${k === 0 ? ` ${plural(paths, "path")}` : ""} under ${escapeText(id)}`;
  });
  const left = shown
    .filter(({ distribution }) => distribution.pathsUncovered > 0)
    .map(({ id, distribution }) => `${countText(distribution.pathsUncovered)} under ${escapeText(id)}`);
  return [
    `The loss reaches the last layer on ${reached.join(", ")}.`,
    ...(left.length === 0 ? [] : [`Some is left uncovered on ${left.join(", ")}.`]),
  ];
}

/** One path, or a further scenario. */
function briefly(risk: RiskResult, { title, losses }: RiskScenario): string {
  const worst = losses.reduce((most, loss) => (loss > most ? loss : most), 0n);
  const hit = losses.filter((loss) => loss > 0n).length;
  const name = escapeText(title);
  if (hit === 0) return `${name}: no path of ${countText(losses.length)} leaves bad debt.`;
  return losses.length === 1
    ? `${name}: ${amount(risk, worst)} of bad debt is left.`
    : `${name}: ${countText(hit)} of ${countText(losses.length)} paths leave bad debt, the largest ${amount(risk, worst)}.`;
}

/** The figures that the page checks against its data: value at risk, expected shortfall, largest loss. */
function tail(risk: RiskResult, scenario: RiskScenario, index: number): string {
  const { alpha, epsilon, losses, tail: figures, waterfalls } = scenario;
  // One path has no tail; its loss was said.
  if (losses.length === 1) return "";
  const largest = losses.reduce((most, loss) => (loss > most ? loss : most), 0n);
  const cell = (label: string, value: bigint): string =>
    `<div><dt>${label}</dt><dd>${figure(value, risk.decimals)}</dd></div>`;
  const fund = waterfalls[0]?.distribution.fund.quantileFund;
  const hit = losses.filter((loss) => loss > 0n).length;
  const asset = escapeText(risk.asset);
  const name =
    risk.scenarios.length > 1
      ? `<p class="tail">${escapeText(scenario.title)}: ${countText(hit)} of ${countText(losses.length)} ${plural(losses.length, "path")} with a loss, ${shareText(hit / losses.length)}</p>`
      : "";
  return `${name}<dl class="summary" data-tail="${index}">${cell(`Value at risk ${levelText(alpha)}, ${asset}`, figures.var)}${cell(`Expected shortfall ${levelText(alpha)}`, figures.es)}${cell("Largest loss", largest)}${fund === undefined ? "" : cell(`Fund exceeded on at most ${levelText(epsilon)}`, fund)}</dl>`;
}
