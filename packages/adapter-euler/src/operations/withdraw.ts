import { toAssetsDown, toSharesUp } from "@shortfall/math";
import { toAmount } from "../amounts.js";
import { MAX_UINT, VIRTUAL_DEPOSIT } from "../constants.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { decreaseBalance, pushAssets } from "./balances.js";

/** Whose shares go, who acts, who is paid, and how much. */
export interface WithdrawInput {
  readonly from: string;
  readonly owner: string;
  readonly receiver: string;
  readonly amount: bigint;
}

/** Takes out `amount` assets; shares burned round up (`withdraw`). */
export function withdraw(step: Step, vault: Vault, input: WithdrawInput): void {
  step.open(vault);
  step.requireAccountCheck(input.owner);
  const assets = toAmount(input.amount);
  if (assets === 0n) return;
  const shares = toAmount(toSharesUp(assets, vault.shareTotals, VIRTUAL_DEPOSIT));
  finalize(step, vault, input, assets, shares);
}

/** Burns `amount` shares, the maximum being all of the owner's; assets round down (`redeem`). */
export function redeem(step: Step, vault: Vault, input: WithdrawInput): void {
  step.open(vault);
  step.requireAccountCheck(input.owner);
  const held = vault.shares.get(step.state.accounts.intern(input.owner));
  const shares = input.amount === MAX_UINT ? held : toAmount(input.amount);
  if (shares === 0n) return;
  const assets = toAmount(toAssetsDown(shares, vault.shareTotals, VIRTUAL_DEPOSIT));
  if (assets === 0n) refuse("E_ZeroAssets");
  finalize(step, vault, input, assets, shares);
}

function finalize(step: Step, vault: Vault, input: WithdrawInput, assets: bigint, shares: bigint): void {
  if (vault.cash < assets) refuse("E_InsufficientCash");
  step.deed("withdraw", vault, input.owner, () => {
    decreaseBalance(step, vault, input.owner, input.from, input.receiver, shares, assets);
    pushAssets(step, vault, input.receiver, assets);
  });
}
