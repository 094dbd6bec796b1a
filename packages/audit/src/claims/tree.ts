import type { Bytes } from "@shortfall/core";
import { compareBytes, fromHex, hashPair, toHex } from "@shortfall/core";
import type { Claim } from "./claim.js";
import { totals } from "./claim.js";
import { ClaimError } from "./errors.js";

/** How a family encodes, orders and pairs leaves. */
export interface ClaimFamily {
  readonly id: "oz-standard-v1" | "packed" | "indexed-multi";
  readonly title: string;
  /** Leaf hash of a claim; `index` is its position in the list. */
  leaf(claim: Claim, index: number): Bytes;
  /** Positions of the claims in the order in which the tree takes their leaves. */
  order(leaves: readonly Bytes[]): number[];
  /** `heap`: complete binary tree filled from the end. `promote`: level by level, an odd last node moves up. */
  readonly shape: "heap" | "promote";
  /** Whether an account may claim more than once. Where contracts mark claims by account, it may not. */
  readonly repeats: boolean;
}

/** A compensation claims tree. */
export interface ClaimTree {
  readonly family: ClaimFamily["id"];
  readonly root: string;
  readonly claims: readonly Claim[];
  /** Per token. */
  readonly totals: ReadonlyMap<string, bigint>;
  /** Leaf hash of the claim at `index`. */
  leaf(index: number): string;
  /** Siblings from the leaf of the claim at `index` up to the root. */
  proof(index: number): string[];
}

/**
 * Builds the tree of a claim list.
 *
 * @throws {ClaimError} no claims, one that the family cannot encode, or an account twice where it may not be.
 */
export function buildClaimTree(family: ClaimFamily, claims: readonly Claim[]): ClaimTree {
  if (claims.length === 0) throw new ClaimError("list", "at least one claim", "none");
  if (!family.repeats) requireDistinct(family, claims);
  const leaves = claims.map((claim, index) => family.leaf(claim, index));
  const order = family.order(leaves);
  const place = new Array<number>(claims.length);
  order.forEach((claim, position) => {
    place[claim] = position;
  });
  const ordered = order.map((claim) => leaves[claim]!);
  const nodes = family.shape === "heap" ? heap(ordered) : promoted(ordered);
  return {
    family: family.id,
    root: toHex(nodes.root),
    claims,
    totals: totals(claims),
    leaf: (index) => toHex(at(leaves, index)),
    proof: (index) => {
      at(leaves, index);
      return nodes.proof(place[index]!).map(toHex);
    },
  };
}

/**
 * Whether `claim` belongs to the tree with this root. `index` matters only to families that encode it.
 *
 * @throws {ClaimError} a proof element is not 32 bytes.
 */
export function verifyClaim(
  family: ClaimFamily,
  root: string,
  claim: Claim,
  index: number,
  proof: readonly string[],
): boolean {
  let node = family.leaf(claim, index);
  for (const sibling of proof) {
    const bytes = fromHex(sibling);
    if (bytes.length !== 32) throw new ClaimError("proof", "32-byte siblings", sibling);
    node = hashPair(node, bytes);
  }
  return compareBytes(node, fromHex(root)) === 0;
}

function requireDistinct(family: ClaimFamily, claims: readonly Claim[]): void {
  const first = new Map<string, number>();
  for (const [index, { account }] of claims.entries()) {
    const earlier = first.get(account.toLowerCase());
    if (earlier !== undefined) {
      throw new ClaimError(
        `of ${account}`,
        `one entry an account in the family ${family.id}, whose contracts pay each once`,
        `entries ${earlier} and ${index}; add them up, or use indexed-multi`,
      );
    }
    first.set(account.toLowerCase(), index);
  }
}

interface Nodes {
  readonly root: Bytes;
  proof(position: number): Bytes[];
}

/** Node k has the children 2k+1 and 2k+2; the leaves fill the array from its end. */
function heap(leaves: readonly Bytes[]): Nodes {
  const size = 2 * leaves.length - 1;
  const nodes = new Array<Bytes>(size);
  leaves.forEach((leaf, position) => {
    nodes[size - 1 - position] = leaf;
  });
  for (let k = leaves.length - 2; k >= 0; k--) nodes[k] = hashPair(nodes[2 * k + 1]!, nodes[2 * k + 2]!);
  return {
    root: nodes[0]!,
    proof(position) {
      const siblings: Bytes[] = [];
      for (let k = size - 1 - position; k > 0; k = (k - 1) >> 1)
        siblings.push(nodes[k % 2 === 0 ? k - 1 : k + 1]!);
      return siblings;
    },
  };
}

/** Pairs neighbours level by level; an odd last node moves up unhashed. */
function promoted(leaves: readonly Bytes[]): Nodes {
  const levels: (readonly Bytes[])[] = [leaves];
  for (let level = leaves; level.length > 1; ) {
    const next: Bytes[] = [];
    for (let k = 0; k < level.length; k += 2) {
      const right = level[k + 1];
      next.push(right === undefined ? level[k]! : hashPair(level[k]!, right));
    }
    levels.push(next);
    level = next;
  }
  return {
    root: levels[levels.length - 1]![0]!,
    proof(position) {
      const siblings: Bytes[] = [];
      for (const level of levels) {
        const sibling = level[position ^ 1];
        if (sibling !== undefined) siblings.push(sibling);
        position >>= 1;
      }
      return siblings;
    },
  };
}

function at(leaves: readonly Bytes[], index: number): Bytes {
  const leaf = leaves[index];
  if (leaf === undefined) throw new ClaimError("index", `0 to ${leaves.length - 1}`, String(index));
  return leaf;
}
