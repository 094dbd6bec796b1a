import {
  type DeficitRegister,
  DeficitStateError,
  type HaircutRow,
  type HaircutTable,
  type LossMoment,
  type Position,
  type WriteOff,
} from "@shortfall/core";
import { allocateLargestRemainder } from "@shortfall/math";
import type { BlueState } from "../blue/state.js";
import { assetsDown } from "./share-price.js";
import type { Vault } from "./vault.js";
import type { VaultAccrual, VaultControls, VaultStep } from "./vault-step.js";
import { DEPOSITORS_CLASS, runVaultWaterfall } from "./waterfall.js";

interface Figures {
  readonly vault: Vault;
  readonly accrual: VaultAccrual & { readonly epoch: number };
  readonly after: VaultControls;
}

/**
 * Losses of vaults, as they take them in: a write-off of a queued market reaches the vault when it next
 * counts its assets. What interest has made up for by then is not in it. Falls without a write-off behind
 * them are rounding and no loss.
 */
export class VaultLosses {
  readonly #state: BlueState;
  readonly #register: DeficitRegister;
  readonly #writeOffs: WriteOff[] = [];
  readonly #figures = new Map<string, Figures>();
  readonly #realised = new Map<string, bigint>();

  constructor(state: BlueState, register: DeficitRegister) {
    this.#state = state;
    this.#register = register;
  }

  get writeOffs(): readonly WriteOff[] {
    return this.#writeOffs;
  }

  /** Losses that a vault has passed on or carries, in its asset. */
  realised(vault: string): bigint {
    return this.#realised.get(vault) ?? 0n;
  }

  has(id: string): boolean {
    return this.#figures.has(id);
  }

  /** Records what a count of assets lost, if a write-off stands behind it. Returns its id. */
  record(step: VaultStep, position: Position): string | undefined {
    const { vault, accrual, vaultAfter } = step;
    if (!accrual || !vaultAfter || accrual.epoch === undefined || accrual.loss === 0n) return undefined;
    const id = `${position.transaction ?? `block ${position.block}`}:${position.logIndex ?? 0}:${vault.address}`;
    const asset = this.#state.token(vault.asset).symbol;
    const { layers, uncovered } = runVaultWaterfall(this.#state, vault, id, accrual, vaultAfter, position);
    this.#register.recognise({
      id,
      pool: vault.address,
      asset,
      borrower: vault.address,
      recognised: accrual.loss,
      recognisedAt: position,
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, taken })),
      epoch: accrual.epoch,
    });
    this.#figures.set(id, { vault, accrual: { ...accrual, epoch: accrual.epoch }, after: vaultAfter });
    this.#realised.set(vault.address, this.realised(vault.address) + accrual.loss);
    this.#writeOffs.push({
      id,
      position,
      pool: vault.address,
      asset,
      account: vault.address,
      // The logs of the count were equal to the prediction, or the operation would not stand.
      reported: accrual.loss,
      recomputed: accrual.loss,
      source:
        vault.version === "1.0"
          ? "fall from UpdateLastTotalAssets to AccrueInterest.newTotalAssets"
          : "growth of UpdateLostAssets.newLostAssets",
      layers: layers.map(({ layer, policy, taken }) => ({ layer, policy, amount: taken })),
      uncovered,
    });
    return id;
  }

  /**
   * Version 1.0: what each holder could redeem before the count, less what it could after, both rounded down;
   * the rest is dust of the virtual shares and of rounding. Version 1.1: nobody's claim fell, so the table is
   * implied: what each would lose if all bore the loss alike.
   */
  haircuts(id: string): readonly HaircutTable[] {
    const figures = this.#figures.get(id);
    if (!figures) throw new DeficitStateError(id, "be read", "no write-off has this id");
    const { vault, accrual } = figures;
    const holders = [...vault.shares.holders(accrual.epoch)];
    const split =
      vault.version === "1.0"
        ? this.#realisedSplit(figures, holders)
        : impliedSplit(vault, accrual.loss, holders);
    const rows = holders.map(
      ([holder, shares], index): HaircutRow => ({
        account: this.#state.accounts.keyOf(holder),
        shares,
        loss: split.parts[index] ?? 0n,
      }),
    );
    return [
      {
        writeOff: id,
        pool: vault.address,
        bearer: DEPOSITORS_CLASS,
        asset: this.#state.token(vault.asset).symbol,
        absorbed: accrual.loss,
        basis: vault.version === "1.0" ? "realised" : "implied",
        rows,
        dust: split.dust,
        dustOwner: "virtual shares",
      },
    ];
  }

  #realisedSplit(figures: Figures, holders: readonly (readonly [number, bigint])[]) {
    const { accrual, after } = figures;
    const { parts } = fallSplit(figures, holders, accrual.before.depositors, after.depositors);
    return { parts, dust: parts.reduce((left, part) => left - part, accrual.loss) };
  }

  /** The vault just before it counted the loss, which its markets had already. */
  momentOf(id: string): LossMoment | undefined {
    const figures = this.#figures.get(id);
    if (!figures) throw new DeficitStateError(id, "be read", "no write-off has this id");
    const { vault, accrual } = figures;
    const holders = [...vault.shares.holders(accrual.epoch)];
    return {
      pool: vault.address,
      asset: this.#state.token(vault.asset).symbol,
      cash: 0n,
      loans: accrual.before.claims,
      reserves: 0n,
      passedOn: true,
      classes: [
        {
          id: DEPOSITORS_CLASS,
          assets: accrual.before.depositors,
          shares: accrual.totalSupply,
          virtual: { assets: 1n, shares: vault.virtualShares },
          rows: holders.map(([holder, shares]) => ({ account: this.#state.accounts.keyOf(holder), shares })),
          split: (loss, assets) =>
            vault.version === "1.0"
              ? fallSplit(figures, holders, assets, assets - loss)
              : impliedSplit(vault, loss, holders),
        },
      ],
    };
  }
}

/** What each could redeem of `was` assets, less what each could of `is`, both rounded down. */
function fallSplit(
  { vault, accrual }: Figures,
  holders: readonly (readonly [number, bigint])[],
  was: bigint,
  is: bigint,
) {
  const base = { totalSupply: accrual.totalSupply, virtualShares: vault.virtualShares };
  let dust = was - is;
  const parts = holders.map(([, shares]) => {
    const loss =
      assetsDown(shares, { ...base, totalAssets: was }) - assetsDown(shares, { ...base, totalAssets: is });
    dust -= loss;
    return loss;
  });
  return { parts, dust };
}

/** By shares, the virtual ones included; their part is dust. */
function impliedSplit(vault: Vault, loss: bigint, holders: readonly (readonly [number, bigint])[]) {
  const weights = [...holders.map(([, shares]) => shares), vault.virtualShares];
  const { parts } = allocateLargestRemainder(loss, weights);
  return { parts: parts.slice(0, holders.length), dust: parts[holders.length] ?? 0n };
}
