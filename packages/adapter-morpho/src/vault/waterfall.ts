import {
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  type Position,
  runWaterfall,
  type WaterfallDefinition,
  type WaterfallOutcome,
} from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { WaterfallDisagreesError } from "../blue/errors.js";
import type { BlueState } from "../blue/state.js";
import type { Vault, VaultVersion } from "./vault.js";
import type { VaultAccrual, VaultControls } from "./vault-step.js";

/** The one share class of a vault. */
export const DEPOSITORS_CLASS = "depositors";

/** Version 1.0: a loss of a market lowers the share price at the vault's next step, for all holders alike. */
export const VAULT_1_0_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "metamorpho-1.0",
  version: "1",
  title: "MetaMorpho 1.0: all holders lose pro rata",
  layers: [{ id: DEPOSITORS_CLASS, policy: "pro-rata", parameters: { class: DEPOSITORS_CLASS } }],
  recovery: { order: "same-order" },
};

/** Version 1.1: lost assets stay in the share price; whoever leaves last finds nothing. */
export const VAULT_1_1_WATERFALL: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "metamorpho-1.1",
  version: "1",
  title: "MetaMorpho 1.1: the loss is carried as lost assets",
  layers: [{ id: "lost-assets", policy: "carry", parameters: { inNav: true } }],
  recovery: { order: "same-order" },
};

export const vaultWaterfall = (version: VaultVersion): WaterfallDefinition =>
  version === "1.0" ? VAULT_1_0_WATERFALL : VAULT_1_1_WATERFALL;

const opened = {
  "1.0": openWaterfall(VAULT_1_0_WATERFALL, catalogueRegistry),
  "1.1": openWaterfall(VAULT_1_1_WATERFALL, catalogueRegistry),
};

/** Runs a vault's loss down its waterfall and requires the vault's result. @throws {WaterfallDisagreesError} */
export function runVaultWaterfall(
  state: BlueState,
  vault: Vault,
  deficit: string,
  accrual: VaultAccrual,
  after: VaultControls,
  position: Position,
): WaterfallOutcome {
  const { before, epoch } = accrual;
  const facts: PoolFacts = {
    pool: vault.address,
    asset: state.token(vault.asset).symbol,
    cash: 0n,
    loans: before.claims,
    reserves: 0n,
    funds: new Map(),
    classes: [
      {
        id: DEPOSITORS_CLASS,
        assets: before.depositors,
        shares: accrual.totalSupply,
        virtual: { assets: 1n, shares: vault.virtualShares },
        sharesOf: (account) => {
          const id = state.accounts.find(account);
          if (id === undefined) return 0n;
          return epoch === undefined ? vault.shares.get(id) : vault.shares.at(epoch, id);
        },
      },
    ],
  };
  const waterfall = opened[vault.version];
  const outcome = runWaterfall(
    waterfall,
    openWaterfallState(waterfall),
    facts,
    { deficit, amount: accrual.loss, borrower: vault.address, position },
    { trust: "fast" },
  );
  const left = outcome.facts.classes[0]?.assets ?? 0n;
  const expected = vault.version === "1.0" ? after.depositors : after.depositors - accrual.gain;
  if (left !== expected || outcome.uncovered !== 0n)
    throw new WaterfallDisagreesError(deficit, left, expected);
  return outcome;
}
