import { tablesOf } from "../sql/tables.js";

/** Names of the tables of jobs; they stand in the schema of the books. */
export interface JobTables {
  readonly markets: string;
  /** What is to be replayed. */
  readonly ranges: string;
  /** What was, a row a range, written with its entries. */
  readonly applied: string;
  /** Who replays, and when they were last heard of. */
  readonly workers: string;
}

/** @throws {SchemaNameError} */
export function jobTablesOf(schema: string): JobTables {
  const { markets } = tablesOf(schema);
  return {
    markets,
    ranges: `${schema}.ranges`,
    applied: `${schema}.applied_ranges`,
    workers: `${schema}.workers`,
  };
}

/** Statements that make them, in the same common language as the tables of the books. */
export const createJobTables = (tables: JobTables): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${tables.ranges} (
    chain text NOT NULL,
    name text NOT NULL,
    from_block bigint NOT NULL,
    to_block bigint NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (chain, name, from_block)
  )`,
  `CREATE TABLE IF NOT EXISTS ${tables.applied} (
    market bigint NOT NULL,
    from_block bigint NOT NULL,
    to_block bigint NOT NULL,
    length bigint NOT NULL,
    digest text NOT NULL,
    snapshot text NOT NULL,
    worker text NOT NULL,
    PRIMARY KEY (market, from_block)
  )`,
  `CREATE TABLE IF NOT EXISTS ${tables.workers} (
    worker text PRIMARY KEY,
    seen bigint NOT NULL
  )`,
];
