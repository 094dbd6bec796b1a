import { assertNever } from "@shortfall/core";
import type { Step } from "../ctoken/step.js";
import { accrueInterest } from "./accrual.js";
import { closeAuction, placeBid, restartAuction, startAuction, syncRiskFund } from "./auction.js";
import { configure } from "./configuration.js";
import { healAccount } from "./healing.js";
import {
  addReserves,
  borrow,
  enterMarket,
  exitMarket,
  mint,
  redeem,
  reduceReserves,
  repay,
  transferShares,
} from "./lending.js";
import { liquidate, liquidateAccount } from "./liquidation.js";
import type { VenusOperation } from "./operation.js";
import type { VenusState } from "./state.js";

/** Runs an operation on the state, logging what the contracts log. @throws {MarketRefusal} with their reason. */
export function perform(state: VenusState, operation: VenusOperation, step: Step): void {
  switch (operation.kind) {
    case "mint":
      mint(state, step, operation.market, operation.minter, operation.assets);
      break;
    case "redeem":
      redeem(state, step, operation.market, operation.redeemer, { tokens: operation.tokens });
      break;
    case "redeemUnderlying":
      redeem(state, step, operation.market, operation.redeemer, { assets: operation.assets });
      break;
    case "borrow":
      borrow(state, step, operation.market, operation.borrower, operation.assets);
      break;
    case "repay":
      repay(state, step, operation.market, operation.payer, operation.borrower, operation.assets);
      break;
    case "liquidate":
      liquidate(state, step, operation);
      break;
    case "liquidateAccount":
      liquidateAccount(state, step, operation);
      break;
    case "healAccount":
      healAccount(state, step, operation);
      break;
    case "transfer":
      transferShares(step, operation.market, operation.from, operation.to, operation.tokens);
      break;
    case "addReserves":
      addReserves(state, step, operation.market, operation.from, operation.assets);
      break;
    case "reduceReserves":
      reduceReserves(state, step, operation.market, operation.assets);
      break;
    case "accrueInterest":
      accrueInterest(state, step, operation.market);
      break;
    case "enterMarkets":
      for (const market of operation.markets) enterMarket(step, market, operation.account);
      step.seal("enter", operation.account);
      break;
    case "exitMarket":
      exitMarket(step, operation.market, operation.account);
      break;
    case "donate": {
      const asset = step.pool.assetOf(operation.market);
      step.moveTokens(asset, operation.from, operation.market.token, operation.assets);
      step.seal("donation", operation.from);
      break;
    }
    case "moveTokens":
      step.moveTokens(operation.asset, operation.from, operation.to, operation.assets);
      step.seal("movement", operation.from);
      break;
    case "startAuction":
      startAuction(state, step, operation.observed);
      break;
    case "restartAuction":
      restartAuction(state, step, operation.observed);
      break;
    case "placeBid":
      placeBid(state, step, operation);
      break;
    case "closeAuction":
      closeAuction(state, step);
      break;
    case "riskFundSync":
      syncRiskFund(state);
      break;
    case "setPrice":
      state.pool.setPrice(operation.market.parameters.underlying, operation.price);
      break;
    case "configure":
      configure(state, step, operation);
      break;
    default:
      assertNever(operation);
  }
}
