/** An entry of a journal as statements read it. */
export interface StatementEntry {
  readonly sequence: number;
  readonly kind: string;
  readonly account?: string;
  readonly position: { readonly block: number; readonly transaction?: string };
  readonly postings: readonly {
    readonly pool: string;
    readonly account: string;
    readonly commodity: string;
    readonly amount: bigint;
  }[];
}

/** An entry as its line has it: amounts are text. */
type EntryLine = Omit<StatementEntry, "postings"> & {
  readonly postings: readonly (Omit<StatementEntry["postings"][number], "amount"> & {
    readonly amount: string;
  })[];
};

/** The entry on a line of a verified journal. */
export function readEntry(line: string): StatementEntry {
  const entry = JSON.parse(line) as EntryLine;
  return {
    ...entry,
    postings: entry.postings.map((posting) => ({ ...posting, amount: BigInt(posting.amount) })),
  };
}
