import { digestText } from "@shortfall/core";
import type { PageRisk } from "../src/risk-data.js";
import { changed, requireSame, unitsIn } from "./changed.js";
import { byId } from "./elements.js";

/**
 * The risk data: its digest, every path's layers, and the figures shown of them. Gives what was proved, in words.
 *
 * @throws {PageChanged} at the first thing that does not hold.
 */
export function checkRisk(text: string): string {
  const region = byId("risk-digest", HTMLElement);
  const digest = digestText(text);
  for (const words of [region?.dataset.digest, region?.textContent]) {
    if (words !== digest) changed(`it says risk digest ${words}, its data give ${digest}`);
  }
  const { scenarios } = JSON.parse(text) as PageRisk;
  let paths = 0;
  for (const [index, scenario] of scenarios.entries()) {
    paths += scenario.losses.length;
    checkTail(scenario, index);
    for (const [w, waterfall] of scenario.waterfalls.entries())
      checkPaths(scenario, waterfall, `${index}.${w}`);
  }
  const added =
    paths === 0 ? "" : `; ${paths} ${paths === 1 ? "path adds" : "paths add"} up to the last unit`;
  return `the digest of the risk data matches${added}.`;
}

type Scenario = PageRisk["scenarios"][number];
type Distribution = Scenario["waterfalls"][number]["distribution"];

/** Value at risk is the order statistic it says, and the page shows it and the largest loss. */
function checkTail({ losses, tail }: Scenario, index: number): void {
  const sorted = losses.map(BigInt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (`${sorted[tail.index - 1]}` !== tail.var)
    changed(`the value at risk of scenario ${index + 1} is not a loss of its rank`);
  const said = document.querySelector(`[data-tail="${index}"]`);
  if (said)
    requireSame("the tail", unitsIn(said).slice(0, 3), [tail.var, tail.es, `${sorted[sorted.length - 1]}`]);
}

/** On every path the layers and what is left sum to the loss; rows of the table say what the paths give. */
function checkPaths(
  { losses }: Scenario,
  { id, distribution }: Scenario["waterfalls"][number],
  key: string,
): void {
  for (const [path, loss] of losses.entries()) {
    const taken = distribution.layers.reduce((sum, layer) => sum + BigInt(layer.taken[path] ?? 0), 0n);
    const sum = taken + BigInt(distribution.uncovered[path] ?? 0);
    if (`${sum}` !== loss)
      changed(`the layers of ${id} take ${sum} on path ${path + 1}, which loses ${loss}`);
  }
  for (const [k, { layer, taken, pathsReached, pathsExhausted }] of distribution.layers.entries()) {
    checkRow(`${key}.${k}`, layer, [`${pathsReached}`, `${pathsExhausted}`], taken);
  }
  checkUncovered(`${key}.uncovered`, distribution);
}

function checkUncovered(key: string, { uncovered, pathsUncovered }: Distribution): void {
  const paths = uncovered.filter((amount) => amount !== "0").length;
  if (paths !== pathsUncovered) changed(`${paths} paths are uncovered, its data say ${pathsUncovered}`);
  checkRow(key, "uncovered", [`${paths}`], uncovered);
}

function checkRow(key: string, name: string, counts: readonly string[], amounts: readonly string[]): void {
  const row = document.querySelector(`[data-layer="${key}"]`);
  if (!row) changed(`the row of ${name} is missing`);
  let total = 0n;
  let most = 0n;
  for (const amount of amounts.map(BigInt)) {
    total += amount;
    if (amount > most) most = amount;
  }
  requireSame(`the row of ${name}`, row ? unitsIn(row) : [], [...counts, `${total}`, `${most}`]);
}
