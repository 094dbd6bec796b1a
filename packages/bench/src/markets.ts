import { createLedger, type Ledger, type PoolDefinition } from "@shortfall/core";
import { catalogue } from "@shortfall/policies";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const definition = (index: number): PoolDefinition => ({
  id: `pool-${index}`,
  asset: "USD",
  decimals: 6,
  classes: [{ id: "supply" }],
  waterfall: {
    format: "shortfall-waterfall/1",
    id: `waterfall-${index}`,
    version: "1",
    layers: [{ id: "supply", policy: "pro-rata", parameters: { class: "supply" } }],
  },
});

function ledgerOf(pools: number): Ledger {
  return createLedger({
    trust: "fast",
    policies: catalogue,
    pools: Array.from({ length: pools }, (_, index) => definition(index)),
  });
}

/** P14: the same operations on one market and scattered over many. */
export function markets(options: { full: boolean }): GroupResult {
  const operations = options.full ? 10_000 : 5000;
  const sizes = [1, 100, 10_000];
  const contenders = sizes.map((pools): Contender => {
    const ledger = ledgerOf(pools);
    let time = 1;
    return {
      name: `${pools.toLocaleString("en")} ${pools === 1 ? "market" : "markets"}`,
      operations,
      run() {
        // An order without runs: every market is far from the one before it.
        for (let k = 0, market = 0; k < operations; k += 2) {
          market = (market + 7919) % pools;
          const pool = `pool-${market}`;
          const account = `holder-${k & 63}`;
          const at = { block: time, timestamp: time++ };
          ledger.deposit({ pool, at, account, assets: 1_000_000n });
          ledger.withdraw({ pool, at, account, assets: 999_999n });
        }
        return ledger.journal.length;
      },
    };
  });
  const timings = measure(contenders, options.full ? 15 : 9);
  return {
    group: "deposit and withdrawal by number of markets, ns each",
    timings,
    ratios: [
      ratioOf("P14 100 markets over one", timings[1]!, timings[0]!, "at-most", 1.6),
      ratioOf("P14 10,000 markets over one", timings[2]!, timings[0]!, "at-most", 3),
    ],
  };
}
