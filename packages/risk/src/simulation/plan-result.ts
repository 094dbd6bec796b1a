import { concentration } from "../concentration/concentration.js";
import { concentrationCurve } from "../concentration/curve.js";
import { contagionGraph } from "../contagion/graph.js";
import { readNetwork } from "../contagion/read-network.js";
import { RiskInputError } from "../errors.js";
import { parseFraction } from "../fraction.js";
import { RiskInput } from "../input.js";
import { lossTail } from "../metrics/tail.js";
import type { RiskConcentration, RiskResult, RiskScenario } from "../risk-result.js";
import { priceFan } from "./price-fan.js";
import { readPaths, type StressPlanResult } from "./stress-plan.js";

const TOP_K = [1, 5, 10, 100];

/**
 * The result of a stress plan for a report: its losses with their tail, the price paths' quantiles, and, where
 * the plan has them, `concentrations: [{ of, balances, topK? }]` and `network: { of, unit, markets, vaults }`.
 * `title` and `asset { name, decimals }` name it; without them amounts stand in base units.
 *
 * @throws {RiskInputError} naming the field.
 */
export function planResult(plan: unknown, { sample, waterfalls }: StressPlanResult): RiskResult {
  const input = new RiskInput(plan, "plan");
  const text = (key: string, otherwise: string): string => (input.has(key) ? input.text(key) : otherwise);
  const paths = input.object("paths");
  const alpha = text("alpha", "0.95");
  const seed = input.number("seed");
  const scenario: RiskScenario = {
    title: text("scenario", `${paths.text("kind")} paths`),
    alpha,
    epsilon: text("epsilon", "0.01"),
    stepSeconds: input.number("dt"),
    seed,
    borrowers: input.objects("positions").length,
    losses: sample.losses,
    tail: lossTail(sample.losses, parseFraction(alpha, "plan.alpha")),
    prices: priceFan({ paths: readPaths(paths), count: sample.losses.length, seed }),
    waterfalls,
  };
  const name = named(input);
  return { ...name, scenarios: [scenario], ...holdings(input, name), ...networks(input) };
}

/** A report on holdings alone. @throws {RiskInputError} naming the field. */
export function concentrationResult(document: unknown): RiskResult {
  const input = new RiskInput(document);
  const name = named(input);
  return { ...name, scenarios: [], contagion: [], concentrations: [holding(input, name)] };
}

/** A report on a network alone. @throws {RiskInputError} naming the field. */
export function contagionResult(document: unknown): RiskResult {
  const input = new RiskInput(document);
  return { ...named(input), scenarios: [], concentrations: [], contagion: [network(input)] };
}

type Named = Pick<RiskResult, "title" | "asset" | "decimals">;

function named(input: RiskInput): Named {
  const asset = input.has("asset") ? input.object("asset") : undefined;
  const decimals = asset?.number("decimals") ?? 0;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 77) {
    throw new RiskInputError("asset.decimals", "a whole number from 0 to 77", String(decimals));
  }
  return {
    title: input.has("title") ? input.text("title") : "Risk",
    asset: asset?.text("name") ?? "base units",
    decimals,
  };
}

const holdings = (input: RiskInput, name: Named): Pick<RiskResult, "concentrations"> => ({
  concentrations: input.has("concentrations")
    ? input.objects("concentrations").map((each) => holding(each, name))
    : [],
});

const networks = (input: RiskInput): Pick<RiskResult, "contagion"> => ({
  contagion: input.has("network") ? [network(input.object("network"))] : [],
});

/** In an asset of its own, or in that of the whole. */
function holding(input: RiskInput, whole: Named): RiskConcentration {
  const balances = input.integers("balances");
  const topK = input.has("topK") ? input.numbers("topK") : TOP_K;
  const { asset, decimals } = input.has("asset") ? named(input) : whole;
  return {
    title: input.has("of") ? input.text("of") : "Holdings",
    asset,
    decimals,
    figures: concentration(balances, topK),
    curve: concentrationCurve(balances, topK),
  };
}

function network(input: RiskInput): RiskResult["contagion"][number] {
  const { markets, vaults } = readNetwork(input);
  return {
    title: input.has("of") ? input.text("of") : "Vaults over markets",
    unit: input.has("unit") ? input.text("unit") : "",
    graph: contagionGraph(markets, vaults),
  };
}
