import { UnbalancedEntryError } from "../errors.js";
import type { Posting } from "./entry.js";

/** Checks that postings sum to zero per pool and commodity. @throws {UnbalancedEntryError} */
export function requireBalance(kind: string, postings: readonly Posting[]): void {
  const [first] = postings;
  if (!first) return;
  let sum = 0n;
  for (const posting of postings) {
    if (posting.pool !== first.pool || posting.commodity !== first.commodity) {
      requireEachBalance(kind, postings);
      return;
    }
    sum += posting.amount;
  }
  if (sum !== 0n) throw new UnbalancedEntryError(kind, first.pool, first.commodity, sum);
}

/** The same where postings are of several pools or commodities. */
function requireEachBalance(kind: string, postings: readonly Posting[]): void {
  const sums = new Map<string, { posting: Posting; sum: bigint }>();
  for (const posting of postings) {
    const at = `${posting.pool}\u0000${posting.commodity}`;
    const found = sums.get(at);
    if (found) found.sum += posting.amount;
    else sums.set(at, { posting, sum: posting.amount });
  }
  for (const { posting, sum } of sums.values()) {
    if (sum !== 0n) throw new UnbalancedEntryError(kind, posting.pool, posting.commodity, sum);
  }
}
