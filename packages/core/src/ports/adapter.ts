import type { DeficitRegister } from "../deficit.js";
import type { Finding } from "../finding.js";
import type { HaircutTable } from "../haircut.js";
import type { Journal } from "../journal/journal.js";
import type { LiabilityTable } from "../liability.js";
import type { Position } from "../position.js";
import type { ChainLog, ChainTransaction, RecordedCall } from "./chain.js";
import type { WaterfallDefinition } from "./policy.js";

/** First line of a history: which contracts, with which parameters, from which state. */
export interface HistoryHeader {
  readonly protocol: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** A log that the model predicts, decoded. */
export interface PredictedLog {
  readonly address: string;
  readonly name: string;
  /** By parameter name, integers as bigint, addresses lower case. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** One operation found in a transaction. */
export interface ObservedOperation {
  readonly kind: string;
  readonly pool: string;
  /** Positions in the transaction's `logs` that it consumed. */
  readonly logs: readonly number[];
  /** Event arguments predicted and compared. */
  readonly comparisons: number;
}

/** What re-executing a transaction found. The model's state has moved on, or not at all. */
export interface Observation {
  readonly operations: readonly ObservedOperation[];
  readonly findings: readonly Finding[];
  /** 1 if the call had to be read, else 0. */
  readonly callsUsed: 0 | 1;
}

/** What a call would do. */
export type Execution =
  | { readonly ok: true; readonly logs: readonly PredictedLog[] }
  /** `reason` is the contract's own: `Name(args)`, `Error(text)`, `Panic(0x11)`. State is unchanged. */
  | { readonly ok: false; readonly reason: string };

/** A write-off as the chain reported it and as re-execution computes it. */
export interface WriteOff {
  /** Stable within a history: transaction, log and account. */
  readonly id: string;
  readonly position: Position;
  readonly pool: string;
  readonly asset: string;
  readonly account: string;
  /** From the log, or from what the logs imply where the protocol reports none. Base units. */
  readonly reported: bigint;
  readonly recomputed: bigint;
  /** Where `reported` comes from, such as `DeficitCreated.amountCreated`. */
  readonly source: string;
  /** Who took it, in loss order; sums with `uncovered` to `recomputed`. */
  readonly layers: readonly { readonly layer: string; readonly policy: string; readonly amount: bigint }[];
  readonly uncovered: bigint;
}

/** A share class as a loss found it. Base units of the pool's asset. */
export interface ClassMoment {
  readonly id: string;
  /** Claim of the class. */
  readonly assets: bigint;
  /** Shares, or scaled balances; at least Σ rows, where the protocol counts some that no account holds. */
  readonly shares: bigint;
  /** Virtual amounts of the share conversion. None where absent. */
  readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  /** Who held how many, each account once. */
  readonly rows: readonly { readonly account: string; readonly shares: bigint }[];
  /**
   * A loss of the class shared over `rows`, with the protocol's rounding, where the class claims `assets`
   * before it. Σ parts + dust = loss. A part may be off by what one rounding moves, so dust is signed.
   */
  split(loss: bigint, assets: bigint): { readonly parts: readonly bigint[]; readonly dust: bigint };
}

/** A pool as a loss found it: what another waterfall needs to be run instead of the protocol's own. */
export interface LossMoment {
  readonly pool: string;
  readonly asset: string;
  readonly cash: bigint;
  readonly loans: bigint;
  /** Signed. */
  readonly reserves: bigint;
  /** As in `PoolFacts`. */
  readonly reservesFloor?: bigint | "none";
  /** Senior first. */
  readonly classes: readonly ClassMoment[];
  /** The loss was counted in another pool of this model already and only reached this one. */
  readonly passedOn?: boolean;
}

/** The same figures for every protocol, in base units of `asset`. */
export interface PoolView {
  readonly pool: string;
  readonly asset: string;
  readonly decimals: number;
  readonly cash: bigint;
  /** What borrowers owe. A deficit that is carried is no loan any more. */
  readonly loans: bigint;
  /** Claims of all suppliers at book value. */
  readonly suppliers: bigint;
  /** Signed: negative where losses exceed what was earned. */
  readonly reserves: bigint;
  readonly treasury: bigint;
  /** Losses written off so far. */
  readonly deficitRealised: bigint;
  /** Written off but kept as an asset until covered. */
  readonly deficitCarried: bigint;
  /** Debt of accounts without collateral that nobody has written off. */
  readonly deficitLatent: bigint;
  /** (cash + loans − latent) / suppliers, 1e18 = fully backed. 1e18 when nobody supplies. */
  readonly backingWad: bigint;
}

/** A borrower as the books have it, valued at the last known prices. */
export interface BorrowerPosition {
  readonly account: string;
  /** Base units of the pool's asset. */
  readonly debt: bigint;
  readonly collateral: readonly {
    readonly asset: string;
    readonly amount: bigint;
    /** In base units of the pool's asset, rounded down; undefined where a price is not known. */
    readonly value: bigint | undefined;
  }[];
}

/** The state of one market under re-execution, and what it has found. */
export interface ProtocolModel {
  readonly protocol: string;
  readonly version: string;
  readonly journal: Journal;
  readonly deficits: DeficitRegister;
  /** Re-executes what a chain reported. All or nothing; a log that fits no operation is a finding. */
  observe(transaction: ChainTransaction): Observation;
  /** Predicts a call at a position. A refusal leaves everything as it was. */
  execute(call: RecordedCall, position: Position): Execution;
  pools(): readonly PoolView[];
  writeOffs(): readonly WriteOff[];
  /** Who bore a write-off, to the unit; empty classes where the loss is carried. */
  haircuts(writeOffId: string): readonly HaircutTable[];
  /**
   * The pool just before a write-off, with who held its shares; undefined for what is no loss of a pool's own,
   * such as a slash that pays for one. Models without it cannot be run under another waterfall.
   */
  lossMoment?(writeOffId: string): LossMoment | undefined;
  nativeWaterfall(): WaterfallDefinition;
  /** Whom the pools owe, class by class, as the state stands. O(holders). */
  liabilities?(): readonly LiabilityTable[];
  /** Who owes, in order of first sight; for models that can value a position in one asset. */
  positions?(pool: string): readonly BorrowerPosition[];
}

/** One protocol family version range, as a plain object. */
export interface ProtocolAdapter {
  /** `aave-v3`, `compound-v3`, … */
  readonly protocol: string;
  readonly title: string;
  /** Versions it models, as the header spells them (a prefix decides). */
  readonly versions: readonly string[];
  /** Opens a market. @throws {HeaderError} naming the field, what was expected and what came. */
  open(header: HistoryHeader): ProtocolModel;
  /** Reads golden files of this protocol. */
  readonly traces: TraceBinding;
  /**
   * Events of its contracts, as `eventCodec` takes them: what a source of decoded events makes logs from.
   * Adapters without it cannot be read from such a source.
   */
  readonly events?: readonly string[];
  /** Name of the event of a log, or undefined if this protocol's contracts do not emit it. */
  eventName(log: ChainLog): string | undefined;
}

/** A value that differs, as text so that any type shows at full precision. */
export interface Mismatch {
  /** `state.accounts.0xab….principal`, `logs[2].amount`, `reverted`. */
  readonly field: string;
  readonly recorded: string;
  readonly computed: string;
}

/** What checking one recorded line found. */
export interface LineResult {
  readonly comparisons: number;
  readonly mismatches: readonly Mismatch[];
  readonly callsUsed: 0 | 1;
  /** The state was taken over from the record because logs could not show it. */
  readonly resynced: boolean;
  readonly findings: readonly Finding[];
  /** Why the line could not be run in this mode, if it could not. */
  readonly skipped?: string;
}

/** A golden file being checked, line by line, in one mode. */
export interface TraceSession {
  readonly model: ProtocolModel;
  /** The line as an observer sees it, for sources and for reconciliation. @throws {LineError} */
  transaction(line: TraceLine): ChainTransaction;
  /** Re-executes the line from its logs, then compares every recorded value. */
  observe(line: TraceLine, options: { readonly calls: boolean }): LineResult;
  /** Predicts the line from its call, then compares state, logs with order, and the refusal. */
  execute(line: TraceLine): LineResult;
}

/** A parsed line of a golden file; `number` is 1-based in its file. */
export interface TraceLine {
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface TraceBinding {
  /** @throws {HeaderError} */
  open(header: HistoryHeader): TraceSession;
}
