import type { Epoch, PredictedLog } from "@shortfall/core";
import type { BaseIndexes } from "./amounts.js";
import { INDEX_SCALE } from "./constants.js";
import type { CometMarket } from "./market.js";

export type OperationKind =
  | "supply"
  | "withdraw"
  | "transfer"
  | "supply-collateral"
  | "withdraw-collateral"
  | "transfer-collateral"
  | "absorb"
  | "buy-collateral"
  | "withdraw-reserves"
  | "donate"
  | "accrue";

/** The pool's totals that the journal's control accounts must equal. Base units. */
export interface BaseControls {
  readonly cash: bigint;
  readonly loans: bigint;
  readonly suppliers: bigint;
}

/** A collateral's totals after an operation, in its own units. */
export interface CollateralControls {
  readonly index: number;
  readonly held: bigint;
  readonly posted: bigint;
}

/** One absorbed account, as the contract computes it and as a ledger must derive it. Base units. */
export interface AbsorbFigures {
  readonly account: string;
  /** Negative: the debt. */
  readonly oldBalance: bigint;
  /** Base credited for the seized collateral after the penalty. */
  readonly collateralCredit: bigint;
  readonly newBalance: bigint;
  /** AbsorbDebt.basePaidOut: what reserves drop by. */
  readonly basePaidOut: bigint;
  /** Debt that not even the discounted collateral covers, before any layer. */
  readonly shortfall: bigint;
  /** The same from the logs alone. */
  readonly reportedShortfall: bigint;
  /** The market just before, at accrued indexes. */
  readonly before: BaseControls & { readonly supplyPrincipal: bigint };
  /** Reserves just before and after, at accrued indexes. Signed. */
  readonly reservesBefore: bigint;
  readonly reservesAfter: bigint;
  /** Most by which the change of reserves may differ from what was paid, see {@link roundingBound}. */
  readonly roundingBound: bigint;
  readonly seized: readonly { readonly index: number; readonly amount: bigint; readonly credit: bigint }[];
  /** Suppliers' balances at this moment, where there is a loss. */
  readonly epoch?: Epoch;
}

/** A collateral sale: what was paid and what the market had credited for the tokens. Base units. */
export interface SaleFigures {
  readonly index: number;
  readonly amount: bigint;
  readonly proceeds: bigint;
  readonly cost: bigint;
}

/** What an operation did. Its logs come first, for comparison; the rest is for the books. */
export interface Outcome {
  readonly kind: OperationKind;
  /** Whose action it was, where one account's. */
  readonly account?: string;
  /** In the contract's order, token movements included. */
  readonly logs: readonly PredictedLog[];
  /** Valuations after accrual and before the operation; absent where nothing accrued. */
  readonly accrued?: { readonly loans: bigint; readonly suppliers: bigint };
  readonly base: BaseControls;
  readonly collateral: readonly CollateralControls[];
  /** Base tokens in (positive) or out. */
  readonly cashChange: bigint;
  /** Conversions between principal and value, for the rounding bound. */
  readonly conversions: number;
  /** Tokens that came without a claim, by commodity. */
  readonly donated?: { readonly commodity: string; readonly amount: bigint };
  readonly absorbed?: AbsorbFigures;
  readonly sale?: SaleFigures;
  /** Smallest and largest amount of a base transfer that give this outcome. */
  readonly amountRange?: readonly [bigint, bigint];
  /** What the action's amount must have been, where the operation has one. */
  readonly amount?: bigint;
}

/** Base controls of a market at its stored indexes. */
export function baseControls(market: CometMarket): BaseControls {
  const indexes = market.storedIndexes();
  return {
    cash: market.state.baseBalance,
    loans: market.loans(indexes),
    suppliers: market.suppliers(indexes),
  };
}

/** Controls of one collateral. */
export function collateralControls(market: CometMarket, index: number): CollateralControls {
  return {
    index,
    held: market.state.collateralBalance[index]!,
    posted: market.state.totalSupplyAsset[index]!,
  };
}

/**
 * Most base units that an operation's roundings can come to.
 *
 * Turning a value into a principal loses less than one unit of principal, worth the index; reading the old
 * principal loses less than one unit of value, and so does each of the two totals. An operation on two
 * accounts does that twice. A credit that lowers a principal leaves the total alone: one unit of principal
 * more.
 */
export function roundingBound(indexes: BaseIndexes, conversions: number): bigint {
  if (conversions === 0) return 0n;
  const perConversion = (indexes.supplyIndex + indexes.borrowIndex) / INDEX_SCALE + 3n;
  return BigInt(conversions) * perConversion + 2n;
}
