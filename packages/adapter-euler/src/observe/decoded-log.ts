import {
  AbiError,
  type AbiValue,
  type ChainLog,
  type EventArgs,
  type EventCodec,
  ShortfallError,
} from "@shortfall/core";
import { CONNECTOR_EVENTS, DEBT_TOKEN_EVENTS, TOKEN_EVENTS, VAULT_EVENTS } from "../events.js";
import type { EulerState } from "../state.js";
import type { Vault } from "../vault.js";

/** A log with its emitter's part in the story. */
export interface DecodedLog {
  /** Position among the transaction's logs. */
  readonly at: number;
  readonly from: "vault" | "debt-token" | "token" | "connector";
  /** The vault itself, or whose debt token it is. */
  readonly vault?: Vault;
  readonly address: string;
  readonly name: string;
  readonly args: EventArgs;
}

/** A log that cannot be read. */
export class UnreadableLogError extends ShortfallError {
  readonly code = "SF_EULER_UNREADABLE_LOG";

  constructor(
    /** Position among the transaction's logs. */
    readonly at: number,
    readonly reason: string,
  ) {
    super(`Log ${at} cannot be read: ${reason}. Check the contracts in the header and the data of the log.`);
  }
}

/** @throws {UnreadableLogError} unknown emitter, unknown event, or data that is not what the event declares. */
export function decodeLog(state: EulerState, log: ChainLog, at: number): DecodedLog {
  const { address } = log;
  const vault = state.vaultAt(address);
  if (vault) return { at, from: "vault", vault, address, ...decode(VAULT_EVENTS, log, at) };
  const owner = state.vaultOfDebtToken(address);
  if (owner) return { at, from: "debt-token", vault: owner, address, ...decode(DEBT_TOKEN_EVENTS, log, at) };
  if (state.vaultsOfAsset(address).length > 0) {
    return { at, from: "token", address, ...decode(TOKEN_EVENTS, log, at) };
  }
  if (address === state.connector.address) {
    return { at, from: "connector", address, ...decode(CONNECTOR_EVENTS, log, at) };
  }
  throw new UnreadableLogError(at, `${address} is no contract of this history`);
}

function decode(
  table: ReadonlyMap<string, EventCodec>,
  log: ChainLog,
  at: number,
): { readonly name: string; readonly args: EventArgs } {
  const topic0 = log.topics[0];
  const codec = topic0 === undefined ? undefined : table.get(topic0);
  if (!codec) throw new UnreadableLogError(at, `${log.address} does not emit topic ${topic0 ?? "(none)"}`);
  try {
    return { name: codec.name, args: codec.decode(log.topics, log.data) };
  } catch (error) {
    if (error instanceof AbiError) throw new UnreadableLogError(at, error.message);
    throw error;
  }
}

/** An integer argument. The codec has checked its type. */
export const amountOf = (log: DecodedLog, name: string): bigint => integer(log.args[name]);

/** An address argument, lower case. */
export const addressOf = (log: DecodedLog, name: string): string => text(log.args[name]);

function integer(value: AbiValue | undefined): bigint {
  if (typeof value !== "bigint") throw new TypeError("an event argument is not an integer");
  return value;
}

function text(value: AbiValue | undefined): string {
  if (typeof value !== "string") throw new TypeError("an event argument is not an address");
  return value;
}
