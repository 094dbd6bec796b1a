import type { Position } from "../position.js";

/** A log as a node returns it: lower-case hex, topics first. */
export interface ChainLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  /** Index in its block. */
  readonly logIndex: number;
}

/** An oracle price set between logs. Unit and scale are the protocol's. */
export interface PriceUpdate {
  /** Asset or oracle it is for, as the protocol keys it. */
  readonly subject: string;
  readonly price: bigint;
}

/** A call's decoded arguments, as a trace or a node reports them. Integers as decimal strings. */
export type RecordedCall = Readonly<Record<string, unknown>> & { readonly type: string };

/** One transaction as an observer sees it: never any state. */
export interface ChainTransaction {
  readonly position: Position;
  /** In log order. */
  readonly logs: readonly ChainLog[];
  readonly reverted: boolean;
  /** Contracts that a call without logs touched, lower case. */
  readonly touched: readonly string[];
  readonly prices: readonly PriceUpdate[];
  /**
   * The call, for the few outcomes that logs provably do not determine. Absent where calls may not be read.
   * Whoever invokes it reports the line as `callsUsed`.
   */
  readonly readCall?: () => RecordedCall | undefined;
}
