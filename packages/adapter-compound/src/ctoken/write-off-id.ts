import type { Position } from "@shortfall/core";

/** Name of a transaction in ids: its hash where known, else its block and place. */
export const transactionOf = (position: Position): string =>
  position.transaction ?? `${position.block}.${position.transactionIndex ?? 0}.${position.timestamp}`;
