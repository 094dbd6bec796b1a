import { createLedger, type Ledger } from "@shortfall/core";
import { catalogue } from "@shortfall/policies";
import { bareMulDiv } from "./arithmetic.js";
import { type Contender, type GroupResult, measure, ratioOf } from "./measure.js";

const at = { block: 1, timestamp: 1 };
const PAR = { numerator: 1n, denominator: 1n };

/** A ledger with a borrower for each liquidation to come: half of the debt is worth seizing, the rest is lost. */
function prepare(borrowers: number): Ledger {
  const ledger = createLedger({
    trust: "fast",
    policies: catalogue,
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "senior" }, { id: "junior" }],
        funds: [{ id: "insurance" }],
        collateral: [{ asset: "ETH", bonusBps: 500n }],
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "bench",
          version: "1",
          layers: [
            {
              id: "insurance",
              policy: "cash-fund",
              parameters: { fund: "insurance", limits: { fixed: "1" } },
            },
            { id: "reserves", policy: "reserve", parameters: {}, cap: 1n },
            { id: "junior", policy: "tranche", parameters: { class: "junior" }, cap: 100n },
            { id: "senior", policy: "pro-rata", parameters: { class: "senior" } },
          ],
        },
      },
    ],
  });
  ledger.deposit({ pool: "usd", at, class: "senior", account: "lender", assets: 10n ** 15n });
  ledger.deposit({ pool: "usd", at, class: "junior", account: "junior", assets: 10n ** 12n });
  ledger.topUpFund({ pool: "usd", at, fund: "insurance", account: "dao", assets: 10n ** 9n });
  ledger.addReserves({ pool: "usd", at, account: "dao", assets: 10n ** 9n });
  for (let k = 0; k < borrowers; k++) {
    ledger.postCollateral({ pool: "usd", at, account: `borrower-${k}`, asset: "ETH", amount: 525n });
    ledger.borrow({ pool: "usd", at, account: `borrower-${k}`, assets: 1000n });
  }
  return ledger;
}

/**
 * P3: a liquidation that seizes all, and the write-off of what is left down four layers, journal included; against
 * one mulDiv.
 */
export function liquidation(options: { full: boolean }): GroupResult {
  const rounds = options.full ? 15 : 9;
  const operations = options.full ? 2000 : 1000;
  const ledger = prepare(operations * (rounds + 1));
  const losses = new Set<string>();
  const contender: Contender = {
    name: "liquidate and write off, four layers, journal",
    operations,
    run(round) {
      for (let k = 0; k < operations; k++) {
        const account = `borrower-${round * operations + k}`;
        const seized = {
          pool: "usd",
          at,
          account,
          liquidator: "keeper",
          asset: "ETH",
          repay: 1000n,
          price: PAR,
        };
        ledger.liquidate(seized);
        const { assets, layers } = ledger.writeOff({ pool: "usd", at, account });
        losses.add(`${assets}: ${layers.map(({ taken }) => taken)}`);
      }
    },
  };
  const timings = measure([bareMulDiv(), contender], rounds);
  if (losses.size !== 1) throw new Error(`The write-offs differ: ${[...losses].join("; ")}.`);
  return {
    group: "a liquidation with its write-off, ns each",
    timings,
    ratios: [ratioOf("P3 journal included, over one mulDiv", timings[1]!, timings[0]!, "at-most", 14)],
  };
}
