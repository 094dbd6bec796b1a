import { digestText } from "@shortfall/core";

/** A neighbour on the way from a leaf to the root. */
export interface PathStep {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  /** The neighbour is the left child. */
  readonly left: boolean;
}

interface Subtree {
  readonly hash: string;
  /** Leaves under it, a power of two. */
  readonly size: number;
  /** The leaf to prove is under it. */
  readonly holdsProved: boolean;
}

/**
 * Merkle tree over the entries of a journal, built while the lines pass by in O(log n) memory; its shape is that of
 * RFC 9162. A leaf is SHA-256 of byte 0 and the entry's line, a node SHA-256 of byte 1 and both children's hashes in
 * hex: no node can pass for an entry.
 */
export class EntryTree {
  readonly #proved: number | undefined;
  readonly #path: PathStep[] = [];
  readonly #subtrees: Subtree[] = [];
  #size = 0;

  /** `proved`: position of the entry whose path is wanted. */
  constructor(proved?: number) {
    this.#proved = proved;
  }

  /** Entries so far. */
  get size(): number {
    return this.#size;
  }

  add(line: string): void {
    let last: Subtree = { hash: leafHash(line), size: 1, holdsProved: this.#size === this.#proved };
    this.#size++;
    for (let left = this.#subtrees.at(-1); left?.size === last.size; left = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      last = this.#join(left, last);
    }
    this.#subtrees.push(last);
  }

  /** Root over all entries, and the path of the proved one. No more entries after this. Of no entries: of no line. */
  end(): { readonly root: string; readonly path: readonly PathStep[] } {
    let last = this.#subtrees.pop();
    if (!last) return { root: digestText(""), path: [] };
    for (let left = this.#subtrees.pop(); left; left = this.#subtrees.pop()) last = this.#join(left, last);
    return { root: last.hash, path: this.#path };
  }

  #join(left: Subtree, right: Subtree): Subtree {
    if (left.holdsProved) this.#path.push({ hash: right.hash, left: false });
    if (right.holdsProved) this.#path.push({ hash: left.hash, left: true });
    return {
      hash: nodeHash(left.hash, right.hash),
      size: left.size + right.size,
      holdsProved: left.holdsProved || right.holdsProved,
    };
  }
}

/** The root that an entry's line and its path lead to. */
export function rootFromPath(line: string, path: readonly PathStep[]): string {
  let hash = leafHash(line);
  for (const step of path) hash = step.left ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash);
  return hash;
}

const leafHash = (line: string): string => digestText(`\u0000${line}`);
const nodeHash = (left: string, right: string): string => digestText(`\u0001${left}${right}`);
