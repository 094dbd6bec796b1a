import {
  exchangeRate,
  indexed,
  plainTotals,
  principalIndexed,
  type ShareRule,
  virtualShares,
} from "@shortfall/core";

/** A share rule as data, so that the ledger's rule and the naive one are built from the same words. */
export type RuleSpec =
  | { readonly kind: "plain" }
  | { readonly kind: "virtual"; readonly assets: bigint; readonly shares: bigint }
  | { readonly kind: "index"; readonly divisor: bigint; readonly halfUp: boolean; readonly indexUp: boolean }
  | { readonly kind: "principal"; readonly divisor: bigint; readonly indexUp: boolean }
  | { readonly kind: "rate"; readonly initialRateWad: bigint };

/** The ledger's rule of a specification. */
export function shareRuleOf(spec: RuleSpec): ShareRule {
  switch (spec.kind) {
    case "plain":
      return plainTotals();
    case "virtual":
      return virtualShares({ assets: spec.assets, shares: spec.shares });
    case "index":
      return indexed({
        divisor: spec.divisor,
        conversion: spec.halfUp ? "half-up" : "directed",
        indexRounding: spec.indexUp ? "up" : "down",
      });
    case "principal":
      return principalIndexed({ divisor: spec.divisor, indexRounding: spec.indexUp ? "up" : "down" });
    case "rate":
      return exchangeRate({ initialRateWad: spec.initialRateWad });
  }
}
