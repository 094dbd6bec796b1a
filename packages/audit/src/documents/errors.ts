import { ShortfallError } from "@shortfall/core";

/** A document that cannot be read as what it claims to be, with the place. */
export class DocumentError extends ShortfallError {
  readonly code = "SF_DOCUMENT";

  constructor(
    readonly file: string,
    /** 1-based. */
    readonly line: number,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`${file}, line ${line}, ${field}: expected ${expected}, got ${received}.`);
  }
}
