import { AccountTable } from "../accounts.js";
import { DeficitRegister } from "../deficit.js";
import type { HaircutTable } from "../haircut.js";
import type { Journal } from "../journal/journal.js";
import type { TrialBalanceRow } from "../journal/trial-balance.js";
import type { PoolView } from "../ports/adapter.js";
import type { Position } from "../position.js";
import type { PolicyTrust } from "../waterfall/consult.js";
import { layerCapacities } from "../waterfall/run.js";
import type { WaterfallState } from "../waterfall/waterfall.js";
import { owedAssets } from "./debt.js";
import type { ResolvedDefinition } from "./definition.js";
import { Draft } from "./draft.js";
import { UnknownIdError } from "./errors.js";
import { type HaircutColumns, haircutColumns, haircutTables } from "./haircuts.js";
import type { Pool, Snapshot } from "./pool.js";
import { draftFacts, type OutsideFacts } from "./pool-facts.js";
import type { ShareRule, ShareState } from "./share-rule.js";
import { markedState } from "./supply.js";
import type { LedgerContext } from "./transition.js";
import { poolView, type Solvency, sharePriceRay, solvency } from "./view.js";

/** What an account has in a class, or owes. */
export interface Holding {
  readonly shares: bigint;
  /** In a class: what they redeem for, marks included, rounded down. Of debt: what is owed, rounded up. */
  readonly assets: bigint;
}

/** Totals of a class. */
export interface ClassTotals {
  readonly class: string;
  readonly shares: bigint;
  /** Claim at book value, base units. */
  readonly assets: bigint;
  /** Of it, what marks hold back from the exit price. */
  readonly marked: bigint;
  /** 0 where the share rule has no index. */
  readonly index: bigint;
}

/** A row of a holder list. */
export interface HolderRow extends Holding {
  readonly account: string;
}

/** Everything a ledger can be asked. Amounts are base units; unknown accounts hold 0. */
export abstract class LedgerReader {
  readonly journal: Journal;
  readonly deficits = new DeficitRegister();
  readonly accounts = new AccountTable();
  protected readonly pools = new Map<string, Pool>();
  protected readonly context: LedgerContext;

  protected constructor(journal: Journal, trust: PolicyTrust) {
    this.journal = journal;
    this.context = { accounts: this.accounts, deficits: this.deficits, trust };
  }

  /** @throws {UnknownIdError} */
  protected pool(id: string): Pool {
    const pool = this.pools.get(id);
    if (!pool) throw new UnknownIdError("pool", id, [...this.pools.keys()]);
    return pool;
  }

  /** Ids in order of opening. */
  poolIds(): readonly string[] {
    return [...this.pools.keys()];
  }

  /** A pool's definition with its defaults filled in. */
  definition(pool: string): ResolvedDefinition {
    return this.pool(pool).definition;
  }

  /** What an account holds in a class (the first where none is named). */
  holding(pool: string, account: string, shareClass?: string): Holding {
    const found = this.pool(pool);
    const index = found.classIndex(shareClass);
    const book = found.books[index]!;
    const shares = this.#row((id) => book.get(id), account);
    return worth(found, index, found.totals.classes[index]!, shares);
  }

  /** What an account held when an epoch was opened, at that epoch's book value. */
  holdingAt(pool: string, epoch: number, account: string, shareClass?: string): Holding {
    const found = this.pool(pool);
    const index = found.classIndex(shareClass);
    const { book, epoch: at, state } = found.epoch(epoch).classes[index]!;
    const shares = this.#row((id) => book.at(at, id), account);
    return { shares, assets: assetsOf(found.definition.classes[index]!.shareRule, state, shares) };
  }

  /** Who holds a class, in order of account id; as of an epoch if one is given. */
  *holders(pool: string, shareClass?: string, epoch?: number): Generator<HolderRow> {
    const found = this.pool(pool);
    const index = found.classIndex(shareClass);
    const rule = found.definition.classes[index]!.shareRule;
    const snapshot: Snapshot | undefined =
      epoch === undefined ? undefined : found.epoch(epoch).classes[index]!;
    const book = snapshot?.book ?? found.books[index]!;
    const state = snapshot?.state ?? markedState(found.totals.classes[index]!, found.totals.marked[index]!);
    for (const [id, shares] of book.holders(snapshot?.epoch)) {
      yield { account: this.accounts.keyOf(id), shares, assets: assetsOf(rule, state, shares) };
    }
  }

  /** What an account owes. */
  debt(pool: string, account: string): Holding {
    const found = this.pool(pool);
    const shares = this.#row((id) => found.debt.get(id), account);
    return { shares, assets: owedAssets(found.definition.debtRule, found.totals.debt, shares) };
  }

  /** Who owes, in order of account id. */
  *borrowers(pool: string): Generator<HolderRow> {
    const found = this.pool(pool);
    for (const [id, shares] of found.debt.holders()) {
      yield {
        account: this.accounts.keyOf(id),
        shares,
        assets: owedAssets(found.definition.debtRule, found.totals.debt, shares),
      };
    }
  }

  /** Collateral an account has posted, in the collateral's base units. */
  collateral(pool: string, account: string, asset: string): bigint {
    const found = this.pool(pool);
    const book = found.collateral[found.collateralIndex(asset)]!;
    return this.#row((id) => book.get(id), account);
  }

  /** What recoveries have credited to an account and not paid out. */
  credited(pool: string, account: string): bigint {
    const found = this.pool(pool);
    return this.#row((id) => found.payable.get(id), account);
  }

  /** What layers charged an account and it has not paid. */
  charged(pool: string, account: string): bigint {
    const found = this.pool(pool);
    return this.#row((id) => found.charges.get(id), account);
  }

  /** Tokens a fund holds, in its own asset. */
  fund(pool: string, fund: string): bigint {
    const found = this.pool(pool);
    return found.totals.funds[found.fundIndex(fund)]!.assets;
  }

  /** What an account holds of a fund that has holders. */
  fundHolding(pool: string, fund: string, account: string): Holding {
    const found = this.pool(pool);
    const index = found.fundIndex(fund);
    const { shareRule } = found.definition.funds[index]!;
    const shares = this.#row((id) => found.fundBooks[index]!.get(id), account);
    if (!shareRule) return { shares, assets: 0n };
    return { shares, assets: assetsOf(shareRule, found.totals.funds[index]!, shares) };
  }

  /** Totals of every class, senior first. */
  classes(pool: string): readonly ClassTotals[] {
    const found = this.pool(pool);
    return found.definition.classes.map(({ id }, index) => ({
      class: id,
      ...found.totals.classes[index]!,
      marked: found.totals.marked[index]!,
    }));
  }

  /** What one share redeems for × 1e27, marks included, rounded down. */
  sharePriceRay(pool: string, shareClass?: string): bigint {
    const found = this.pool(pool);
    return sharePriceRay(found, found.classIndex(shareClass));
  }

  /** Opens an epoch by hand, for {@link holdingAt}. Write-offs open their own. */
  checkpoint(pool: string): number {
    return this.pool(pool).checkpoint();
  }

  /** Who bore a write-off, to the unit. O(holders); empty where the loss is carried. */
  haircuts(deficit: string): readonly HaircutTable[] {
    const pool = this.pool(this.deficits.get(deficit).pool);
    return haircutTables(pool, pool.writeOff(deficit), this.accounts);
  }

  /** The same by account id in columns, for classes with millions of holders. */
  haircutColumns(deficit: string): readonly HaircutColumns[] {
    const pool = this.pool(this.deficits.get(deficit).pool);
    return haircutColumns(pool, pool.writeOff(deficit));
  }

  /** The pool in the form that adapters use as well. */
  view(pool: string): PoolView {
    return poolView(this.pool(pool));
  }

  /** All pools, in order of opening. */
  views(): readonly PoolView[] {
    return [...this.pools.values()].map(poolView);
  }

  solvency(pool: string): Solvency {
    return solvency(this.pool(pool));
  }

  /** What every layer has taken and got back, and its policy's own state. */
  waterfallState(pool: string): WaterfallState {
    return this.pool(pool).waterfallState;
  }

  /** What each layer could take now, in loss order. */
  capacities(pool: string, at: Position, outside: OutsideFacts = {}): (bigint | "unlimited")[] {
    const found = this.pool(pool);
    const facts = draftFacts(new Draft(found, this.accounts, "capacities"), this.context, outside);
    return layerCapacities(found.waterfall, found.waterfallState, facts, at, { trust: this.context.trust });
  }

  trialBalance(): TrialBalanceRow[] {
    return this.journal.trialBalance();
  }

  /** Digest of the whole journal. */
  digest(): string {
    return this.journal.digest();
  }

  /**
   * Checks every control account of every pool against its totals, and every book's sum against what its
   * shares say. What each action keeps true; for audits and tests.
   *
   * @throws {ControlMismatchError}
   */
  requireControls(entry = "the last entry"): void {
    for (const pool of this.pools.values()) {
      this.journal.requireControls(
        pool.id,
        pool.controls.map(
          (control) => [control.account, control.commodity, control.of(pool.totals)] as const,
        ),
        entry,
      );
      pool.requireBooks(entry);
    }
  }

  #row(read: (id: number) => bigint, account: string): bigint {
    const id = this.accounts.find(account);
    return id === undefined ? 0n : read(id);
  }
}

function worth(pool: Pool, index: number, state: ShareState, shares: bigint): Holding {
  const { shareRule } = pool.definition.classes[index]!;
  return { shares, assets: assetsOf(shareRule, markedState(state, pool.totals.marked[index]!), shares) };
}

const assetsOf = (rule: ShareRule, state: ShareState, shares: bigint): bigint =>
  shares === 0n ? 0n : rule.assetsOf(state, shares, "down");
