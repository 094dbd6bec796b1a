import type { ClassFacts, FundFacts, PoolFacts } from "../ports/policy.js";
import { SEARCHED_CLASSES } from "../waterfall/facts.js";
import type { Draft } from "./draft.js";
import type { LedgerContext } from "./transition.js";

/** What the caller adds to a pool's facts: groups that layers may charge, and prices. */
export interface OutsideFacts {
  readonly groups?: Readonly<Record<string, Readonly<Record<string, bigint>>>>;
  readonly prices?: Readonly<Record<string, bigint>>;
}

/** The pool as a draft has it, for policies to look at. */
export function draftFacts(draft: Draft, context: LedgerContext, outside: OutsideFacts): PoolFacts {
  const { definition } = draft.pool;
  const { next } = draft;
  return {
    pool: definition.id,
    asset: definition.asset,
    cash: next.cash,
    loans: next.debt.assets - next.provision,
    reserves: next.reserves,
    reservesFloor: definition.reservesFloor,
    funds: new Map(
      definition.funds.map((fund, index): [string, FundFacts] => [
        fund.id,
        { id: fund.id, balance: next.funds[index]!.assets, floor: fund.floor, asset: fund.asset },
      ]),
    ),
    ...(definition.classes.length > SEARCHED_CLASSES ? { classPositions: draft.pool.classPositions } : {}),
    classes: definition.classes.map((_, index) => classFacts(draft, context, index)),
    ...(outside.groups ? { groups: groupsOf(outside.groups) } : {}),
    ...(outside.prices ? { prices: new Map(Object.entries(outside.prices)) } : {}),
  };
}

function classFacts(draft: Draft, context: LedgerContext, index: number): ClassFacts {
  const { id, shareRule, policiesMoveIndex } = draft.pool.definition.classes[index]!;
  const state = draft.next.classes[index]!;
  const marked = draft.next.marked[index]!;
  const book = draft.pool.books[index]!;
  return {
    id,
    assets: state.assets,
    shares: state.shares,
    ...(!policiesMoveIndex ? {} : { index: { value: state.index, divisor: shareRule.divisor } }),
    ...(marked === 0n ? {} : { marked }),
    ...(shareRule.virtual.shares === 0n ? {} : { virtual: shareRule.virtual }),
    sharesOf(account) {
      const holder = context.accounts.find(account);
      return holder === undefined ? 0n : draft.get(book, holder);
    },
  };
}

const groupsOf = (groups: Readonly<Record<string, Readonly<Record<string, bigint>>>>) =>
  new Map(Object.entries(groups).map(([id, rows]) => [id, new Map(Object.entries(rows))]));
