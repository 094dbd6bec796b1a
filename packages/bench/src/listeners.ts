import { createLedger, type Ledger } from "@shortfall/core";
import { catalogue } from "@shortfall/policies";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const at = { block: 1, timestamp: 1 };

function ledgerWith(listeners: number): { readonly ledger: Ledger; heard(): number } {
  const ledger = createLedger({
    trust: "fast",
    policies: catalogue,
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "supply" }],
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "bench",
          version: "1",
          layers: [{ id: "supply", policy: "pro-rata", parameters: { class: "supply" } }],
        },
      },
    ],
  });
  let heard = 0;
  for (let k = 0; k < listeners; k++) {
    ledger.on("deposit", ({ assets }) => {
      heard += assets > 0n ? 1 : 0;
    });
  }
  return { ledger, heard: () => heard };
}

/** P12: what listeners cost a deposit; their own work is a counter. */
export function listeners(options: { full: boolean }): GroupResult {
  const operations = options.full ? 4000 : 2000;
  const contenders = [0, 1, 4].map((count): Contender => {
    const { ledger, heard } = ledgerWith(count);
    let deposits = 0;
    return {
      name: `deposit, ${count === 0 ? "nobody listens" : `${count} listening`}`,
      operations,
      run() {
        for (let k = 0; k < operations; k++) {
          ledger.deposit({ pool: "usd", at, account: `holder-${k & 63}`, assets: 1_000_000n + BigInt(k) });
        }
        deposits += operations;
        if (heard() !== deposits * count)
          throw new Error(`${count} listeners heard ${heard()} of ${deposits} deposits.`);
        return heard();
      },
    };
  });
  const timings = measure(contenders, options.full ? 25 : 15);
  return {
    group: "a deposit with listeners, ns each",
    timings,
    ratios: [
      ratioOf("P12 one listener over none", timings[1]!, timings[0]!, "at-most", 1.05),
      ratioOf("four listeners over none", timings[2]!, timings[0]!, "at-most", 1.2),
    ],
  };
}
