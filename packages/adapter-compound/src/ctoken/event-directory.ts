import { type ChainLog, type EventArgs, type EventCodec, eventCodec, eventTable } from "@shortfall/core";
import type { Pool } from "./pool.js";

/** Events of one contract: those that are modelled, and those that change nothing the model keeps. */
export interface ContractEvents {
  readonly modelled: ReadonlyMap<string, EventCodec>;
  readonly passedOver: ReadonlyMap<string, EventCodec>;
  /** All of them as the contracts' source declares them. */
  readonly declarations: readonly string[];
}

/** Tables of two lists of declarations. */
export const contractEvents = (
  modelled: readonly string[],
  passedOver: readonly string[],
): ContractEvents => ({
  modelled: eventTable(modelled),
  passedOver: eventTable(passedOver),
  declarations: [...modelled, ...passedOver],
});

/** ERC-20 Transfer of an underlying token. */
export const TOKEN_TRANSFER = eventCodec("Transfer(address indexed from, address indexed to, uint256 value)");

/** A decoded log of a contract that the model knows. */
export interface Entry {
  /** Position in the transaction's logs. */
  readonly position: number;
  readonly address: string;
  readonly name: string;
  readonly args: EventArgs;
}

/** What a log is to this model. */
export type LogReading =
  | { readonly kind: "modelled"; readonly codec: EventCodec }
  | { readonly kind: "passed-over"; readonly codec: EventCodec }
  /** Another contract's log, or a token log that is no transfer. */
  | { readonly kind: "foreign" }
  /** A known contract says something that this version does not say. */
  | { readonly kind: "unknown" };

/** Which contract emits which events. */
export class EventDirectory {
  readonly #contracts: ReadonlyMap<string, ContractEvents>;
  readonly #pool: Pool;

  constructor(contracts: ReadonlyMap<string, ContractEvents>, pool: Pool) {
    this.#contracts = contracts;
    this.#pool = pool;
  }

  read(log: ChainLog): LogReading {
    const topic = log.topics[0] ?? "";
    const contract = this.#contracts.get(log.address);
    if (contract) {
      const modelled = contract.modelled.get(topic);
      if (modelled) return { kind: "modelled", codec: modelled };
      const passedOver = contract.passedOver.get(topic);
      return passedOver ? { kind: "passed-over", codec: passedOver } : { kind: "unknown" };
    }
    return this.#pool.asset(log.address) !== undefined && topic === TOKEN_TRANSFER.topic0
      ? { kind: "modelled", codec: TOKEN_TRANSFER }
      : { kind: "foreign" };
  }

  /** Whether a decoded token movement has a side that the pool keeps. Other contracts' events always count. */
  concerns(entry: Entry): boolean {
    const asset = this.#pool.asset(entry.address);
    if (!asset) return true;
    const { from, to } = entry.args;
    return (
      asset.markets.some(({ token }) => token === from || token === to) ||
      this.#pool.purses.some(({ address }) => address === from || address === to)
    );
  }
}
