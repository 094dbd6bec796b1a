import { createLedger, type Ledger, type PoolDefinition, plainTotals } from "@shortfall/core";
import { bindPlain, type LayerSpec, layerId, plainPolicies } from "../src/index.js";

/** A waterfall of plain layers: `layer-0`, `layer-1`, … */
export const plainWaterfall = (...layers: readonly LayerSpec[]): PoolDefinition["waterfall"] => ({
  format: "shortfall-waterfall/1",
  id: "plain",
  version: "1",
  layers: layers.map((layer, index) => ({ id: layerId(index), ...bindPlain(layer) })),
});

/** One pool "usd" of one class "main" with an insurance fund, collateral in ETH, plain totals. */
export function openLedger(definition: Partial<PoolDefinition> = {}): Ledger {
  return createLedger({
    policies: plainPolicies,
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "main" }],
        shareRule: plainTotals(),
        funds: [{ id: "insurance" }],
        collateral: [{ asset: "ETH" }],
        waterfall: plainWaterfall({ kind: "fund", fund: "insurance" }, { kind: "class", class: "main" }),
        ...definition,
      },
    ],
  });
}

/** Where an action in "usd" happens. */
export const usd = (timestamp: number) => ({ pool: "usd", at: { block: timestamp, timestamp } });

/** The code of what `act` throws; fails where it does not throw. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
  throw new Error("It was not refused.");
}
