import type { AnyLossPolicy, PolicyRegistry } from "@shortfall/core";
import { fundAuction } from "./auctions/fund-auction.js";
import { surplusDebt } from "./auctions/surplus-debt.js";
import { nestedPolicy } from "./compositions/nested.js";
import { advance } from "./funds/advance.js";
import { carry } from "./funds/carry.js";
import { cashFund } from "./funds/cash-fund.js";
import { collateralSale } from "./funds/collateral-sale.js";
import { deductible } from "./funds/deductible.js";
import { deferredCover } from "./funds/deferred-cover.js";
import { inKind } from "./funds/in-kind.js";
import { reserve } from "./funds/reserve.js";
import { stakeSlash } from "./funds/stake-slash.js";
import { takeOver } from "./funds/take-over.js";
import { exitMark } from "./marks/exit-mark.js";
import { latenessMark } from "./marks/lateness-mark.js";
import { redemptionHaircut } from "./marks/redemption-haircut.js";
import { counterpartyClose } from "./members/counterparty-close.js";
import { debtPool } from "./members/debt-pool.js";
import { fundingShift } from "./members/funding-shift.js";
import { members } from "./members/members.js";
import { redistribution } from "./pools/redistribution.js";
import { safetyModule } from "./pools/safety-module.js";
import { stabilityPool } from "./pools/stability-pool.js";
import { vaultRedistribution } from "./pools/vault-redistribution.js";
import { indexWritedown } from "./shares/index-writedown.js";
import { proRata } from "./shares/pro-rata.js";
import { shareBurn } from "./shares/share-burn.js";
import { spread } from "./shares/spread.js";
import { claimTranches } from "./tranches/claim-tranches.js";
import { targetYield } from "./tranches/target-yield.js";
import { tranche } from "./tranches/tranche.js";
import { trancheSenior } from "./tranches/tranche-senior.js";

/** A waterfall as one layer of another, over the catalogue itself. */
export const nested: AnyLossPolicy = nestedPolicy(() => catalogueRegistry);

/** Every policy of the catalogue, in the order that the documentation tells them. */
export const catalogue: readonly AnyLossPolicy[] = Object.freeze([
  cashFund,
  reserve,
  deductible,
  stakeSlash,
  safetyModule,
  advance,
  shareBurn,
  proRata,
  indexWritedown,
  spread,
  tranche,
  trancheSenior,
  claimTranches,
  targetYield,
  members,
  debtPool,
  fundingShift,
  counterpartyClose,
  stabilityPool,
  redistribution,
  vaultRedistribution,
  surplusDebt,
  fundAuction,
  exitMark,
  latenessMark,
  redemptionHaircut,
  takeOver,
  collateralSale,
  inKind,
  carry,
  deferredCover,
  nested,
]);

/** The catalogue by id, as a waterfall is opened with. */
export const catalogueRegistry: PolicyRegistry = new Map(catalogue.map((policy) => [policy.id, policy]));
