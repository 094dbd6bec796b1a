/** What can be wrong with numbers in a file. Closed: a new class needs words here and a test. */
export type QualityClass =
  | "double-integers"
  | "float-digits"
  | "fractional-base-units"
  | "scientific-notation"
  | "unsafe-json-number"
  | "excess-decimals"
  | "implausible-scale"
  | "mixed-decimals"
  | "mixed-types"
  | "malformed-value"
  | "malformed-record"
  | "missing-member"
  | "duplicate-key"
  | "json-in-string"
  | "control-character";

/** `lost`: digits are gone. `hazard`: a reader can go wrong. `broken`: something is not readable or not there. */
export type QualitySeverity = "lost" | "hazard" | "broken";

/** A value that shows a finding, as the file writes it, and the decimals it was judged at. */
export interface QualityExample {
  /** 0 where it is no value of the file. */
  readonly line: number;
  /** Its path, with every index and key. */
  readonly at: string;
  readonly text: string;
}

/** Where a value stands. */
export type Place = Pick<QualityExample, "line" | "at">;

/** One thing found in one column of one file. */
export interface QualityFinding {
  readonly class: QualityClass;
  readonly severity: QualitySeverity;
  readonly file: string;
  /** Path with a star for every index or key that is data. */
  readonly column: string;
  /** Values concerned, out of how many. */
  readonly count: number;
  readonly of: number;
  /** By accident less than once in 2^bits; only for findings that a chance could have made. */
  readonly bits?: number;
  readonly message: string;
  /** At most three. */
  readonly examples: readonly QualityExample[];
}
