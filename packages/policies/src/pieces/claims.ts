import { allocateLargestRemainder, min } from "@shortfall/math";

/** Claims after a loss: each holder's part by largest remainder over the shares held at it. */
export function addClaims(
  claims: Readonly<Record<string, bigint>>,
  holders: readonly (readonly [string, bigint])[],
  loss: bigint,
): Record<string, bigint> {
  const { parts } = allocateLargestRemainder(
    loss,
    holders.map(([, shares]) => shares),
  );
  const next: Record<string, bigint> = { ...claims };
  holders.forEach(([account], at) => {
    next[account] = (next[account] ?? 0n) + parts[at]!;
  });
  return next;
}

/** Pays open claims by largest remainder, never above a claim. Accounts due nothing are left out of `parts`. */
export function payClaims(
  claims: Readonly<Record<string, bigint>>,
  offered: bigint,
): { total: bigint; parts: [string, bigint][]; left: Record<string, bigint> } {
  const open = Object.entries(claims);
  const due = open.reduce((sum, [, claim]) => sum + claim, 0n);
  const total = min(offered, due);
  const { parts } = allocateLargestRemainder(
    total,
    open.map(([, claim]) => claim),
  );
  const left: Record<string, bigint> = {};
  const paid: [string, bigint][] = [];
  open.forEach(([account, claim], at) => {
    left[account] = claim - parts[at]!;
    if (parts[at]! > 0n) paid.push([account, parts[at]!]);
  });
  return { total, parts: paid, left };
}
