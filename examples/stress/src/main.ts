import { mkdirSync, writeFileSync } from "node:fs";
import { formatAmount } from "@shortfall/math/decimal";
import {
  type CrashSimulation,
  crashLaw,
  crashPath,
  jumpPaths,
  ledgerPositions,
  type PathMaker,
  parseFraction,
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
import { lendingMarket } from "./market.js";

// 1. The market as its books have it: every borrower with debt and collateral.
const { ledger, pool, collateral } = lendingMarket();
const positions = ledgerPositions(ledger, pool, collateral);

// 2. The ways a crash can meet it: slow oracle, thin pool, few keepers.
const settings: CrashSimulation = {
  dt: 12,
  lt: 0.8,
  bonus: 0.05,
  closeFactor: 0.5,
  fullCloseBelowHf: 0.95,
  oracle: { deviation: 0.01, heartbeat: 3600, delaySteps: 2 },
  dex: { x0: 600, fee: 0.003, recovery: 0.02 },
  keeper: { maxDebtPerStep: null, maxCountPerStep: 3, latencySteps: 1, minProfit: 0 },
  gas: 25,
};
const start = 2000;
const steps = 300;
const run = (paths: PathMaker, count: number) =>
  stress({ settings, positions, paths, count, seed: 2026, unitsPerDebt: 1_000_000n });
const crash = run(crashPath(start, 0.6, steps), 1);
const storms = run(
  jumpPaths({
    start,
    steps,
    dtYears: 12 / 31_557_600,
    drift: 0,
    vol: 2,
    jumpRate: 4000,
    jumpMean: -0.08,
    jumpVol: 0.06,
  }),
  400,
);

// 3. Three waterfalls before the same losses, each run through the objects that would take the real one.
const waterfall = (id: string, layers: WaterfallDefinition["layers"]): WaterfallDefinition => ({
  format: "shortfall-waterfall/1",
  id,
  version: "1",
  layers,
});
const lenders = { id: "lenders", policy: "pro-rata", parameters: { class: "senior" } };
const insurance = { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } };
const junior = { id: "junior", policy: "tranche-senior", parameters: { protect: ["senior"] } };
const designs = [
  waterfall("lenders-alone", [lenders]),
  waterfall("insurance-first", [insurance, lenders]),
  waterfall("insurance-and-junior", [insurance, junior, lenders]),
];
const view = ledger.view(pool);
const facts = poolFacts({
  cash: view.cash,
  loans: view.loans,
  funds: [{ id: "insurance", balance: ledger.fund(pool, "insurance") }],
  classes: ledger.classes(pool).map((each) => ({ id: each.class, assets: each.assets, shares: each.shares })),
});

const usdc = (amount: bigint): string => `${formatAmount(amount, 6, { group: "," })} USDC`;
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const law = crashLaw({ debt: 1_000_000, lt: 0.8, bonus: 0.05, latency: 36, repayRate: 500 }, 0.0005);
const lines = [
  "# A market under stress",
  "",
  `${positions.length} borrowers owe ${usdc(view.loans)}; lenders claim ${usdc(view.suppliers)}.`,
  "",
  `A fall of 60 % within an hour leaves ${usdc(crash.losses[0]!)} of bad debt.`,
  `Of ${storms.losses.length} stormy hours, ${storms.hit} leave any.`,
  `A million of debt repaid at 500 a second stands a crash of ${percent(law.criticalSpeed)} a second.`,
  "",
  "| waterfall | chance that lenders lose | haircut of senior lenders, mean of the worst 5 % | crash of 60 %: senior lenders lose |",
  "| --- | --- | --- | --- |",
];
const sizing = {
  facts,
  position: { block: 0, timestamp: 0 },
  alpha: parseFraction("0.95"),
  epsilon: parseFraction("0.01"),
  residualBudget: parseFraction("1000000"),
};
for (const definition of designs) {
  const opened = openWaterfall(definition, catalogueRegistry);
  const over = (losses: readonly bigint[]) =>
    waterfallDistribution({ ...sizing, waterfall: opened, state: openWaterfallState(opened), losses });
  const storm = over(storms.losses);
  const [senior] = storm.haircuts;
  const reached = storm.layers.find((layer) => layer.layer === "lenders")!.probabilityReached;
  const worst = over(crash.losses).layers.find((layer) => layer.layer === "lenders")!.taken[0]!;
  lines.push(`| ${definition.id} | ${percent(reached)} | ${percent(senior!.tail.es)} | ${usdc(worst)} |`);
}
const opened = openWaterfall(designs[0]!, catalogueRegistry);
const { fund } = waterfallDistribution({
  ...sizing,
  waterfall: opened,
  state: openWaterfallState(opened),
  losses: storms.losses,
});
lines.push("", `A fund that is exceeded in at most 1 % of such hours holds ${usdc(fund.quantileFund)}.`, "");

const folder = new URL("../report/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("stress.md", folder), lines.join("\n"));
process.stdout.write(`${lines.join("\n")}\nWritten to examples/stress/report/stress.md\n`);
