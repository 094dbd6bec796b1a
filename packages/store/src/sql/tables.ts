import type { JournalEntry, Posting } from "@shortfall/core";
import { SchemaNameError } from "../errors.js";
import type { CopyField } from "./copy-text.js";

/** Names of the tables of a schema. */
export interface Tables {
  readonly schema: string;
  readonly markets: string;
  readonly entries: string;
  readonly postings: string;
  readonly blocks: string;
  readonly snapshots: string;
  /** Whether entries and postings have a partition a market. */
  readonly partitions: boolean;
}

/** @throws {SchemaNameError} */
export function tablesOf(schema: string, partitions = true): Tables {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(schema)) throw new SchemaNameError(schema);
  return {
    schema,
    markets: `${schema}.markets`,
    entries: `${schema}.entries`,
    postings: `${schema}.postings`,
    blocks: `${schema}.blocks`,
    snapshots: `${schema}.snapshots`,
    partitions,
  };
}

/**
 * Statements that make the tables. What they use is understood by PostgreSQL and by what speaks its language: plain
 * types, composite primary keys. Entries and postings have a partition by list a market unless told otherwise: not
 * everybody's partitions are PostgreSQL's.
 */
export const createTables = (tables: Tables): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${tables.schema}`,
  `CREATE TABLE IF NOT EXISTS ${tables.markets} (
    market bigint PRIMARY KEY,
    chain text NOT NULL,
    name text NOT NULL,
    header text NOT NULL,
    length bigint NOT NULL,
    digest text NOT NULL,
    UNIQUE (chain, name)
  )`,
  `CREATE TABLE IF NOT EXISTS ${tables.entries} (
    market bigint NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    block_number bigint NOT NULL,
    block_time bigint NOT NULL,
    transaction_index bigint,
    transaction_id text,
    log_index bigint,
    line bigint,
    account text,
    deficit text,
    reverses bigint,
    memo text,
    PRIMARY KEY (market, sequence)
  )${partitioned(tables)}`,
  `CREATE TABLE IF NOT EXISTS ${tables.postings} (
    market bigint NOT NULL,
    sequence bigint NOT NULL,
    side bigint NOT NULL,
    pool text NOT NULL,
    account text NOT NULL,
    commodity text NOT NULL,
    amount numeric(78,0) NOT NULL,
    PRIMARY KEY (market, sequence, side)
  )${partitioned(tables)}`,
  `CREATE TABLE IF NOT EXISTS ${tables.blocks} (
    market bigint NOT NULL,
    block_index bigint NOT NULL,
    first_entry bigint NOT NULL,
    entry_count bigint NOT NULL,
    previous_digest text NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (market, block_index)
  )`,
  `CREATE TABLE IF NOT EXISTS ${tables.snapshots} (
    market bigint NOT NULL,
    sequence bigint NOT NULL,
    digest text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (market, sequence)
  )`,
];

const partitioned = ({ partitions }: Tables): string => (partitions ? " PARTITION BY LIST (market)" : "");

export const createPartitions = (tables: Tables, market: number): readonly string[] =>
  (tables.partitions ? [tables.entries, tables.postings] : []).map(
    (table) => `CREATE TABLE ${table}_${market} PARTITION OF ${table} FOR VALUES IN (${market})`,
  );

export const ENTRY_COLUMNS = [
  "market",
  "sequence",
  "kind",
  "block_number",
  "block_time",
  "transaction_index",
  "transaction_id",
  "log_index",
  "line",
  "account",
  "deficit",
  "reverses",
  "memo",
] as const;

export const POSTING_COLUMNS = [
  "market",
  "sequence",
  "side",
  "pool",
  "account",
  "commodity",
  "amount",
] as const;

export function entryFields(market: number, entry: JournalEntry): CopyField[] {
  const { position } = entry;
  return [
    market,
    entry.sequence,
    entry.kind,
    position.block,
    position.timestamp,
    position.transactionIndex,
    position.transaction,
    position.logIndex,
    position.line,
    entry.account,
    entry.deficit,
    entry.reverses,
    entry.memo,
  ];
}

export const postingFields = (
  market: number,
  sequence: number,
  side: number,
  posting: Posting,
): CopyField[] => [market, sequence, side, posting.pool, posting.account, posting.commodity, posting.amount];

type Field = string | undefined;

/** Entry of a row of {@link ENTRY_COLUMNS}. */
export function entryOf(row: readonly Field[], postings: readonly Posting[]): JournalEntry {
  const [, sequence, kind, block, time, index, transaction, log, line, account, deficit, reverses, memo] =
    row;
  return {
    sequence: Number(sequence),
    kind: kind ?? "",
    position: {
      block: Number(block),
      timestamp: Number(time),
      ...(index === undefined ? {} : { transactionIndex: Number(index) }),
      ...(transaction === undefined ? {} : { transaction }),
      ...(log === undefined ? {} : { logIndex: Number(log) }),
      ...(line === undefined ? {} : { line: Number(line) }),
    },
    postings,
    ...(account === undefined ? {} : { account }),
    ...(deficit === undefined ? {} : { deficit }),
    ...(reverses === undefined ? {} : { reverses: Number(reverses) }),
    ...(memo === undefined ? {} : { memo }),
  };
}

/** Posting of a row of {@link POSTING_COLUMNS}. */
export function postingOf(row: readonly Field[]): Posting {
  const [, , , pool, account, commodity, amount] = row;
  return {
    pool: pool ?? "",
    account: account ?? "",
    commodity: commodity ?? "",
    amount: BigInt(amount ?? "0"),
  };
}
