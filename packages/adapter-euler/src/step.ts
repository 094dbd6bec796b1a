import type { EventArgs, PredictedLog } from "@shortfall/core";
import { ZERO_ADDRESS } from "./constants.js";
import { type Figures, figuresOf } from "./figures.js";
import { Refusal } from "./refusal.js";
import type { EulerState } from "./state.js";
import { sharePriceUp, type Vault } from "./vault.js";

/** A loss as the transition took it. */
export interface SocialisedLoss {
  readonly account: string;
  readonly assets: bigint;
  /** Epoch of the vault's share book at the loss. */
  readonly epoch: number;
  /** Shares of all holders, fees and the virtual deposit included: what the loss is spread over. */
  readonly weight: bigint;
  readonly accumulatedFees: bigint;
  /** The vault as the native waterfall sees it, before the loss. */
  readonly before: Figures;
  readonly totalShares: bigint;
  /** Where the DebtSocialized log stands among the step's logs. */
  readonly log: number;
}

/** What one operation did to one vault's books, to be posted once it is accepted. */
export interface Deed {
  readonly kind: string;
  readonly vault: Vault;
  readonly account?: string;
  readonly before: Figures;
  readonly after: Figures;
  /** Most that rounding can have moved between the vault and its holders, in assets. */
  readonly roundingBound: bigint;
  readonly loss?: SocialisedLoss;
}

/** A moment of a step. */
export interface StepMark {
  readonly logs: number;
  readonly deeds: number;
  readonly accountChecks: readonly string[];
  readonly vaultChecks: readonly Vault[];
}

/**
 * One transaction under way: the logs it predicts, what it does to the books, and the status checks that wait
 * for its end. Everything it writes is in the state's undo log.
 */
export class Step {
  readonly state: EulerState;
  /** Block time, seconds. */
  readonly now: bigint;
  readonly logs: PredictedLog[] = [];
  readonly deeds: Deed[] = [];
  /** Accounts whose health is checked at the end, in order. */
  readonly accountChecks: string[] = [];
  /** Vaults whose status is checked at the end, in order. */
  readonly vaultChecks: Vault[] = [];
  #lag = 0n;

  constructor(state: EulerState, now: bigint) {
    this.state = state;
    this.now = now;
  }

  emit(address: string, name: string, args: EventArgs): void {
    this.logs.push({ address, name, args });
  }

  /** Brings a vault up to date and queues its status check (`initOperation`). */
  open(vault: Vault): void {
    this.touch(vault);
    this.requireVaultCheck(vault);
  }

  /** Brings a vault up to date; interest is a deed of its own. */
  touch(vault: Vault): void {
    vault.save();
    if (vault.lastUpdate === this.now) return;
    if (vault.interestRate === 0n || vault.totalBorrowsOwed === 0n) {
      vault.accrue(this.now);
      return;
    }
    const before = figuresOf(vault);
    vault.accrue(this.now);
    this.deeds.push({ kind: "accrue", vault, before, after: figuresOf(vault), roundingBound: 0n });
  }

  requireVaultCheck(vault: Vault): void {
    if (!this.vaultChecks.includes(vault)) this.vaultChecks.push(vault);
  }

  /** The vault's status has been checked. */
  settleVaultCheck(vault: Vault): void {
    const at = this.vaultChecks.indexOf(vault);
    if (at >= 0) this.vaultChecks.splice(at, 1);
  }

  /** Where the step stands, to come back to if a proposal does not fit. */
  save(): StepMark {
    return {
      logs: this.logs.length,
      deeds: this.deeds.length,
      accountChecks: [...this.accountChecks],
      vaultChecks: [...this.vaultChecks],
    };
  }

  /** Forgets what came after `mark`. The state is rolled back by its own undo log. */
  restore(mark: StepMark): void {
    this.logs.length = mark.logs;
    this.deeds.length = mark.deeds;
    this.accountChecks.splice(0, this.accountChecks.length, ...mark.accountChecks);
    this.vaultChecks.splice(0, this.vaultChecks.length, ...mark.vaultChecks);
  }

  requireAccountCheck(account: string): void {
    if (!this.accountChecks.includes(account)) this.accountChecks.push(account);
  }

  forgiveAccountCheck(account: string): void {
    const at = this.accountChecks.indexOf(account);
    if (at >= 0) this.accountChecks.splice(at, 1);
  }

  isAccountCheckDeferred(account: string): boolean {
    return this.accountChecks.includes(account);
  }

  /** Runs what an operation does to a vault and notes the change of its books. */
  deed(kind: string, vault: Vault, account: string, change: () => void): void {
    this.#note(kind, vault, account, () => {
      change();
      return undefined;
    });
  }

  /** The same for an operation that writes debt off. */
  lossDeed(vault: Vault, account: string, change: () => SocialisedLoss): void {
    this.#note("write-off", vault, account, change);
  }

  #note(kind: string, vault: Vault, account: string, change: () => SocialisedLoss | undefined): void {
    const before = figuresOf(vault);
    const price = sharePriceUp(vault);
    this.#lag = 0n;
    const loss = change();
    const after = figuresOf(vault);
    const roundingBound = price + DEBT_ROUNDING + CONVERSION_ROUNDING + this.#lag;
    this.deeds.push({ kind, vault, account, before, after, roundingBound, ...(loss ? { loss } : {}) });
  }

  /**
   * Tokens move: the log, and the balance of every vault at either end. What comes to a vault without being
   * part of its own operation can be skimmed there.
   */
  pay(token: string, from: string, to: string, value: bigint, by?: Vault): void {
    this.emit(token, "Transfer", { from, to, value });
    if (from === to) return;
    for (const vault of this.state.vaultsOfAsset(token)) {
      if (vault.address !== from && vault.address !== to) continue;
      const move = () => {
        vault.balance += vault.address === to ? value : -value;
        if (vault.balance < 0n) throw new Refusal("the token's own: the vault holds less");
      };
      if (vault === by) move();
      else {
        vault.save();
        this.deed("donate", vault, from, move);
      }
    }
  }

  /** Debt is settled that the pool's total had lost to earlier rounding, in assets rounded up. */
  noteLag(assets: bigint): void {
    this.#lag += assets;
  }

  mintLog(vault: Vault, account: string, shares: bigint): void {
    this.emit(vault.address, "Transfer", { from: ZERO_ADDRESS, to: account, value: shares });
  }

  burnLog(vault: Vault, account: string, shares: bigint): void {
    this.emit(vault.address, "Transfer", { from: account, to: ZERO_ADDRESS, value: shares });
  }
}

/** A repayment rounds the borrower's debt up to whole assets, and the total is shown rounded up. */
const DEBT_ROUNDING = 2n;
/** Two valuations, each cut to whole assets before and after. */
const CONVERSION_ROUNDING = 2n;
