import { allocateRunningFloor, max, min } from "@shortfall/math";
import { RiskInputError } from "../errors.js";

/** A change of one account's shares. */
export interface ShareMove {
  readonly block: number;
  readonly account: string;
  readonly delta: bigint;
}

/**
 * Which balances a loss is shared by. No rule is neutral: `at-event` lets an exit one block before go free,
 * windows catch it and charge the one who only passed through.
 */
export type SnapshotRule =
  | { readonly kind: "at-event" }
  | { readonly kind: "block-before" }
  /** Highest end-of-block balance of the blocks B − N to B. */
  | { readonly kind: "window-max"; readonly blocks: number }
  | { readonly kind: "window-min"; readonly blocks: number }
  /** Σ end-of-block balances of the blocks B − N to B − 1. */
  | { readonly kind: "time-weighted"; readonly blocks: number };

export interface SnapshotAllocation {
  /** In code-point order. */
  readonly accounts: readonly string[];
  readonly weights: readonly bigint[];
  /** Running floor in that order; sums to the loss. */
  readonly allocation: readonly bigint[];
}

/**
 * Shares a loss by balances under a stated rule.
 *
 * @param opening shares before the first move.
 * @throws {AllocationError} nobody has a weight.
 */
export function snapshotAllocation(
  opening: ReadonlyMap<string, bigint>,
  moves: readonly ShareMove[],
  lossBlock: number,
  loss: bigint,
  rule: SnapshotRule,
): SnapshotAllocation {
  const accounts = [...new Set([...opening.keys(), ...moves.map((move) => move.account)])].sort((a, b) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  const weights = accounts.map((account) => {
    const own = moves.filter((move) => move.account === account);
    const endOf = (block: number): bigint =>
      own.reduce((sum, move) => (move.block <= block ? sum + move.delta : sum), opening.get(account) ?? 0n);
    return weight(rule, lossBlock, endOf);
  });
  return { accounts, weights, allocation: allocateRunningFloor(loss, weights).parts };
}

function weight(rule: SnapshotRule, lossBlock: number, endOf: (block: number) => bigint): bigint {
  if (rule.kind === "at-event") return endOf(lossBlock);
  if (rule.kind === "block-before") return endOf(lossBlock - 1);
  if (!Number.isInteger(rule.blocks) || rule.blocks < 1) {
    throw new RiskInputError("policy.blocks", "a whole number of blocks, at least 1", String(rule.blocks));
  }
  const balances = Array.from({ length: rule.blocks }, (_, k) => endOf(lossBlock - rule.blocks + k));
  if (rule.kind === "time-weighted") return balances.reduce((a, b) => a + b, 0n);
  return balances.reduce(rule.kind === "window-max" ? max : min, endOf(lossBlock));
}
