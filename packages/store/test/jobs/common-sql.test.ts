import { readdirSync, readFileSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { conformanceJournal } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectPglite,
  MarketRuns,
  type OpenReplay,
  PostgresStore,
  RangePlan,
  type SqlConnection,
  verifyJournal,
} from "../../src/index.js";
import { Heartbeat } from "../../src/jobs/heartbeat.js";

/** More than a whole block, so that blocks are written too. */
const JOURNAL = conformanceJournal(1100);

const replayed: OpenReplay = async () => ({
  header: JOURNAL.header,
  advance: async () => ({ entries: JOURNAL.entries(), snapshot: Uint8Array.of(1) }),
  close: async () => undefined,
});

/** What some engine of the family refuses, or takes and does differently. The page on scale says which. */
const REFUSED: readonly (readonly [construct: string, pattern: RegExp])[] = [
  ["declarative partitions", /\bPARTITION\s+(BY|OF)\b/i],
  ["inheritance", /\bINHERITS\b/i],
  ["notification", /\b(UN)?LISTEN\b|\bNOTIFY\b|pg_notify/i],
  ["advisory locks", /pg_(try_)?advisory/i],
  ["table locks", /\bLOCK\s+TABLE\b/i],
  ["lock variants", /\bFOR\s+(NO\s+KEY\s+UPDATE|SHARE|KEY\s+SHARE)\b|\bSKIP\s+LOCKED\b|\bNOWAIT\b/i],
  ["sequences", /\b(big|small)?serial\b|\bnextval\b|\bGENERATED\b|\bCREATE\s+SEQUENCE\b/i],
  [
    "stored procedures and blocks",
    /\bDO\s+\$|\bLANGUAGE\b|\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b/i,
  ],
  ["triggers and rules", /\bCREATE\s+(CONSTRAINT\s+)?TRIGGER\b|\bCREATE\s+RULE\b/i],
  ["extensions", /\bEXTENSION\b/i],
  ["exclusion and deferrable constraints", /\bEXCLUDE\b|\bDEFERR(ABLE|ED)\b/i],
  ["foreign keys", /\bREFERENCES\b|\bFOREIGN\s+KEY\b/i],
  ["temporary and unlogged tables", /\b(TEMP|TEMPORARY|UNLOGGED)\b/i],
  ["two-phase commit and savepoints", /\bPREPARE\s+TRANSACTION\b|\bSAVEPOINT\b/i],
  ["cursors", /\bDECLARE\b|\bFETCH\b/i],
  ["upserts and MERGE", /\bON\s+CONFLICT\b|\bMERGE\b/i],
  ["modifying or recursive CTEs", /\bWITH\s+RECURSIVE\b|\bAS\s*\(\s*(INSERT|UPDATE|DELETE)\b/i],
  ["grouping sets, samples", /\bGROUPING\s+SETS\b|\bROLLUP\b|\bCUBE\b|\bTABLESAMPLE\b/i],
  ["types of PostgreSQL alone", /\b(jsonb?|xml|tsvector|hstore|money|inet|regclass|oid)\b|\[\]/i],
  ["system columns and catalogues", /\b(ctid|xmin|xmax|tableoid)\b|\bpg_catalog\b|\bpg_class\b/i],
  ["casts with ::", /::/],
  ["isolation of one's own", /\bISOLATION\s+LEVEL\b/i],
  ["binary COPY", /\bBINARY\b/i],
];

/** Every text that goes to the database through a connection. */
function recording(connection: SqlConnection, texts: Set<string>, copy: boolean): SqlConnection {
  return {
    transaction: (work) =>
      connection.transaction((session) => {
        const query: typeof session.query = (text, values) => {
          texts.add(text);
          return session.query(text, values);
        };
        if (!copy) return work({ query });
        return work({
          query,
          copyIn: (target, rows) => {
            texts.add(`COPY ${target} FROM STDIN`);
            return session.copyIn!(target, rows);
          },
          copyOut: (select) => {
            texts.add(`COPY (${select}) TO STDOUT`);
            return session.copyOut!(select);
          },
        });
      }),
    close: () => connection.close(),
  };
}

describe("statements", () => {
  let database: PGlite;
  let schemas = 0;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database?.close());

  /** Everything that the store and the jobs ask of a database. */
  async function useAll(partitions: boolean, copy: boolean): Promise<Set<string>> {
    const texts = new Set<string>();
    const connect = (): SqlConnection => recording(connectPglite(database), texts, copy);
    const schema = `c${schemas++}`;
    const store = await PostgresStore.on(connect(), { schema, partitions });
    const plan = await RangePlan.on(connect(), schema);
    const key = { chain: "x", market: "planned" };
    await plan.add(key, "nowhere", [{ fromBlock: 0, toBlock: 9 }]);
    expect(await plan.markets()).toEqual([key]);
    await new MarketRuns({ store, plan, open: replayed, worker: "one" }).apply(key, 0);
    expect((await plan.ranges(key))[0]?.applied?.digest).toBe(JOURNAL.digest());

    const long = await store.open({ chain: "x", market: "long" }, JOURNAL.header);
    await long.append(JOURNAL.entries());
    await long.putSnapshot(Uint8Array.of(1));
    expect((await long.snapshot())?.bytes).toEqual(Uint8Array.of(1));
    expect((await store.journals()).length).toBe(2);
    const view = await store.view(key);
    expect((await verifyJournal(view!)).ok).toBe(true);

    const heartbeat = new Heartbeat(connect(), plan.tables, "one");
    await heartbeat.beat();
    expect(await heartbeat.silent(1)).toEqual([]);
    await heartbeat.end();
    return texts;
  }

  it("use none of what engines of the family refuse, without partitions, with and without COPY", async () => {
    for (const copy of [true, false]) {
      const texts = await useAll(false, copy);
      expect(texts.size).toBeGreaterThan(25);
      const found = [...texts].flatMap((text) =>
        REFUSED.filter(([, pattern]) => pattern.test(text)).map(([construct]) => `${construct}: ${text}`),
      );
      expect(found).toEqual([]);
    }
  });

  it("use partitions and nothing else of it otherwise", async () => {
    const texts = [...(await useAll(true, true))];
    const found = texts.flatMap((text) =>
      REFUSED.filter(([, pattern]) => pattern.test(text)).map(([construct]) => construct),
    );
    expect(new Set(found)).toEqual(new Set(["declarative partitions"]));
  });

  it("were all seen: every statement in the sources begins like one that was sent", async () => {
    const texts = new Set([...(await useAll(true, true)), ...(await useAll(false, false))]);
    const sent = [...texts].map((text) => shape(text));
    const written = sources().flatMap((text) => [
      ...text.matchAll(/[`"]((?:SELECT|INSERT|UPDATE|DELETE|CREATE)\b[^`"]*)[`"]/g),
    ]);
    const unseen = written
      .map((match) => shape(match[1]!.split("${")[0]!))
      .filter((begin) => !sent.some((text) => text.startsWith(begin)));
    // The queue's own tables are PostgreSQL's: `graphile-worker` runs nowhere else.
    expect(
      unseen.filter((begin) => !begin.includes("graphile_worker") && !begin.startsWith("select key,")),
    ).toEqual([]);
    expect(written.length).toBeGreaterThan(25);
  });

  it("is a list that catches what it should", () => {
    const caught = (text: string): string[] =>
      REFUSED.filter(([, pattern]) => pattern.test(text)).map(([construct]) => construct);
    expect(caught("CREATE TABLE a (b bigserial) PARTITION BY LIST (b)")).toEqual([
      "declarative partitions",
      "sequences",
    ]);
    expect(caught("SELECT pg_advisory_lock(1)")).toEqual(["advisory locks"]);
    expect(caught("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING")).toEqual(["upserts and MERGE"]);
    expect(caught("SELECT a FROM b WHERE c = $1 FOR UPDATE")).toEqual([]);
  });
});

const shape = (text: string): string => text.replace(/\s+/g, " ").trim().toLowerCase();

/** Texts of the sources that speak SQL. */
function sources(): string[] {
  return ["sql", "jobs"].flatMap((folder) => {
    const at = new URL(`../../src/${folder}/`, import.meta.url);
    return readdirSync(at)
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => readFileSync(new URL(name, at), "utf8"));
  });
}
