import {
  brownianPaths,
  Crash,
  type CrashOutcome,
  type CrashSimulation,
  type SimulatedPosition,
  seededSource,
} from "@shortfall/risk";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const STEPS = 300;
const settings: CrashSimulation = {
  dt: 12,
  lt: 0.8,
  bonus: 0.05,
  closeFactor: 0.5,
  fullCloseBelowHf: 0.95,
  oracle: { deviation: 0.005, heartbeat: 3600, delaySteps: 1 },
  dex: { x0: 5000, fee: 0.003, recovery: 0.05 },
  keeper: { maxDebtPerStep: null, maxCountPerStep: 5, latencySteps: 1, minProfit: 0 },
  gas: 20,
};
const positions = Array.from({ length: 1000 }, (_, k) => {
  const collateral = 10 + ((k * 7) % 50);
  return { collateral, debt: collateral * (1100 + ((k * 13) % 480)) };
});
const makePath = brownianPaths({ start: 2000, steps: STEPS, dtYears: 1 / 8766 / 12, drift: 0, vol: 3 });

/** The simulator against the straightforward engine, on the same paths with equal outcomes. */
export function simulator(options: { full: boolean }): GroupResult {
  const paths = Array.from({ length: options.full ? 12 : 4 }, (_, k) => makePath(seededSource(1, k)));
  const crash = new Crash(settings, positions);
  for (const path of paths) requireEqual(crash.run(path), straightforward(path, settings, positions));
  const contender = (name: string, run: (path: Float64Array) => unknown): Contender => ({
    name,
    operations: paths.length,
    run: () => paths.map(run),
  });
  const [ours, plain] = measure(
    [
      contender("simulator, one path", (path) => crash.run(path)),
      contender("straightforward engine, one path", (path) => straightforward(path, settings, positions)),
    ],
    options.full ? 7 : 5,
  );
  return {
    group: `crash simulator, ${STEPS} steps over ${positions.length} positions`,
    timings: [ours!, plain!],
    ratios: [ratioOf("straightforward engine against the simulator", plain!, ours!, "at-least", 5)],
  };
}

function requireEqual(
  a: CrashOutcome,
  b: Pick<CrashOutcome, "repaid" | "realisedBadDebt" | "liquidations" | "remainingDebt">,
): void {
  for (const key of ["repaid", "realisedBadDebt", "liquidations", "remainingDebt"] as const) {
    if (a[key] !== b[key]) throw new Error(`The engines differ in ${key}: ${a[key]} and ${b[key]}.`);
  }
}

interface Open {
  index: number;
  collateral: number;
  debt: number;
  since: number | null;
}

/** The step rules written plainly: objects, a new list and a sort of all positions each step. */
function straightforward(prices: Float64Array, s: CrashSimulation, start: readonly SimulatedPosition[]) {
  const open: Open[] = start.map((position, index) => ({ index, ...position, since: null }));
  const dex = s.dex!;
  let oracle = prices[0]!;
  let last = 0;
  let lp = Math.log(prices[0]!);
  const liquidity = dex.x0 * Math.exp(lp / 2);
  const g = 1 - dex.fee;
  let repaid = 0;
  let realisedBadDebt = 0;
  let liquidations = 0;
  for (let i = 1; i < prices.length; i++) {
    const source = prices[Math.max(0, i - s.oracle.delaySteps)]!;
    if (Math.abs(source / oracle - 1) >= s.oracle.deviation || i * s.dt - last >= s.oracle.heartbeat) {
      oracle = source;
      last = i * s.dt;
    }
    lp = (1 - dex.recovery) * lp + dex.recovery * Math.log(prices[i]!);
    const rated = open
      .filter((position) => position.debt > 0)
      .map((position) => ({ position, hf: (position.collateral * oracle * s.lt) / position.debt }));
    for (const { position, hf } of rated) {
      if (hf >= 1) position.since = null;
      else position.since ??= i;
    }
    const ranked = [...rated].sort((a, b) => a.hf - b.hf || a.position.index - b.position.index);
    const eligible = ranked.filter(
      ({ position, hf }) => hf < 1 && i - position.since! >= s.keeper.latencySteps,
    );
    let count = s.keeper.maxCountPerStep ?? Number.POSITIVE_INFINITY;
    for (const { position, hf } of eligible) {
      if (count <= 0) break;
      const limit = (position.collateral * oracle) / (1 + s.bonus);
      const x = liquidity * Math.exp(-lp / 2);
      const y = liquidity * Math.exp(lp / 2);
      const best = Math.max(0, (Math.sqrt((g * x * y * (1 + s.bonus)) / oracle) - x) / g);
      const share = hf < s.fullCloseBelowHf ? 1 : s.closeFactor;
      const repay = Math.min(share * position.debt, limit, (best * oracle) / (1 + s.bonus));
      if (repay <= 0) continue;
      const seize = (repay * (1 + s.bonus)) / oracle;
      const profit = (y * g * seize) / (x + g * seize) - repay - (s.gas as number);
      if (profit < s.keeper.minProfit) continue;
      position.collateral -= seize;
      position.debt -= repay;
      repaid += repay;
      liquidations++;
      count--;
      lp = 2 * Math.log(liquidity / (x + g * seize));
      if (repay === limit) {
        position.collateral = 0;
        if (position.debt > 0) realisedBadDebt += position.debt;
        position.debt = 0;
      }
    }
    // The backlog, as the rules ask for it every step.
    open.filter(
      (position) => position.debt > 0 && (position.collateral * prices[i]! * s.lt) / position.debt < 1,
    );
  }
  const remainingDebt = open.reduce((sum, position) => sum + position.debt, 0);
  return { repaid, realisedBadDebt, liquidations, remainingDebt };
}
