import type { ReconciledWriteOff } from "@shortfall/audit";
import type { DepthLayer, LayerFill } from "./charts/index.js";

/** Policies whose layers recognise a loss without anyone bearing it yet. */
const CARRYING = new Set(["carry", "deferred-cover"]);

const CARRIED: LayerFill = { kind: "carried" };

/** Fills of layers by their policies, in loss order: tints from the surface down, hatch where a loss is carried. */
export function layerFills(policies: readonly string[]): LayerFill[] {
  let tint = 0;
  return policies.map((policy) => (CARRYING.has(policy) ? CARRIED : { kind: "depth", index: tint++ }));
}

/** Layers of write-offs in loss order, uncovered last where any write-off has some. */
export interface LayerStack {
  readonly layers: readonly DepthLayer[];
  /** What each layer took of a write-off, in the order of `layers`. */
  amountsOf(row: ReconciledWriteOff): readonly bigint[];
}

/**
 * One stack for several write-offs. A layer that a write-off names after another stands after it; layers that
 * only recognise the loss are hatched, the others take the tints from the surface down.
 */
export function stackOf(rows: readonly ReconciledWriteOff[], policies: "all" | "used" = "used"): LayerStack {
  const order: { layer: string; policy: string }[] = [];
  for (const row of rows) {
    let after = -1;
    for (const { layer, policy, amount } of row.layers) {
      if (policies === "used" && amount === 0n && rows.length > 1) continue;
      const found = order.findIndex((known) => known.layer === layer);
      if (found >= 0) after = Math.max(after, found);
      else {
        order.splice(after + 1, 0, { layer, policy });
        after++;
      }
    }
  }
  const uncovered = rows.some((row) => row.uncovered !== 0n);
  const fills = layerFills(order.map(({ policy }) => policy));
  const layers = order.map(({ layer }, k): DepthLayer => ({ name: layer, fill: fills[k] ?? CARRIED }));
  return {
    layers: uncovered ? [...layers, { name: "uncovered", fill: { kind: "uncovered" } }] : layers,
    amountsOf(row) {
      const amounts = order.map(({ layer }) =>
        row.layers.reduce((sum, part) => (part.layer === layer ? sum + part.amount : sum), 0n),
      );
      return uncovered ? [...amounts, row.uncovered] : amounts;
    },
  };
}
