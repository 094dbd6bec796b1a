import { buildClaimTree, indexedMulti } from "@shortfall/audit";
import { formatAmount } from "@shortfall/math/decimal";
import { eligibleAccounts } from "./eligible.js";
import { readInputs } from "./inputs.js";
import { claimLeaves } from "./leaves.js";
import { redeem } from "./redemption.js";

// What the protocol's own scripts published in 2023, recomputed from positions, reserves and prices alone.
const inputs = readInputs(new URL("../../../packages/testing/vectors/euler-redemption/", import.meta.url));
const redemption = redeem(inputs, eligibleAccounts(inputs));
const leaves = claimLeaves(inputs, redemption.claims);
const tree = buildClaimTree(indexedMulti, leaves);

if (process.argv.includes("--json")) {
  const summary = {
    leaves: leaves.length,
    tokenAmounts: leaves.reduce((count, leaf) => count + leaf.amounts.length, 0),
    distinctAddresses: new Set(leaves.map((leaf) => leaf.account)).size,
    root: tree.root,
    totals: Object.fromEntries([...tree.totals].map(([token, total]) => [token, total.toString()])),
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
} else {
  const eth = (wei: bigint): string => `${formatAmount(wei, 18, { group: "," })} ETH`;
  process.stdout.write(
    [
      "Euler redemption of 2023, recomputed",
      `  accounts             ${redemption.claims.length}`,
      `  net asset value      ${eth(redemption.totalNav)}`,
      `  foregone profit      ${eth(redemption.totalForegone)}`,
      `  cut by the cap       ${eth(redemption.surplus.weth)} in WETH alone, paid towards foregone profit`,
      `  without an owner     ${formatAmount(redemption.unallocated.weth, 18)} WETH: reserves of markets nobody is left in`,
      `  leaves               ${leaves.length}`,
      `  root                 ${tree.root}`,
      "",
    ].join("\n"),
  );
}
