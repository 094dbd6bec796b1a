import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Fields, type HistoryHeader, type TraceLine } from "@shortfall/core";
import { compoundV2 } from "../../src/compound-v2/index.js";
import { venusIsolated } from "../../src/venus/index.js";

/** Both adapters of the family, each with its golden files. */
export const FAMILY = [compoundV2, venusIsolated] as const;

export interface Vector {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine[];
}

const folder = (protocol: string): URL => new URL(`../../../testing/vectors/${protocol}/`, import.meta.url);

/** Names of a protocol's golden files. */
export const vectorNames = (protocol: string): string[] =>
  readdirSync(folder(protocol))
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort();

export function readVector(protocol: string, name: string): Vector {
  const text = gunzipSync(readFileSync(new URL(name, folder(protocol)))).toString();
  const [header, ...rest] = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { name, header, lines: rest.map((value, index) => ({ number: index + 2, value })) };
}

/** Small linear congruential generator: the same numbers everywhere. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

/** `params` of a header. */
export const paramsOf = (header: HistoryHeader): Fields => new Fields(header).object("params");
