import type { Comparison, Fields } from "@shortfall/core";
import type { EulerState } from "../state.js";
import type { Vault } from "../vault.js";
import type { RecordedState } from "./record.js";

const VAULT_FIGURES = [
  "lastUpdate",
  "cash",
  "totalShares",
  "totalBorrowsOwed",
  "accumulatedFees",
  "configFlags",
  "interestAccumulator",
  "interestFee",
  "interestRate",
] as const;

/** Compares every recorded figure; on a full line also that nothing that was left out is there. */
export function compareState(comparison: Comparison, state: EulerState, recorded: RecordedState): void {
  for (const key of recorded.vaults.keys()) {
    compareVault(
      comparison,
      state.vaultAt(key.toLowerCase()),
      recorded.vaults.object(key),
      `state.vaults.${key}`,
    );
  }
  for (const key of recorded.accounts.keys()) {
    compareAccounts(comparison, state, key, recorded.accounts.object(key));
  }
  for (const key of recorded.prices.keys()) {
    comparison.value(`state.prices.${key}`, recorded.prices.raw(key), state.prices.get(key.toLowerCase()));
  }
  for (const key of recorded.balances.keys()) {
    const vault = state.vaultAt(key.toLowerCase());
    comparison.value(`state.balances.${key}`, recorded.balances.raw(key), vault?.balance);
  }
  if (recorded.full) compareAbsent(comparison, state, recorded);
}

function compareVault(comparison: Comparison, vault: Vault | undefined, recorded: Fields, at: string): void {
  for (const figure of VAULT_FIGURES)
    comparison.value(`${at}.${figure}`, recorded.raw(figure), vault?.[figure]);
  for (const key of recorded.keys()) {
    if (!VAULT_FIGURES.some((figure) => figure === key)) {
      comparison.value(`${at}.${key}`, recorded.raw(key), undefined);
    }
  }
}

function compareAccounts(comparison: Comparison, state: EulerState, vaultKey: string, rows: Fields): void {
  const vault = state.vaultAt(vaultKey.toLowerCase());
  for (const key of rows.keys()) {
    const at = `state.accounts.${vaultKey}.${key}`;
    const row = rows.object(key);
    const id = state.accounts.find(key.toLowerCase());
    for (const figure of row.keys()) {
      comparison.value(`${at}.${figure}`, row.raw(figure), accountFigure(vault, id, figure));
    }
  }
}

function accountFigure(vault: Vault | undefined, id: number | undefined, figure: string): bigint | undefined {
  if (!vault) return undefined;
  switch (figure) {
    case "shares":
      return id === undefined ? 0n : vault.shares.get(id);
    case "owed":
      return id === undefined ? 0n : vault.owed.get(id);
    case "interestAccumulator":
      return id === undefined ? 0n : vault.accumulators.get(id);
    default:
      return undefined;
  }
}

/** A full line names every account and vault: what it leaves out holds and owes nothing. */
function compareAbsent(comparison: Comparison, state: EulerState, recorded: RecordedState): void {
  const vaultKeys = new Map(recorded.accounts.keys().map((key) => [key.toLowerCase(), key]));
  for (const vault of state.vaults) {
    const key = vaultKeys.get(vault.address);
    const listed = new Set(
      key === undefined
        ? []
        : recorded.accounts
            .object(key)
            .keys()
            .map((account) => account.toLowerCase()),
    );
    for (const [book, figure] of [
      [vault.shares, "shares"],
      [vault.owed, "owed"],
    ] as const) {
      for (const [id, value] of book.holders()) {
        const account = state.accounts.keyOf(id);
        if (listed.has(account)) continue;
        comparison.value(`state.accounts.${vault.address}.${account}.${figure}`, 0n, value);
      }
    }
  }
}
