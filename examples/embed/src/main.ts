import { formatAmount } from "@shortfall/math/decimal";
import { catalogue, createLedger, type WaterfallDefinition } from "@shortfall/sdk";

// The insurance fund pays first, then the junior class, then everybody else.
const waterfall: WaterfallDefinition = {
  format: "shortfall-waterfall/1",
  id: "usdc-main",
  version: "1",
  layers: [
    { id: "insurance", policy: "cash-fund", parameters: { fund: "insurance" } },
    { id: "junior", policy: "tranche-senior", parameters: { protect: ["senior"] } },
    { id: "everybody", policy: "pro-rata", parameters: { class: "senior" } },
  ],
};

const ledger = createLedger({
  policies: catalogue,
  pools: [
    {
      id: "usdc",
      asset: "USDC",
      decimals: 6,
      classes: [{ id: "senior" }, { id: "junior" }],
      collateral: [{ asset: "WETH", bonusBps: 500n }],
      funds: [{ id: "insurance" }],
      waterfall,
    },
  ],
});
const usdc = (whole: bigint): bigint => whole * 1_000_000n;
const pool = "usdc";
const at = (block: number) => ({ block, timestamp: 1_700_000_000 + block * 12 });

ledger.deposit({ pool, class: "senior", account: "alice", assets: usdc(800n), at: at(1) });
ledger.deposit({ pool, class: "junior", account: "bob", assets: usdc(100n), at: at(1) });
ledger.topUpFund({ pool, fund: "insurance", account: "treasury", assets: usdc(50n), at: at(2) });
ledger.postCollateral({ pool, account: "carol", asset: "WETH", amount: 10n ** 18n, at: at(3) });
ledger.borrow({ pool, account: "carol", assets: usdc(700n), at: at(3) });

// WETH crashes: all of carol's collateral is sold for 480, and 220 + the bonus are missing.
const price = { numerator: usdc(500n), denominator: 10n ** 18n };
ledger.liquidate({
  pool,
  account: "carol",
  liquidator: "keeper",
  asset: "WETH",
  repay: usdc(700n),
  price,
  at: at(9),
});
const loss = ledger.writeOff({ pool, account: "carol", at: at(9) });

const show = (amount: bigint): string => formatAmount(amount, 6, { padded: true, group: "," }).padStart(12);
process.stdout.write(`carol's debt left after collateral: ${show(loss.assets)} USDC\n\n`);
for (const layer of loss.layers)
  process.stdout.write(`${layer.layer.padEnd(12)} ${show(layer.taken)}  ${layer.reason}\n`);
process.stdout.write(`${"uncovered".padEnd(12)} ${show(loss.uncovered)}\n\nWho lost what:\n`);
for (const table of ledger.haircuts(loss.deficit)) {
  for (const row of table.rows)
    process.stdout.write(`${row.account.padEnd(12)} ${show(row.loss)}  (${table.bearer})\n`);
  if (table.dust > 0n) process.stdout.write(`${table.dustOwner.padEnd(12)} ${show(table.dust)}  (dust)\n`);
}
process.stdout.write(
  `\nTrial balance, sum ${ledger.trialBalance().reduce((sum, row) => sum + (row.commodity === "USDC" ? row.balance : 0n), 0n)}:\n`,
);
for (const row of ledger.trialBalance()) {
  if (row.commodity === "USDC") process.stdout.write(`${row.account.padEnd(32)} ${show(row.balance)}\n`);
}
