import { ShortfallError } from "@shortfall/core";

/** Where and how an input is not what a reader needs. */
export interface SourceFault {
  readonly file: string;
  /** 1-based; 0 where the fault is the file as a whole. */
  readonly line: number;
  /** Path of the field in its line, or what part of the file is meant. */
  readonly field: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, as one sentence. */
  readonly advice?: string;
}

/** An input cannot be read. Says which file, line and field, what was expected, what came and what to do. */
export class SourceError extends ShortfallError {
  readonly code = "SF_SOURCE";
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly expected: string;
  readonly received: string;
  readonly advice: string | undefined;

  constructor(fault: SourceFault, options?: ErrorOptions) {
    const line = fault.line > 0 ? `, line ${fault.line}` : "";
    const advice = fault.advice === undefined ? "" : ` ${fault.advice}`;
    super(
      `${fault.file}${line}, ${fault.field}: expected ${fault.expected}, got ${fault.received}.${advice}`,
      options,
    );
    this.file = fault.file;
    this.line = fault.line;
    this.field = fault.field;
    this.expected = fault.expected;
    this.received = fault.received;
    this.advice = fault.advice;
  }
}
