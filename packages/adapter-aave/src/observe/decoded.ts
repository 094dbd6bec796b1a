import {
  AbiError,
  type ChainLog,
  type EventArgs,
  type Finding,
  type Position,
  type Severity,
} from "@shortfall/core";
import { EVENTS } from "../events.js";
import type { Market } from "../market.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";

/** Which contract of the market a log comes from. */
export type Role =
  | { readonly kind: "pool" | "configurator" | "oracle" | "strategy" | "umbrella" }
  | { readonly kind: "aToken" | "debtToken" | "underlying"; readonly reserve: Reserve }
  | { readonly kind: "stake" | "staked" | "feed"; readonly stake: StakeToken };

/** A log of a known contract with its arguments. */
export interface DecodedLog {
  /** Place among the transaction's logs. */
  readonly place: number;
  readonly address: string;
  readonly name: string;
  readonly args: EventArgs;
  readonly role: Role;
}

/** Events that move nothing in the books: allowances, and echoes of what another event says. */
const SILENT: ReadonlySet<string> = new Set([
  "Approval",
  "BorrowAllowanceDelegated",
  "ReserveInterestRateDataChanged",
  "FacilitatorBucketLevelUpdated",
]);

/** Contracts that are not the protocol's: what they log besides transfers is their own business. */
const FOREIGN: ReadonlySet<Role["kind"]> = new Set(["underlying", "staked", "feed"]);

/** Roles by address. An address may play several (the underlying of one reserve may be another's aToken). */
export class Directory {
  readonly #roles = new Map<string, Role>();

  constructor(market: Market) {
    const { pool, configurator, oracle, umbrella } = market.addresses;
    for (const reserve of market.reserves) {
      this.#roles.set(reserve.identity.underlying, { kind: "underlying", reserve });
      const { rateStrategy } = reserve.identity;
      if (rateStrategy !== undefined) this.#roles.set(rateStrategy, { kind: "strategy" });
    }
    for (const stake of market.stakes) {
      // A listed asset keeps its role: its wallets are shared.
      if (!this.#roles.has(stake.underlying)) this.#roles.set(stake.underlying, { kind: "staked", stake });
      this.#roles.set(stake.priceFeed, { kind: "feed", stake });
    }
    for (const reserve of market.reserves) {
      this.#roles.set(reserve.identity.aToken, { kind: "aToken", reserve });
      this.#roles.set(reserve.identity.debtToken, { kind: "debtToken", reserve });
    }
    for (const stake of market.stakes) this.#roles.set(stake.address, { kind: "stake", stake });
    if (market.umbrella !== undefined && umbrella !== undefined) {
      this.#roles.set(umbrella, { kind: "umbrella" });
    }
    this.#roles.set(oracle, { kind: "oracle" });
    this.#roles.set(configurator, { kind: "configurator" });
    this.#roles.set(pool, { kind: "pool" });
  }

  roleOf(address: string): Role | undefined {
    return this.#roles.get(address);
  }
}

export interface DecodedTransaction {
  /** Logs that an operation has to explain. */
  readonly logs: readonly DecodedLog[];
  readonly findings: readonly Finding[];
  /** A known event could not be read: what it did is unknown, so nothing of the transaction may be kept. */
  readonly malformed: boolean;
}

/** Decodes the logs of known contracts. Other contracts' logs are not this market's business. */
export function decodeLogs(
  directory: Directory,
  logs: readonly ChainLog[],
  position: Position,
): DecodedTransaction {
  const decoded: DecodedLog[] = [];
  const findings: Finding[] = [];
  let malformed = false;
  logs.forEach((log, place) => {
    const role = directory.roleOf(log.address);
    if (role === undefined) return;
    const codec = EVENTS.get(log.topics[0] ?? "");
    const unreadable = (
      message: string,
      severity: Severity,
      about: Pick<Finding, "field" | "reported" | "recomputed">,
    ): void => {
      findings.push({
        class: "unreadable",
        severity,
        message,
        position: { ...position, logIndex: log.logIndex },
        ...about,
        logs: [log.logIndex],
      });
    };
    if (codec === undefined) {
      unreadable(
        `Log ${log.logIndex} of ${role.kind} ${log.address} has the unknown topic ${log.topics[0] ?? "(none)"}; add its event or confirm that it moves nothing.`,
        FOREIGN.has(role.kind) ? "note" : "incomplete",
        {
          field: `logs[${place}].topics[0]`,
          reported: log.topics[0] ?? "(none)",
          recomputed: "(an event of this contract)",
        },
      );
      return;
    }
    try {
      const args = codec.decode(log.topics, log.data);
      if (!SILENT.has(codec.name)) {
        decoded.push({ place, address: log.address, name: codec.name, args, role });
      }
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      malformed = true;
      unreadable(
        `Log ${log.logIndex} of ${role.kind} ${log.address} cannot be read: ${error.message}`,
        "incomplete",
        { field: `logs[${place}].data`, reported: error.received, recomputed: error.expected },
      );
    }
  });
  return { logs: decoded, findings, malformed };
}
