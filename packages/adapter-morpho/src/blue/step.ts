import type { PredictedLog } from "@shortfall/core";
import { MorphoRefusal } from "./errors.js";
import type { Market, MarketTotals } from "./market.js";
import type { BlueState } from "./state.js";

/** Totals of a market that its control accounts must hold. Base units. */
export interface MarketControls {
  readonly cash: bigint;
  readonly loans: bigint;
  readonly suppliers: bigint;
  readonly collateral: bigint;
}

/** A debt that a liquidation wrote off at once against the market's suppliers. */
export interface LossFigures {
  readonly account: string;
  readonly badDebtAssets: bigint;
  readonly badDebtShares: bigint;
  /** Totals between the repayment and the write-off. */
  readonly before: MarketTotals;
  readonly after: MarketTotals;
  /** Opened in the supply book just before. */
  readonly epoch: number;
}

/** A predicted log and the step it belongs to. */
export interface OrderedLog {
  readonly step: Step;
  readonly log: PredictedLog;
}

/** One thing that happened, with the logs it predicts and what the books need. */
export interface Step {
  readonly kind: string;
  /** Market or vault it belongs to, or Morpho itself. */
  readonly pool: string;
  readonly market?: Market;
  account?: string;
  readonly logs: PredictedLog[];
  /** The run's logs in order, which this step's are part of. */
  readonly order: OrderedLog[];
  /** Loan tokens that came in, less those that went out. */
  cash: bigint;
  /** Collateral tokens that came in, less those that went out. */
  collateral: bigint;
  /** Of what came in, what exceeded the debt by rounding. */
  surplus: bigint;
  /** Interest of an accrual, and the fee shares minted for it. */
  interest?: bigint;
  donated?: { readonly token: string; readonly amount: bigint; readonly total: bigint };
  loss?: LossFigures;
  /** Controls as they stood when it ended. */
  after?: MarketControls;
}

/** A transition in progress: what it may read, and the steps it has made. */
export interface Run {
  readonly state: BlueState;
  /** Block time in seconds. */
  readonly time: bigint;
  /**
   * Whether permissions, health and payers are checked. An observer does not: the chain has done so, and
   * prices need not be known.
   */
  readonly checked: boolean;
  readonly steps: Step[];
  /** All logs, in the order in which the contracts emit them. */
  readonly order: OrderedLog[];
}

export const openRun = (state: BlueState, time: bigint, checked: boolean): Run => ({
  state,
  time,
  checked,
  steps: [],
  order: [],
});

export function openStep(run: Run, kind: string, pool: string, market?: Market, account?: string): Step {
  const step: Step = {
    kind,
    pool,
    ...(market ? { market } : {}),
    ...(account === undefined ? {} : { account }),
    logs: [],
    order: run.order,
    cash: 0n,
    collateral: 0n,
    surplus: 0n,
  };
  run.steps.push(step);
  return step;
}

/** Reads the controls off a market when its step is done. */
export function closeStep(step: Step): void {
  const { market } = step;
  if (market) step.after = controlsOf(market);
}

export const controlsOf = (market: Market): MarketControls => ({
  cash: market.totalSupplyAssets - market.totalBorrowAssets + market.surplus,
  loans: market.totalBorrowAssets,
  suppliers: market.totalSupplyAssets,
  collateral: market.collateral.sum,
});

/** Moves tokens and predicts the Transfer. @throws {MorphoRefusal} the payer holds none. */
export function moveTokens(
  run: Run,
  step: Step,
  token: string,
  from: string,
  to: string,
  amount: bigint,
): void {
  const { state } = run;
  const { morpho } = state.deployment;
  if (run.checked && amount > 0n && state.penniless.has(from)) {
    throw new MorphoRefusal("transferFrom reverted");
  }
  if (state.holders.has(from)) state.setBalance(from, token, state.balance(from, token) - amount);
  if (state.holders.has(to)) state.setBalance(to, token, state.balance(to, token) + amount);
  emit(step, token, "Transfer", { from, to, value: amount });
  // Paid out to the contract itself: it left its market and belongs to none.
  if (from === morpho && to === morpho) {
    recordDonation(run, step, token, amount);
  }
}

/** Tokens that are in Morpho's balance and in no market. */
export function recordDonation(run: Run, step: Step, token: string, amount: bigint): void {
  run.state.addDonation(token, amount);
  step.donated = { token, amount, total: run.state.donated(token) };
}

export function emit(step: Step, address: string, name: string, args: PredictedLog["args"]): void {
  const log = { address, name, args };
  step.logs.push(log);
  step.order.push({ step, log });
}

export function requireThat(condition: boolean, reason: string): void {
  if (!condition) throw new MorphoRefusal(reason);
}
