import {
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  type Position,
  recoverThroughWaterfall,
  runWaterfall,
  ShortfallError,
  type Waterfall,
  type WaterfallDefinition,
  type WaterfallState,
} from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import type { Market } from "./market.js";
import type { Pool } from "./pool.js";
import { claimOf, SHARES } from "./posting.js";
import { totalsOf } from "./step.js";

/** The native waterfall and the contract's own transition disagree: one of the two is modelled wrongly. */
export class NativeWaterfallMismatchError extends ShortfallError {
  readonly code = "SF_NATIVE_WATERFALL";

  constructor(
    readonly market: string,
    readonly quantity: string,
    readonly waterfall: bigint,
    readonly contract: bigint,
  ) {
    super(
      `Market ${market}: the native waterfall leaves ${quantity} at ${waterfall}, the contract at ${contract}. Report it with the history.`,
    );
  }
}

/** What the layers took of one loss. */
export interface NativeOutcome {
  readonly layers: readonly { readonly layer: string; readonly policy: string; readonly amount: bigint }[];
  readonly uncovered: bigint;
}

/** The protocol's own waterfall, run beside the contracts in every market. */
export class NativeWaterfall {
  readonly #pool: Pool;
  readonly #waterfall: Waterfall;
  readonly #states: WaterfallState[];

  constructor(pool: Pool, definition: WaterfallDefinition) {
    this.#pool = pool;
    this.#waterfall = openWaterfall(definition, catalogueRegistry);
    this.#states = pool.markets.map(() => openWaterfallState(this.#waterfall));
  }

  /** Runs a loss down the layers. */
  absorb(
    market: Market,
    deficit: string,
    amountAssets: bigint,
    borrower: string,
    position: Position,
  ): NativeOutcome {
    const outcome = runWaterfall(
      this.#waterfall,
      this.#stateOf(market),
      this.factsOf(market),
      { deficit, amount: amountAssets, borrower, position },
      { trust: "fast" },
    );
    this.#states[market.index] = outcome.state;
    return {
      layers: outcome.layers
        .filter(({ taken }) => taken > 0n)
        .map(({ layer, policy, taken }) => ({ layer, policy, amount: taken })),
      uncovered: outcome.uncovered,
    };
  }

  /** Gives back what was covered. */
  recover(market: Market, amountAssets: bigint, position: Position): void {
    const outcome = recoverThroughWaterfall(
      this.#waterfall,
      this.#stateOf(market),
      this.factsOf(market),
      { amount: amountAssets, position },
      { trust: "fast" },
    );
    if (outcome.excess !== 0n) {
      throw new NativeWaterfallMismatchError(market.token, "excess", outcome.excess, 0n);
    }
    this.#states[market.index] = outcome.state;
  }

  /**
   * What all layers hold open must be the contract's bad debt.
   *
   * @throws {NativeWaterfallMismatchError}
   */
  requireCarried(market: Market, badDebtAssets: bigint): void {
    const carried = this.#stateOf(market).layers.reduce(
      (sum, layer) => sum + layer.taken - layer.restored,
      0n,
    );
    if (carried !== badDebtAssets) {
      throw new NativeWaterfallMismatchError(market.token, "what is carried", carried, badDebtAssets);
    }
  }

  #stateOf(market: Market): WaterfallState {
    return this.#states[market.index] ?? openWaterfallState(this.#waterfall);
  }

  /** The market as the waterfall finds it now. Holders' balances are read when asked for. */
  factsOf(market: Market): PoolFacts {
    const { accounts } = this.#pool;
    return {
      pool: market.token,
      asset: this.#pool.assetOf(market).commodity,
      cash: market.cash,
      loans: market.totalBorrows,
      reserves: market.totalReserves,
      funds: new Map(),
      classes: [
        {
          id: SHARES,
          assets: market.totalSupply === 0n ? 0n : claimOf(totalsOf(market)),
          shares: market.totalSupply,
          sharesOf: (account) => {
            const id = accounts.find(account);
            return id === undefined ? 0n : market.tokens.get(id);
          },
        },
      ],
    };
  }
}
