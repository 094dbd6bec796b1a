/** The tree of liabilities is core's; the risk cases check it. */
export {
  merkleSumTree,
  type SumLeaf,
  type SumSibling,
  type SumTree,
  SumTreeError,
  verifySumProof,
} from "@shortfall/core";
