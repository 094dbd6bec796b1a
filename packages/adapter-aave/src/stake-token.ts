import { Book, type UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";
import type { Reserve } from "./reserve.js";

/** A stake token of the Umbrella: an ERC-4626 vault that covers one reserve. */
export class StakeToken {
  readonly symbol: string;
  readonly address: string;
  readonly underlying: string;
  readonly priceFeed: string;
  /** The one reserve whose deficits it pays for. */
  readonly reserve: Reserve;
  readonly decimals: number;
  readonly feeBps: bigint;
  /** Shares by account. */
  readonly shares: Book;
  /** Shares that an account may redeem after its cooldown, and the window. */
  readonly cooldownShares: Cells;
  readonly cooldownEnds: Cells;
  readonly cooldownWindows: Cells;
  /** Wallets of the staked token, from each one's opening balance; the vault's own is its real cash. */
  readonly wallets: Cells;
  readonly #cells: Cells;

  constructor(
    identity: {
      symbol: string;
      address: string;
      underlying: string;
      priceFeed: string;
      reserve: Reserve;
      decimals: number;
      feeBps: bigint;
      wallets?: Cells | undefined;
    },
    undo: UndoLog,
  ) {
    this.symbol = identity.symbol;
    this.address = identity.address;
    this.underlying = identity.underlying;
    this.priceFeed = identity.priceFeed;
    this.reserve = identity.reserve;
    this.decimals = identity.decimals;
    this.feeBps = identity.feeBps;
    this.shares = new Book(`${identity.symbol} shares`, { bits: 256, undo });
    this.cooldownShares = new Cells(undo);
    this.cooldownEnds = new Cells(undo);
    this.cooldownWindows = new Cells(undo);
    // A stake token on a listed asset shares that asset's wallets.
    this.wallets = identity.wallets ?? new Cells(undo);
    this.#cells = new Cells(undo);
  }

  get supplyShares(): bigint {
    return this.#cells.get(0);
  }
  set supplyShares(value: bigint) {
    this.#cells.set(0, value);
  }

  /** What the shares are worth; donations are not in it. */
  get totalAssets(): bigint {
    return this.#cells.get(1);
  }
  set totalAssets(value: bigint) {
    this.#cells.set(1, value);
  }

  /** Price of the staked token, base currency with 8 decimals. */
  get priceBase(): bigint {
    return this.#cells.get(2);
  }
  set priceBase(value: bigint) {
    this.#cells.set(2, value);
  }

  /** Whether the price is the one in force; as for reserves. */
  get priceKnown(): boolean {
    return this.#cells.get(3) !== 0n;
  }
  set priceKnown(known: boolean) {
    this.#cells.set(3, known ? 1n : 0n);
  }
}
