import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { HistoryHeader } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { morphoBlue } from "../src/index.js";

const VECTOR = new URL("../../testing/vectors/morpho-blue/cascade-1.jsonl.gz", import.meta.url);

interface Recorded {
  readonly markets: Readonly<Record<string, { totalBorrowAssets: string; totalBorrowShares: string }>>;
  readonly positions: Readonly<Record<string, Record<string, { borrowShares: string; collateral: string }>>>;
  readonly prices: Readonly<Record<string, string>>;
}

describe("borrowers' positions", () => {
  it("are those that the recorded state and prices give, after every line", () => {
    const [header, ...lines] = gunzipSync(readFileSync(VECTOR))
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const { markets } = header!.params as { markets: { id: string; oracle: string }[] };
    const session = morphoBlue.traces.open(header as HistoryHeader);
    let compared = 0;
    for (const [index, value] of lines.entries()) {
      session.observe({ number: index + 2, value }, { calls: true });
      const state = value.state as Recorded;
      for (const { id, oracle } of markets) {
        const totals = state.markets[id];
        const price = state.prices[oracle];
        if (totals === undefined || price === undefined) continue;
        const positions = new Map(session.model.positions!(id).map((each) => [each.account, each]));
        for (const [account, recorded] of Object.entries(state.positions[id] ?? {})) {
          const shares = BigInt(recorded.borrowShares);
          const found = positions.get(account);
          if (shares === 0n) {
            expect(found).toBeUndefined();
            continue;
          }
          // The contract's toAssetsUp with its virtual amounts.
          const [assets, all] = [
            BigInt(totals.totalBorrowAssets) + 1n,
            BigInt(totals.totalBorrowShares) + 1_000_000n,
          ];
          expect(found?.debt).toBe((shares * assets + all - 1n) / all);
          const amount = BigInt(recorded.collateral);
          const posted = amount === 0n ? [] : [[amount, (amount * BigInt(price)) / 10n ** 36n]];
          expect(found?.collateral.map((each) => [each.amount, each.value])).toEqual(posted);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});
