import { ShortfallError } from "@shortfall/math";

/** An entry has something that not every store could give back as it was. */
export class EntryNotStorableError extends ShortfallError {
  readonly code = "SF_ENTRY_NOT_STORABLE";

  constructor(
    readonly sequence: number,
    /** Path in the entry, such as `postings[1].amount`. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(`Entry ${sequence}, ${field}: ${reason}. Store entries as a journal returns them.`);
  }
}

/** A batch does not continue where the stored journal ends. Nothing of it was written. */
export class StoreSequenceError extends ShortfallError {
  readonly code = "SF_STORE_SEQUENCE";

  constructor(
    readonly journal: string,
    readonly expected: number,
    readonly received: number,
  ) {
    super(
      `Journal ${journal} goes on with entry ${expected}, got ${received}. Append what follows its length, in order.`,
    );
  }
}

/** Entries were asked for that are not there. */
export class StoreRangeError extends ShortfallError {
  readonly code = "SF_STORE_RANGE";

  constructor(
    readonly journal: string,
    readonly first: number,
    readonly end: number,
    readonly length: number,
  ) {
    super(
      `Journal ${journal} holds entries 0 to ${length}, end excluded; ${first} to ${end} were asked for.`,
    );
  }
}

/** The journal was begun with another header. */
export class StoreHeaderError extends ShortfallError {
  readonly code = "SF_STORE_HEADER";

  constructor(
    readonly journal: string,
    readonly stored: string,
    readonly given: string,
  ) {
    super(
      `Journal ${journal} was begun as ${stored}, not as ${given}. Open it with its own header or begin another.`,
    );
  }
}

/** Somebody else writes to the journal. */
export class StoreLockedError extends ShortfallError {
  readonly code = "SF_STORE_LOCKED";

  constructor(
    readonly journal: string,
    readonly holder: string,
  ) {
    super(`Journal ${journal} is being written by ${holder}. Close it there, or open it for reading only.`);
  }
}

/** Somebody else has appended since the journal was opened. Nothing of the batch was written. */
export class StoreConflictError extends ShortfallError {
  readonly code = "SF_STORE_CONFLICT";

  constructor(
    readonly journal: string,
    readonly expected: number,
    readonly found: number,
  ) {
    super(
      `Journal ${journal} should end at ${expected} but ends at ${found}: it has a second writer. Stop one, and open it again.`,
    );
  }
}

/** What is stored is not what was appended. */
export class StoreCorruptError extends ShortfallError {
  readonly code = "SF_STORE_CORRUPT";

  constructor(
    readonly journal: string,
    /** File and offset, or row. */
    readonly place: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Journal ${journal}, ${place}: ${reason}. Restore it from a copy whose digest is known.`, options);
  }
}

/** The journal or its store was closed, or never opened for this. */
export class StoreClosedError extends ShortfallError {
  readonly code = "SF_STORE_CLOSED";

  constructor(
    readonly journal: string,
    readonly state: "closed" | "open for reading only",
  ) {
    super(`Journal ${journal} is ${state}. Open it again to go on.`);
  }
}

/** The disk or the database refused. What was not acknowledged may or may not be stored. */
export class StoreFailedError extends ShortfallError {
  readonly code = "SF_STORE_FAILED";

  constructor(
    readonly journal: string,
    readonly action: string,
    options?: ErrorOptions,
  ) {
    const cause = options?.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(
      `Journal ${journal} could not ${action}${cause}. Open it again and append what follows its length.`,
      options,
    );
  }
}
