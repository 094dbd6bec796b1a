import type { Accrual } from "./accrual.js";
import { presentValue, presentValueSupplyDown } from "./amounts.js";
import { planTransfer, type TransferPlan } from "./base.js";
import { OBSERVATION } from "./checks.js";
import { INDEX_SCALE } from "./constants.js";
import { CometRefusal } from "./errors.js";
import type { CometMarket } from "./market.js";

/*
 * A base transfer shows only the supply it burns and mints, as present values. With an index of at least 1
 * the value of a principal grows strictly with it, so each amount has one principal or none; an amount
 * without one proves that the index is wrong. The call's own amount mostly stays a small range, whose ends
 * mostly give the same state.
 */

/** The principal with exactly this present value, or undefined if there is none. */
export function principalOfValue(supplyIndex: bigint, value: bigint): bigint | undefined {
  const principal = (value * INDEX_SCALE + supplyIndex - 1n) / supplyIndex;
  return presentValueSupplyDown(supplyIndex, principal) === value ? principal : undefined;
}

/** What the logs show of a transfer; a side that burned or minted nothing is absent. */
export interface TransferLegs {
  readonly source?: string;
  readonly burned: bigint;
  readonly destination?: string;
  readonly minted: bigint;
}

export interface TransferMatch {
  readonly plan: TransferPlan;
  /** All amounts that give this very state. */
  readonly range: readonly [bigint, bigint];
}

/** Amounts tried one by one before the logs count as undetermined. */
const MOST_TRIALS = 20_000n;

/**
 * The different outcomes that agree with the legs, at most two: none means that no base transfer fits, two
 * that the logs do not determine it.
 */
export function matchTransfers(market: CometMarket, accrual: Accrual, legs: TransferLegs): TransferMatch[] {
  const burned = principalOfValue(accrual.supplyIndex, legs.burned);
  const minted = principalOfValue(accrual.supplyIndex, legs.minted);
  if (burned === undefined || minted === undefined) return [];
  const everyone = market.state.accounts.keys().slice();
  const sources = legs.source === undefined ? everyone : [legs.source];
  const destinations = legs.destination === undefined ? everyone : [legs.destination];
  const matches: TransferMatch[] = [];
  for (const source of sources) {
    for (const destination of destinations) {
      if (source === destination) continue;
      const range = amountRange(market, accrual, source, burned, destination, minted);
      if (range === undefined) continue;
      collect(market, accrual, source, destination, burned, minted, range, matches);
      if (matches.length > 1) return matches;
    }
  }
  return matches;
}

const ceilValue = (index: bigint, principal: bigint): bigint =>
  (principal * index + INDEX_SCALE - 1n) / INDEX_SCALE;

/** Amounts x whose two conversions can burn and mint these principals; undefined if none can. */
function amountRange(
  market: CometMarket,
  accrual: Accrual,
  source: string,
  burned: bigint,
  destination: string,
  minted: bigint,
): readonly [bigint, bigint] | undefined {
  const sourceOld = principalOf(market, source);
  const destinationOld = principalOf(market, destination);
  const sourceValue = presentValue(accrual, sourceOld);
  const destinationValue = presentValue(accrual, destinationOld);
  const index = accrual.supplyIndex;
  let low = 0n;
  let high: bigint | undefined;
  const narrow = (from: bigint, to: bigint | undefined): void => {
    if (from > low) low = from;
    if (to !== undefined && (high === undefined || to < high)) high = to;
  };
  if (burned > 0n) {
    if (sourceOld < burned) return undefined;
    const left = sourceOld - burned;
    // Principal `left` is the image of values in [⌈left·i⌉, ⌈(left+1)·i⌉ − 1]; 0 also of any debt.
    narrow(
      sourceValue - ceilValue(index, left + 1n) + 1n,
      left > 0n ? sourceValue - ceilValue(index, left) : undefined,
    );
  } else if (sourceOld > 0n) {
    // Any payment lowers a positive principal: floor(p·i) − 1 is worth less than p.
    return undefined;
  }
  if (minted > 0n) {
    const after = (destinationOld > 0n ? destinationOld : 0n) + minted;
    narrow(ceilValue(index, after) - destinationValue, ceilValue(index, after + 1n) - 1n - destinationValue);
  } else {
    const after = destinationOld > 0n ? destinationOld : 0n;
    narrow(0n, ceilValue(index, after + 1n) - 1n - destinationValue);
  }
  if (high === undefined || low > high) return undefined;
  return [low, high];
}

const principalOf = (market: CometMarket, account: string): bigint => {
  const id = market.state.accounts.find(account);
  return id === undefined ? 0n : market.state.principal(id);
};

/** Adds the distinct outcomes of a range, stopping once there are two in all. */
function collect(
  market: CometMarket,
  accrual: Accrual,
  source: string,
  destination: string,
  burned: bigint,
  minted: bigint,
  [low, high]: readonly [bigint, bigint],
  matches: TransferMatch[],
): void {
  const attempt = (amount: bigint): TransferPlan | undefined => {
    try {
      const plan = planTransfer(market, accrual, source, destination, amount, OBSERVATION);
      return plan.withdrawn === burned && plan.supplied === minted ? plan : undefined;
    } catch (error) {
      if (error instanceof CometRefusal) return undefined;
      throw error;
    }
  };
  const first = attempt(low);
  const last = high === low ? first : attempt(high);
  if (first && last && sameState(first, last)) {
    matches.push({ plan: first, range: [low, high] });
    return;
  }
  let current: { plan: TransferPlan; from: bigint; to: bigint } | undefined;
  const flush = (): void => {
    if (current) matches.push({ plan: current.plan, range: [current.from, current.to] });
    current = undefined;
  };
  for (const amount of trials(market, accrual, source, low, high)) {
    const plan = attempt(amount);
    if (plan && current && sameState(plan, current.plan)) {
      current.to = amount;
      continue;
    }
    flush();
    if (matches.length > 1) return;
    if (plan) current = { plan, from: amount, to: amount };
  }
  flush();
}

/** Amounts in order: those that leave the source without debt, then those that leave an allowed debt. */
function* trials(
  market: CometMarket,
  accrual: Accrual,
  source: string,
  low: bigint,
  high: bigint,
): Generator<bigint> {
  const value = presentValue(accrual, principalOf(market, source));
  const lastWithout = value < high ? value : high;
  const stop = lastWithout - low > MOST_TRIALS ? low + MOST_TRIALS : lastWithout;
  for (let amount = low; amount <= stop; amount++) yield amount;
  const least = value + (market.configuration.baseBorrowMin > 1n ? market.configuration.baseBorrowMin : 1n);
  const start = least > low ? least : low;
  const end = high - start > MOST_TRIALS ? start + MOST_TRIALS : high;
  for (let amount = start; amount <= end; amount++) yield amount;
}

const sameState = (a: TransferPlan, b: TransferPlan): boolean =>
  a.source.principal === b.source.principal && a.destination.principal === b.destination.principal;
