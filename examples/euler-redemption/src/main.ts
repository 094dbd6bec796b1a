import { buildClaimTree, indexedMulti } from "@shortfall/audit";
import { formatAmount, formatShare } from "@shortfall/math/decimal";
import { eligibleAccounts, insolventAccounts } from "./eligible.js";
import { readInputs } from "./inputs.js";
import { claimLeaves } from "./leaves.js";
import { redeem } from "./redemption.js";
import { Valuation } from "./valuation.js";

// What the protocol's own scripts published in 2023, recomputed from positions, reserves and prices alone.
const inputs = readInputs(new URL("../../../packages/testing/vectors/euler-redemption/", import.meta.url));
const redemption = redeem(inputs, eligibleAccounts(inputs));
const leaves = claimLeaves(inputs, redemption.claims);
const tree = buildClaimTree(indexedMulti, leaves);

const atRedemption = new Valuation(inputs.markets, inputs.redemptionPrices);
const poolValue = atRedemption.ofPool(inputs.pool, inputs.tokens);
const surplusValue = atRedemption.ofPool(redemption.surplus, inputs.tokens);
const insolvent = insolventAccounts(inputs);
const badDebt = insolvent.reduce((sum, { value }) => sum + value, 0n);

if (process.argv.includes("--json")) {
  const summary = {
    leaves: leaves.length,
    tokenAmounts: leaves.reduce((count, leaf) => count + leaf.amounts.length, 0),
    distinctAddresses: new Set(leaves.map((leaf) => leaf.account)).size,
    root: tree.root,
    totalNav: redemption.totalNav.toString(),
    totalForegone: redemption.totalForegone.toString(),
    poolValue: poolValue.toString(),
    surplusValue: surplusValue.toString(),
    insolvent: { accounts: insolvent.length, value: badDebt.toString() },
    totals: Object.fromEntries([...tree.totals].map(([token, total]) => [token, total.toString()])),
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} else {
  const eth = (wei: bigint): string => `${formatAmount(wei, 18, { group: "," })} ETH`;
  process.stdout.write(
    [
      "Euler redemption of 2023, recomputed",
      `  accounts             ${redemption.claims.length}`,
      `  recovered pool       ${eth(poolValue)}`,
      `  net asset value      ${eth(redemption.totalNav)}`,
      `  foregone profit      ${eth(redemption.totalForegone)}`,
      `  cut by the cap       ${eth(surplusValue)}: ${formatShare(surplusValue, redemption.totalForegone, 2, "half-up")} of the foregone profit`,
      `  insolvent            ${insolvent.length} accounts, together ${eth(badDebt)} at settlement prices`,
      `  without an owner     ${formatAmount(redemption.unallocated.weth, 18)} WETH, ${formatAmount(redemption.unallocated.dai, 18)} DAI, ${formatAmount(redemption.unallocated.usdc, 6)} USDC: reserves of markets nobody is left in`,
      `  leaves               ${leaves.length}, ${leaves.reduce((count, leaf) => count + leaf.amounts.length, 0)} token amounts`,
      `  root                 ${tree.root}`,
      "",
    ].join("\n"),
  );
}
