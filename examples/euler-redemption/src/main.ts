import { readFileSync } from "node:fs";
import { buildClaimTree, indexedMulti, parseClaims } from "@shortfall/audit";
import { formatAmount, formatShare } from "@shortfall/math/decimal";
import { eligibleAccounts, insolventAccounts } from "./eligible.js";
import { readInputs } from "./inputs.js";
import { claimLeaves } from "./leaves.js";
import { asTheTextSays, withFinerRatios } from "./other-methods.js";
import { redeem } from "./redemption.js";
import { explainSecondTree } from "./second-tree.js";
import { Valuation } from "./valuation.js";

// What the protocol's own scripts published in 2023, recomputed from positions, reserves and prices alone.
const folder = new URL("../../../packages/testing/vectors/euler-redemption/", import.meta.url);
const inputs = readInputs(folder);
const redemption = redeem(inputs, eligibleAccounts(inputs));
const leaves = claimLeaves(inputs, redemption.claims);
const tree = buildClaimTree(indexedMulti, leaves);

const atRedemption = new Valuation(inputs.markets, inputs.redemptionPrices);
const poolValue = atRedemption.ofPool(inputs.pool, inputs.tokens);
const surplusValue = atRedemption.ofPool(redemption.surplus, inputs.tokens);
const insolvent = insolventAccounts(inputs);
const badDebt = insolvent.reduce((sum, { value }) => sum + value, 0n);
const finer = withFinerRatios(inputs);
const text = asTheTextSays(inputs);
const second = parseClaims(JSON.parse(readFileSync(new URL("merkle-tree-2.json", folder), "utf8")))[0]!
  .claims;
const { explained, passedThrough } = explainSecondTree(inputs, redemption.claims, second);

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
      `  with finer ratios    ${finer.equal} of ${finer.amounts} token amounts would be the same`,
      `  by the method's text ${text.subAccounts} sub-accounts would change, ${eth(text.moved)} of claims would move`,
      `  second tree          ${explained.length} of ${second.length} leaves are contracts left out here, to the unit; ${second.length - explained.length} rest on lists of holders`,
      ...passedThrough.map(
        ({ from, to, contract, dust }) =>
          `                       leaves ${from} to ${to} (${to - from + 1}) add up to the claim of ${contract}, less ${dust[0]} wei of WETH`,
      ),
      "",
    ].join("\n"),
  );
}
