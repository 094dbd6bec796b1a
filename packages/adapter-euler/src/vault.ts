import { Book, type Restorable, type UndoLog } from "@shortfall/core";
import { toAssetsDown } from "@shortfall/math";
import { owedToAssetsUp, product, toOwed } from "./amounts.js";
import { VIRTUAL_AMOUNT, VIRTUAL_DEPOSIT } from "./constants.js";
import { debtTokenOf } from "./debt-token.js";
import { type AccruedTotals, accrue } from "./interest.js";
import { type Ltv, NO_LTV } from "./ltv.js";
import type { VaultParameters, VaultSettings } from "./parameters.js";

/** Order in which `save` hands the scalar figures to the undo log. */
const Figure = {
  Balance: 0,
  Cash: 1,
  TotalShares: 2,
  TotalBorrows: 3,
  AccumulatedFees: 4,
  Accumulator: 5,
  Rate: 6,
  InterestFee: 7,
  LastUpdate: 8,
  ConfigFlags: 9,
  Settings: 10,
} as const;

/**
 * State of one vault as its storage has it. Scalars are plain fields; whoever is about to change them calls
 * `save` first, so that a trial can be taken back.
 */
export class Vault implements Restorable {
  readonly address: string;
  readonly asset: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly unitOfAccount: string;
  readonly debtToken: string;
  /** Tokens at the vault's address. */
  balance: bigint;
  /** Tokens the vault counts; what exceeds it can be skimmed. */
  cash: bigint;
  /** Unconverted fees included. */
  totalShares: bigint;
  totalBorrowsOwed: bigint;
  accumulatedFees: bigint;
  interestAccumulator: bigint;
  interestRate: bigint;
  interestFee: bigint;
  lastUpdate: bigint;
  configFlags: bigint;
  readonly shares: Book;
  /** Debt at each account's own accumulator, in 2^-31. */
  readonly owed: Book;
  /** Accumulator at the account's last debt write. */
  readonly accumulators: Book;
  readonly #undo: UndoLog;
  readonly #settings: VaultSettings[];
  #setting = 0;

  constructor(parameters: VaultParameters, undo: UndoLog) {
    const { initial } = parameters;
    this.address = parameters.address;
    this.asset = parameters.asset;
    this.symbol = parameters.symbol;
    this.decimals = parameters.decimals;
    this.unitOfAccount = parameters.unitOfAccount;
    this.debtToken = debtTokenOf(parameters.address);
    this.balance = parameters.balance;
    this.cash = initial.cash;
    this.totalShares = initial.totalShares;
    this.totalBorrowsOwed = initial.totalBorrowsOwed;
    this.accumulatedFees = initial.accumulatedFees;
    this.interestAccumulator = initial.interestAccumulator;
    this.interestRate = initial.interestRate;
    this.interestFee = initial.interestFee;
    this.lastUpdate = initial.lastUpdate;
    this.configFlags = initial.configFlags;
    this.shares = new Book(`shares of ${parameters.symbol}`, { undo });
    this.owed = new Book(`debt in ${parameters.symbol}`, { bits: 256, undo });
    this.accumulators = new Book(`accumulators of ${parameters.symbol}`, { bits: 256, undo });
    this.#undo = undo;
    this.#settings = [parameters.settings];
  }

  get settings(): VaultSettings {
    return this.#settings[this.#setting]!;
  }

  /** Replaces what governance set. Call `save` first. */
  change(settings: VaultSettings): void {
    this.#settings.length = this.#setting + 1;
    this.#settings.push(settings);
    this.#setting++;
  }

  ltv(collateral: string): Ltv {
    return this.settings.ltvs.get(collateral) ?? NO_LTV;
  }

  /** Records all scalars, so that a rollback brings them back. */
  save(): void {
    const undo = this.#undo;
    undo.record(this, Figure.Balance, this.balance);
    undo.record(this, Figure.Cash, this.cash);
    undo.record(this, Figure.TotalShares, this.totalShares);
    undo.record(this, Figure.TotalBorrows, this.totalBorrowsOwed);
    undo.record(this, Figure.AccumulatedFees, this.accumulatedFees);
    undo.record(this, Figure.Accumulator, this.interestAccumulator);
    undo.record(this, Figure.Rate, this.interestRate);
    undo.record(this, Figure.InterestFee, this.interestFee);
    undo.record(this, Figure.LastUpdate, this.lastUpdate);
    undo.record(this, Figure.ConfigFlags, this.configFlags);
    undo.record(this, Figure.Settings, BigInt(this.#setting));
  }

  restore(figure: number, value: bigint): void {
    switch (figure) {
      case Figure.Balance:
        this.balance = value;
        break;
      case Figure.Cash:
        this.cash = value;
        break;
      case Figure.TotalShares:
        this.totalShares = value;
        break;
      case Figure.TotalBorrows:
        this.totalBorrowsOwed = value;
        break;
      case Figure.AccumulatedFees:
        this.accumulatedFees = value;
        break;
      case Figure.Accumulator:
        this.interestAccumulator = value;
        break;
      case Figure.Rate:
        this.interestRate = value;
        break;
      case Figure.InterestFee:
        this.interestFee = value;
        break;
      case Figure.LastUpdate:
        this.lastUpdate = value;
        break;
      case Figure.ConfigFlags:
        this.configFlags = value;
        break;
      default:
        this.#setting = Number(value);
    }
  }

  /** Totals with interest to `now`, nothing written (`loadVault`). */
  accruedTo(now: bigint): AccruedTotals {
    return accrue(this, this.interestRate, this.interestFee, now);
  }

  /** Writes interest to `now` (`updateVault`). Call `save` first. */
  accrue(now: bigint): void {
    if (now === this.lastUpdate) return;
    const next = this.accruedTo(now);
    this.totalShares = next.totalShares;
    this.totalBorrowsOwed = next.totalBorrowsOwed;
    this.accumulatedFees = next.accumulatedFees;
    this.interestAccumulator = next.interestAccumulator;
    this.lastUpdate = next.lastUpdate;
  }

  /** Debt of `account` at an accumulator, rounded down (`getCurrentOwed`). */
  owedAt(account: number, accumulator: bigint): bigint {
    const owed = this.owed.get(account);
    if (owed === 0n) return 0n;
    return toOwed(product(owed, accumulator) / this.accumulators.get(account));
  }

  /** Debt of `account` at the vault's stored accumulator. */
  owedNow(account: number): bigint {
    return this.owedAt(account, this.interestAccumulator);
  }

  /** Debt in whole assets, rounded up, never refusing: for reports. */
  debtAssets(account: number): bigint {
    const owed = this.owed.get(account);
    if (owed === 0n) return 0n;
    return owedToAssetsUp((owed * this.interestAccumulator) / this.accumulators.get(account));
  }

  /** What borrowers owe, in whole assets rounded up: the pool's own total, not the sum of its accounts. */
  get loans(): bigint {
    return owedToAssetsUp(this.totalBorrowsOwed);
  }

  /** Sides of a conversion, before the virtual deposit. */
  get shareTotals(): { readonly totalAssets: bigint; readonly totalShares: bigint } {
    return { totalAssets: this.cash + this.loans, totalShares: this.totalShares };
  }

  /** Tokens beyond the counted cash; negative where a token took some away. */
  get excess(): bigint {
    return this.balance - this.cash;
  }
}

/** Assets that shares of a vault are worth with interest to `now`, rounded down (`convertToAssets`). */
export function convertToAssets(vault: Vault, shares: bigint, now: bigint): bigint {
  const totals = vault.accruedTo(now);
  return toAssetsDown(
    shares,
    {
      totalAssets: totals.cash + owedToAssetsUp(totals.totalBorrowsOwed),
      totalShares: totals.totalShares,
    },
    VIRTUAL_DEPOSIT,
  );
}

/** Assets that one share is worth, rounded up: no rounding of a conversion moves more. */
export function sharePriceUp(vault: Vault): bigint {
  const assets = vault.cash + vault.loans + VIRTUAL_AMOUNT;
  const shares = vault.totalShares + VIRTUAL_AMOUNT;
  return (assets + shares - 1n) / shares;
}
