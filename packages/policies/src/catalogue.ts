import type { AnyLossPolicy, PolicyRegistry } from "@shortfall/core";
import { carry } from "./funds/carry.js";
import { cashFund } from "./funds/cash-fund.js";
import { deductible } from "./funds/deductible.js";
import { reserve } from "./funds/reserve.js";
import { stakeSlash } from "./funds/stake-slash.js";
import { takeOver } from "./funds/take-over.js";
import { counterpartyClose } from "./members/counterparty-close.js";
import { fundingShift } from "./members/funding-shift.js";
import { members } from "./members/members.js";
import { indexWritedown } from "./shares/index-writedown.js";
import { proRata } from "./shares/pro-rata.js";
import { shareBurn } from "./shares/share-burn.js";
import { tranche } from "./tranches/tranche.js";
import { trancheSenior } from "./tranches/tranche-senior.js";

/** Every policy of the catalogue, in the order that the documentation tells them. */
export const catalogue: readonly AnyLossPolicy[] = Object.freeze([
  cashFund,
  reserve,
  deductible,
  stakeSlash,
  shareBurn,
  proRata,
  indexWritedown,
  tranche,
  trancheSenior,
  members,
  fundingShift,
  counterpartyClose,
  takeOver,
  carry,
]);

/** The catalogue by id, as a waterfall is opened with. */
export const catalogueRegistry: PolicyRegistry = new Map(catalogue.map((policy) => [policy.id, policy]));
