import { formatAmount, parseAmount } from "@shortfall/math/decimal";
import { composeShortfall } from "@shortfall/sdk";
import plugin from "./index.js";

const usdc = (text: string): bigint => parseAmount(text, 6);
const shortfall = composeShortfall({
  plugins: [plugin],
  configuration: {
    pools: [
      {
        id: "usdc",
        asset: "USDC",
        decimals: 6,
        funds: [{ id: "pledge" }],
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "pledged",
          version: "1",
          layers: [
            { id: "sponsors", policy: "matched-pledge", parameters: { fund: "pledge", matchBps: 2500 } },
            { id: "lenders", policy: "pro-rata", parameters: { class: "main" } },
          ],
        },
      },
    ],
  },
});

const ledger = shortfall.openLedger("main");
const pool = "usdc";
const at = { block: 1, timestamp: 1_700_000_000 };
ledger.deposit({ pool, account: "alice", assets: usdc("1000"), at });
ledger.topUpFund({ pool, fund: "pledge", account: "sponsor", assets: usdc("100"), at });
ledger.borrow({ pool, account: "bob", assets: usdc("300"), at });
const loss = ledger.writeOff({ pool, account: "bob", at });
for (const layer of loss.layers) {
  process.stdout.write(
    `${layer.layer.padEnd(10)} ${formatAmount(layer.taken, 6, { padded: true })}  ${layer.reason}\n`,
  );
}
