import type { CoverSource, LedgerAction } from "@shortfall/core";
import * as fc from "fast-check";
import type { NaiveLedger } from "./naive-ledger.js";
import type { NaivePool } from "./naive-pool.js";
import type { RuleSpec } from "./rule-spec.js";
import type { LayerSpec, PoolSpec } from "./scenario.js";

/** Accounts that scripts use. */
export const ACCOUNTS = ["ana", "ben", "cho", "dia", "eli"] as const;

/**
 * One step of a script, before it is known what it applies to: amounts and ids are chosen from what the pools
 * hold when it is reached, so that most steps do something and shrinking keeps them meaningful.
 */
export interface Step {
  readonly op: number;
  readonly pool: number;
  readonly who: number;
  readonly other: number;
  readonly pick: number;
  /** How the amount is chosen. */
  readonly mode: number;
  readonly size: bigint;
  readonly seconds: number;
}

/** A script: pools, and what happens to them. */
export interface Script {
  readonly pools: readonly PoolSpec[];
  readonly steps: readonly Step[];
}

const rule: fc.Arbitrary<RuleSpec> = fc.oneof(
  fc.constant<RuleSpec>({ kind: "plain" }),
  fc.constantFrom<RuleSpec>(
    { kind: "virtual", assets: 1n, shares: 1_000_000n },
    { kind: "virtual", assets: 1n, shares: 1n },
    { kind: "virtual", assets: 1_000_000n, shares: 1_000_000n },
  ),
  fc.record({
    kind: fc.constant("index" as const),
    divisor: fc.constantFrom(10n ** 27n, 10n ** 18n, 10n ** 12n),
    halfUp: fc.boolean(),
    indexUp: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("principal" as const),
    divisor: fc.constant(10n ** 15n),
    indexUp: fc.boolean(),
  }),
  fc.constantFrom<RuleSpec>(
    { kind: "rate", initialRateWad: 10n ** 18n },
    { kind: "rate", initialRateWad: 2n * 10n ** 16n },
    { kind: "rate", initialRateWad: 2n * 10n ** 26n },
  ),
);

const CLASS_IDS = ["senior", "mezzanine", "junior"] as const;

/** Pools with any share rules, any funds, and any waterfall of plain layers. */
export function arbitraryPool(id: string): fc.Arbitrary<PoolSpec> {
  return fc
    .record({
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
      debtRule: rule,
      floors: fc.array(fc.constantFrom(0n, 1n, 1000n), { minLength: 0, maxLength: 2 }),
      bonuses: fc.array(fc.constantFrom(0n, 500n, 1000n), { minLength: 0, maxLength: 2 }),
      layers: fc.array(fc.nat(), { minLength: 0, maxLength: 5 }),
      order: fc.constantFrom<PoolSpec["order"]>(
        "same-order",
        "reverse-order",
        "senior-first",
        "junior-first",
        "pro-rata",
      ),
      reserveFactorBps: fc.constantFrom(0n, 1000n, 3333n),
      treasuryFactorBps: fc.constantFrom(0n, 500n),
      closeFactorBps: fc.constantFrom(5000n, 10_000n, 10_000n),
      excess: fc.constantFrom<PoolSpec["excess"]>("reserves", "treasury", "borrower", "refuse"),
      holders: fc.constantFrom<PoolSpec["holders"]>("current-holders", "loss-bearers"),
    })
    .map(({ rules, floors, bonuses, layers, ...rest }) => {
      const classes = rules.map((entry, index) => ({ id: CLASS_IDS[index]!, rule: entry }));
      const funds = floors.map((floor, index) => ({ id: `fund-${index}`, floor }));
      const kinds: LayerSpec[] = [
        ...funds.map(({ id: fund }): LayerSpec => ({ kind: "fund", fund })),
        { kind: "reserve" },
        ...classes.map((entry): LayerSpec => ({ kind: "class", class: entry.id })),
        { kind: "carry" },
      ];
      return {
        id,
        classes,
        funds,
        collateral: bonuses.map((bonusBps, index) => ({ asset: `COL-${index}`, bonusBps })),
        layers: layers.map((pick) => kinds[pick % kinds.length]!),
        ...rest,
      };
    });
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.nat(999),
  pool: fc.nat(1),
  who: fc.nat(ACCOUNTS.length - 1),
  other: fc.nat(ACCOUNTS.length - 1),
  pick: fc.nat(11),
  mode: fc.nat(11),
  size: fc.bigInt(0n, 10n ** 24n),
  seconds: fc.constantFrom(0, 0, 1, 60, 86_400),
});

/** Scripts of at least `minLength` steps over one or two pools. */
export function arbitraryScript(lengths: { minLength: number; maxLength: number }): fc.Arbitrary<Script> {
  return fc.record({
    pools: fc
      .tuple(arbitraryPool("first"), arbitraryPool("second"), fc.boolean())
      .map(([first, second, two]) => (two ? [first, second] : [first])),
    steps: fc.array(step, { ...lengths, size: "max" }),
  });
}

type Make = (step: Step, pool: NaivePool, at: Choice) => LedgerAction;

/** What a step chose: where, who, when. */
interface Choice {
  readonly base: {
    readonly pool: string;
    readonly at: { readonly block: number; readonly timestamp: number };
  };
  /** Anybody. */
  readonly account: string;
  /** Somebody who owes, where anybody does. */
  readonly debtor: string;
  /** Somebody who holds the class. */
  readonly holder: string;
  readonly to: string;
  readonly class: string;
  readonly book: NaivePool["classes"][number];
  readonly fund: string;
  readonly asset: string;
  readonly deficit: string;
}

/** Every kind of action, the common ones more than once. */
const OPERATIONS: readonly Make[] = [
  deposit,
  deposit,
  deposit,
  borrow,
  borrow,
  accrue,
  writeOff,
  writeOff,
  recover,
  recover,
  (s, _pool, { base, account, class: id, book }) => ({
    kind: "mint",
    ...base,
    account,
    class: id,
    shares: amount(s, book.isPriced ? book.sharesFor(s.size % 10n ** 9n, true) : 1n),
  }),
  (s, _pool, { base, holder: account, class: id, book }) => ({
    kind: "withdraw",
    ...base,
    account,
    class: id,
    assets: s.pick % 4 === 0 ? "all" : amount(s, book.isPriced ? book.worth(book.of(account), false) : 1n),
  }),
  (s, _pool, { base, holder: account, class: id, book }) => ({
    kind: "redeem",
    ...base,
    account,
    class: id,
    shares: amount(s, book.of(account)),
  }),
  (s, _pool, { base, holder: account, to, class: id, book }) => ({
    kind: "transfer",
    ...base,
    account,
    to,
    class: id,
    shares: amount(s, book.of(account)),
  }),
  (s, pool, { base, debtor: account }) => ({
    kind: "repay",
    ...base,
    account,
    assets: s.pick % 3 === 0 ? "all" : amount(s, owed(pool, account)),
  }),
  (s, _pool, { base, account, asset }) => ({
    kind: "post-collateral",
    ...base,
    account,
    asset,
    amount: amount(s, s.size % 10n ** 9n),
  }),
  (s, pool, { base, account, asset }) => ({
    kind: "withdraw-collateral",
    ...base,
    account,
    asset,
    amount: amount(s, pool.collateral.get(asset)?.get(account) ?? 0n),
  }),
  (s, pool, { base, debtor: account, to, asset }) => ({
    kind: "liquidate",
    ...base,
    account,
    liquidator: to,
    asset,
    repay: amount(s, (owed(pool, account) * pool.spec.closeFactorBps) / 10_000n),
    price: { numerator: 1n + (s.size % 997n), denominator: 1n + BigInt(s.pick) },
  }),
  (_s, _pool, { base, deficit }) => ({ kind: "realise", ...base, deficit }),
  (_s, _pool, { base, deficit }) => ({ kind: "reverse", ...base, deficit }),
  cover,
  (s, pool, { base, account }) => ({
    kind: "claim",
    ...base,
    account,
    ...(s.pick % 2 === 0 ? {} : { assets: amount(s, pool.credited.get(account) ?? 0n) }),
  }),
  (s, _pool, { base, account, fund }) => ({
    kind: "top-up-fund",
    ...base,
    account,
    fund,
    assets: amount(s, s.size % 10n ** 9n),
  }),
  (s, pool, { base, account, fund }) => ({
    kind: "withdraw-fund",
    ...base,
    account,
    fund,
    assets: amount(s, pool.funds.get(fund) ?? 0n),
  }),
  (s, _pool, { base, account, class: id }) => ({
    kind: "recapitalise",
    ...base,
    account,
    class: id,
    assets: amount(s, s.size % 10n ** 6n),
  }),
  (_s, _pool, { base, class: id }) => ({ kind: "retire-class", ...base, class: id }),
  (s, _pool, { base, account }) => ({
    kind: "add-reserves",
    ...base,
    account,
    assets: amount(s, s.size % 10n ** 6n),
  }),
  (s, pool, { base, account }) => ({
    kind: "withdraw-reserves",
    ...base,
    account,
    assets: amount(s, pool.reserves),
  }),
  (s, pool, { base }) => ({ kind: "pay-treasury", ...base, assets: amount(s, pool.treasury) }),
];

function deposit(s: Step, _pool: NaivePool, { base, account, class: id }: Choice): LedgerAction {
  return { kind: "deposit", ...base, account, class: id, assets: amount(s, s.size % 10n ** 12n) };
}

function borrow(s: Step, pool: NaivePool, { base, account }: Choice): LedgerAction {
  return { kind: "borrow", ...base, account, assets: amount(s, pool.cash) };
}

function accrue(s: Step, pool: NaivePool, { base }: Choice): LedgerAction {
  if (s.pick % 2 === 0) return { kind: "accrue", ...base, interest: amount(s, pool.debt.assets / 10n) };
  return { kind: "accrue", ...base, ratePerSecondRay: s.size % 10n ** 21n };
}

function writeOff(s: Step, pool: NaivePool, { base, debtor: account }: Choice): LedgerAction {
  return {
    kind: "write-off",
    ...base,
    account,
    ...(s.pick % 3 === 0 ? { assets: amount(s, owed(pool, account)) } : {}),
    ...(s.other === 0 ? { provisional: true } : {}),
    ...(s.other === 1 ? {} : { collateral: "keep" as const }),
  };
}

function recover(s: Step, pool: NaivePool, { base, deficit }: Choice): LedgerAction {
  const record = pool.deficits.find(({ id }) => id === deficit);
  return {
    kind: "recover",
    ...base,
    deficit,
    assets: amount(s, record?.assets ?? 1n),
    ...(s.pick % 3 === 0 ? { holders: "loss-bearers" as const } : {}),
    ...(s.pick % 3 === 1 ? { holders: "current-holders" as const } : {}),
  };
}

function cover(
  s: Step,
  pool: NaivePool,
  { base, holder: account, class: id, fund, deficit }: Choice,
): LedgerAction {
  const sources: readonly CoverSource[] = [
    { kind: "payer", account },
    { kind: "fund", fund },
    { kind: "reserves" },
    { kind: "shares", class: id, account },
    { kind: "waterfall" },
  ];
  return {
    kind: "cover",
    ...base,
    deficit,
    assets: amount(s, pool.carried),
    by: sources[s.other % sources.length]!,
  };
}

const owed = (pool: NaivePool, account: string): bigint => pool.debt.owed(account);

/** An amount about what is available: exactly, one off, a part, or something else altogether. */
function amount(s: Step, available: bigint): bigint {
  switch (s.mode) {
    case 0:
      return available;
    case 1:
      return available + 1n;
    case 2:
      return available - 1n;
    case 3:
      return 1n;
    case 4:
      return s.size;
    case 5:
      return s.size % 1000n;
    default:
      return (available * (1n + (s.size % 1000n))) / 1000n;
  }
}

/** The action that a step stands for, given what the pools hold now. */
export function actionOf(s: Step, ledger: NaiveLedger, block: number): LedgerAction {
  const pools = [...ledger.pools.values()];
  const pool = pools[s.pool % pools.length]!;
  const index = s.pick % pool.classes.length;
  const spec = pool.spec;
  const pickId = (ids: readonly string[], missing: string) => ids[s.pick % ids.length] ?? missing;
  // One step in sixty goes back in time and must be refused.
  const timestamp = s.pick === 11 && s.mode === 11 ? pool.timestamp - 1 : pool.timestamp + s.seconds;
  const debtors = ACCOUNTS.filter((account) => pool.debt.of(account) > 0n);
  const holders = ACCOUNTS.filter((account) => pool.classes[index]!.of(account) > 0n);
  // Seven times in eight somebody for whom the action can mean something.
  const among = (some: readonly string[]) =>
    (s.size & 7n) === 0n || some.length === 0 ? ACCOUNTS[s.who]! : some[s.who % some.length]!;
  const choice: Choice = {
    base: { pool: spec.id, at: { block, timestamp } },
    account: ACCOUNTS[s.who]!,
    debtor: among(debtors),
    holder: among(holders),
    to: ACCOUNTS[s.other]!,
    class: spec.classes[index]!.id,
    book: pool.classes[index]!,
    fund: pickId(
      spec.funds.map(({ id }) => id),
      "no fund",
    ),
    asset: pickId(
      spec.collateral.map(({ asset }) => asset),
      "no collateral",
    ),
    deficit: pickId(
      pool.deficits.map(({ id }) => id),
      "no deficit",
    ),
  };
  const make = OPERATIONS[s.op % OPERATIONS.length]!;
  const action = make(s, pool, choice);
  // What the pool does not have is asked for now and then, to be refused; else a deposit keeps things going.
  const missing =
    ("fund" in action && spec.funds.length === 0) ||
    ("asset" in action && spec.collateral.length === 0) ||
    ("deficit" in action && action.deficit === "no deficit");
  return missing && (s.size & 15n) !== 0n ? deposit(s, pool, choice) : action;
}
