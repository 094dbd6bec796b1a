import type { Client, Connection } from "pg";
import { DriverMissingError } from "../errors.js";
import { Turns } from "../turns.js";
import type { SqlConnection, SqlRow, SqlSession } from "./connection.js";

/** Where the server is; what is left out, `pg` takes from the environment as `psql` does. */
export interface PostgresAddress {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  /** True for the system's certificates, or options of Node's TLS. */
  readonly ssl?: boolean | Readonly<Record<string, unknown>>;
}

/**
 * Connects to PostgreSQL through `pg`, which must be installed. Turns `synchronous_commit` on, whatever the server's
 * default: a batch that was acknowledged has reached the disk.
 *
 * @param address a connection string, or its parts.
 * @throws {DriverMissingError} `pg` is not installed.
 */
export async function connectPostgres(address: string | PostgresAddress): Promise<SqlConnection> {
  const pg = await driver();
  const client = new pg.Client(typeof address === "string" ? address : { ...address });
  let lost: Error | undefined;
  // Without a listener the loss of an idle connection would end the process.
  client.on("error", (error) => {
    lost = error;
  });
  await client.connect();
  await client.query("SET synchronous_commit TO on");
  await client.query("SET client_encoding TO 'UTF8'");
  return new PgConnection(client, () => lost);
}

async function driver() {
  try {
    return (await import("pg")).default;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new DriverMissingError("pg", { cause: error });
  }
}

class PgConnection implements SqlConnection {
  readonly #client: Client;
  readonly #lost: () => Error | undefined;
  readonly #turns = new Turns();

  constructor(client: Client, lost: () => Error | undefined) {
    this.#client = client;
    this.#lost = lost;
  }

  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      const lost = this.#lost();
      if (lost) throw lost;
      const client = this.#client;
      await client.query("BEGIN");
      try {
        const result = await work(new PgSession(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // A lost connection rolls back by itself, and refuses this.
        if (!this.#lost()) await client.query("ROLLBACK");
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#turns.idle();
    await this.#client.end();
  }
}

class PgSession implements SqlSession {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async query(
    text: string,
    values: readonly (string | number | Uint8Array | null)[] = [],
  ): Promise<readonly SqlRow[]> {
    return (await this.#client.query<SqlRow>(text, [...values])).rows;
  }

  copyIn(target: string, rows: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.query(new CopyIn(`COPY ${target} FROM STDIN`, rows, resolve, reject));
    });
  }

  copyOut(select: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#client.query(new CopyOut(`COPY (${select}) TO STDOUT`, resolve, reject));
    });
  }
}

/** What `pg` offers a query that speaks the protocol itself. */
interface CopyPort {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

const PIECE = 1 << 16;

/** A COPY whose rows go to the server. */
class CopyIn {
  constructor(
    readonly text: string,
    readonly rows: string,
    readonly resolve: () => void,
    readonly reject: (error: Error) => void,
  ) {}

  // The driver wraps it where a query timeout is set.
  callback = (): void => undefined;

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleCopyInResponse(port: CopyPort): void {
    const bytes = Buffer.from(this.rows);
    for (let at = 0; at < bytes.length; at += PIECE) port.sendCopyFromChunk(bytes.subarray(at, at + PIECE));
    port.endCopyFrom();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.resolve();
  }

  handleError(error: Error): void {
    this.reject(error);
  }
}

/** A COPY whose rows come from the server. */
class CopyOut {
  readonly #pieces: Buffer[] = [];

  constructor(
    readonly text: string,
    readonly resolve: (rows: string) => void,
    readonly reject: (error: Error) => void,
  ) {}

  callback = (): void => undefined;

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    // The driver reads the next piece into the same memory.
    this.#pieces.push(Buffer.from(message.chunk));
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.resolve(Buffer.concat(this.#pieces).toString("utf8"));
  }

  handleError(error: Error): void {
    this.reject(error);
  }
}
