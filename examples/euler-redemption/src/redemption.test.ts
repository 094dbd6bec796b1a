import { readFileSync } from "node:fs";
import { parseClaims } from "@shortfall/audit";
import { describe, expect, it } from "vitest";
import { eligibleAccounts, insolventAccounts } from "./eligible.js";
import { readInputs } from "./inputs.js";
import { claimLeaves } from "./leaves.js";
import { asTheTextSays, withFinerRatios } from "./other-methods.js";
import { redeem } from "./redemption.js";
import { explainSecondTree } from "./second-tree.js";
import { Valuation } from "./valuation.js";

const folder = new URL("../../../packages/testing/vectors/euler-redemption/", import.meta.url);
const inputs = readInputs(folder);
const accounts = eligibleAccounts(inputs);
const redemption = redeem(inputs, accounts);
const claimOf = (account: string) => redemption.claims.find((claim) => claim.account === account)!;

describe("the Euler redemption", () => {
  it("arrives at the published positions, row for row and in order", () => {
    expect(accounts).toEqual(inputs.published);
  });

  it("has the published totals", () => {
    expect(redemption.totalNav).toBe(117657676368397250082211n);
    expect(redemption.totalForegone).toBe(6351753275981894230102n);
    expect(redemption.surplus).toEqual({
      weth: 2839708126952728767837n,
      dai: 1309686964496650426874338n,
      usdc: 100949704821n,
    });
    expect(redemption.unallocated).toEqual({
      weth: 2003026861076532519n,
      dai: 923805564589366413342n,
      usdc: 71206250n,
    });
  });

  it("covers claims in full, and 56.42 % of the foregone profit with what the cap took", () => {
    const valuation = new Valuation(inputs.markets, inputs.redemptionPrices);
    expect(valuation.ofPool(inputs.pool, inputs.tokens)).toBe(120592476492031082019769n);
    const surplus = valuation.ofPool(redemption.surplus, inputs.tokens);
    expect(surplus).toBe(3583722040939979286148n);
    expect((surplus * 10_000n) / redemption.totalForegone).toBe(5642n);
  });

  it("leaves out 32 accounts that owe more than they have", () => {
    const insolvent = insolventAccounts(inputs);
    expect(insolvent).toHaveLength(32);
    expect(insolvent.reduce((sum, { value }) => sum + value, 0n)).toBe(-608660500132133724n);
  });

  it("gives both leaves of the third published tree to the unit", () => {
    const [list] = parseClaims(JSON.parse(readFileSync(new URL("merkle-tree-3.json", folder), "utf8")));
    for (const { account, amounts } of list!.claims) {
      const { pool } = claimOf(account);
      expect(amounts.map(({ amount }) => amount)).toEqual([pool.weth, pool.dai, pool.usdc]);
    }
  });

  it("gives a leaf with a claim in kind to the unit", () => {
    const [list] = parseClaims(JSON.parse(readFileSync(new URL("merkle-tree-2.json", folder), "utf8")));
    const published = list!.claims[3]!;
    const claim = redemption.claims.find(({ account }) => account.startsWith("0x573c5a19"))!;
    const amounts = [claim.pool.weth, claim.pool.dai, claim.pool.usdc, ...claim.inKind.values()];
    expect(published.amounts.map(({ amount }) => amount)).toEqual(amounts);
  });

  it("shares out no more of the pool than there is", () => {
    const leaves = claimLeaves(inputs, redemption.claims);
    expect(leaves.length).toBe(2696);
    const paid = redemption.claims.reduce((sum, { pool }) => sum + pool.weth, 0n);
    const dust = inputs.pool.weth - paid - redemption.unallocated.weth;
    expect(dust >= 0n && dust < 10n ** 9n).toBe(true);
    expect(leaves.reduce((count, leaf) => count + leaf.amounts.length, 0)).toBe(8358);
    expect(new Set(leaves.map((leaf) => leaf.account)).size).toBe(2685);
  });

  it("rests on the 18-digit ratios between its steps", () => {
    expect(withFinerRatios(inputs)).toEqual({ equal: 1209, amounts: 8358 });
  });

  it("follows its scripts, not its text, in one price", () => {
    expect(asTheTextSays(inputs)).toEqual({ subAccounts: 77, moved: 3881018431947819416n });
  });

  it("explains nine leaves of the second tree to the unit, and 260 as one claim passed on to its holders", () => {
    const [list] = parseClaims(JSON.parse(readFileSync(new URL("merkle-tree-2.json", folder), "utf8")));
    const { explained, passedThrough } = explainSecondTree(inputs, redemption.claims, list!.claims);
    expect(explained.map(({ index, contracts }) => [index, contracts.length])).toEqual([
      [0, 11],
      [1, 2],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 2],
    ]);
    expect(passedThrough).toEqual([
      {
        from: 61,
        to: 320,
        contract: "0xb46fb07b0c80dbc3f97cae3bfe168acad46df507",
        dust: [42611n, 19593431n, 127n],
      },
    ]);
  });
});
