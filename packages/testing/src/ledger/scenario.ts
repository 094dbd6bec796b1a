import type {
  ExcessRule,
  LayerDefinition,
  PoolDefinition,
  RecoveryHolders,
  RecoveryOrder,
} from "@shortfall/core";
import { type RuleSpec, shareRuleOf } from "./rule-spec.js";

/** A layer of the plainest kinds. */
export type LayerSpec =
  | { readonly kind: "fund"; readonly fund: string }
  | { readonly kind: "reserve" }
  | { readonly kind: "class"; readonly class: string }
  | { readonly kind: "carry" };

/** A pool as data, from which both ledgers are opened. */
export interface PoolSpec {
  readonly id: string;
  readonly classes: readonly { readonly id: string; readonly rule: RuleSpec }[];
  readonly debtRule: RuleSpec;
  readonly funds: readonly { readonly id: string; readonly floor: bigint }[];
  readonly collateral: readonly { readonly asset: string; readonly bonusBps: bigint }[];
  readonly layers: readonly LayerSpec[];
  readonly order: RecoveryOrder & string;
  readonly reserveFactorBps: bigint;
  readonly treasuryFactorBps: bigint;
  readonly closeFactorBps: bigint;
  readonly excess: ExcessRule;
  readonly holders: RecoveryHolders;
}

/** Id of a layer in the waterfall. */
export const layerId = (index: number): string => `layer-${index}`;

/** Turns a layer into the policy and parameters that a registry knows. */
export type LayerBinding = (layer: LayerSpec) => Pick<LayerDefinition, "policy" | "parameters">;

/** The pool as the ledger opens it. */
export function poolDefinition(spec: PoolSpec, bind: LayerBinding): PoolDefinition {
  return {
    id: spec.id,
    asset: "USD",
    decimals: 6,
    classes: spec.classes.map(({ id, rule }) => ({ id, shareRule: shareRuleOf(rule) })),
    debtRule: shareRuleOf(spec.debtRule),
    funds: spec.funds,
    collateral: spec.collateral,
    waterfall: {
      format: "shortfall-waterfall/1",
      id: `waterfall of ${spec.id}`,
      version: "1",
      layers: spec.layers.map((layer, index) => ({ id: layerId(index), ...bind(layer) })),
      recovery: { order: spec.order },
    },
    reserveFactorBps: spec.reserveFactorBps,
    treasuryFactorBps: spec.treasuryFactorBps,
    closeFactorBps: spec.closeFactorBps,
    recoveryExcess: spec.excess,
    recoveryHolders: spec.holders,
  };
}
