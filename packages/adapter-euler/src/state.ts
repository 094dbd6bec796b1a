import { AccountTable, UndoLog } from "@shortfall/core";
import { Connector } from "./connector.js";
import type { Parameters } from "./parameters.js";
import { Vault } from "./vault.js";

/** State of the vaults of one history, and what they ask of the outside: connector and prices. */
export class EulerState {
  readonly parameters: Parameters;
  readonly undo = new UndoLog();
  readonly accounts = new AccountTable();
  readonly connector: Connector;
  /** In the header's order. */
  readonly vaults: readonly Vault[];
  /** Unit-of-account wei per asset wei, times 1e18, by asset. */
  readonly prices: Map<string, bigint>;
  /** When an account's health was last confirmed, seconds. Only calls that are executed here are known. */
  readonly lastChecked = new Map<string, bigint>();
  readonly #byAddress = new Map<string, Vault>();
  readonly #byDebtToken = new Map<string, Vault>();
  readonly #byAsset = new Map<string, Vault[]>();

  constructor(parameters: Parameters) {
    this.parameters = parameters;
    this.connector = new Connector(parameters);
    this.prices = new Map(parameters.prices);
    this.vaults = parameters.vaults.map((described) => new Vault(described, this.undo));
    for (const vault of this.vaults) {
      this.#byAddress.set(vault.address, vault);
      this.#byDebtToken.set(vault.debtToken, vault);
      const siblings = this.#byAsset.get(vault.asset);
      if (siblings) siblings.push(vault);
      else this.#byAsset.set(vault.asset, [vault]);
    }
    for (const described of parameters.vaults) this.#openAccounts(described.address);
    this.keep();
  }

  vaultAt(address: string): Vault | undefined {
    return this.#byAddress.get(address);
  }

  vaultOfDebtToken(address: string): Vault | undefined {
    return this.#byDebtToken.get(address);
  }

  /** Vaults whose underlying the token is. */
  vaultsOfAsset(token: string): readonly Vault[] {
    return this.#byAsset.get(token) ?? NO_VAULTS;
  }

  /** What was written stays. */
  keep(): void {
    this.undo.clear();
    this.connector.keep();
  }

  /** Takes everything back that was written since the last `keep`, prices apart: they are the oracle's. */
  rollback(): void {
    this.undo.rollback(0);
    this.connector.rollback();
  }

  #openAccounts(address: string): void {
    const vault = this.#byAddress.get(address)!;
    const described = this.parameters.vaults.find((entry) => entry.address === address)!;
    for (const [key, position] of described.accounts) {
      const account = this.accounts.intern(key);
      vault.shares.set(account, position.shares);
      vault.owed.set(account, position.owed);
      vault.accumulators.set(account, position.interestAccumulator);
    }
  }
}

const NO_VAULTS: readonly Vault[] = [];
