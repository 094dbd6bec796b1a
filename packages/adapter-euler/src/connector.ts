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
    toggle(this.#controllers, account, vault, enabled);
  }

  setCollateral(account: string, vault: string, enabled: boolean): void {
    toggle(this.#collaterals, account, vault, enabled);
  }
}

function toggle(map: Map<string, readonly string[]>, account: string, vault: string, enabled: boolean): void {
  const others = (map.get(account) ?? NONE).filter((entry) => entry !== vault);
  map.set(account, enabled ? [...others, vault] : others);
}
