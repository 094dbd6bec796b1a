import { mkdirSync, writeFileSync } from "node:fs";
import { formatAmount } from "@shortfall/math/decimal";
import { riskReportFiles } from "@shortfall/report";
import {
  type CrashSimulation,
  concentration,
  concentrationCurve,
  contagionGraph,
  crashPath,
  jumpPaths,
  lossTail,
  modelPositions,
  type PathMaker,
  parseFraction,
  priceFan,
  type RiskConcentration,
  type RiskResult,
  type RiskScenario,
  type StressSample,
  stress,
  waterfallDistribution,
} from "@shortfall/risk";
import {
  catalogueRegistry,
  openWaterfall,
  openWaterfallState,
  poolFacts,
  type WaterfallDefinition,
} from "@shortfall/sdk";
import { marketAt } from "./replay.js";
import { vaultsAt } from "./vaults.js";

// 1. A real market, re-executed from its logs up to a block, with every borrower's debt and collateral.
const BLOCK = 296;
const { view, positions: borrowers } = await marketAt(
  new URL("../../logs/comet.jsonl.gz", import.meta.url),
  BLOCK,
);
const positions = modelPositions(borrowers, view.decimals);

// 2. How a crash meets it: a late oracle, a thin market for the collateral, few keepers.
const unit = 10n ** BigInt(view.decimals);
const settings: CrashSimulation = {
  dt: 12,
  lt: 0.85,
  bonus: 0.07,
  closeFactor: 1,
  fullCloseBelowHf: 1,
  oracle: { deviation: 0.01, heartbeat: 3600, delaySteps: 2 },
  dex: { x0: 2_000_000, fee: 0.003, recovery: 0.02 },
  keeper: { maxDebtPerStep: 15_000, maxCountPerStep: 1, latencySteps: 1, minProfit: 0 },
  gas: 25,
};
const seed = 2026;
const run = (paths: PathMaker, count: number) =>
  stress({ settings, positions, paths, count, seed, unitsPerDebt: unit });
const crashPaths = crashPath(1, 0.6, 50);
const crash = run(crashPaths, 1);
const stormPaths = jumpPaths({
  start: 1,
  steps: 300,
  dtYears: settings.dt / 31_557_600,
  drift: 0,
  vol: 2,
  jumpRate: 12_000,
  jumpMean: -0.06,
  jumpVol: 0.05,
});
const storms = run(stormPaths, 1000);

// 3. Three designs before the same losses, each run through the objects that would take the real ones.
const design = (id: string, layers: WaterfallDefinition["layers"]): WaterfallDefinition => ({
  format: "shortfall-waterfall/1",
  id,
  version: "1",
  layers,
});
const lenders = { id: "lenders", policy: "pro-rata", parameters: { class: "senior" } };
const insurance = { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } };
const junior = { id: "junior", policy: "tranche-senior", parameters: { protect: ["senior"] } };
const designs = [
  design("lenders-alone", [lenders]),
  design("insurance-first", [insurance, lenders]),
  design("insurance-and-junior", [insurance, junior, lenders]),
];
// A fund of 0.2 % of what lenders claim, and half a percent of it as junior capital.
const capital = view.suppliers / 200n;
const senior = view.suppliers - capital;
const facts = poolFacts({
  cash: view.cash,
  loans: view.loans,
  funds: [{ id: "insurance", balance: view.suppliers / 500n }],
  classes: [
    { id: "senior", assets: senior, shares: senior },
    { id: "junior", assets: capital, shares: capital },
  ],
});
const levels = { alpha: "0.95", epsilon: "0.01" };
const over = (definition: WaterfallDefinition, losses: readonly bigint[]) => {
  const waterfall = openWaterfall(definition, catalogueRegistry);
  return waterfallDistribution({
    waterfall,
    state: openWaterfallState(waterfall),
    facts,
    losses,
    position: { block: BLOCK, timestamp: 0 },
    alpha: parseFraction(levels.alpha),
    epsilon: parseFraction(levels.epsilon),
    residualBudget: parseFraction("0"),
  });
};

// 4. The report: a summary, and a page with every figure.
const show = (amount: bigint): string => formatAmount(amount, view.decimals, { group: "," });
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const rows = designs.map((definition) => {
  const storm = over(definition, storms.losses);
  const lendersLayer = (distribution: typeof storm) =>
    distribution.layers.find(({ layer }) => layer === "lenders")!;
  const [haircut] = storm.haircuts;
  return [
    definition.id,
    percent(lendersLayer(storm).probabilityReached),
    percent(haircut!.tail.es),
    show(lendersLayer(over(definition, crash.losses)).taken[0]!),
  ];
});
const report = [
  "# A market under stress",
  "",
  `At block ${BLOCK}, ${positions.length} borrowers owe ${show(view.loans)} ${view.asset}; lenders claim ${show(view.suppliers)}.`,
  "",
  `A fall of 60 % within ten minutes leaves ${show(crash.losses[0]!)} of bad debt.`,
  `Of ${storms.losses.length} stormy hours, ${storms.hit} leave any.`,
  "",
  "| design | chance that senior lenders lose | their haircut, mean of the worst 5 % | crash of 60 %: they lose |",
  "| --- | --- | --- | --- |",
  ...rows.map((row) => `| ${row.join(" | ")} |`),
  "",
  `A fund that is exceeded in at most 1 % of such hours holds ${show(over(designs[0]!, storms.losses).fund.quantileFund)} ${view.asset}.`,
  "",
].join("\n");
const scenario = (title: string, sample: StressSample, paths: PathMaker): RiskScenario => ({
  ...levels,
  title,
  stepSeconds: settings.dt,
  seed,
  borrowers: positions.length,
  losses: sample.losses,
  tail: lossTail(sample.losses, parseFraction(levels.alpha)),
  prices: priceFan({ paths, count: sample.losses.length, seed }),
  waterfalls: designs.map((definition) => ({
    id: definition.id,
    distribution: over(definition, sample.losses),
  })),
});
const held = (
  title: string,
  asset: string,
  decimals: number,
  balances: readonly bigint[],
): RiskConcentration => ({
  title,
  asset,
  decimals,
  figures: concentration(balances, [1, 2, 5, 10]),
  curve: concentrationCurve(balances, [1, 2, 5, 10]),
});
// Vaults over three markets of another history, hit by the same fall before anybody is liquidated.
const vaults = await vaultsAt(
  new URL("../../../packages/testing/vectors/metamorpho/base-2.jsonl.gz", import.meta.url),
  262,
  0.6,
);
const result: RiskResult = {
  title: `${view.asset} at block ${BLOCK}`,
  asset: view.asset,
  decimals: view.decimals,
  scenarios: [
    scenario("Stormy hours", storms, stormPaths),
    scenario("A fall of 60 % within ten minutes", crash, crashPaths),
  ],
  concentrations: [
    ...Object.entries(vaults.depositors).map(([vault, shares]) =>
      held(`Depositors of vault ${vault.slice(0, 6)}`, "shares", 18, shares),
    ),
    held(
      "Debt",
      view.asset,
      view.decimals,
      borrowers.map(({ debt }) => debt),
    ),
  ],
  contagion: [
    {
      title: "Vaults after a fall of 60 %",
      unit: vaults.asset,
      graph: contagionGraph(vaults.network.markets, vaults.network.vaults),
    },
  ],
};
const folder = new URL("../report/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("stress.md", folder), report);
for (const file of riskReportFiles(result)) {
  writeFileSync(new URL(file.name, folder), [...file.chunks()].join(""));
}
process.stdout.write(`${report}\nWritten to examples/stress/report: stress.md, risk.json, report.html\n`);
