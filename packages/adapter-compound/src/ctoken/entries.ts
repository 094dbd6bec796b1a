import type { Entry } from "./event-directory.js";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";

/** Address argument of a decoded event; decoding has checked that it is one. */
export function addressArgument(entry: Entry, name: string): string {
  const value = entry.args[name];
  if (typeof value !== "string") throw new RangeError(`${entry.name} has no address "${name}".`);
  return value;
}

/** Integer argument of a decoded event. */
export function amountArgument(entry: Entry, name: string): bigint {
  const value = entry.args[name];
  if (typeof value !== "bigint") throw new RangeError(`${entry.name} has no integer "${name}".`);
  return value;
}

/** Market that emitted the entry, if one did. */
export const emitter = (pool: Pool, entry: Entry): Market | undefined => pool.market(entry.address);

/** Index of the first entry from `start` on that `accepts`, or -1. */
export function findEntry(
  entries: readonly Entry[],
  start: number,
  accepts: (entry: Entry) => boolean,
): number {
  for (let index = start; index < entries.length; index++) {
    const entry = entries[index];
    if (entry && accepts(entry)) return index;
  }
  return -1;
}
