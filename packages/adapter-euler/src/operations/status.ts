import { assertNever } from "@shortfall/math";
import { linearKinkRate } from "../interest.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";

/** Brings a vault up to date without any other effect (`touch`). */
export function touch(step: Step, vault: Vault): void {
  step.open(vault);
}

/**
 * Status check of a vault: interest, then a new rate from cash and debt, then the log of all totals
 * (`checkVaultStatus`). `reportedRate` is the rate of a model that is not re-computed.
 */
export function checkVaultStatus(step: Step, vault: Vault, reportedRate?: bigint): void {
  step.touch(vault);
  vault.interestRate = rateOf(vault, reportedRate);
  logVaultStatus(step, vault);
}

function rateOf(vault: Vault, reportedRate: bigint | undefined): bigint {
  const model = vault.settings.rateModel;
  switch (model.kind) {
    case "none":
      return vault.interestRate;
    case "linear-kink":
      return linearKinkRate(model, vault.cash, vault.loans);
    case "reported":
      return reportedRate ?? vault.interestRate;
    default:
      return assertNever(model);
  }
}

/** A full checkpoint of the vault's totals; debt in whole assets, rounded up. */
export function logVaultStatus(step: Step, vault: Vault): void {
  step.emit(vault.address, "VaultStatus", {
    totalShares: vault.totalShares,
    totalBorrows: vault.loans,
    accumulatedFees: vault.accumulatedFees,
    cash: vault.cash,
    interestAccumulator: vault.interestAccumulator,
    interestRate: vault.interestRate,
    timestamp: step.now,
  });
}
