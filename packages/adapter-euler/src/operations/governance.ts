import { CONFIG_SCALE, FLAGS_END, MIN_INTEREST_FEE } from "../constants.js";
import { type Ltv, liquidationLtvAt } from "../ltv.js";
import type { VaultSettings } from "../parameters.js";
import { refuse } from "../refusal.js";
import type { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { logVaultStatus } from "./status.js";

/** Refuses everybody but the governor. */
export function requireGovernor(step: Step, from: string): void {
  if (from !== step.state.parameters.governor) refuse("E_Unauthorized");
}

/** Interest so far pays the old fee; the rate stays (`setInterestFee`). */
export function setInterestFee(step: Step, vault: Vault, fee: bigint): void {
  step.touch(vault);
  logVaultStatus(step, vault);
  if (fee < MIN_INTEREST_FEE || fee > CONFIG_SCALE) refuse("E_BadFee");
  vault.interestFee = fee;
  step.emit(vault.address, "GovSetInterestFee", { newFee: fee });
}

/** No interest is taken: the flags do not bear on it (`setConfigFlags`). */
export function setConfigFlags(step: Step, vault: Vault, flags: bigint): void {
  if (flags >= FLAGS_END) refuse("E_NotSupported");
  vault.save();
  vault.configFlags = flags;
  step.emit(vault.address, "GovSetConfigFlags", { newConfigFlags: flags });
}

export interface SetLtvInput {
  readonly collateral: string;
  readonly borrowLtv: bigint;
  readonly liquidationLtv: bigint;
  /** Seconds that a lower liquidation LTV takes to arrive. */
  readonly rampDuration: bigint;
}

/** A lower liquidation LTV starts from where the last ramp stands; a higher one is immediate (`setLTV`). */
export function setLtv(step: Step, vault: Vault, input: SetLtvInput): void {
  if (input.collateral === vault.address) refuse("E_InvalidLTVAsset");
  if (input.borrowLtv > CONFIG_SCALE || input.liquidationLtv > CONFIG_SCALE) {
    refuse("E_ConfigAmountTooLargeToEncode");
  }
  if (input.borrowLtv > input.liquidationLtv) refuse("E_LTVBorrow");
  const current = vault.ltv(input.collateral);
  const standing = liquidationLtvAt(current, step.now);
  if (input.liquidationLtv >= standing && input.rampDuration > 0n) refuse("E_LTVLiquidation");
  const next: Ltv = {
    borrowLtv: input.borrowLtv,
    liquidationLtv: input.liquidationLtv,
    initialLiquidationLtv: standing,
    targetTimestamp: step.now + input.rampDuration,
    rampDuration: input.rampDuration,
  };
  changeSettings(vault, { ltvs: new Map([...vault.settings.ltvs, [input.collateral, next]]) });
  step.emit(vault.address, "GovSetLTV", {
    collateral: input.collateral,
    borrowLTV: next.borrowLtv,
    liquidationLTV: next.liquidationLtv,
    initialLiquidationLTV: next.initialLiquidationLtv,
    targetTimestamp: next.targetTimestamp,
    rampDuration: next.rampDuration,
  });
}

/** Interest so far is the old model's; the new one is not known here, so its rates are read from the logs. */
export function setInterestRateModel(step: Step, vault: Vault, model: string, reportedRate: bigint): void {
  step.touch(vault);
  vault.interestRate = reportedRate;
  changeSettings(vault, { rateModel: { kind: "reported" } });
  logVaultStatus(step, vault);
  step.emit(vault.address, "GovSetInterestRateModel", { newInterestRateModel: model });
}

/** Replaces some of a vault's settings. */
export function changeSettings(vault: Vault, change: Partial<VaultSettings>): void {
  vault.save();
  vault.change({ ...vault.settings, ...change });
}
