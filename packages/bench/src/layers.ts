import {
  type LayerDefinition,
  openWaterfall,
  openWaterfallState,
  poolFacts,
  runWaterfall,
  type WaterfallOutcome,
} from "@shortfall/core";
import { mulDivDown } from "@shortfall/math";
import { catalogueRegistry } from "@shortfall/policies";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const SIZES = [4, 16, 64];
const position = { block: 1, timestamp: 1 };
/** What each layer can take; the last one leaves the rest to `carry`. */
const PER_LAYER = 1_000_000n;

/** Layers of four kinds in turn, each of which takes its part of the loss; read from JSON, as waterfalls are. */
function layersOf(count: number): LayerDefinition[] {
  const layers = Array.from({ length: count }, (_, k): Omit<LayerDefinition, "cap"> => {
    switch (k % 4) {
      case 0:
        return { id: `fund-${k}`, policy: "cash-fund", parameters: { fund: `fund-${k}` } };
      case 1:
        return { id: `reserve-${k}`, policy: "reserve", parameters: {} };
      case 2:
        return { id: `tranche-${k}`, policy: "tranche", parameters: { class: `class-${k}` } };
      default:
        return { id: `lenders-${k}`, policy: "pro-rata", parameters: { class: "lenders" } };
    }
  });
  const read = JSON.parse(JSON.stringify(layers)) as typeof layers;
  return read.map((layer) => ({ ...layer, cap: PER_LAYER }));
}

/** One loss down waterfalls of growing length, every layer touched, against one mulDiv. */
export function waterfallByLayers(options: { full: boolean }): GroupResult {
  const rounds = options.full ? 15 : 9;
  const contenders: Contender[] = [mulDivContender()];
  for (const count of SIZES) contenders.push(waterfallContender(count, options.full ? 4000 : 2000));
  const [mulDiv, four, , sixtyFour] = measure(contenders, rounds) as [Timing4, Timing4, Timing4, Timing4];
  const perLayer = { ...sixtyFour, bestNs: (sixtyFour.bestNs - four.bestNs) / 60 };
  return {
    group: "a loss down a waterfall, by layers",
    timings: [mulDiv, four, sixtyFour],
    ratios: [
      ratioOf("64 layers against 4", sixtyFour, four, "at-most", 18),
      ratioOf("a further layer against one mulDiv", perLayer, mulDiv, "at-most", 0.7),
    ],
  };
}

type Timing4 = ReturnType<typeof measure>[number];

function mulDivContender(): Contender {
  const operations = 200_000;
  // Operands of the usual widths, different each time, so that nothing is hoisted out of the loop.
  const a = Array.from({ length: 64 }, (_, k) => (1n << 69n) + BigInt(k * 7919));
  const b = (1n << 89n) + 12345n;
  const c = (1n << 89n) - 54321n;
  return {
    name: "one mulDivDown, 70 and 90 bits",
    operations,
    run() {
      let sum = 0n;
      for (let k = 0; k < operations; k++) sum ^= mulDivDown(a[k & 63]!, b, c);
      return sum;
    },
  };
}

function waterfallContender(count: number, operations: number): Contender {
  const waterfall = openWaterfall(
    { format: "shortfall-waterfall/1", id: `w${count}`, version: "1", layers: layersOf(count) },
    catalogueRegistry,
  );
  const state = openWaterfallState(waterfall);
  const plenty = 10n ** 18n;
  const facts = poolFacts({
    reserves: plenty,
    funds: waterfall.layers
      .filter(({ id }) => id.startsWith("fund"))
      .map(({ parameters }) => ({ id: (parameters as { fund: string }).fund, balance: plenty })),
    classes: [
      { id: "lenders", assets: plenty, shares: plenty },
      ...waterfall.layers
        .filter(({ id }) => id.startsWith("tranche"))
        .map(({ parameters }) => ({
          id: (parameters as { class: string }).class,
          assets: plenty,
          shares: plenty,
        })),
    ],
  });
  const amount = PER_LAYER * BigInt(count);
  return {
    name: `${count} layers`,
    operations,
    run() {
      let outcome: WaterfallOutcome | undefined;
      for (let k = 0; k < operations; k++) {
        outcome = runWaterfall(
          waterfall,
          state,
          facts,
          { deficit: "d", amount, borrower: "b", position },
          { trust: "fast" },
        );
      }
      if (outcome?.absorbed !== amount || outcome.layers.length !== count) {
        throw new Error(`${count} layers took ${outcome?.absorbed} of ${amount}.`);
      }
      return outcome;
    },
  };
}
