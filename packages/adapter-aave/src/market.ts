import { AccountTable, UndoLog } from "@shortfall/core";
import { MAX_UINT256 } from "@shortfall/math";
import { Category } from "./category.js";
import { Cells } from "./cells.js";
import type { Profile } from "./profiles.js";
import type { Reserve } from "./reserve.js";
import type { StakeToken } from "./stake-token.js";

/** Addresses outside the reserves, lower case. */
export interface MarketAddresses {
  readonly pool: string;
  readonly configurator: string;
  readonly oracle: string;
  readonly flashReceiver: string | undefined;
  readonly treasury: string;
  /** Who may cover deficits. */
  readonly umbrella: string | undefined;
  readonly admin: string | undefined;
}

/** Umbrella roles and periods. */
export interface UmbrellaParameters {
  readonly cooldownSeconds: bigint;
  readonly windowSeconds: bigint;
  readonly recipient: string;
  readonly coverageManager: string;
  readonly admin: string;
}

enum MarketSlot {
  FlashPremium,
  FlashPremiumToProtocol,
}

/** Everything one pool stores, in one place, with one undo log behind it. */
export class Market {
  readonly profile: Profile;
  readonly addresses: MarketAddresses;
  readonly undo: UndoLog;
  readonly accounts = new AccountTable();
  /** By reserve id. */
  readonly reserves: Reserve[] = [];
  readonly reserveByUnderlying = new Map<string, Reserve>();
  readonly categories = new Map<number, Category>();
  readonly stakes: StakeToken[] = [];
  readonly stakeByReserve = new Map<Reserve, StakeToken>();
  /** Bit 2·id: borrows; bit 2·id + 1: uses as collateral. */
  readonly flags: Cells;
  readonly userCategories: Cells;
  /** Accounts whose wallets opened with each reserve's opening funds. */
  readonly funded = new Set<number>();
  umbrella: UmbrellaParameters | undefined;
  readonly #cells: Cells;
  /** Spelling of an address in refusals: checksummed as in the header. */
  readonly #spellings = new Map<string, string>();

  constructor(profile: Profile, addresses: MarketAddresses, undo = new UndoLog()) {
    this.profile = profile;
    this.addresses = addresses;
    this.undo = undo;
    this.flags = new Cells(undo);
    this.userCategories = new Cells(undo);
    this.#cells = new Cells(undo);
  }

  get flashPremiumBps(): bigint {
    return this.#cells.get(MarketSlot.FlashPremium);
  }
  set flashPremiumBps(value: bigint) {
    this.#cells.set(MarketSlot.FlashPremium, value);
  }

  /** Share of the flash premium that goes to the treasury (up to 3.3). */
  get flashPremiumToProtocolBps(): bigint {
    return this.#cells.get(MarketSlot.FlashPremiumToProtocol);
  }
  set flashPremiumToProtocolBps(value: bigint) {
    this.#cells.set(MarketSlot.FlashPremiumToProtocol, value);
  }

  addReserve(reserve: Reserve): void {
    this.reserves[reserve.id] = reserve;
    this.reserveByUnderlying.set(reserve.identity.underlying, reserve);
  }

  addStake(stake: StakeToken): void {
    this.stakes.push(stake);
    this.stakeByReserve.set(stake.reserve, stake);
  }

  /** Category by id, made empty on first sight. */
  openCategory(id: number): Category {
    const known = this.categories.get(id);
    if (known !== undefined) return known;
    const category = new Category(id, this.undo);
    this.categories.set(id, category);
    return category;
  }

  /** Id of an address. */
  account(address: string): number {
    return this.accounts.intern(address);
  }

  address(account: number): string {
    return this.accounts.keyOf(account);
  }

  spell(checksummed: string): void {
    this.#spellings.set(checksummed.toLowerCase(), checksummed);
  }

  spelled(address: string): string {
    return this.#spellings.get(address) ?? address;
  }

  /** Sets what `owner` allows the pool to pull. */
  allow(reserve: Reserve, owner: string, assets: bigint): void {
    reserve.pulled.set(this.account(owner), MAX_UINT256 - assets);
  }

  /**
   * Takes `assets` from what `owner` allowed the pool to pull, and gives what is left; undefined where the
   * token of this release does not report allowances. Owners start with an unlimited one.
   */
  takeAllowance(reserve: Reserve, owner: string, assets: bigint): bigint | undefined {
    if (!this.profile.reportsAllowance || this.isIssued(reserve)) return undefined;
    const account = this.account(owner);
    reserve.pulled.shift(account, assets);
    return MAX_UINT256 - reserve.pulled.get(account);
  }

  /** Whether the pool issues this asset itself and keeps no cash of it (GHO in 3.1 to 3.3). */
  isIssued(reserve: Reserve): boolean {
    return this.profile.issuedAssets && !reserve.parameters.virtualAccounting;
  }

  /** What a wallet holds, where its opening balance is known; undefined elsewhere. */
  fundsOf(reserve: Reserve, owner: string): bigint | undefined {
    const account = this.account(owner);
    if (!this.funded.has(account)) return undefined;
    return reserve.openingFunds + reserve.wallets.get(account);
  }

  /** Real cash of a reserve: the aToken's balance of the underlying. */
  cash(reserve: Reserve): bigint {
    return reserve.wallets.get(this.account(reserve.identity.aToken));
  }

  isCollateral(account: number, reserve: Reserve): boolean {
    return (this.flags.get(account) >> BigInt(2 * reserve.id + 1)) % 2n === 1n;
  }

  isBorrowing(account: number, reserve: Reserve): boolean {
    return (this.flags.get(account) >> BigInt(2 * reserve.id)) % 2n === 1n;
  }

  /** Whether an account owes anything in any reserve, by its bits. */
  isBorrowingAny(account: number): boolean {
    return (this.flags.get(account) & BORROW_BITS) !== 0n;
  }

  setCollateral(account: number, reserve: Reserve, on: boolean): void {
    this.#setBit(account, 2 * reserve.id + 1, on);
  }

  setBorrowing(account: number, reserve: Reserve, on: boolean): void {
    this.#setBit(account, 2 * reserve.id, on);
  }

  /** Category of an account, or undefined for the default one. */
  categoryOf(account: number): Category | undefined {
    return this.categories.get(Number(this.userCategories.get(account)));
  }

  #setBit(account: number, bit: number, on: boolean): void {
    const flags = this.flags.get(account);
    const mask = 1n << BigInt(bit);
    this.flags.set(account, on ? flags | mask : flags & ~mask);
  }
}

/** Every even bit of a 256-bit word. */
const BORROW_BITS = BigInt(`0x${"5".repeat(64)}`);
