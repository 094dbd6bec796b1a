import type { Fields, HistoryHeader, Position } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import { headerFailure, readBlueHeader, requireHeader } from "../blue/header.js";
import { isMarketId } from "../blue/market.js";
import type { BlueState } from "../blue/state.js";
import { loadVaults } from "./snapshot.js";
import { Vault } from "./vault.js";

export const VAULT_PROTOCOL = "metamorpho";
/** Versions of MetaMorpho modelled; each vault of a header says its own. */
export const VAULT_VERSIONS: readonly string[] = ["1.0", "1.1"];

/** Morpho Blue and the vaults over it, as a header describes them. @throws {HeaderError} */
export function readVaultHeader(header: HistoryHeader): {
  readonly state: BlueState;
  readonly vaults: Map<string, Vault>;
  readonly position: Position;
} {
  const root = requireHeader(header, VAULT_PROTOCOL, VAULT_VERSIONS);
  const { state, position } = readBlueHeader(root);
  const vaults = new Map<string, Vault>();
  for (const fields of root.object("params").objects("vaults")) {
    const vault = readVault(state, fields);
    if (vaults.has(vault.address))
      throw headerFailure(`${fields.path}.address`, "each vault once", vault.address);
    vaults.set(vault.address, vault);
    state.holders.add(vault.address);
  }
  if (root.has("initialState")) loadVaults(state, vaults, root.object("initialState"), headerFailure);
  for (const vault of vaults.values()) requireSound(vault);
  state.undo.clear();
  return { state, vaults, position };
}

function readVault(state: BlueState, fields: Fields): Vault {
  const version = fields.string("version");
  if (version !== "1.0" && version !== "1.1")
    throw headerFailure(`${fields.path}.version`, "1.0 or 1.1", version);
  const asset = fields.address("asset");
  const { decimals } = state.token(asset);
  const virtualShares = 10n ** BigInt(Math.max(0, 18 - decimals));
  if (fields.has("virtualShares") && fields.uint256("virtualShares") !== virtualShares) {
    throw headerFailure(
      `${fields.path}.virtualShares`,
      `${virtualShares}, as the asset has ${decimals} decimals`,
      String(fields.raw("virtualShares")),
    );
  }
  const vault = new Vault({ address: fields.address("address"), version, asset, virtualShares }, state.undo);
  vault.feeRecipientId = state.accounts.intern(fields.address("feeRecipient"));
  if (fields.has("skimRecipient")) {
    vault.skimRecipientId = state.accounts.intern(fields.address("skimRecipient"));
  }
  const queue = (key: string) =>
    fields.strings(key).map((id) => knownMarket(state, vault, `${fields.path}.${key}`, id));
  vault.supplyQueue = queue("supplyQueue");
  vault.withdrawQueue = queue("withdrawQueue");
  for (const cap of fields.objects("caps")) {
    vault.setCap(knownMarket(state, vault, `${cap.path}.market`, cap.string("market")), cap.uint256("cap"));
  }
  return vault;
}

function knownMarket(state: BlueState, vault: Vault, field: string, id: string): string {
  const market = isMarketId(id) ? state.markets.get(id) : undefined;
  if (!market) throw headerFailure(field, "ids of the header's markets", id);
  if (market.parameters.loanToken !== vault.asset) {
    throw headerFailure(field, `markets that lend the vault's asset ${vault.asset}`, id);
  }
  return id;
}

function requireSound(vault: Vault): void {
  const field = `initialState.vaults.${vault.address}`;
  if (vault.totalSupply !== vault.shares.sum) {
    throw headerFailure(
      `${field}.totalSupply`,
      `${vault.shares.sum}, the sum of the shares`,
      `${vault.totalSupply}`,
    );
  }
  if (vault.fee > WAD / 2n) throw headerFailure(`${field}.fee`, "at most half", `${vault.fee}`);
}
