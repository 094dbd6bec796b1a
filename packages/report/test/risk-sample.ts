import { openWaterfall, openWaterfallState, poolFacts } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import {
  brownianPaths,
  type CascadeMarket,
  type CascadeVault,
  concentration,
  concentrationCurve,
  contagionGraph,
  lossTail,
  parseFraction,
  priceFan,
  type RiskResult,
  type RiskScenario,
  waterfallDistribution,
} from "@shortfall/risk";

/** What a risk sample differs in from the plain one. */
export interface RiskSampleOptions {
  readonly losses?: readonly bigint[];
  readonly balances?: readonly bigint[];
  /** Vaults in a row, each lending against the one before; the first against the last where they are a circle. */
  readonly vaults?: number;
  readonly circle?: boolean;
  readonly decimals?: number;
  /** In every text that an input could bring. */
  readonly hostile?: string;
}

const LOSSES = Array.from({ length: 200 }, (_, k) => (k < 150 ? 0n : BigInt(k - 149) ** 2n * 1_000_000n));
const BALANCES = Array.from({ length: 60 }, (_, k) => BigInt(k + 1) ** 3n);

/** Results by the real functions over given losses, holdings and vaults. */
export function riskSample(options: RiskSampleOptions = {}): RiskResult {
  const bad = options.hostile ?? "";
  const decimals = options.decimals ?? 6;
  const balances = options.balances ?? BALANCES;
  return {
    title: `Sample${bad}`,
    asset: `USDX${bad}`,
    decimals,
    scenarios: options.losses?.length === 0 ? [] : [scenario(options.losses ?? LOSSES, bad)],
    concentrations: [
      {
        title: `Supply${bad}`,
        asset: `USDX${bad}`,
        decimals,
        figures: concentration(balances, [1, 5]),
        curve: concentrationCurve(balances, [1, 5]),
      },
    ],
    contagion: [
      {
        title: `Vaults${bad}`,
        unit: `USDX${bad}`,
        graph: graph(options.vaults ?? 4, options.circle ?? true, bad),
      },
    ],
  };
}

function scenario(losses: readonly bigint[], bad: string): RiskScenario {
  const facts = poolFacts({
    funds: [{ id: "fund", balance: 300_000_000n }],
    classes: [{ id: "main", assets: 10n ** 32n, shares: 10n ** 32n }],
  });
  const fund = { id: `fund${bad}`, policy: "cash-fund", parameters: { fund: "fund" } };
  const lenders = { id: "lenders", policy: "pro-rata", parameters: { class: "main" } };
  const waterfalls = [[fund, lenders], [fund]].map((layers, k) => {
    const waterfall = openWaterfall(
      { format: "shortfall-waterfall/1", id: `w${k}${bad}`, version: "1", layers },
      catalogueRegistry,
    );
    return {
      id: waterfall.definition.id,
      distribution: waterfallDistribution({
        waterfall,
        state: openWaterfallState(waterfall),
        facts,
        losses,
        position: { block: 1, timestamp: 0 },
        alpha: parseFraction("0.95"),
        epsilon: parseFraction("0.01"),
        residualBudget: parseFraction("0"),
      }),
    };
  });
  const paths = brownianPaths({ start: 2000, steps: 80, dtYears: 1 / 8766, drift: 0, vol: 3 });
  return {
    title: `Storm${bad}`,
    alpha: "0.95",
    epsilon: "0.01",
    stepSeconds: 12,
    seed: 7,
    borrowers: 3,
    losses,
    tail: lossTail(losses, parseFraction("0.95")),
    prices: priceFan({ paths, count: losses.length, seed: 7 }),
    waterfalls,
  };
}

function graph(count: number, circle: boolean, bad: string): RiskResult["contagion"][number]["graph"] {
  const markets: Record<string, CascadeMarket> = {};
  const vaults: Record<string, CascadeVault> = {};
  const name = (kind: string, k: number): string => `${kind} ${k}${bad}`;
  for (let k = 0; k < count; k++) {
    const before = k > 0 ? k - 1 : circle ? count - 1 : undefined;
    const collateral = before === undefined ? [] : [{ vault: name("vault", before), shares: 30 }];
    markets[name("market", k)] = {
      cash: 10,
      loans: [{ debt: 90, bonus: 0.05, collateral: [...collateral, { external: 50 + (k % 30) }] }],
    };
    vaults[name("vault", k)] = {
      idle: 1,
      shares: 100,
      alloc: { [name("market", k)]: 1 },
      ...(k % 2 === 0 ? { reportedPrice: 1 } : {}),
    };
  }
  return contagionGraph(markets, vaults);
}
