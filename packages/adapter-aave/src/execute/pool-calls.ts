import { ZERO_ADDRESS } from "../constants.js";
import { borrow } from "../operations/borrow.js";
import { switchCollateral } from "../operations/collateral-switch.js";
import { coverDeficit } from "../operations/deficit.js";
import { setUserCategory } from "../operations/efficiency-mode.js";
import { endFlashLoan, flashPremium, startFlashLoan } from "../operations/flash-loan.js";
import { liquidate } from "../operations/liquidation.js";
import { repay } from "../operations/repay.js";
import { supply } from "../operations/supply.js";
import { transferATokens } from "../operations/transfer.js";
import { mintToTreasury } from "../operations/treasury.js";
import { withdraw } from "../operations/withdraw.js";
import type { Step } from "../step.js";
import { moveUnderlying } from "../underlying.js";
import type { Call } from "./call.js";

/** What a call does, and what to call it in the journal. */
export interface CallPlan {
  readonly kind: string;
  run(step: Step): void;
}

/** Calls that anyone makes on the pool and its tokens. */
export function poolCall(call: Call): CallPlan | undefined {
  switch (call.type) {
    case "supply": {
      const input = {
        reserve: call.reserve("asset"),
        caller: call.account("from"),
        onBehalfOf: call.account("onBehalfOf"),
        amountAssets: call.amount("amount"),
      };
      return { kind: "supply", run: (step) => supply(step, input) };
    }
    case "withdraw": {
      const input = {
        reserve: call.reserve("asset"),
        caller: call.account("from"),
        to: call.account("to"),
        amountAssets: call.amount("amount"),
      };
      return { kind: "withdraw", run: (step) => withdraw(step, input) };
    }
    case "borrow": {
      const input = {
        reserve: call.reserve("asset"),
        caller: call.account("from"),
        onBehalfOf: call.account("onBehalfOf"),
        amountAssets: call.amount("amount"),
        payout: true,
      };
      return { kind: "borrow", run: (step) => borrow(step, input) };
    }
    case "repay":
    case "repayWithATokens": {
      const useATokens = call.type === "repayWithATokens";
      const caller = call.account("from");
      const input = {
        reserve: call.reserve("asset"),
        caller,
        onBehalfOf: useATokens ? caller : call.account("onBehalfOf"),
        amountAssets: call.amount("amount"),
        useATokens,
      };
      return { kind: "repay", run: (step) => repay(step, input) };
    }
    case "liquidationCall": {
      const input = {
        collateral: call.reserve("collateralAsset"),
        debt: call.reserve("debtAsset"),
        liquidator: call.account("from"),
        receiveAToken: call.flag("receiveAToken"),
        size: { by: "call", debtToCover: call.amount("debtToCover") } as const,
      };
      const borrower = call.account("borrower");
      return {
        kind: "liquidation",
        run: (step) => liquidate(step, { ...input, borrower: step.market.account(borrower) }),
      };
    }
    case "eliminateReserveDeficit": {
      const input = {
        reserve: call.reserve("asset"),
        caller: call.account("from"),
        amountAssets: call.amount("amount"),
      };
      return { kind: "cover-deficit", run: (step) => void coverDeficit(step, input) };
    }
    default:
      return holderCall(call);
  }
}

function holderCall(call: Call): CallPlan | undefined {
  switch (call.type) {
    case "mintToTreasury": {
      const reserves = call.reserves("assets");
      return {
        kind: "mint-to-treasury",
        run: (step) => {
          for (const reserve of reserves) mintToTreasury(step, reserve);
        },
      };
    }
    case "setUserUseReserveAsCollateral": {
      const input = {
        reserve: call.reserve("asset"),
        caller: call.account("from"),
        enabled: call.flag("useAsCollateral"),
      };
      return { kind: "switch-collateral", run: (step) => switchCollateral(step, input) };
    }
    case "setUserEMode": {
      const caller = call.account("from");
      const category = call.amount("categoryId");
      return { kind: "set-category", run: (step) => setUserCategory(step, caller, category) };
    }
    case "aTokenTransfer": {
      const from = call.account("from");
      const input = {
        reserve: call.reserve("asset"),
        sender: from,
        from,
        to: call.account("to"),
        amountAssets: call.amount("amount"),
      };
      return { kind: "transfer", run: (step) => transferATokens(step, input) };
    }
    case "donate": {
      const reserve = call.reserve("asset");
      const from = call.account("from");
      const assets = call.amount("amount");
      return {
        kind: "donation",
        run: (step) => {
          moveUnderlying(step, reserve, from, reserve.identity.aToken, assets);
          step.effects.donated(reserve, assets);
        },
      };
    }
    case "flashLoanSimple": {
      const reserve = call.reserve("asset");
      const initiator = call.account("from");
      const amountAssets = call.amount("amount");
      return {
        kind: "flash-loan-end",
        run: (step) => runFlashLoan(step, { reserve, initiator, amountAssets }),
      };
    }
    default:
      return undefined;
  }
}

/** The test receiver mints the premium to itself, allows the pool what it owes, and says so. */
function runFlashLoan(
  step: Step,
  loan: { reserve: ReturnType<Call["reserve"]>; initiator: string; amountAssets: bigint },
): void {
  const { reserve, initiator, amountAssets } = loan;
  const { market } = step;
  const receiver = market.addresses.flashReceiver ?? step.refuse("InvalidFlashloanExecutorReturn");
  const premiumAssets = flashPremium(step, amountAssets);
  startFlashLoan(step, reserve, receiver, amountAssets);
  moveUnderlying(step, reserve, ZERO_ADDRESS, receiver, premiumAssets);
  const owed = amountAssets + premiumAssets;
  market.allow(reserve, receiver, owed);
  step.emit(reserve.identity.underlying, "Approval", {
    owner: receiver,
    spender: market.addresses.pool,
    value: owed,
  });
  step.emit(receiver, "ExecutedWithSuccess", {
    asset: reserve.identity.underlying,
    amount: amountAssets,
    premium: premiumAssets,
  });
  endFlashLoan(step, { reserve, receiver, initiator, amountAssets, premiumAssets });
}
