import type { Comparison, FieldFailure, Fields } from "@shortfall/core";
import type { BlueState } from "../blue/state.js";
import type { Vault, Vaults } from "./vault.js";

/** A vault as a record shows it. */
export const vaultSnapshot = (vault: Vault): Readonly<Record<string, bigint>> => ({
  totalSupply: vault.totalSupply,
  lastTotalAssets: vault.lastTotalAssets,
  fee: vault.fee,
  ...(vault.version === "1.1" ? { lostAssets: vault.lostAssets } : {}),
});

/** Compares every recorded number of vaults; in a full record also that nothing is left out. */
export function compareVaults(
  state: BlueState,
  vaults: Vaults,
  comparison: Comparison,
  recorded: Fields,
  full: boolean,
): void {
  const totals = recorded.object("vaults");
  for (const address of totals.keys()) {
    const vault = vaults.get(address);
    comparison.deep(`state.vaults.${address}`, totals.raw(address), vault && vaultSnapshot(vault));
  }
  const shares = recorded.object("vaultShares");
  for (const address of shares.keys()) {
    const vault = vaults.get(address);
    const rows = shares.object(address);
    for (const account of rows.keys()) {
      const id = state.accounts.find(account);
      comparison.value(
        `state.vaultShares.${address}.${account}`,
        rows.raw(account),
        vault && (id === undefined ? 0n : vault.shares.get(id)),
      );
    }
  }
  if (!full) return;
  for (const vault of vaults.values()) {
    const { address } = vault;
    if (!totals.has(address)) comparison.deep(`state.vaults.${address}`, undefined, vaultSnapshot(vault));
    const rows = shares.has(address) ? shares.object(address) : undefined;
    for (const [id, held] of vault.shares.holders()) {
      const account = state.accounts.keyOf(id);
      if (!rows?.has(account)) comparison.value(`state.vaultShares.${address}.${account}`, undefined, held);
    }
  }
}

/** Writes recorded vaults into the model. @throws what `failure` makes; reads everything before it writes. */
export function loadVaults(state: BlueState, vaults: Vaults, recorded: Fields, failure: FieldFailure): void {
  const writes: (() => void)[] = [];
  const known = (fields: Fields, address: string): Vault => {
    const vault = vaults.get(address);
    if (!vault) throw failure(fields.path, "addresses of known vaults", address);
    return vault;
  };
  if (recorded.has("vaults")) {
    const totals = recorded.object("vaults");
    for (const address of totals.keys()) {
      const vault = known(totals, address);
      const fields = totals.object(address);
      const totalSupply = fields.uint256("totalSupply");
      const lastTotalAssets = fields.uint256("lastTotalAssets");
      const fee = fields.uint256("fee");
      const lostAssets = vault.version === "1.1" ? fields.uint256("lostAssets") : 0n;
      if (lostAssets > lastTotalAssets) {
        throw failure(
          `${fields.path}.lostAssets`,
          `at most ${lastTotalAssets}, the last total`,
          `${lostAssets}`,
        );
      }
      writes.push(() => Object.assign(vault, { totalSupply, lastTotalAssets, fee, lostAssets }));
    }
  }
  if (recorded.has("vaultShares")) {
    const shares = recorded.object("vaultShares");
    for (const address of shares.keys()) {
      const vault = known(shares, address);
      const rows = shares.object(address);
      for (const account of rows.keys()) {
        if (!/^0x[0-9a-f]{40}$/.test(account)) {
          throw failure(rows.path, "lower-case addresses as keys", account);
        }
        const held = rows.uint256(account);
        writes.push(() => vault.shares.set(state.accounts.intern(account), held));
      }
    }
  }
  for (const write of writes) write();
}
