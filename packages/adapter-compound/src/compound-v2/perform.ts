import { assertNever } from "@shortfall/core";
import type { Step } from "../ctoken/step.js";
import { accrueInterest } from "./accrual.js";
import { configure } from "./configuration.js";
import { borrow, enterMarket, exitMarket, mint, redeem, repay, transferShares } from "./lending.js";
import { liquidate } from "./liquidation.js";
import type { CompoundOperation } from "./operation.js";
import { postPrice } from "./oracle.js";
import { addReserves, reduceReserves } from "./reserves.js";
import type { CompoundState } from "./state.js";

/** Runs an operation on the state, logging what the contracts log. @throws {MarketRefusal} with their reason. */
export function perform(state: CompoundState, operation: CompoundOperation, step: Step): void {
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
    case "transfer":
      transferShares(step, operation.market, operation.from, operation.to, operation.tokens);
      break;
    case "addReserves":
      addReserves(state, step, operation.market, operation.from, operation.assets);
      break;
    case "reduceReserves":
      reduceReserves(state, step, operation.market, operation.from, operation.assets);
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
    case "donate":
      step.moveTokens(
        step.pool.assetOf(operation.market),
        operation.from,
        operation.market.token,
        operation.assets,
      );
      step.seal("donation", operation.from);
      break;
    case "setPrice":
      postPrice(state, step, operation.asset, operation.price);
      break;
    case "configure":
      configure(state, step, operation);
      break;
    default:
      assertNever(operation);
  }
}
