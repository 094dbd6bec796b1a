import {
  type DeficitRegister,
  type HaircutTable,
  type LossMoment,
  openWaterfallState,
  type Position,
  runWaterfall,
  ShortfallError,
  type WaterfallState,
  type WriteOff,
} from "@shortfall/core";
import { allocateFloor, min } from "@shortfall/math";
import { VIRTUAL_AMOUNT } from "./constants.js";
import { DUST_OWNER, SHARE_CLASS } from "./posting.js";
import type { EulerState } from "./state.js";
import type { SocialisedLoss } from "./step.js";
import type { Vault } from "./vault.js";
import { factsBefore, nativeWaterfall } from "./waterfall.js";

/** Row of the haircut tables for fee shares that nobody has converted yet. */
export const UNCONVERTED_FEES = "unconverted-fees";

/** The native waterfall and the transition disagree about a loss: one of them is wrong. */
export class WaterfallMismatchError extends ShortfallError {
  readonly code = "SF_EULER_WATERFALL_MISMATCH";

  constructor(
    readonly writeOff: string,
    readonly transition: bigint,
    readonly waterfall: bigint,
  ) {
    super(
      `Write-off "${writeOff}": the vault took ${transition}, its native waterfall ${waterfall}. Report this with the history.`,
    );
  }
}

interface Kept {
  readonly writeOff: WriteOff;
  readonly vault: Vault;
  readonly loss: SocialisedLoss;
  readonly absorbed: bigint;
}

/** Losses of a history, with what is needed to say later who bore them. */
export class WriteOffs {
  readonly #state: EulerState;
  readonly #deficits: DeficitRegister;
  readonly #kept = new Map<string, Kept>();
  readonly #waterfalls = new Map<Vault, WaterfallState>();
  readonly #realised = new Map<Vault, bigint>();

  constructor(state: EulerState, deficits: DeficitRegister) {
    this.#state = state;
    this.#deficits = deficits;
  }

  all(): readonly WriteOff[] {
    return [...this.#kept.values()].map((kept) => kept.writeOff);
  }

  /** Σ of a vault's losses. */
  realised(vault: Vault): bigint {
    return this.#realised.get(vault) ?? 0n;
  }

  /**
   * Takes a loss that the transition has settled and runs it through the native waterfall, which must agree.
   * Holders bear at most what there is: a debt may exceed the pool's total, which rounding can leave behind the
   * sum of the accounts. That excess was never theirs, and stays uncovered.
   *
   * @throws {WaterfallMismatchError}
   */
  record(id: string, vault: Vault, loss: SocialisedLoss, reported: bigint, position: Position): void {
    const state = this.#waterfalls.get(vault) ?? openWaterfallState(nativeWaterfall);
    const outcome = runWaterfall(
      nativeWaterfall,
      state,
      factsBefore(vault, loss),
      { deficit: id, amount: loss.assets, borrower: loss.account, position },
      { trust: "fast" },
    );
    const bearable = min(loss.assets, loss.before.cash + loss.before.loans);
    if (outcome.absorbed !== bearable) throw new WaterfallMismatchError(id, bearable, outcome.absorbed);
    this.#waterfalls.set(vault, outcome.state);
    const layers = outcome.layers.map(({ layer, policy, taken }) => ({ layer, policy, amount: taken }));
    this.#deficits.recognise({
      id,
      pool: vault.address,
      asset: vault.symbol,
      borrower: loss.account,
      recognised: loss.assets,
      recognisedAt: position,
      layers: layers.map(({ layer, policy, amount }) => ({ layer, policy, taken: amount })),
      epoch: loss.epoch,
    });
    this.#realised.set(vault, this.realised(vault) + loss.assets);
    const writeOff: WriteOff = {
      id,
      position,
      pool: vault.address,
      asset: vault.symbol,
      account: loss.account,
      reported,
      recomputed: loss.assets,
      source: "DebtSocialized.assets",
      layers,
      uncovered: outcome.uncovered,
    };
    this.#kept.set(id, { writeOff, vault, loss, absorbed: outcome.absorbed });
  }

  /**
   * Who bore a loss: all holders of the moment by their shares, rounded down, unconverted fees among them. The
   * virtual deposit's part and the rest of the rounding are dust.
   */
  haircuts(id: string): readonly HaircutTable[] {
    const kept = this.#kept.get(id);
    if (!kept) return [];
    const { vault, loss, absorbed } = kept;
    const holders = this.#holders(vault, loss);
    const { parts, dust } = splitLoss(absorbed, holders);
    const rows = holders.map((holder, index) => ({ ...holder, loss: parts[index]! }));
    return [
      {
        writeOff: id,
        pool: vault.address,
        bearer: SHARE_CLASS,
        asset: vault.symbol,
        absorbed,
        basis: "realised",
        rows,
        dust,
        dustOwner: DUST_OWNER,
      },
    ];
  }

  /** The vault just before a loss. Its one class claims all that is there, as in the native waterfall. */
  momentOf(id: string): LossMoment | undefined {
    const kept = this.#kept.get(id);
    if (!kept) return undefined;
    const { vault, loss } = kept;
    const facts = factsBefore(vault, loss);
    const rows = this.#holders(vault, loss);
    return {
      pool: facts.pool,
      asset: facts.asset,
      cash: facts.cash,
      loans: facts.loans,
      reserves: facts.reserves,
      classes: facts.classes.map(({ id, assets, shares, virtual }) => ({
        id,
        assets,
        shares,
        ...(virtual === undefined ? {} : { virtual }),
        rows,
        split: (amount: bigint) => splitLoss(amount, rows),
      })),
    };
  }

  #holders(vault: Vault, loss: SocialisedLoss): HolderRow[] {
    const holders: HolderRow[] = [];
    for (const [account, shares] of vault.shares.holders(loss.epoch)) {
      holders.push({ account: this.#state.accounts.keyOf(account), shares });
    }
    if (loss.accumulatedFees > 0n) holders.push({ account: UNCONVERTED_FEES, shares: loss.accumulatedFees });
    return holders;
  }
}

interface HolderRow {
  readonly account: string;
  readonly shares: bigint;
}

/** By shares, rounded down; the virtual deposit's part and the rest of the rounding are dust. */
function splitLoss(amount: bigint, holders: readonly HolderRow[]): { parts: bigint[]; dust: bigint } {
  const { parts } = allocateFloor(amount, [...holders.map((holder) => holder.shares), VIRTUAL_AMOUNT]);
  parts.length = holders.length;
  return { parts, dust: parts.reduce((left, part) => left - part, amount) };
}
