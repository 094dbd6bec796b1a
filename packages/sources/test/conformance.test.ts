import { PGlite } from "@electric-sql/pglite";
import { SOURCE_EVENTS, sourceConformance } from "@shortfall/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { ALLIUM, csv, DUNE, FLIPSIDE } from "./forms/csv.js";
import { database, decoded, RAW } from "./forms/database.js";
import { jsonLines } from "./forms/json-lines.js";
import { node } from "./forms/node.js";
import { BINARY, parquet, TEXT } from "./forms/parquet.js";

describe("every source", () => {
  sourceConformance(it, "JSON Lines", jsonLines(false));
  sourceConformance(it, "JSON Lines, gzip", jsonLines(true));
  sourceConformance(it, "JSON-RPC", node());
  sourceConformance(it, "CSV of Dune", csv(DUNE));
  sourceConformance(it, "CSV of Allium", csv(ALLIUM));
  sourceConformance(it, "CSV of Flipside, gzip", csv(FLIPSIDE, true));
  sourceConformance(it, "Parquet with text", parquet(TEXT));
  sourceConformance(it, "Parquet with bytes", parquet(BINARY));
});

describe("every source in a database", () => {
  let db: PGlite;
  beforeAll(async () => {
    db = await PGlite.create();
  }, 60_000);
  afterAll(() => db.close());

  sourceConformance(
    it,
    "a table of logs",
    database(
      () => db,
      () => RAW,
      { events: [] },
    ),
  );
  sourceConformance(
    it,
    "a table of decoded events",
    database(
      () => db,
      (logs) => decoded(SOURCE_EVENTS, logs),
      { events: SOURCE_EVENTS },
    ),
  );
});
