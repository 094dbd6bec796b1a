import type { Claim, TokenAmount } from "@shortfall/audit";
import type { Inputs } from "./inputs.js";
import type { AccountClaim } from "./redemption.js";

/** What a claim pays, pool tokens first, then tokens in kind; zero amounts left out. */
export function claimTokens({ tokens }: Inputs, { pool, inKind }: AccountClaim): TokenAmount[] {
  return [
    { token: tokens.weth, amount: pool.weth },
    { token: tokens.dai, amount: pool.dai },
    { token: tokens.usdc, amount: pool.usdc },
    ...[...inKind].map(([token, amount]) => ({ token, amount })),
  ].filter(({ amount }) => amount > 0n);
}

/**
 * The claim list of the tree: accounts in order, contracts replaced by whoever can act for them, or left out
 * where nobody can.
 */
export function claimLeaves(inputs: Inputs, claims: readonly AccountClaim[]): Claim[] {
  return claims.flatMap((claim) => {
    const { account } = claim;
    const leafAccount = inputs.contracts.has(account) ? inputs.contracts.get(account) : account;
    if (leafAccount === null || leafAccount === undefined) return [];
    return [{ account: leafAccount, amounts: claimTokens(inputs, claim) }];
  });
}
