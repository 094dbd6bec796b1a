import type { Position } from "./position.js";

/** Why two numbers differ. Closed: a new class needs a page in the catalogue and a test. */
export type DifferenceClass =
  | "exact"
  | "rounding"
  | "wrong-version"
  | "accrual-timing"
  | "dust-threshold"
  | "fee"
  | "donation"
  | "missing-event"
  | "duplicate-event"
  | "reordered-event"
  | "reorged"
  | "double-write-off"
  | "late-recovery"
  | "unsupported-token"
  | "lost-precision"
  | "decimals"
  | "resynchronised"
  | "unreadable"
  | "unexplained";

/** What a finding does to the verdict. */
export type Severity = "note" | "differs" | "incomplete";

/** An accounting finding: a value in a report, never an exception. */
export interface Finding {
  readonly class: DifferenceClass;
  readonly severity: Severity;
  /** One sentence: what, where, what to do. */
  readonly message: string;
  readonly position: Position;
  readonly pool?: string;
  readonly account?: string;
  /** What was compared, such as `totalSupplyBase` or `AbsorbDebt.basePaidOut`. */
  readonly field?: string;
  /** What the chain reported. */
  readonly reported?: string;
  /** What re-execution computed. */
  readonly recomputed?: string;
  /** The operation and formula that produced the recomputed number. */
  readonly formula?: string;
  /** Log indices that are evidence. */
  readonly logs?: readonly number[];
  /** For a resynchronisation: the positions between which it happened. */
  readonly since?: Position;
}
