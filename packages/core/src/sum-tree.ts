import { MAX_UINT128, MAX_UINT256, ShortfallError } from "@shortfall/math";
import { type Bytes, compareBytes, concatBytes, fromHex, keccak, toHex, word } from "./bytes.js";

/** Something that no sum tree can be built of. */
export class SumTreeError extends ShortfallError {
  readonly code = "SF_SUM_TREE";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Sum tree, ${field}: expected ${expected}, got ${received}.`);
  }
}

/** A liability: an account, the salt that hides it, and its balance. */
export interface SumLeaf {
  readonly account: string;
  /** 32 bytes, known to the account. */
  readonly salt: string;
  readonly balance: bigint;
}

export interface SumSibling {
  readonly hash: string;
  readonly sum: bigint;
  /** The sibling is the left child. */
  readonly left: boolean;
}

export interface SumTree {
  readonly root: string;
  readonly total: bigint;
  /** Commitments in the order of the tree. */
  readonly commitments: readonly string[];
  /** Positions in the list given, in the order of the tree. */
  readonly order: readonly number[];
  /** Proof of the leaf at a position of the list given. */
  proof(index: number): readonly SumSibling[];
}

interface Node {
  readonly hash: Bytes;
  readonly sum: bigint;
}

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/**
 * Merkle sum tree of liabilities. Both children's sums are inside a node's hash; the variant that hashes only
 * their total lets its author publish a maximum for a sum. Leaves are sorted by commitment and padded with
 * empty leaves to a power of two. A proof shows inclusion, not that nobody was left out.
 *
 * @throws {SumTreeError} no leaves, a salt or account of the wrong length, a balance beyond uint128.
 */
export function merkleSumTree(leaves: readonly SumLeaf[]): SumTree {
  if (leaves.length === 0) throw new SumTreeError("leaves", "at least one", "none");
  const commitments = leaves.map(commitment);
  const order = leaves
    .map((_, k) => k)
    .sort((a, b) => compareBytes(commitments[a]!, commitments[b]!) || a - b);
  const place = new Array<number>(leaves.length);
  order.forEach((leaf, position) => {
    place[leaf] = position;
  });
  let width = 1;
  while (width < leaves.length) width *= 2;
  const empty: Node = { hash: leafHash(new Uint8Array(32), 0n), sum: 0n };
  const levels: Node[][] = [
    Array.from({ length: width }, (_, position) => {
      const leaf = order[position];
      return leaf === undefined
        ? empty
        : { hash: leafHash(commitments[leaf]!, leaves[leaf]!.balance), sum: leaves[leaf]!.balance };
    }),
  ];
  for (let level = levels[0]!; level.length > 1; level = levels[levels.length - 1]!) {
    levels.push(Array.from({ length: level.length / 2 }, (_, k) => parent(level[2 * k]!, level[2 * k + 1]!)));
  }
  const root = levels[levels.length - 1]![0]!;
  return {
    root: toHex(root.hash),
    total: root.sum,
    commitments: order.map((leaf) => toHex(commitments[leaf]!)),
    order,
    proof(index) {
      let position = place[index];
      if (position === undefined) throw new SumTreeError("index", `0 to ${leaves.length - 1}`, String(index));
      const siblings: SumSibling[] = [];
      for (const level of levels.slice(0, -1)) {
        const sibling = level[position ^ 1]!;
        siblings.push({ hash: toHex(sibling.hash), sum: sibling.sum, left: position % 2 === 1 });
        position >>= 1;
      }
      return siblings;
    },
  };
}

/** Whether a leaf is in the tree with this root and total. Refuses sums that leave their range. */
export function verifySumProof(
  root: string,
  total: bigint,
  leaf: SumLeaf,
  proof: readonly SumSibling[],
): boolean {
  if (leaf.balance < 0n || leaf.balance > MAX_UINT128) return false;
  let node: Node = { hash: leafHash(commitment(leaf), leaf.balance), sum: leaf.balance };
  for (const { hash, sum, left } of proof) {
    if (sum < 0n || node.sum + sum > MAX_UINT256) return false;
    const sibling: Node = { hash: fromHex(hash), sum };
    node = left ? parent(sibling, node) : parent(node, sibling);
  }
  return node.sum === total && toHex(node.hash) === root.toLowerCase();
}

function commitment({ account, salt, balance }: SumLeaf): Bytes {
  const saltBytes = fromHex(salt);
  const accountBytes = fromHex(account);
  if (saltBytes.length !== 32) throw new SumTreeError("salt", "32 bytes", `${saltBytes.length}`);
  if (accountBytes.length !== 20) throw new SumTreeError("account", "20 bytes", `${accountBytes.length}`);
  if (balance < 0n || balance > MAX_UINT128)
    throw new SumTreeError("balance", "a uint128", balance.toString());
  return keccak(concatBytes(saltBytes, accountBytes));
}

const leafHash = (id: Bytes, balance: bigint): Bytes => keccak(concatBytes(LEAF, id, word(balance)));

const parent = (left: Node, right: Node): Node => ({
  hash: keccak(concatBytes(INNER, left.hash, word(left.sum), right.hash, word(right.sum))),
  sum: left.sum + right.sum,
});
