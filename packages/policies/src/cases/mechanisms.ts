import type { Fields } from "@shortfall/core";
import { runFundAuction, runSurplusDebt } from "./auctions.js";
import { runCounterpartyClose } from "./counterparties.js";
import { runDeferredCover } from "./deferred.js";
import { runDelegateCover } from "./delegate-cover.js";
import { runImplicitReserves } from "./implicit.js";
import { runFixed48Bank, runIndexWritedown } from "./index-cases.js";
import { runLateness } from "./lateness.js";
import { runLayered } from "./layered.js";
import { runNetAssetValue } from "./net-asset-value.js";
import { runPerpetualBankruptcy } from "./open-interest.js";
import { runPoppingTranches } from "./pop.js";
import { runRecoveryRule } from "./recovery-rules.js";
import { runRedemptionHaircut } from "./redemption.js";
import { runStakeRedistribution, runVaultRedistribution } from "./redistributions.js";
import { runEpochPool, runMinimumPool } from "./stability.js";
import { runStack } from "./stack.js";
import { runStakeModule } from "./stake-module.js";
import { runTargetYield } from "./target-yields.js";
import { runTotals } from "./totals.js";
import { runTranchesSequential } from "./tranches.js";

/** Each mechanism of the worked cases: from its inputs to what it expects, run through the catalogue. */
export const MECHANISMS: Readonly<Record<string, (inputs: Fields) => unknown>> = {
  adl: runCounterpartyClose,
  comet: runImplicitReserves,
  drift_perp: runPerpetualBankruptcy,
  goldfinch: runLateness,
  index_wd: runIndexWritedown,
  layered: runLayered,
  lq1: runEpochPool,
  lq2: runMinimumPool,
  maple: runDelegateCover,
  pop: runPoppingTranches,
  q48bank: runFixed48Bank,
  recov: runRecoveryRule,
  redist: runStakeRedistribution,
  snx3: runVaultRedistribution,
  stack: runStack,
  stk: runStakeModule,
  term: runRedemptionHaircut,
  tinlake: runNetAssetValue,
  totals: runTotals,
  tranches_seq: runTranchesSequential,
  truefi: runTargetYield,
  umbrella: runDeferredCover,
  venus: runFundAuction,
  vow: runSurplusDebt,
};
