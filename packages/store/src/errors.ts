import { ShortfallError } from "@shortfall/core";

/** Two copies of a journal hold different entries. */
export class JournalMismatchError extends ShortfallError {
  readonly code = "SF_JOURNAL_MISMATCH";

  constructor(
    readonly journal: string,
    readonly length: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(
      `Journal ${journal}: after ${length} entries the source has digest ${expected}, the target ${found}. Copy into an empty target, or verify both.`,
    );
  }
}

/** A name that cannot stand in a statement. */
export class SchemaNameError extends ShortfallError {
  readonly code = "SF_SCHEMA_NAME";

  constructor(readonly schema: string) {
    super(`"${schema}" is no schema name: use at most 40 lower-case letters, digits and _, a letter first.`);
  }
}

/** A package that only some users need is not installed. */
export class DriverMissingError extends ShortfallError {
  readonly code = "SF_DRIVER_MISSING";

  constructor(
    readonly driver: string,
    options?: ErrorOptions,
  ) {
    super(`This needs the package "${driver}", which is not installed. Add it to your project.`, options);
  }
}

/** A journal's name cannot be kept by every store. */
export class JournalKeyError extends ShortfallError {
  readonly code = "SF_JOURNAL_KEY";

  constructor(
    readonly field: "chain" | "market",
    readonly value: string,
  ) {
    super(
      `${field} ${JSON.stringify(value)}: use 1 to 80 bytes of UTF-8, without NUL or half a surrogate pair.`,
    );
  }
}
