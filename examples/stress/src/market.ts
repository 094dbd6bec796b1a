import { catalogue, createLedger, type Ledger } from "@shortfall/sdk";

/** A lending market with forty borrowers at different distances to their threshold. */
export function lendingMarket(): {
  readonly ledger: Ledger;
  readonly pool: string;
  readonly collateral: { readonly asset: string; readonly decimals: number };
} {
  const pool = "usdc";
  const ledger = createLedger({
    policies: catalogue,
    pools: [
      {
        id: pool,
        asset: "USDC",
        decimals: 6,
        classes: [{ id: "senior" }, { id: "junior" }],
        collateral: [{ asset: "WETH", bonusBps: 500n }],
        funds: [{ id: "insurance" }],
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "native",
          version: "1",
          layers: [{ id: "lenders", policy: "pro-rata", parameters: { class: "senior" } }],
        },
      },
    ],
  });
  const at = { block: 1, timestamp: 1_700_000_000 };
  const usdc = 1_000_000n;
  ledger.deposit({ pool, class: "senior", account: "lender", assets: 3_000_000n * usdc, at });
  ledger.deposit({ pool, class: "junior", account: "backer", assets: 150_000n * usdc, at });
  ledger.topUpFund({ pool, fund: "insurance", account: "treasury", assets: 50_000n * usdc, at });
  for (let k = 0n; k < 40n; k++) {
    const account = `borrower-${k}`;
    const weth = 10n + ((k * 37n) % 50n);
    // At a price of 2000, loan-to-value from 40 % to 78 %.
    const ltvPercent = 40n + ((k * 17n) % 39n);
    ledger.postCollateral({ pool, account, asset: "WETH", amount: weth * 10n ** 18n, at });
    ledger.borrow({ pool, account, assets: (weth * 2000n * usdc * ltvPercent) / 100n, at });
  }
  return { ledger, pool, collateral: { asset: "WETH", decimals: 18 } };
}
