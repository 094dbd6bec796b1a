import { bpsMulDown, min } from "@shortfall/math";
import type { ActionInputs } from "./actions.js";
import { owedAssets, payDebt } from "./debt.js";
import type { Draft } from "./draft.js";
import { AmountError, CloseFactorError, InsufficientBalanceError } from "./errors.js";
import type { Transition } from "./transition.js";

export const postCollateral: Transition<"post-collateral"> = (draft, input) => {
  const index = draft.pool.collateralIndex(input.asset);
  const amount = draft.requirePositive("amount", input.amount);
  draft.add(draft.pool.collateral[index]!, draft.account(input.account), amount);
  draft.next.collateral[index]! += amount;
  return { result: { amount }, account: input.account };
};

export const withdrawCollateral: Transition<"withdraw-collateral"> = (draft, input) => {
  const index = draft.pool.collateralIndex(input.asset);
  const amount = draft.requirePositive("amount", input.amount);
  releaseCollateral(draft, index, input.account, amount);
  return { result: { amount }, account: input.account };
};

/** Collateral leaves an account and the pool. @throws {InsufficientBalanceError} */
export function releaseCollateral(draft: Draft, index: number, account: string, amount: bigint): void {
  const asset = draft.pool.definition.collateral[index]!.asset;
  draft.take(draft.pool.collateral[index]!, account, amount, `${asset} posted`);
  draft.next.collateral[index]! -= amount;
}

/** Repays debt out of the liquidator's pocket and pays it in collateral, with the bonus. */
export const liquidate: Transition<"liquidate"> = (draft, input) => {
  const { pool } = draft;
  const index = pool.collateralIndex(input.asset);
  const offered = draft.requirePositive("repay", input.repay);
  draft.requirePositive("price.numerator", input.price.numerator);
  draft.requirePositive("price.denominator", input.price.denominator);
  const borrower = draft.account(input.account);
  const held = draft.get(pool.debt, borrower);
  const owed = owedAssets(pool.definition.debtRule, draft.next.debt, held);
  if (offered > owed) {
    throw new InsufficientBalanceError(pool.id, "debt", input.account, owed, offered);
  }
  const most = bpsMulDown(owed, pool.definition.closeFactorBps);
  if (offered > most) throw new CloseFactorError(pool.id, input.account, most, offered);
  const posted = draft.get(pool.collateral[index]!, borrower);
  const { seized, repaid } = seizure(draft, index, input, posted);
  if (seized === 0n)
    throw new AmountError("liquidate", "repay", offered, "an amount worth at least one unit of collateral");
  const shares = payDebt(draft, "liquidate", input.account, held, owed, repaid);
  draft.cash(repaid);
  releaseCollateral(draft, index, input.account, seized);
  return { result: { repaid, shares, seized }, account: input.account };
};

/** seized = floor(repay · (1 + bonus) / price); all of it, for less, where that is more than was posted. */
function seizure(
  draft: Draft,
  index: number,
  input: ActionInputs["liquidate"],
  posted: bigint,
): { readonly seized: bigint; readonly repaid: bigint } {
  const factorBps = 10_000n + draft.pool.definition.collateral[index]!.bonusBps;
  const { numerator, denominator } = input.price;
  const wanted = (input.repay * factorBps * denominator) / (10_000n * numerator);
  if (wanted <= posted) return { seized: wanted, repaid: input.repay };
  const divisor = denominator * factorBps;
  const value = (posted * numerator * 10_000n + divisor - 1n) / divisor;
  return { seized: posted, repaid: min(input.repay, value) };
}
