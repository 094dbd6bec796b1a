import { solve } from "./linear-system.js";

export interface ClearingNetwork {
  /** liabilities[i][j]: what i owes j. */
  readonly liabilities: readonly (readonly number[])[];
  /** Assets from outside the network. */
  readonly assets: readonly number[];
  /** Debt to outside the network. */
  readonly external: readonly number[];
  /** Outside debt is paid first; otherwise it shares pro rata. */
  readonly externalSenior: boolean;
  /** Part of outside assets, and of what others pay, that survives a default. 1 for no default costs. */
  readonly alpha: number;
  readonly beta: number;
}

export interface Clearing {
  /** The greatest clearing vector. */
  readonly payments: readonly number[];
  readonly defaulted: readonly number[];
  /** Who fails in which round: later rounds fail because of earlier ones. */
  readonly rounds: readonly (readonly number[])[];
  readonly recovery: readonly number[];
  readonly equity: readonly number[];
  readonly totalShortfall: number;
}

/**
 * Eisenberg and Noe 2001 with the default costs of Rogers and Veraart 2013: starts from full payment, finds
 * who cannot pay, solves for the payments of exactly those, and repeats; at most one round a node.
 */
export function clearing(network: ClearingNetwork): Clearing {
  const { liabilities, external, externalSenior, alpha, beta } = network;
  const n = liabilities.length;
  const nodes = Array.from({ length: n }, (_, i) => i);
  const outside = nodes.map((i) => (externalSenior ? 0 : external[i]!));
  const own = nodes.map((i) => network.assets[i]! - (externalSenior ? external[i]! : 0));
  const owed = nodes.map((i) => liabilities[i]!.reduce((a, b) => a + b, 0) + outside[i]!);
  const share = nodes.map((i) => liabilities[i]!.map((amount) => (owed[i]! > 0 ? amount / owed[i]! : 0)));
  const received = (payments: readonly number[], i: number): number =>
    nodes.reduce((sum, j) => sum + share[j]![i]! * payments[j]!, 0);

  let payments = [...owed];
  const failed = new Set<number>();
  const rounds: number[][] = [];
  for (;;) {
    const round = nodes.filter((i) => {
      const shortfall = owed[i]! - own[i]! - received(payments, i);
      return !failed.has(i) && shortfall > 1e-12 * Math.max(1, owed[i]!);
    });
    if (round.length === 0) break;
    rounds.push(round);
    for (const i of round) failed.add(i);
    payments = defaultPayments([...failed].sort((a, b) => a - b));
  }
  return {
    payments,
    defaulted: [...failed].sort((a, b) => a - b),
    rounds,
    recovery: nodes.map((i) => (owed[i]! > 0 ? payments[i]! / owed[i]! : 1)),
    equity: nodes.map((i) => (failed.has(i) ? 0 : Math.max(0, own[i]! + received(payments, i) - owed[i]!))),
    totalShortfall: nodes.reduce((sum, i) => sum + owed[i]! - payments[i]!, 0),
  };

  function defaultPayments(defaulters: readonly number[]): number[] {
    const matrix = defaulters.map((i) => defaulters.map((j) => (i === j ? 1 : 0) - beta * share[j]![i]!));
    const fromSolvent = defaulters.map((i) =>
      nodes.reduce((sum, j) => sum + (failed.has(j) ? 0 : share[j]![i]! * owed[j]!), 0),
    );
    const constants = defaulters.map((i, k) => alpha * own[i]! + beta * fromSolvent[k]!);
    const solved = solve(matrix, constants);
    const next = [...owed];
    defaulters.forEach((i, k) => {
      next[i] = Math.max(0, solved[k]!);
    });
    return next;
  }
}
