import type { DifferenceClass } from "@shortfall/core";

const WORDS: Readonly<Record<DifferenceClass, string>> = {
  exact: "exact",
  rounding: "rounding",
  "wrong-version": "wrong formula version",
  "accrual-timing": "timing of interest",
  "dust-threshold": "dust threshold",
  fee: "fee or bonus",
  donation: "direct transfer",
  "missing-event": "missing event",
  "duplicate-event": "duplicate event",
  "reordered-event": "events out of order",
  reorged: "reorganised block",
  "double-write-off": "written off twice",
  "late-recovery": "recovery booked later",
  "unsupported-token": "unsupported token",
  "lost-precision": "source lost precision",
  decimals: "decimals",
  resynchronised: "taken over from the record",
  unreadable: "not readable",
  unexplained: "unexplained",
};

/** A class of difference in words. */
export const classWords = (kind: DifferenceClass): string => WORDS[kind];
