import { AccountTable, Book, UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";
import { ZERO_ADDRESS } from "./constants.js";
import { PriceUnknownError } from "./errors.js";
import { Market, type MarketParameters } from "./market.js";
import type { RateModel } from "./rate-model.js";

/** A token that a market lends or takes. */
export interface Token {
  readonly address: string;
  /** Commodity in the journal: its symbol, or its address where no symbol is known. */
  readonly symbol: string;
  readonly decimals: number;
}

/** Addresses that decide how logs are read. */
export interface Deployment {
  readonly morpho: string;
  readonly adaptiveCurveIrm: string;
  readonly mockIrm: string;
}

const FEE_RECIPIENT = 0;
const OWNER = 1;

/** Everything Morpho Blue stores, its token balances, and the prices last reported. */
export class BlueState {
  readonly deployment: Deployment;
  readonly undo = new UndoLog();
  readonly accounts = new AccountTable();
  readonly markets = new Map<string, Market>();
  readonly tokens = new Map<string, Token>();
  /** By oracle; loan wei per collateral wei, times 1e36. */
  readonly prices = new Map<string, bigint>();
  /** Accounts that hold no tokens, so that what they pay reverts. Only execution asks. */
  readonly penniless = new Set<string>();
  /** Contracts whose token balances are followed. */
  readonly holders = new Set<string>();
  readonly #cells: Cells;
  readonly #pairs = new AccountTable();
  readonly #authorised: Book;
  readonly #holdings = new AccountTable();
  readonly #balances: Book;
  readonly #donated: Book;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    this.#cells = new Cells(2, this.undo);
    this.#authorised = new Book("authorisations", { undo: this.undo });
    this.#balances = new Book("token balances", { bits: 256, undo: this.undo });
    this.#donated = new Book("donated tokens", { bits: 256, undo: this.undo });
    this.accounts.intern(ZERO_ADDRESS);
    this.holders.add(deployment.morpho);
  }

  get feeRecipient(): string {
    return this.accounts.keyOf(this.feeRecipientId);
  }
  get feeRecipientId(): number {
    return Number(this.#cells.get(FEE_RECIPIENT));
  }
  set feeRecipient(address: string) {
    this.#cells.set(FEE_RECIPIENT, BigInt(this.accounts.intern(address)));
  }

  get owner(): string {
    return this.accounts.keyOf(Number(this.#cells.get(OWNER)));
  }
  set owner(address: string) {
    this.#cells.set(OWNER, BigInt(this.accounts.intern(address)));
  }

  isAuthorised(owner: string, manager: string): boolean {
    const id = this.#pairs.find(`${owner}|${manager}`);
    return id !== undefined && this.#authorised.get(id) === 1n;
  }

  setAuthorised(owner: string, manager: string, value: boolean): void {
    this.#authorised.set(this.#pairs.intern(`${owner}|${manager}`), value ? 1n : 0n);
  }

  /** Whether markets may use a rate model or an LLTV. */
  isEnabled(irmOrLltv: string | bigint): boolean {
    return this.isAuthorised("enabled", `${irmOrLltv}`);
  }

  enable(irmOrLltv: string | bigint): void {
    this.setAuthorised("enabled", `${irmOrLltv}`, true);
  }

  /** Tokens that a contract holds, as its Transfers say. */
  balance(holder: string, token: string): bigint {
    const id = this.#holdings.find(`${holder}|${token}`);
    return id === undefined ? 0n : this.#balances.get(id);
  }

  setBalance(holder: string, token: string, value: bigint): void {
    this.#balances.set(this.#holdings.intern(`${holder}|${token}`), value);
  }

  /** Tokens that came to Morpho without an operation. */
  donated(token: string): bigint {
    const id = this.#holdings.find(`donated|${token}`);
    return id === undefined ? 0n : this.#donated.get(id);
  }

  addDonation(token: string, amount: bigint): void {
    this.#donated.add(this.#holdings.intern(`donated|${token}`), amount);
  }

  /** A market as it is created: `lastUpdate` 0 until the transition writes it. */
  addMarket(id: string, parameters: MarketParameters): Market {
    const known = this.markets.get(id);
    if (known) return known;
    const market = new Market(id, parameters, this.#rateModelOf(parameters.irm), this.undo);
    this.markets.set(id, market);
    for (const token of [parameters.loanToken, parameters.collateralToken]) this.token(token);
    return market;
  }

  /** A token, known from now on; 18 decimals and its address as symbol where nothing was said. */
  token(address: string): Token {
    const known = this.tokens.get(address);
    if (known) return known;
    const token = { address, symbol: address, decimals: 18 };
    this.tokens.set(address, token);
    return token;
  }

  /** @throws {PriceUnknownError} */
  priceOf(market: Market): bigint {
    const price = this.prices.get(market.parameters.oracle);
    if (price === undefined) throw new PriceUnknownError(market.parameters.oracle);
    return price;
  }

  /** Tokens of Morpho that its markets account for, donations aside. */
  accountedBalance(token: string): bigint {
    let sum = 0n;
    for (const market of this.markets.values()) {
      if (market.parameters.loanToken === token)
        sum += market.totalSupplyAssets - market.totalBorrowAssets + market.surplus;
      if (market.parameters.collateralToken === token) sum += market.collateral.sum;
    }
    return sum;
  }

  #rateModelOf(irm: string): RateModel {
    if (irm === ZERO_ADDRESS) return "none";
    if (irm === this.deployment.adaptiveCurveIrm) return "adaptive";
    return irm === this.deployment.mockIrm ? "mock" : "reported";
  }
}
