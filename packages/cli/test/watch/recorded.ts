import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const VECTORS = new URL("../../../testing/vectors/", import.meta.url);

/** Lines of a recorded trace. */
export const recorded = (name: string): string[] =>
  gunzipSync(readFileSync(new URL(name, VECTORS)))
    .toString("utf8")
    .trimEnd()
    .split("\n");
