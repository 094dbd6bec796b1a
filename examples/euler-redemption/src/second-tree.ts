import type { Claim } from "@shortfall/audit";
import type { Inputs } from "./inputs.js";
import { claimTokens } from "./leaves.js";
import type { AccountClaim } from "./redemption.js";

/** A leaf that is the claim of contracts which the first tree leaves out, equal in every token. */
export interface ExplainedLeaf {
  readonly index: number;
  readonly contracts: readonly string[];
}

/** Neighbouring leaves that add up to the claim of one contract, less dust: it passed its claim on to its holders. */
export interface PassThrough {
  readonly from: number;
  readonly to: number;
  readonly contract: string;
  /** By token, in the order of the claim: claim less leaves. */
  readonly dust: readonly bigint[];
}

export interface SecondTree {
  readonly explained: readonly ExplainedLeaf[];
  readonly passedThrough: readonly PassThrough[];
}

/** Base units that a division among holders may leave, for each of them. */
const DUST_A_LEAF = 1_000_000n;
/** Fewer leaves are no group of holders. */
const FEWEST_HOLDERS = 10;

type Amounts = ReadonlyMap<string, bigint>;

/**
 * Explains a tree of claims by the contracts that another tree left out: alone, two together, or all of one name.
 * What is left is searched for runs of leaves that add up to one contract's claim.
 */
export function explainSecondTree(
  inputs: Inputs,
  claims: readonly AccountClaim[],
  leaves: readonly Claim[],
): SecondTree {
  const leftOut = claims
    .filter(({ account }) => inputs.contracts.get(account) === null)
    .map((claim) => ({ account: claim.account, amounts: amountsOf(claimTokens(inputs, claim)) }));
  const small = bySum([...leftOut.map((each) => [each]), ...pairs(leftOut)]);
  const found = leaves.map((leaf) => small.get(keyOf(amountsOf(leaf.amounts))));
  // A name's group is what none of the smaller sums has taken.
  const taken = new Set(found.flatMap((group) => group ?? []));
  const named = bySum(
    byName(
      inputs,
      leftOut.filter((each) => !taken.has(each)),
    ),
  );
  const explained = leaves.flatMap((leaf, index) => {
    const group = found[index] ?? named.get(keyOf(amountsOf(leaf.amounts)));
    return group ? [{ index, contracts: group.map(({ account }) => account) }] : [];
  });
  const used = new Set(explained.flatMap(({ contracts }) => contracts));
  const passedThrough = leftOut
    .filter(({ account }) => !used.has(account))
    .flatMap((contract) => runFor(contract, leaves, explained.length));
  return { explained, passedThrough };
}

interface LeftOut {
  readonly account: string;
  readonly amounts: Amounts;
}

const amountsOf = (list: Claim["amounts"]): Amounts =>
  new Map(list.map(({ token, amount }) => [token, amount]));

const pairs = (list: readonly LeftOut[]): LeftOut[][] =>
  list.flatMap((one, index) => list.slice(index + 1).map((other) => [one, other]));

function byName({ contractNames }: Inputs, list: readonly LeftOut[]): LeftOut[][] {
  const groups = new Map<string, LeftOut[]>();
  for (const each of list) {
    const name = contractNames.get(each.account) ?? "";
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups.values()].filter(({ length }) => length > 2);
}

function sumOf(list: readonly Amounts[]): Map<string, bigint> {
  const sum = new Map<string, bigint>();
  for (const amounts of list) {
    for (const [token, amount] of amounts) sum.set(token, (sum.get(token) ?? 0n) + amount);
  }
  return sum;
}

/** One text for equal amounts in equal tokens. */
const keyOf = (amounts: Amounts): string =>
  [...amounts]
    .filter(([, amount]) => amount > 0n)
    .map(([token, amount]) => `${token}=${amount}`)
    .sort()
    .join(" ");

/** Groups by what they claim together. Of groups that claim the same, the first counts. */
function bySum(groups: readonly LeftOut[][]): Map<string, LeftOut[]> {
  const result = new Map<string, LeftOut[]>();
  for (const group of groups) {
    const key = keyOf(sumOf(group.map(({ amounts }) => amounts)));
    if (key !== "" && !result.has(key)) result.set(key, group);
  }
  return result;
}

/** The first run of leaves that the claim of a contract covers with no more than dust left, in every token. */
function runFor({ account, amounts }: LeftOut, leaves: readonly Claim[], from: number): PassThrough[] {
  const tokens = [...amounts.keys()];
  for (let start = from; start < leaves.length; start++) {
    const left = new Map(amounts);
    for (let end = start; end < leaves.length; end++) {
      for (const { token, amount } of leaves[end]!.amounts) left.set(token, (left.get(token) ?? 0n) - amount);
      const dust = tokens.map((token) => left.get(token)!);
      if (dust.some((amount) => amount < 0n)) break;
      const holders = BigInt(end - start + 1);
      if (end - start >= FEWEST_HOLDERS && dust.every((amount) => amount <= DUST_A_LEAF * holders)) {
        return [{ from: start, to: end, contract: account, dust }];
      }
    }
  }
  return [];
}
