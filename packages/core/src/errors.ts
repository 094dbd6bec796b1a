import { ShortfallError } from "@shortfall/math";

/** A book was asked to give more than a row holds. */
export class BookUnderflowError extends ShortfallError {
  readonly code = "SF_BOOK_UNDERFLOW";

  constructor(
    readonly book: string,
    readonly account: number,
    readonly held: bigint,
    readonly wanted: bigint,
  ) {
    super(
      `Book "${book}": account ${account} holds ${held}, ${wanted} were asked for. Ask for at most what is held.`,
    );
  }
}

/** An entry's postings do not sum to zero. */
export class UnbalancedEntryError extends ShortfallError {
  readonly code = "SF_UNBALANCED_ENTRY";

  constructor(
    readonly kind: string,
    readonly pool: string,
    readonly commodity: string,
    readonly sum: bigint,
  ) {
    super(
      `Entry "${kind}" in pool "${pool}" is off by ${sum} ${commodity}. Post the missing side, dust included.`,
    );
  }
}

/** A control account and the pool's own total disagree. */
export class ControlMismatchError extends ShortfallError {
  readonly code = "SF_CONTROL_MISMATCH";

  constructor(
    readonly pool: string,
    readonly account: string,
    readonly commodity: string,
    readonly journal: bigint,
    readonly total: bigint,
    readonly entry: string,
  ) {
    super(
      `After "${entry}", ${account} of pool "${pool}" holds ${journal} ${commodity} in the journal but the pool's total is ${total}.`,
    );
  }
}

/** Entries were asked for that the journal does not hold any more. */
export class EntriesReleasedError extends ShortfallError {
  readonly code = "SF_ENTRIES_RELEASED";

  constructor(
    readonly first: number,
    /** The first one in memory. */
    readonly held: number,
  ) {
    super(
      `The journal holds its entries from ${held} on, not from ${first}. Take blocks as they are sealed (handOn), or give the journal more tailBlocks.`,
    );
  }
}

/** The first line of a history does not say what it must. */
export class HeaderError extends ShortfallError {
  readonly code = "SF_HEADER";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Header field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** A later line of a history is malformed. */
export class LineError extends ShortfallError {
  readonly code = "SF_LINE";

  constructor(
    /** 1-based; 0 where the reader does not know it. */
    readonly line: number,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Line ${line}, field "${field}": expected ${expected}, got ${received}.`);
  }
}

/** A deficit was moved in a way its life cycle does not have. */
export class DeficitStateError extends ShortfallError {
  readonly code = "SF_DEFICIT_STATE";

  constructor(
    readonly deficit: string,
    readonly action: string,
    readonly reason: string,
  ) {
    super(`Deficit "${deficit}" cannot ${action}: ${reason}.`);
  }
}

/** A log's topics or data are not what its event declares. */
export class AbiError extends ShortfallError {
  readonly code = "SF_ABI";

  constructor(
    readonly event: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Log of event "${event}": expected ${expected}, got ${received}.`);
  }
}

/** Text that should be bytes in hex and is not. */
export class HexError extends ShortfallError {
  readonly code = "SF_HEX";

  constructor(readonly text: string) {
    super(`Expected 0x-prefixed hex of whole bytes, got "${text.slice(0, 80)}".`);
  }
}
