import type { ActionKind } from "./actions.js";
import { liquidate, postCollateral, withdrawCollateral } from "./collateral.js";
import { cover } from "./cover.js";
import { accrue, borrow, repay } from "./debt.js";
import {
  addReserves,
  claim,
  payTreasury,
  settleCharge,
  topUpFund,
  withdrawFund,
  withdrawReserves,
} from "./funds.js";
import { layerAction } from "./layer-action.js";
import { recover } from "./recovery.js";
import { reverse } from "./reversal.js";
import {
  deposit,
  depositMany,
  mint,
  recapitalise,
  redeem,
  retireClass,
  transfer,
  withdraw,
} from "./supply.js";
import type { Transition } from "./transition.js";
import { realise, writeOff } from "./write-off.js";

/** Every kind of action and how it works. */
export const TRANSITIONS: { readonly [K in ActionKind]: Transition<K> } = {
  deposit,
  "deposit-many": depositMany,
  mint,
  withdraw,
  redeem,
  transfer,
  borrow,
  repay,
  accrue,
  "post-collateral": postCollateral,
  "withdraw-collateral": withdrawCollateral,
  liquidate,
  "write-off": writeOff,
  realise,
  reverse,
  recover,
  cover,
  claim,
  "settle-charge": settleCharge,
  "top-up-fund": topUpFund,
  "withdraw-fund": withdrawFund,
  recapitalise,
  "retire-class": retireClass,
  "add-reserves": addReserves,
  "withdraw-reserves": withdrawReserves,
  "pay-treasury": payTreasury,
  "layer-action": layerAction,
};
