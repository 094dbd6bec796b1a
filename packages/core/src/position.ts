/** Where on a chain (or in a team's own sequence) something happened. */
export interface Position {
  readonly block: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Index of the transaction in its block, where known. */
  readonly transactionIndex?: number;
  /** Transaction hash, or the team's own id for the action. */
  readonly transaction?: string;
  /** Index of the log in its block, where the event has one. */
  readonly logIndex?: number;
  /** 1-based line of the input file, where it came from one. */
  readonly line?: number;
}

/** Short text of a position for messages: `block 17, tx 0xab…, log 3, line 9`. */
export function describePosition(position: Position): string {
  const parts = [`block ${position.block}`];
  if (position.transaction !== undefined) parts.push(`tx ${position.transaction}`);
  if (position.logIndex !== undefined) parts.push(`log ${position.logIndex}`);
  if (position.line !== undefined) parts.push(`line ${position.line}`);
  return parts.join(", ");
}
