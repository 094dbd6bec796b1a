export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** Statements within one transaction. */
export interface SqlSession {
  query(text: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** `COPY target FROM` with rows in text format. Without it rows are inserted. */
  copyIn?(target: string, rows: string): Promise<void>;
  /** `COPY (select) TO` in text format. Without it rows are selected. */
  copyOut?(select: string): Promise<string>;
}

/** A database. Transactions do not overlap: the connection runs one after the other. */
export interface SqlConnection {
  /** Commits when `work` resolves, rolls back when it rejects. A commit that resolved is durable. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
