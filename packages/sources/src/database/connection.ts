import { SourceError } from "../errors.js";

/** A row with every value as text, or null. */
export type TextRow = Readonly<Record<string, string | null>>;

/** What is asked of a database. */
export interface TableConnection {
  query(text: string, values?: readonly string[]): Promise<readonly TextRow[]>;
  close(): Promise<void>;
}

/**
 * Connects to PostgreSQL through `pg`, which must be installed.
 *
 * @throws {SourceError} `pg` is not installed, or the server cannot be reached. Never says the address, which may hold
 * a password.
 */
export async function connectDatabase(url: string): Promise<TableConnection> {
  const { default: pg } = await driver();
  const client = new pg.Client(url);
  let lost: Error | undefined;
  // Without a listener the loss of an idle connection would end the process.
  client.on("error", (error) => {
    lost = error;
  });
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(error);
  }
  return {
    async query(text, values = []) {
      if (lost) throw unreachable(lost);
      return (await client.query<TextRow>(text, [...values])).rows;
    },
    close: () => client.end(),
  };
}

/** What is used of a PGlite database, so that the package need not be installed. */
export interface PgliteTables {
  query<R>(text: string, values?: unknown[]): Promise<{ readonly rows: R[] }>;
}

/** Uses an open PGlite database, PostgreSQL in the process. Closing the connection leaves the database open. */
export const useDatabase = (database: PgliteTables): TableConnection => ({
  query: async (text, values = []) => (await database.query<TextRow>(text, [...values])).rows,
  close: async () => undefined,
});

async function driver() {
  try {
    return await import("pg");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new SourceError(
      {
        file: "database",
        line: 0,
        field: "driver",
        expected: "the package pg",
        received: "none",
        advice: "Install it: npm install pg.",
      },
      { cause: error },
    );
  }
}

function unreachable(error: unknown): SourceError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new SourceError({
    file: "database",
    line: 0,
    field: "connection",
    expected: "a PostgreSQL server that answers",
    received: code === "" ? "none" : code,
    advice: "Check address, user and password.",
  });
}
