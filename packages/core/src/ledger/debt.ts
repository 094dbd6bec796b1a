import { allocateLargestRemainder, bpsMulDown, min, RAY } from "@shortfall/math";
import type { ActionInputs } from "./actions.js";
import type { Draft } from "./draft.js";
import { AmountError, LimitError, NoHoldersError, ZeroSharesError } from "./errors.js";
import type { ShareRule, ShareState } from "./share-rule.js";
import type { Transition } from "./transition.js";

/** What `shares` of debt owe, rounded up, never more than all debt where the rule keeps totals. */
export function owedAssets(rule: ShareRule, state: ShareState, shares: bigint): bigint {
  if (shares === 0n) return 0n;
  const owed = rule.assetsOf(state, shares, "up");
  return rule.divisor === 0n ? min(owed, state.assets) : owed;
}

/** Debt shares that paying `assets` of `owed` cancels: all of them, or rounded down. */
export function cancelledShares(draft: Draft, held: bigint, owed: bigint, assets: bigint): bigint {
  if (assets === owed) return held;
  return min(held, draft.pool.definition.debtRule.sharesOut(draft.next.debt, held, assets, "down"));
}

export const borrow: Transition<"borrow"> = (draft, input) => {
  const { pool } = draft;
  const { debtRule, borrowCap } = pool.definition;
  const assets = draft.requirePositive("assets", input.assets);
  const id = draft.account(input.account);
  const shares = debtRule.sharesIn(draft.next.debt, draft.get(pool.debt, id), assets, "up");
  if (shares <= 0n) throw new ZeroSharesError(pool.id, "borrow", assets);
  draft.cash(-assets);
  draft.add(pool.debt, id, shares);
  draft.moveDebt(assets, shares);
  if (borrowCap !== undefined && draft.next.debt.assets > borrowCap)
    throw new LimitError(pool.id, "borrow cap", borrowCap, draft.next.debt.assets);
  return { result: { assets, shares }, account: input.account };
};

export const repay: Transition<"repay"> = (draft, input) => {
  const { pool } = draft;
  const held = draft.get(pool.debt, draft.account(input.account));
  const owed = owedAssets(pool.definition.debtRule, draft.next.debt, held);
  const assets = draft.requirePositive("assets", input.assets === "all" ? owed : input.assets);
  if (assets > owed) throw new AmountError("repay", "assets", assets, `at most what is owed, ${owed}`);
  const shares = payDebt(draft, "repay", input.account, held, owed, assets);
  draft.cash(assets);
  return { result: { assets, shares }, account: input.account };
};

/** Cancels debt against a payment. @throws {ZeroSharesError} too little to cancel a share. */
export function payDebt(
  draft: Draft,
  action: string,
  account: string,
  held: bigint,
  owed: bigint,
  assets: bigint,
): bigint {
  const shares = cancelledShares(draft, held, owed, assets);
  if (shares <= 0n) throw new ZeroSharesError(draft.pool.id, action, assets);
  draft.take(draft.pool.debt, account, shares, "debt shares");
  draft.moveDebt(-assets, -shares);
  return shares;
}

/**
 * Debt grows, and the interest is shared: reserves and treasury first (rounded down), the rest among the
 * classes pro rata by claim (largest remainder). Where nobody supplies, it all goes to the reserves.
 */
export const accrue: Transition<"accrue"> = (draft, input) => {
  const { pool, next } = draft;
  const { debtRule, reserveFactorBps, treasuryFactorBps } = pool.definition;
  const debt = grownDebt(draft, input, debtRule);
  const interest = debt.assets - next.debt.assets;
  next.debt = debt;
  const treasury = bpsMulDown(interest, treasuryFactorBps);
  let reserves = bpsMulDown(interest, reserveFactorBps);
  const rest = interest - treasury - reserves;
  const parts = input.split ? givenParts(draft, input.split, rest) : proRataParts(draft, rest);
  parts?.forEach((part, index) => {
    if (part > 0n) draft.revalueClass(index, part);
  });
  if (!parts) reserves += rest;
  next.reserves += reserves;
  next.treasury += treasury;
  draft.afterwards(() => {
    pool.accruedAt = input.at.timestamp;
  });
  return { result: { interest, reserves, treasury } };
};

function grownDebt(draft: Draft, input: ActionInputs["accrue"], rule: ShareRule): ShareState {
  const { debt } = draft.next;
  if (input.ratePerSecondRay !== undefined) {
    if (input.ratePerSecondRay < 0n)
      throw new AmountError("accrue", "ratePerSecondRay", input.ratePerSecondRay, "a rate of 0 or more");
    const seconds = BigInt(input.at.timestamp - draft.pool.accruedAt);
    return rule.grow(debt, RAY + input.ratePerSecondRay * seconds);
  }
  if (input.interest < 0n)
    throw new AmountError("accrue", "interest", input.interest, "0 or more base units");
  if (input.interest === 0n) return debt;
  if (debt.shares === 0n) throw new NoHoldersError(draft.pool.id, "debt", "accrue");
  return rule.revalue(debt, input.interest);
}

/** By claim; undefined where no class has one. */
function proRataParts(draft: Draft, rest: bigint): readonly bigint[] | undefined {
  const claims = draft.next.classes.map((state) => (state.shares === 0n ? 0n : state.assets));
  if (claims.length === 1) return claims[0] === 0n ? undefined : [rest];
  if (claims.every((claim) => claim === 0n)) return undefined;
  return allocateLargestRemainder(rest, claims).parts;
}

function givenParts(draft: Draft, split: Readonly<Record<string, bigint>>, rest: bigint): readonly bigint[] {
  const parts = draft.next.classes.map(() => 0n);
  let sum = 0n;
  for (const [id, part] of Object.entries(split)) {
    const index = draft.pool.classIndex(id);
    if (part < 0n) throw new AmountError("accrue", `split.${id}`, part, "0 or more base units");
    if (part > 0n && draft.next.classes[index]!.shares === 0n)
      throw new NoHoldersError(draft.pool.id, id, "accrue");
    parts[index] = part;
    sum += part;
  }
  if (sum !== rest) throw new AmountError("accrue", "the sum of split", sum, `parts that sum to ${rest}`);
  return parts;
}
