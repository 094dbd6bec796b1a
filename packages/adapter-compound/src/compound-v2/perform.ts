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
      return mint(state, step, operation.market, operation.minter, operation.assets);
    case "redeem":
      return redeem(state, step, operation.market, operation.redeemer, { tokens: operation.tokens });
    case "redeemUnderlying":
      return redeem(state, step, operation.market, operation.redeemer, { assets: operation.assets });
    case "borrow":
      return borrow(state, step, operation.market, operation.borrower, operation.assets);
    case "repay":
      return repay(state, step, operation.market, operation.payer, operation.borrower, operation.assets);
    case "liquidate":
      return liquidate(state, step, operation);
    case "transfer":
      return transferShares(step, operation.market, operation.from, operation.to, operation.tokens);
    case "addReserves":
      return addReserves(state, step, operation.market, operation.from, operation.assets);
    case "reduceReserves":
      return reduceReserves(state, step, operation.market, operation.from, operation.assets);
    case "accrueInterest":
      return accrueInterest(state, step, operation.market);
    case "enterMarkets":
      for (const market of operation.markets) enterMarket(step, market, operation.account);
      return step.seal("enter", operation.account);
    case "exitMarket":
      return exitMarket(step, operation.market, operation.account);
    case "donate":
      step.moveTokens(
        step.pool.assetOf(operation.market),
        operation.from,
        operation.market.token,
        operation.assets,
      );
      return step.seal("donation", operation.from);
    case "setPrice":
      return postPrice(state, step, operation.asset, operation.price);
    case "configure":
      return configure(state, step, operation);
    default:
      return assertNever(operation);
  }
}
