import {
  type DeficitRegister,
  DeficitStateError,
  type HaircutRow,
  type HaircutTable,
  type LossMoment,
  type Position,
  type WriteOff,
} from "@shortfall/core";
import { toAssetsDown } from "./arithmetic.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";
import type { LossFigures, Step } from "./step.js";
import { factsBefore, runNativeWaterfall, SUPPLIERS_CLASS } from "./waterfall.js";

/** Bad debt of Morpho Blue's markets: every write-off, and who bore it. */
export class BlueLosses {
  readonly #state: BlueState;
  readonly #register: DeficitRegister;
  readonly #writeOffs: WriteOff[] = [];
  readonly #figures = new Map<string, { readonly market: Market; readonly loss: LossFigures | undefined }>();
  readonly #realised = new Map<string, bigint>();

  constructor(state: BlueState, register: DeficitRegister) {
    this.#state = state;
    this.#register = register;
  }

  get writeOffs(): readonly WriteOff[] {
    return this.#writeOffs;
  }

  /** Losses of a market so far, in loan wei. */
  realised(market: string): bigint {
    return this.#realised.get(market) ?? 0n;
  }

  has(id: string): boolean {
    return this.#figures.has(id);
  }

  /** Records a liquidation's write-off, if it wrote anything off or says so. Returns its id. */
  record(step: Step, position: Position, reportedLoss: bigint | undefined): string | undefined {
    const { loss, market } = step;
    const recomputed = loss?.badDebtAssets ?? 0n;
    const reported = reportedLoss ?? recomputed;
    if (!market || (recomputed === 0n && reported === 0n)) return undefined;
    const account = step.account ?? "";
    const id = `${position.transaction ?? `block ${position.block}`}:${position.logIndex ?? 0}:${account}`;
    const asset = this.#state.token(market.parameters.loanToken).symbol;
    const layers = loss ? runNativeWaterfall(this.#state, market, id, loss, position).layers : [];
    this.#register.recognise({
      id,
      pool: market.id,
      asset,
      borrower: account,
      recognised: recomputed,
      recognisedAt: position,
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, taken })),
      ...(loss ? { epoch: loss.epoch } : {}),
    });
    this.#figures.set(id, { market, loss });
    this.#realised.set(market.id, this.realised(market.id) + recomputed);
    this.#writeOffs.push({
      id,
      position,
      pool: market.id,
      asset,
      account,
      reported,
      recomputed,
      source: "Liquidate.badDebtAssets",
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, amount: taken })),
      uncovered: 0n,
    });
    return id;
  }

  /**
   * What each supplier could withdraw before the write-off, less what it could after, both rounded down as a
   * withdrawal is. The rest is dust: the part of the virtual shares, and the difference of the roundings,
   * which may be negative by less than one wei a supplier.
   */
  haircuts(id: string): readonly HaircutTable[] {
    const figures = this.#figures.get(id);
    if (!figures) throw new DeficitStateError(id, "be read", "no write-off has this id");
    const { market, loss } = figures;
    if (!loss) return [];
    const rows: HaircutRow[] = [];
    let borne = 0n;
    for (const [holder, shares] of market.supply.holders(loss.epoch)) {
      const was = toAssetsDown(shares, loss.before.totalSupplyAssets, loss.before.totalSupplyShares);
      const is = toAssetsDown(shares, loss.after.totalSupplyAssets, loss.after.totalSupplyShares);
      rows.push({ account: this.#state.accounts.keyOf(holder), shares, loss: was - is });
      borne += was - is;
    }
    return [
      {
        writeOff: id,
        pool: market.id,
        bearer: SUPPLIERS_CLASS,
        asset: this.#state.token(market.parameters.loanToken).symbol,
        absorbed: loss.badDebtAssets,
        basis: "realised",
        rows,
        dust: loss.badDebtAssets - borne,
        dustOwner: "virtual shares",
      },
    ];
  }

  /** The market between the repayment and the write-off; undefined where nothing was written off. */
  momentOf(id: string): LossMoment | undefined {
    const figures = this.#figures.get(id);
    if (!figures) throw new DeficitStateError(id, "be read", "no write-off has this id");
    const { market, loss } = figures;
    if (!loss) return undefined;
    const { classes, ...facts } = factsBefore(this.#state, market, loss);
    const rows = [...market.supply.holders(loss.epoch)].map(([holder, shares]) => ({
      account: this.#state.accounts.keyOf(holder),
      shares,
    }));
    const total = loss.before.totalSupplyShares;
    return {
      pool: facts.pool,
      asset: facts.asset,
      cash: facts.cash,
      loans: facts.loans,
      reserves: facts.reserves,
      classes: classes.map(({ id, assets, shares, virtual }) => ({
        id,
        assets,
        shares,
        ...(virtual === undefined ? {} : { virtual }),
        rows,
        split: (amount: bigint, before: bigint) => {
          let dust = amount;
          const parts = rows.map((row) => {
            const part =
              toAssetsDown(row.shares, before, total) - toAssetsDown(row.shares, before - amount, total);
            dust -= part;
            return part;
          });
          return { parts, dust };
        },
      })),
    };
  }
}
