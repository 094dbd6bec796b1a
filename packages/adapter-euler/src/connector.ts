import type { Parameters } from "./parameters.js";

const NONE: readonly string[] = [];

/**
 * Who answers for whom in the connector (EVC): the vault that checks an account's health, and the vaults whose
 * shares back its debt, in the order they were enabled.
 */
export class Connector {
  readonly address: string;
  readonly #controllers = new Map<string, readonly string[]>();
  readonly #collaterals = new Map<string, readonly string[]>();
  /** What changes overwrote since the last `keep`, oldest first. */
  readonly #overwritten: Overwritten[] = [];

  constructor(parameters: Parameters) {
    this.address = parameters.connector;
    for (const [account, vault] of parameters.controllers) this.#controllers.set(account, [vault]);
    for (const [account, vaults] of parameters.collaterals) this.#collaterals.set(account, vaults);
  }

  controllers(account: string): readonly string[] {
    return this.#controllers.get(account) ?? NONE;
  }

  collaterals(account: string): readonly string[] {
    return this.#collaterals.get(account) ?? NONE;
  }

  setController(account: string, vault: string, enabled: boolean): void {
    this.#toggle(this.#controllers, account, vault, enabled);
  }

  setCollateral(account: string, vault: string, enabled: boolean): void {
    this.#toggle(this.#collaterals, account, vault, enabled);
  }

  /** What was changed stays so. */
  keep(): void {
    this.#overwritten.length = 0;
  }

  /** Takes back what was changed since the last `keep`. */
  rollback(): void {
    for (const { map, account, vaults } of this.#overwritten.reverse()) map.set(account, vaults);
    this.keep();
  }

  #toggle(map: Enabled, account: string, vault: string, enabled: boolean): void {
    const vaults = map.get(account) ?? NONE;
    const others = vaults.filter((entry) => entry !== vault);
    this.#overwritten.push({ map, account, vaults });
    map.set(account, enabled ? [...others, vault] : others);
  }
}

type Enabled = Map<string, readonly string[]>;

interface Overwritten {
  readonly map: Enabled;
  readonly account: string;
  readonly vaults: readonly string[];
}
