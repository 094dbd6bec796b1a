import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { testAdapter } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import { builtInAdapters } from "./adapters.js";

const vectors = new URL("../../testing/vectors/", import.meta.url);
/** One history an adapter, the first of its folder; `comet` may read a few calls. */
const FOLDERS: readonly (readonly [folder: string, callsAllowed: number])[] = [
  ["aave-v3", 0],
  ["aave-v3-versions", 0],
  ["compound-v2", 0],
  ["compound-v3", 8],
  ["euler-v2", 0],
  ["metamorpho", 0],
  ["morpho-blue", 0],
  ["venus-isolated", 0],
];

describe.each(FOLDERS)("adapter of %s", (folder, callsAllowed) => {
  const [file] = readdirSync(new URL(`${folder}/`, vectors)).sort();
  const text = gunzipSync(readFileSync(new URL(`${folder}/${file}`, vectors))).toString("utf8");
  const [head, ...rest] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const { adapter, header } = builtInAdapters().for(head!);
  const lines = rest.map((value, index) => ({ number: index + 2, value }));

  it.each(testAdapter(adapter, { header, lines, callsAllowed }).map((check) => [check.name, check] as const))(
    "%s",
    (_, check) => {
      expect(check.message).toBe("");
      expect(check.ok).toBe(true);
    },
  );
});
