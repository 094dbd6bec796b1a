import {
  type DeficitRegister,
  DeficitStateError,
  type HaircutTable,
  type LossMoment,
  type Position,
  type WriteOff,
} from "@shortfall/core";
import { allocateLargestRemainder, min } from "@shortfall/math";
import type { CometMarket } from "./market.js";
import type { AbsorbFigures, Outcome } from "./outcome.js";
import { runNativeWaterfall, SUPPLIERS_CLASS } from "./waterfall.js";

/** An absorbed account with what a ledger derives from it. */
export interface Absorption {
  readonly position: Position;
  readonly figures: AbsorbFigures;
  /** The write-off it led to, if it fell short. */
  readonly writeOff?: string;
}

/**
 * Bad debt of a Comet market. The contract records none: each absorb's shortfall is derived, taken by the
 * implicit reserves, and recovered by what later sales bring beyond the credit given, and by donations.
 */
export class CometLosses {
  readonly #market: CometMarket;
  readonly #register: DeficitRegister;
  readonly #absorptions: Absorption[] = [];
  readonly #writeOffs: WriteOff[] = [];
  readonly #figures = new Map<string, AbsorbFigures>();

  constructor(market: CometMarket, register: DeficitRegister) {
    this.#market = market;
    this.#register = register;
  }

  /** Every absorbed account, in order. */
  get absorptions(): readonly Absorption[] {
    return this.#absorptions;
  }

  get writeOffs(): readonly WriteOff[] {
    return this.#writeOffs;
  }

  /** Sum of all shortfalls so far. Base units. */
  get realised(): bigint {
    return this.#writeOffs.reduce((sum, writeOff) => sum + writeOff.recomputed, 0n);
  }

  /** Figures behind a write-off. @throws {DeficitStateError} no such write-off. */
  figuresOf(id: string): AbsorbFigures {
    const figures = this.#figures.get(id);
    if (!figures) throw new DeficitStateError(id, "be read", "no write-off has this id");
    return figures;
  }

  /** Records what an accepted operation means for losses. */
  record(outcome: Outcome, position: Position): void {
    const { absorbed, sale, donated } = outcome;
    if (absorbed) this.#absorb(absorbed, position);
    if (sale && sale.proceeds > sale.cost) this.#recover(sale.proceeds - sale.cost);
    if (donated?.commodity === this.#market.configuration.baseSymbol) this.#recover(donated.amount);
  }

  /**
   * What base suppliers would each lose of a write-off if all bore it alike: only the part that the reserves
   * before it could not pay. Claims stand, so the basis is `implied`; by principal, largest remainder.
   */
  haircuts(id: string): readonly HaircutTable[] {
    const figures = this.figuresOf(id);
    const own = figures.reservesBefore > 0n ? figures.reservesBefore : 0n;
    const borne = figures.shortfall - min(own, figures.shortfall);
    if (borne === 0n || figures.epoch === undefined) return [];
    const { state, configuration, pool } = this.#market;
    const holders = [...state.supply.holders(figures.epoch)];
    const weights = holders.map(([, shares]) => shares);
    const { parts } = holders.length === 0 ? { parts: [] } : allocateLargestRemainder(borne, weights);
    return [
      {
        writeOff: id,
        pool,
        bearer: SUPPLIERS_CLASS,
        asset: configuration.baseSymbol,
        absorbed: borne,
        basis: "implied",
        rows: holders.map(([holder, shares], index) => ({
          account: state.accounts.keyOf(holder),
          shares,
          loss: parts[index]!,
        })),
        dust: holders.length === 0 ? borne : 0n,
        dustOwner: "market",
      },
    ];
  }

  /** The market just before an absorb that fell short, at accrued indexes. Suppliers by principal. */
  momentOf(id: string): LossMoment {
    const figures = this.figuresOf(id);
    const { before } = figures;
    const { state, configuration, pool } = this.#market;
    const rows = [...state.supply.holders(figures.epoch)].map(([holder, shares]) => ({
      account: state.accounts.keyOf(holder),
      shares,
    }));
    const weights = rows.map(({ shares }) => shares);
    return {
      pool,
      asset: configuration.baseSymbol,
      cash: before.cash,
      loans: before.loans,
      reserves: figures.reservesBefore,
      reservesFloor: "none",
      classes: [
        {
          id: SUPPLIERS_CLASS,
          assets: before.suppliers,
          shares: before.supplyPrincipal,
          rows,
          split: (loss) =>
            rows.length === 0 ? { parts: [], dust: loss } : allocateLargestRemainder(loss, weights),
        },
      ],
    };
  }

  #absorb(figures: AbsorbFigures, position: Position): void {
    if (figures.shortfall === 0n && figures.reportedShortfall === 0n) {
      this.#absorptions.push({ position, figures });
      return;
    }
    const { pool, configuration } = this.#market;
    const id = `${position.transaction ?? `block ${position.block}`}:${position.logIndex ?? 0}:${figures.account}`;
    const { layers, uncovered } = runNativeWaterfall(this.#market, id, figures, position);
    this.#register.recognise({
      id,
      pool,
      asset: configuration.baseSymbol,
      borrower: figures.account,
      recognised: figures.shortfall,
      recognisedAt: position,
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, taken })),
      ...(figures.epoch === undefined ? {} : { epoch: figures.epoch }),
    });
    this.#figures.set(id, figures);
    this.#absorptions.push({ position, figures, writeOff: id });
    this.#writeOffs.push({
      id,
      position,
      pool,
      asset: configuration.baseSymbol,
      account: figures.account,
      reported: figures.reportedShortfall,
      recomputed: figures.shortfall,
      source: "AbsorbDebt.basePaidOut less the credit that AbsorbCollateral.usdValue implies",
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, amount: taken })),
      uncovered,
    });
  }

  /** Gives an amount to the deficits still open, oldest first. What is left over belongs to none. */
  #recover(amount: bigint): void {
    let left = amount;
    for (const record of this.#register.all()) {
      if (left === 0n) return;
      const [layer] = record.layers;
      if (layer === undefined) continue;
      const part = min(left, layer.taken - layer.restored);
      if (part === 0n) continue;
      this.#register.recover(record.id, [part], 0n, 0n);
      left -= part;
    }
  }
}
