import type { Position, RecordedCall, WaterfallDefinition } from "@shortfall/core";
import type { Entry, EventDirectory } from "./event-directory.js";
import type { Pool } from "./pool.js";
import type { Step } from "./step.js";

/** What the two protocols of this family do differently; the shared model drives them through it. */
export interface Family<O extends { readonly kind: string }> {
  readonly protocol: string;
  readonly version: string;
  readonly pool: Pool;
  readonly events: EventDirectory;
  readonly waterfall: WaterfallDefinition;
  /** Whether only collateral in entered markets can be seized. */
  readonly seizesEnteredOnly: boolean;
  /** `contract`: a bad-debt variable, healed accounts. `none`: nothing; this ledger recognises it. */
  readonly recognisedBy: "contract" | "none";
  /** Events that predictions contain and observation passes over. */
  readonly passedOver: ReadonlySet<string>;
  /** Block number or second that interest is counted in. */
  slotOf(position: Position): bigint;
  /** Runs an operation. @throws {MarketRefusal} with the contract's reason; the caller rolls back. */
  perform(operation: O, step: Step): void;
  /** Operations that could have logged what stands at `cursor`, likeliest first. */
  propose(entries: readonly Entry[], cursor: number): readonly O[];
  /** Operations that touching a contract without a log amounts to. */
  unlogged(touched: readonly string[]): readonly O[];
  /** Tokens moved outside any operation. Undefined where tokens leave a market unexplained. */
  movement(entry: Entry): O | undefined;
  /** The operation that a call asks for. @throws what `failure` makes, for a call that names none. */
  call(call: RecordedCall, failure: CallFailure): O;
  /** Oracle subjects that the transaction's own logs price. */
  pricedBy(entries: readonly Entry[]): ReadonlySet<string>;
}

/** Makes the error for a call's field that is not as expected. */
export type CallFailure = (field: string, expected: string, received: string) => Error;
