import { toAmount } from "../amounts.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { transferBalance } from "./balances.js";

/** Moves shares (`transfer`). The sender's health is checked at the end. */
export function transfer(
  step: Step,
  vault: Vault,
  input: { readonly from: string; readonly receiver: string; readonly amount: bigint },
): void {
  step.open(vault);
  step.requireAccountCheck(input.from);
  const shares = toAmount(input.amount);
  if (input.from === input.receiver) refuse("E_SelfTransfer");
  step.deed("transfer", vault, input.from, () => {
    transferBalance(step, vault, input.from, input.receiver, shares);
  });
}

/** Tokens come to a vault without an operation of it. */
export function donate(
  step: Step,
  vault: Vault,
  input: { readonly from: string; readonly amount: bigint },
): void {
  step.pay(vault.asset, input.from, vault.address, input.amount);
}
