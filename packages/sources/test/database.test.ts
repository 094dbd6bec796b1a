import { existsSync, readdirSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { eventCodec, type SourceRecord } from "@shortfall/core";
import {
  DatabaseRows,
  openTable,
  readDatabaseUrl,
  TableLogSource,
  tableName,
  useDatabase,
} from "@shortfall/sources";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const POOL = `0x${"aa".repeat(20)}`;
const hash = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;
const header = { protocol: "toy", version: "1", rpc: { addresses: [POOL] } };
const EVENTS = [
  "Transfer(address indexed from, address indexed to, uint256 value)",
  "Supply(address indexed account, uint256 amount)",
  "Supply(bytes32 indexed id, address indexed account, uint256 amount)",
  "MarketCreated(bytes32 indexed id, (address token, uint256[] caps) market, string label)",
];

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create();
}, 60_000);
afterAll(() => db.close());
beforeEach(async () => {
  await db.exec("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public");
});

async function read(
  tables: string[],
  columns?: Record<string, string>,
  pageRows = 3,
): Promise<SourceRecord[]> {
  const options = { tables, events: EVENTS, address: POOL, columns, pageRows };
  const source = new TableLogSource(new DatabaseRows(useDatabase(db), options), { name: "events", header });
  const records: SourceRecord[] = [];
  for await (const record of source.records()) records.push(record);
  return records;
}

const logs = (records: readonly SourceRecord[]): string[] =>
  records.flatMap((record) =>
    record.kind === "log" ? [`${record.position.block}/${record.log.logIndex}`] : [],
  );

const PLACE = "block_number bigint, block_timestamp bigint, transaction_hash text, log_index integer";
const place = (block: number, index: number): string =>
  `${block}, ${1000 + block}, '${hash(block)}', ${index}`;

describe("tables of decoded events", () => {
  it("may be one an event, named for it, and are read as one", async () => {
    await db.exec(`CREATE TABLE transfers (${PLACE}, "from" text, "to" text, value numeric(78,0));
      CREATE TABLE supply_event (${PLACE}, account text, amount numeric(78,0))`);
    for (let block = 1; block <= 9; block++) {
      await db.exec(`INSERT INTO transfers VALUES (${place(block, 1)}, '${POOL}', '${POOL}', ${2n ** 256n - 1n});
        INSERT INTO supply_event VALUES (${place(block, 0)}, '${POOL}', ${block})`);
    }
    const records = await read(["transfers", "public.supply_event"]);
    expect(logs(records)).toEqual(Array.from({ length: 18 }, (_, k) => `${1 + (k >> 1)}/${k & 1}`));
    const codec = eventCodec(EVENTS[0]!);
    const [, transfer] = records;
    if (transfer?.kind !== "log") throw new Error("It is no log");
    expect(transfer.log.address).toBe(POOL);
    expect(codec.decode(transfer.log.topics, transfer.log.data)).toEqual({
      from: POOL,
      to: POOL,
      value: 2n ** 256n - 1n,
    });
  });

  it("say which of two events of a name by their arguments, or by the whole signature", async () => {
    await db.exec(`CREATE TABLE events (${PLACE}, event text, id text, account text, amount numeric(78,0));
      INSERT INTO events VALUES (${place(1, 0)}, 'Supply', NULL, '${POOL}', 1), (${place(2, 0)}, 'Supply(address,uint256)', '${hash(7)}', '${POOL}', 1),
        (${place(3, 0)}, 'Supply(bytes32,address,uint256)', '${hash(7)}', '${POOL}', 1)`);
    const topics = (await read(["events"])).map((record) =>
      record.kind === "log" ? record.log.topics.length : 0,
    );
    expect(topics).toEqual([2, 2, 3]);
    await db.exec(`INSERT INTO events VALUES (${place(4, 0)}, 'Supply', '${hash(7)}', '${POOL}', 1)`);
    await expect(read(["events"])).rejects.toMatchObject({
      field: "event",
      advice: "Write the whole signature.",
    });
  });

  it("hold tuples, lists and texts as JSON, and columns of any name", async () => {
    const market = `{"token":"${POOL}","caps":["${2n ** 200n}","7"]}`;
    await db.exec(`CREATE TABLE events (${PLACE}, event_name text, id text, market jsonb, title text);
      INSERT INTO events VALUES (${place(1, 0)}, 'MarketCreated', '${hash(7)}', '${market}', 'ß "x"')`);
    await expect(read(["events"])).rejects.toMatchObject({ field: "event_name", received: "none for label" });
    const [record] = await read(["events"], { "arg.label": "title" });
    if (record?.kind !== "log") throw new Error("It is no log");
    expect(eventCodec(EVENTS[3]!).decode(record.log.topics, record.log.data)).toEqual({
      id: hash(7),
      market: { token: POOL, caps: [2n ** 200n, 7n] },
      label: 'ß "x"',
    });
  });

  it("lose nothing where a page ends within a block, or between two rows of one place", async () => {
    await db.exec(`CREATE TABLE supply (${PLACE}, account text, amount numeric(78,0))`);
    const rows = [
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [3, 0],
      [3, 4],
      [3, 5],
      [9, 1],
    ] as const;
    for (const [block, index] of [...rows].reverse()) {
      await db.exec(`INSERT INTO supply VALUES (${place(block, index)}, '${POOL}', ${index})`);
    }
    for (const pageRows of [1, 2, 3, 4, 5, 10, 11]) {
      expect(logs(await read(["supply"], undefined, pageRows))).toEqual(
        rows.map(([block, index]) => `${block}/${index}`),
      );
    }
  });

  it("are let go of when the reading ends", async () => {
    await db.exec(`CREATE TABLE supply (${PLACE}, account text, amount numeric(78,0));
      INSERT INTO supply VALUES (${place(1, 0)}, '${POOL}', 1)`);
    await read(["supply"]);
    // Within the reading's transaction this would be refused.
    await db.exec(`INSERT INTO supply VALUES (${place(2, 0)}, '${POOL}', 1)`);
    expect(logs(await read(["supply"]))).toEqual(["1/0", "2/0"]);
  });

  it.each<[string, string, object]>([
    ["no event", "CREATE TABLE things (PLACE)", { field: "event" }],
    ["no such table", "", { field: "table" }],
    [
      "no time",
      "CREATE TABLE things (block_number bigint, log_index integer, transaction_hash text)",
      { field: "timestamp" },
    ],
  ])("are refused with %s", async (_what, statement, fault) => {
    if (statement !== "") await db.exec(statement.replace("PLACE", PLACE));
    await expect(read(["things"])).rejects.toMatchObject({ code: "SF_SOURCE", ...fault });
  });
});

describe("addresses of databases", () => {
  it("name tables, which are all that reports show", () => {
    const url = "postgres://me:secret@host:5432/db?table=a,b&table=c.d&sslmode=require";
    expect(readDatabaseUrl(url)).toEqual({
      server: "postgres://me:secret@host:5432/db?sslmode=require",
      tables: ["a", "b", "c.d"],
    });
    expect(tableName(url)).toBe("a+b+c.d");
    expect(() => readDatabaseUrl("postgres://host/db")).toThrow("table=NAME");
  });
});

const folder = "/usr/lib/postgresql";
const installed = existsSync(folder) && readdirSync(folder).length > 0;

describe.skipIf(!installed)("a PostgreSQL server", () => {
  it("is read through pg", async () => {
    const { startPostgres, postgresBinaries } = await import("../../store/test/postgres-server.js");
    const server = await startPostgres(postgresBinaries()!);
    try {
      const { default: pg } = await import("pg");
      const client = new pg.Client(server.url);
      await client.connect();
      await client.query(`CREATE TABLE supply (${PLACE}, account bytea, amount numeric(78,0))`);
      await client.query(
        `INSERT INTO supply VALUES (${place(1, 0)}, '${POOL.replace("0x", "\\x")}', ${2n ** 256n - 1n})`,
      );
      await client.end();
      const source = await openTable(`${server.url}?table=supply`, { header, events: EVENTS });
      const records: SourceRecord[] = [];
      for await (const record of source.records()) records.push(record);
      await source.close();
      expect(source.name).toBe("supply");
      expect(logs(records)).toEqual(["1/0"]);
    } finally {
      await server.stop();
    }
  }, 60_000);
});
