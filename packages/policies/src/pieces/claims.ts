import { allocateLargestRemainder, min } from "@shortfall/math";
import { type Amounts, changeAmounts } from "./amounts.js";

/** Claims after a loss: each holder's part by largest remainder over the shares held at it. */
export function addClaims(
  claims: Amounts,
  holders: readonly (readonly [string, bigint])[],
  loss: bigint,
): Amounts {
  const { parts } = allocateLargestRemainder(
    loss,
    holders.map(([, shares]) => shares),
  );
  return changeAmounts(
    claims,
    holders.map(([account], at) => [account, parts[at]!] as const),
  );
}

/** Pays open claims by largest remainder, never above a claim. Accounts due nothing are left out of `parts`. */
export function payClaims(
  claims: Amounts,
  offered: bigint,
): { total: bigint; parts: [string, bigint][]; left: Amounts } {
  const open = Object.entries(claims);
  const total = min(
    offered,
    open.reduce((sum, [, claim]) => sum + claim, 0n),
  );
  const { parts } = allocateLargestRemainder(
    total,
    open.map(([, claim]) => claim),
  );
  const paid = open.map(([account], at): [string, bigint] => [account, parts[at]!]);
  return {
    total,
    parts: paid.filter(([, part]) => part > 0n),
    left: changeAmounts(
      claims,
      paid.map(([account, part]) => [account, -part] as const),
    ),
  };
}
