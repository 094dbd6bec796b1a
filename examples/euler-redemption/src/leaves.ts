import type { Claim } from "@shortfall/audit";
import type { Inputs } from "./inputs.js";
import type { AccountClaim } from "./redemption.js";

/**
 * The claim list of the tree: accounts in order, contracts replaced by whoever can act for them, or left out
 * where nobody can; pool tokens first, then tokens in kind; zero amounts left out.
 */
export function claimLeaves(inputs: Inputs, claims: readonly AccountClaim[]): Claim[] {
  const { weth, dai, usdc } = inputs.tokens;
  return claims.flatMap(({ account, pool, inKind }) => {
    const leafAccount = inputs.contracts.has(account) ? inputs.contracts.get(account) : account;
    if (leafAccount === null || leafAccount === undefined) return [];
    const amounts = [
      { token: weth, amount: pool.weth },
      { token: dai, amount: pool.dai },
      { token: usdc, amount: pool.usdc },
      ...[...inKind].map(([token, amount]) => ({ token, amount })),
    ];
    return [{ account: leafAccount, amounts: amounts.filter(({ amount }) => amount > 0n) }];
  });
}
