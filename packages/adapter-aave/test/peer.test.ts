import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { calculateCompoundedInterest, getReserveNormalizedIncome, rayMul } from "@aave/math-utils";
import { describe, expect, it } from "vitest";
import { aaveV3 } from "../src/index.js";

/*
 * Side by side with the formatter library on npm: the same reserve states and times, the trace as judge. It computes
 * indices; it has no operations, no liquidation and no deficits.
 */

interface RecordedReserve {
  li: string;
  bi: string;
  lr: string;
  br: string;
  ts: string;
}

interface Tally {
  ours: number;
  accruals: number;
  borrowDiffers: number;
  liquidityDiffers: number;
  /** Largest difference of a borrow index, ray. */
  largest: bigint;
}

function sideBySide(file: string): Tally {
  const vector = new URL(`../../testing/vectors/${file}`, import.meta.url);
  const [head, ...rest] = gunzipSync(readFileSync(vector)).toString().trim().split("\n");
  const header = JSON.parse(head!);
  const session = aaveV3.traces.open(header);
  const reserves = new Map<string, RecordedReserve>(Object.entries(header.initial.reserves));
  const tally: Tally = { ours: 0, accruals: 0, borrowDiffers: 0, liquidityDiffers: 0, largest: 0n };
  rest.forEach((text, index) => {
    const value = JSON.parse(text);
    tally.ours += session.observe({ number: index + 2, value }, { calls: true }).mismatches.length;
    for (const [symbol, after] of Object.entries<RecordedReserve>(value.state.reserves)) {
      const before = reserves.get(symbol);
      if (before && after.ts !== before.ts) compare(before, after, tally);
      reserves.set(symbol, after);
    }
  });
  return tally;
}

function compare(before: RecordedReserve, after: RecordedReserve, tally: Tally): void {
  const times = { lastUpdateTimestamp: Number(before.ts), currentTimestamp: Number(after.ts) };
  const factor = calculateCompoundedInterest({ rate: before.br, ...times });
  // The contract leaves the index alone while nobody owes; the library does not know who owes.
  if (after.bi !== before.bi) {
    tally.accruals++;
    const borrowIndex = BigInt(rayMul(factor, before.bi).toFixed(0));
    const difference = borrowIndex - BigInt(after.bi);
    const size = difference < 0n ? -difference : difference;
    if (size > 0n) tally.borrowDiffers++;
    if (size > tally.largest) tally.largest = size;
  }
  if (after.li !== before.li) {
    const index = getReserveNormalizedIncome({ rate: before.lr, index: before.li, ...times });
    if (index.toFixed(0) !== after.li) tally.liquidityDiffers++;
  }
}

describe("beside @aave/math-utils, with the contract's trace as judge", () => {
  it.each([
    // The library raises the rate by second in another order of divisions: close to what ran up to 3.3 …
    ["aave-v3-versions/v3.0.2-02-mixed-s161.jsonl.gz", 10n ** 21n],
    ["aave-v3-versions/v3.3.0-01-mixed-s101.jsonl.gz", 10n ** 21n],
    // … and further from the series that 3.4 replaced it with.
    ["aave-v3/01-mixed-s1.jsonl.gz", 10n ** 24n],
  ])("%s: ours has every index to the ray, the library is near", (file, within) => {
    const tally = sideBySide(file);
    expect(tally.ours).toBe(0);
    expect(tally.accruals).toBeGreaterThan(100);
    expect(tally.borrowDiffers).toBeGreaterThan(tally.accruals / 2);
    expect(tally.largest).toBeGreaterThan(0n);
    expect(tally.largest).toBeLessThan(within);
    expect(tally.liquidityDiffers).toBeGreaterThan(0);
  });
});
