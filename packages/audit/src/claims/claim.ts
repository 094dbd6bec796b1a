import { MAX_UINT256 } from "@shortfall/math";
import { ClaimError } from "./errors.js";

/** One token's part of a claim, base units. */
export interface TokenAmount {
  readonly token: string;
  readonly amount: bigint;
}

/** What one account may collect. Single-token families read the first and only amount. */
export interface Claim {
  readonly account: string;
  readonly amounts: readonly TokenAmount[];
}

/** A claim on a single token; `token` may be left empty where the tree does not name it. */
export const singleClaim = (account: string, amount: bigint, token = ""): Claim => ({
  account,
  amounts: [{ token, amount }],
});

/** The one amount of a single-token claim. @throws {ClaimError} it has another number of amounts. */
export function onlyAmount(claim: Claim): bigint {
  const [first, ...rest] = claim.amounts;
  if (first === undefined || rest.length > 0) {
    throw new ClaimError(
      `of ${claim.account}`,
      "exactly one amount in this family",
      `${claim.amounts.length}`,
    );
  }
  return first.amount;
}

/** Sum per token, tokens in order of first appearance. */
export function totals(claims: Iterable<Claim>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const claim of claims) {
    for (const { token, amount } of claim.amounts) sums.set(token, (sums.get(token) ?? 0n) + amount);
  }
  return sums;
}

/** The address, lower-cased. @throws {ClaimError} it is not one. */
export function requireAddress(text: unknown, field: string): string {
  if (typeof text !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new ClaimError(field, "a 20-byte hex address", String(text));
  }
  return text.toLowerCase();
}

/** A uint256 from a decimal string, bigint or safe integer. @throws {ClaimError} it is none. */
export function requireAmount(value: unknown, field: string): bigint {
  const text =
    typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))
      ? String(value)
      : value;
  if (typeof text !== "string" || !/^\d+$/.test(text)) {
    throw new ClaimError(field, "a non-negative decimal integer", String(value));
  }
  const amount = BigInt(text);
  if (amount > MAX_UINT256) throw new ClaimError(field, "an integer below 2^256", text);
  return amount;
}
