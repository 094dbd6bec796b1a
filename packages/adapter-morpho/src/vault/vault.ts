import { AccountTable, Book, type UndoLog } from "@shortfall/core";
import { Cells } from "../blue/cells.js";

/** Versions of MetaMorpho: in 1.0 a loss lowers the share price, in 1.1 it is kept apart as lost assets. */
export type VaultVersion = "1.0" | "1.1";

const TOTAL_SUPPLY = 0;
const LAST_TOTAL_ASSETS = 1;
const FEE = 2;
const LOST_ASSETS = 3;
const FEE_RECIPIENT = 4;
const SKIM_RECIPIENT = 5;
const SUPPLY_QUEUE = 6;
const WITHDRAW_QUEUE = 7;
const DROPPED = 8;

/** One MetaMorpho vault: its shares, its fee, and how it spreads what it holds over Morpho's markets. */
export class Vault {
  readonly address: string;
  readonly version: VaultVersion;
  readonly asset: string;
  readonly virtualShares: bigint;
  readonly shares: Book;
  readonly #cells: Cells;
  readonly #marketIds = new AccountTable();
  readonly #caps: Book;
  readonly #seen: Book;
  /** Every queue ever set; the cells say which two are in force. */
  readonly #queues: (readonly string[])[] = [[]];

  constructor(
    options: {
      readonly address: string;
      readonly version: VaultVersion;
      readonly asset: string;
      readonly virtualShares: bigint;
    },
    undo: UndoLog,
  ) {
    this.address = options.address;
    this.version = options.version;
    this.asset = options.asset;
    this.virtualShares = options.virtualShares;
    this.shares = new Book(`${options.address} vault shares`, { bits: 256, undo });
    this.#cells = new Cells(9, undo);
    this.#seen = new Book(`${options.address} counted write-offs`, { undo });
    this.#caps = new Book(`${options.address} caps`, { bits: 256, undo });
  }

  get totalSupply(): bigint {
    return this.#cells.get(TOTAL_SUPPLY);
  }
  set totalSupply(value: bigint) {
    this.#cells.set(TOTAL_SUPPLY, value);
  }

  /** Assets at the last fee; what gains are measured from. */
  get lastTotalAssets(): bigint {
    return this.#cells.get(LAST_TOTAL_ASSETS);
  }
  set lastTotalAssets(value: bigint) {
    this.#cells.set(LAST_TOTAL_ASSETS, value);
  }

  /** Wad of gains. */
  get fee(): bigint {
    return this.#cells.get(FEE);
  }
  set fee(value: bigint) {
    this.#cells.set(FEE, value);
  }

  /** Version 1.1: assets that are gone and still in the share price. Never falls. */
  get lostAssets(): bigint {
    return this.#cells.get(LOST_ASSETS);
  }
  set lostAssets(value: bigint) {
    this.#cells.set(LOST_ASSETS, value);
  }

  /** Account id of the fee recipient. */
  get feeRecipientId(): number {
    return Number(this.#cells.get(FEE_RECIPIENT));
  }
  set feeRecipientId(id: number) {
    this.#cells.set(FEE_RECIPIENT, BigInt(id));
  }

  /** Account id of whoever skimmed tokens go to, if it was ever seen. */
  get skimRecipientId(): number | undefined {
    const stored = Number(this.#cells.get(SKIM_RECIPIENT));
    return stored === 0 ? undefined : stored - 1;
  }
  set skimRecipientId(id: number) {
    this.#cells.set(SKIM_RECIPIENT, BigInt(id + 1));
  }

  /** Markets that deposits go to, in order. */
  get supplyQueue(): readonly string[] {
    return this.#queues[Number(this.#cells.get(SUPPLY_QUEUE))]!;
  }
  set supplyQueue(ids: readonly string[]) {
    this.#cells.set(SUPPLY_QUEUE, this.#store(ids));
  }

  /** Markets that count as assets and that withdrawals come from, in order. */
  get withdrawQueue(): readonly string[] {
    return this.#queues[Number(this.#cells.get(WITHDRAW_QUEUE))]!;
  }
  set withdrawQueue(ids: readonly string[]) {
    this.#cells.set(WITHDRAW_QUEUE, this.#store(ids));
  }

  /** Whether a market was dropped with shares in it since the assets were last counted. */
  get hasDropped(): boolean {
    return this.#cells.get(DROPPED) !== 0n;
  }
  set hasDropped(value: boolean) {
    this.#cells.set(DROPPED, value ? 1n : 0n);
  }

  /** Write-offs of a market that the vault has counted. */
  seenLosses(market: string): number {
    const id = this.#marketIds.find(market);
    return id === undefined ? 0 : Number(this.#seen.get(id));
  }

  setSeenLosses(market: string, count: bigint): void {
    this.#seen.set(this.#marketIds.intern(market), count);
  }

  /** Most the vault may supply to a market, in assets. */
  capOf(market: string): bigint {
    const id = this.#marketIds.find(market);
    return id === undefined ? 0n : this.#caps.get(id);
  }

  setCap(market: string, cap: bigint): void {
    this.#caps.set(this.#marketIds.intern(market), cap);
  }

  #store(ids: readonly string[]): bigint {
    this.#queues.push(Object.freeze([...ids]));
    return BigInt(this.#queues.length - 1);
  }
}

/** The vaults of a history, by address. */
export type Vaults = ReadonlyMap<string, Vault>;
