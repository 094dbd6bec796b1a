import type { DifferenceClass, ListenerFailure, Position, Severity, WriteOff } from "@shortfall/core";

/** Format of an event's line, whatever its type. */
export const EVENT_FORMAT = "shortfall-event/1";

/** What every event has that says something of the books. */
interface Told {
  /** Counts up from 0 without gaps: who keeps the last one seen finds out what was missed or doubled. */
  readonly sequence: number;
  /** Whether nothing of it can be taken back by a reorganisation any more, when it was told. */
  readonly final: boolean;
  readonly position: Position;
}

/** A loss was written off. Amounts in base units of `asset`. */
export interface WriteOffEvent extends Told {
  readonly type: "write-off";
  readonly id: string;
  readonly pool: string;
  readonly asset: string;
  readonly decimals: number;
  readonly account: string;
  readonly reported: bigint;
  readonly recomputed: bigint;
  /** recomputed − reported. */
  readonly difference: bigint;
  readonly class: DifferenceClass;
  readonly source: string;
  readonly layers: WriteOff["layers"];
  readonly uncovered: bigint;
}

/** A deficit was recognised that nobody has borne in full. */
export interface DeficitOpenedEvent extends Told {
  readonly type: "deficit-opened";
  readonly deficit: string;
  readonly pool: string;
  readonly asset: string;
  readonly account: string;
  readonly amount: bigint;
  /** What of it nobody has borne yet: carried as an asset, or left uncovered. */
  readonly open: bigint;
}

/** Somebody covered a deficit, in part or whole. */
export interface DeficitCoveredEvent extends Told {
  readonly type: "deficit-covered";
  readonly deficit: string;
  readonly pool: string;
  readonly asset: string;
  readonly account: string;
  readonly amount: bigint;
  readonly open: bigint;
}

/** Something came back to those who had borne a loss, or beyond it. */
export interface RecoveryEvent extends Told {
  readonly type: "recovery";
  readonly deficit: string;
  readonly pool: string;
  readonly asset: string;
  readonly account: string;
  readonly amount: bigint;
  /** Recovered of this deficit so far, covers included. */
  readonly recovered: bigint;
}

/** An account's debt exceeds its collateral at the last known prices, at the end of a block. */
export interface AccountInsolventEvent extends Told {
  readonly type: "account-insolvent";
  readonly pool: string;
  readonly account: string;
  /** `bad-debt` where no collateral is left. */
  readonly class: "insolvent" | "bad-debt";
  /** In base units of the pool's asset, as all amounts here. */
  readonly debt: bigint;
  readonly collateral: bigint;
  readonly shortfall: bigint;
}

/** An account that was insolvent no longer is: repaid, liquidated, or worth more again. */
export interface AccountSolventEvent extends Told {
  readonly type: "account-solvent";
  readonly pool: string;
  readonly account: string;
  readonly debt: bigint;
  readonly collateral: bigint;
}

/** Something does not agree, or was not read. */
export interface FindingEvent extends Told {
  readonly type: "finding";
  readonly class: DifferenceClass;
  readonly severity: Severity;
  readonly message: string;
  readonly pool?: string;
  readonly account?: string;
  readonly field?: string;
  readonly reported?: string;
  readonly recomputed?: string;
}

/** Blocks were taken back, and with them what was told of them. What holds instead follows as new events. */
export interface ReorgEvent {
  readonly type: "reorg";
  readonly sequence: number;
  readonly fromBlock: number;
  /** Sequences of the events that no longer hold, rising. */
  readonly retracts: readonly number[];
}

/** How far the history was read. It says nothing of the books: it has no sequence and is not kept. */
export interface HeadEvent {
  readonly type: "head";
  readonly block: number;
  /** The last block that is never taken back; null where nobody knows. */
  readonly finalBlock: number | null;
  readonly transactions: number;
}

/** What is kept, in order. */
export type WatchEvent =
  | WriteOffEvent
  | DeficitOpenedEvent
  | DeficitCoveredEvent
  | RecoveryEvent
  | AccountInsolventEvent
  | AccountSolventEvent
  | FindingEvent
  | ReorgEvent;

/** What listeners and iterators are told. */
export type WatchNews = WatchEvent | HeadEvent;

/** Events by type, for listeners; `event` is told each of them, `error` what a listener threw. */
export type WatchEvents = {
  readonly [T in WatchNews["type"]]: Extract<WatchNews, { readonly type: T }>;
} & { readonly event: WatchNews; readonly error: ListenerFailure };

/** An event before it is numbered. */
export type EventDraft<E extends WatchEvent = WatchEvent> = E extends Told
  ? Omit<E, "sequence" | "final">
  : never;
