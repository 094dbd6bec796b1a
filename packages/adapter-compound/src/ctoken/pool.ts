import { AccountTable, UndoLog } from "@shortfall/core";
import { Cells } from "./cells.js";
import { Market, type MarketFactors, type MarketParameters } from "./market.js";
import { Memberships } from "./membership.js";
import { Purse } from "./purse.js";

/** An underlying token; two markets may share one. */
export interface Asset {
  readonly index: number;
  readonly address: string;
  /** Name in the journal: the symbol, or the address where two tokens share a symbol. */
  readonly commodity: string;
  readonly markets: readonly Market[];
}

/** Adjustable numbers of the Comptroller. */
export interface PoolFactors {
  readonly closeFactorWad: bigint;
  readonly liquidationIncentiveWad: bigint;
  /** USD 1e18; 0 where a protocol has no such limit. */
  readonly minLiquidatableCollateral: bigint;
}

export interface NewMarket {
  readonly parameters: MarketParameters;
  readonly factors: MarketFactors;
}

const CELL = { closeFactor: 0, incentive: 1, minCollateral: 2 } as const;

/** All markets under one Comptroller, with who is in which and what the contracts beside them hold. */
export class Pool {
  readonly undo = new UndoLog();
  readonly accounts = new AccountTable();
  readonly memberships = new Memberships(this.undo);
  readonly comptroller: string;
  readonly markets: readonly Market[];
  readonly assets: readonly Asset[];
  readonly purses: readonly Purse[];
  readonly #cells = new Cells(this.undo, 3);
  readonly #marketByToken: ReadonlyMap<string, Market>;
  readonly #assetByAddress: ReadonlyMap<string, Asset>;
  readonly #purseByAddress: ReadonlyMap<string, Purse>;

  constructor(
    comptroller: string,
    markets: readonly NewMarket[],
    factors: PoolFactors,
    purses: readonly { readonly address: string; readonly owed: string }[],
  ) {
    this.comptroller = comptroller;
    this.markets = markets.map(
      (market, index) => new Market(index, market.parameters, market.factors, this.undo),
    );
    this.assets = assetsOf(this.markets);
    this.purses = purses.map(({ address, owed }) => new Purse(address, owed, this.assets.length, this.undo));
    this.#marketByToken = new Map(this.markets.map((market) => [market.token, market]));
    this.#assetByAddress = new Map(this.assets.map((asset) => [asset.address, asset]));
    this.#purseByAddress = new Map(this.purses.map((purse) => [purse.address, purse]));
    this.closeFactorWad = factors.closeFactorWad;
    this.liquidationIncentiveWad = factors.liquidationIncentiveWad;
    this.minLiquidatableCollateral = factors.minLiquidatableCollateral;
  }

  get closeFactorWad(): bigint {
    return this.#cells.get(CELL.closeFactor);
  }
  set closeFactorWad(value: bigint) {
    this.#cells.set(CELL.closeFactor, value);
  }

  get liquidationIncentiveWad(): bigint {
    return this.#cells.get(CELL.incentive);
  }
  set liquidationIncentiveWad(value: bigint) {
    this.#cells.set(CELL.incentive, value);
  }

  get minLiquidatableCollateral(): bigint {
    return this.#cells.get(CELL.minCollateral);
  }
  set minLiquidatableCollateral(value: bigint) {
    this.#cells.set(CELL.minCollateral, value);
  }

  /** Market of a cToken or vToken address. */
  market(token: string): Market | undefined {
    return this.#marketByToken.get(token);
  }

  /** Asset of an underlying's address. */
  asset(address: string): Asset | undefined {
    return this.#assetByAddress.get(address);
  }

  purse(address: string): Purse | undefined {
    return this.#purseByAddress.get(address);
  }

  assetOf(market: Market): Asset {
    const asset = this.#assetByAddress.get(market.parameters.underlying);
    if (!asset) throw new RangeError(`Market ${market.token} is not of this pool.`);
    return asset;
  }

  /** Sets the price of every market that `subject` (a market or an underlying) names; whether there is one. */
  setPrice(subject: string, price: bigint): boolean {
    const market = this.market(subject);
    const markets = market ? [market] : (this.asset(subject)?.markets ?? []);
    for (const each of markets) each.price = price;
    return markets.length > 0;
  }
}

function assetsOf(markets: readonly Market[]): Asset[] {
  const byAddress = new Map<string, Market[]>();
  for (const market of markets) {
    const { underlying } = market.parameters;
    byAddress.set(underlying, [...(byAddress.get(underlying) ?? []), market]);
  }
  const symbols = [...byAddress.values()].map(([first]) => first?.parameters.symbol ?? "");
  return [...byAddress].map(([address, own], index) => {
    const symbol = symbols[index] ?? address;
    const shared = symbols.indexOf(symbol) !== symbols.lastIndexOf(symbol);
    return { index, address, commodity: shared ? address : symbol, markets: own };
  });
}
