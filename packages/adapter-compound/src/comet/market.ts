import type { PredictedLog } from "@shortfall/core";
import { projectIndexes } from "./accrual.js";
import {
  type BaseIndexes,
  mulFactorDown,
  mulPriceDown,
  presentValue,
  presentValueBorrowDown,
  presentValueSupplyDown,
  signedMulPrice,
  subtractChecked,
  toInt256,
} from "./amounts.js";
import { type Checks, fail } from "./checks.js";
import type { CollateralAsset, CometConfiguration } from "./configuration.js";
import { CometRefusal, PriceUnknownError } from "./errors.js";
import { CometState } from "./state.js";

/** Bits of `pauseFlags`. */
export const PAUSE = { supply: 1, transfer: 2, withdraw: 4, absorb: 8, buy: 16 } as const;

export type Solvency = "solvent" | "short" | "unknown";
export type CollateralFactor = "borrowCollateralFactor" | "liquidateCollateralFactor";

/** A market: its immutables, its state, and the contract's views on it. */
export class CometMarket {
  readonly configuration: CometConfiguration;
  readonly state: CometState;
  readonly #assetIndex: ReadonlyMap<string, number>;

  constructor(configuration: CometConfiguration) {
    this.configuration = configuration;
    this.state = new CometState(configuration.assets.length);
    this.#assetIndex = new Map(configuration.assets.map((asset, index) => [asset.asset, index]));
  }

  get pool(): string {
    return this.configuration.comet;
  }

  /** Index of a collateral token, or undefined. */
  assetIndex(asset: string): number | undefined {
    return this.#assetIndex.get(asset);
  }

  asset(index: number): CollateralAsset {
    return this.configuration.assets[index]!;
  }

  /** Index of a collateral token. @throws {CometRefusal} BadAsset() */
  requireAsset(asset: string): number {
    const index = this.#assetIndex.get(asset);
    if (index === undefined) throw new CometRefusal("BadAsset()");
    return index;
  }

  requireRunning(operation: keyof typeof PAUSE, checks: Checks): void {
    if ((this.state.pauseFlags & PAUSE[operation]) !== 0) fail(checks, "Paused()");
  }

  requirePermission(owner: string, operator: string, checks: Checks): void {
    if (owner !== operator && !this.state.permissions.has(`${owner}>${operator}`)) {
      fail(checks, "Unauthorized()");
    }
  }

  /** Indexes as stored. */
  storedIndexes(): BaseIndexes {
    return { supplyIndex: this.state.baseSupplyIndex, borrowIndex: this.state.baseBorrowIndex };
  }

  /** What all borrowers owe at the given indexes. */
  loans(indexes: BaseIndexes): bigint {
    return presentValueBorrowDown(indexes.borrowIndex, this.state.totalBorrowBase);
  }

  /** What all suppliers may claim at the given indexes. */
  suppliers(indexes: BaseIndexes): bigint {
    return presentValueSupplyDown(indexes.supplyIndex, this.state.totalSupplyBase);
  }

  /** The residual: base held − claims + debt. Signed. */
  reservesAt(indexes: BaseIndexes): bigint {
    return toInt256(this.state.baseBalance) - this.suppliers(indexes) + this.loans(indexes);
  }

  /** getReserves(): with indexes projected to `time`. @throws {CometRefusal} as the view reverts. */
  reserves(time: bigint): bigint {
    return this.reservesAt(projectIndexes(this.configuration, this.state, time));
  }

  /** getCollateralReserves(): tokens held beyond what is owed back. */
  collateralReserves(index: number): bigint {
    return subtractChecked(this.state.collateralBalance[index]!, this.state.totalSupplyAsset[index]!);
  }

  /**
   * A token's price; 0 is the base, collateral i is i + 1.
   *
   * @returns undefined where none is known and none is required.
   * @throws {CometRefusal} BadPrice(). @throws {PriceUnknownError}
   */
  price(slot: number, checks: Checks): bigint | undefined {
    const price = this.state.prices[slot];
    if (price === undefined) {
      if (!checks.pricesRequired) return undefined;
      throw new PriceUnknownError(
        slot === 0 ? this.configuration.baseToken : this.configuration.assets[slot - 1]!.asset,
      );
    }
    if (price <= 0n) throw new CometRefusal("BadPrice()");
    return price;
  }

  /**
   * isBorrowCollateralized and isLiquidatable: whether collateral weighed by `factor` covers the debt. Stops
   * at the first asset that makes it good, so later prices are not read.
   *
   * @param changed a collateral balance that is about to be stored.
   * @throws {CometRefusal} BadPrice(), Panic(0x11). @throws {PriceUnknownError}
   */
  solvency(
    id: number,
    principal: bigint,
    indexes: BaseIndexes,
    factor: CollateralFactor,
    checks: Checks,
    changed?: { readonly index: number; readonly balance: bigint },
  ): Solvency {
    if (principal >= 0n) return "solvent";
    const basePrice = this.price(0, checks);
    if (basePrice === undefined) return "unknown";
    let liquidity = signedMulPrice(presentValue(indexes, principal), basePrice, this.configuration.baseScale);
    const assets = this.configuration.assets;
    for (let index = 0; index < assets.length; index++) {
      const held = changed?.index === index ? changed.balance : this.state.collateral[index]!.get(id);
      if (held === 0n) continue;
      if (liquidity >= 0n) return "solvent";
      const price = this.price(index + 1, checks);
      if (price === undefined) return "unknown";
      const asset = assets[index]!;
      liquidity += toInt256(mulFactorDown(mulPriceDown(held, price, asset.scale), asset[factor]));
    }
    return liquidity >= 0n ? "solvent" : "short";
  }

  /** Fails with NotCollateralized() or BadPrice() unless the debt is covered for borrowing. */
  requireBorrowCollateral(
    id: number,
    principal: bigint,
    indexes: BaseIndexes,
    checks: Checks,
    changed?: { readonly index: number; readonly balance: bigint },
  ): void {
    try {
      if (this.solvency(id, principal, indexes, "borrowCollateralFactor", checks, changed) === "short") {
        fail(checks, "NotCollateralized()");
      }
    } catch (error) {
      if (error instanceof CometRefusal) fail(checks, error.reason);
      else throw error;
    }
  }

  /** An event of the market itself. */
  event(name: string, args: PredictedLog["args"]): PredictedLog {
    return { address: this.configuration.comet, name, args };
  }

  /** An ERC-20 Transfer. */
  movement(token: string, from: string, to: string, value: bigint): PredictedLog {
    return { address: token, name: "Transfer", args: { from, to, value } };
  }
}
