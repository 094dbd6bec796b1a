import { ShortfallError } from "@shortfall/core";
import { divUp, mulDivUp, RAY, type ShareTotals, toSharesUp, type VirtualOffset } from "@shortfall/math";
import { SECONDS_PER_YEAR } from "../constants.js";

/** Virtual amounts of the Hub's share conversion. */
export const HUB_OFFSET: VirtualOffset = { assets: 1_000_000n, shares: 1_000_000n };

/** What both the Hub and each Spoke keep of one asset's borrowing side. */
export interface HubPosition {
  readonly addedShares: bigint;
  readonly drawnShares: bigint;
  readonly premiumShares: bigint;
  /** Subtracted from premium shares at the index; may be negative. */
  readonly premiumOffsetRay: bigint;
  /** Written-off debt, in asset units times 1e27: exact, no unit is ever rounded away. */
  readonly deficitRay: bigint;
}

/** One asset of a Hub. Amounts in base units unless the name says ray. */
export interface HubAsset extends HubPosition {
  readonly liquidityAssets: bigint;
  /** Reinvested outside. */
  readonly sweptAssets: bigint;
  readonly drawnIndexRay: bigint;
  readonly realisedFeesAssets: bigint;
}

/** A Hub asset with the Spoke that acts on it. */
export interface HubPair {
  readonly asset: HubAsset;
  readonly spoke: HubPosition;
}

/** The Hub would revert. */
export class HubRefusalError extends ShortfallError {
  readonly code = "SF_AAVE_HUB_REFUSAL";

  constructor(
    readonly operation: string,
    readonly reason: string,
  ) {
    super(`The Hub refuses "${operation}": ${reason}.`);
  }
}

/** Linear growth of the drawn index over a gap, rounded up: the Hub gains. */
export const accruedDrawnIndexRay = (indexRay: bigint, rateRay: bigint, seconds: bigint): bigint =>
  mulDivUp(indexRay, RAY + (rateRay * seconds) / SECONDS_PER_YEAR, RAY);

/** Premium owed, in ray. */
export const premiumRay = (position: HubPosition, drawnIndexRay: bigint): bigint =>
  position.premiumShares * drawnIndexRay - position.premiumOffsetRay;

/**
 * Claims of all suppliers. The deficit is in it: reporting one lowers nobody's share price. Rounds up once, on
 * the sum of all that is kept in ray.
 */
export function totalAddedAssets(asset: HubAsset): bigint {
  const owedRay =
    asset.drawnShares * asset.drawnIndexRay + premiumRay(asset, asset.drawnIndexRay) + asset.deficitRay;
  return asset.liquidityAssets + asset.sweptAssets + divUp(owedRay, RAY) - asset.realisedFeesAssets;
}

/** Totals that added shares convert by. */
export const hubShareTotals = (asset: HubAsset): ShareTotals => ({
  totalAssets: totalAddedAssets(asset),
  totalShares: asset.addedShares,
});

/** Change of a premium, and by how much it must fall. */
export interface PremiumDelta {
  readonly sharesDelta: bigint;
  readonly offsetDeltaRay: bigint;
  readonly restoredPremiumRay: bigint;
}

/** Result of an operation, with the amounts its event names. */
export interface HubDeficitChange extends HubPair {
  /** Drawn shares written off, or added shares burned. */
  readonly shares: bigint;
  readonly deficitRay: bigint;
}

/**
 * A Spoke reports a debt that nothing secures any more (Hub.reportDeficit): drawn shares and premium become
 * deficit, exactly.
 *
 * @throws {HubRefusalError} more shares than the Spoke has drawn, or a premium that does not fall as said.
 */
export function reportDeficit(pair: HubPair, drawnAssets: bigint, premium: PremiumDelta): HubDeficitChange {
  const { asset, spoke } = pair;
  const { drawnIndexRay } = asset;
  const shares = (drawnAssets * RAY) / drawnIndexRay;
  if (shares > spoke.drawnShares) {
    throw new HubRefusalError("reportDeficit", `${shares} drawn shares of ${spoke.drawnShares}`);
  }
  const deficitRay = shares * drawnIndexRay + premium.restoredPremiumRay;
  const reduce = <P extends HubPosition>(position: P): P => {
    const next = {
      ...position,
      drawnShares: position.drawnShares - shares,
      premiumShares: position.premiumShares + premium.sharesDelta,
      premiumOffsetRay: position.premiumOffsetRay + premium.offsetDeltaRay,
      deficitRay: position.deficitRay + deficitRay,
    };
    const fallen = premiumRay(position, drawnIndexRay) - premiumRay(next, drawnIndexRay);
    if (next.premiumShares < 0n || fallen !== premium.restoredPremiumRay) {
      throw new HubRefusalError(
        "reportDeficit",
        `the premium falls by ${fallen} ray where ${premium.restoredPremiumRay} were restored`,
      );
    }
    return next;
  };
  return { asset: reduce(asset), spoke: reduce(spoke), shares, deficitRay };
}

/**
 * Burns the caller's added shares against a Spoke's deficit (Hub.eliminateDeficit). No tokens move. The whole
 * deficit goes when the amount reaches it, its fraction of a unit included.
 *
 * @throws {HubRefusalError} nothing to cover, or the caller has too few shares.
 */
export function eliminateDeficit(
  asset: HubAsset,
  covered: HubPosition,
  caller: HubPosition,
  amountAssets: bigint,
): HubDeficitChange & { readonly caller: HubPosition } {
  const coveredRay = amountAssets < divUp(covered.deficitRay, RAY) ? amountAssets * RAY : covered.deficitRay;
  if (coveredRay === 0n) throw new HubRefusalError("eliminateDeficit", "there is nothing to cover");
  const shares = toSharesUp(divUp(coveredRay, RAY), hubShareTotals(asset), HUB_OFFSET);
  if (shares > caller.addedShares) {
    throw new HubRefusalError("eliminateDeficit", `${shares} added shares of ${caller.addedShares}`);
  }
  const own = caller === covered;
  const spoke = { ...covered, deficitRay: covered.deficitRay - coveredRay };
  return {
    asset: {
      ...asset,
      addedShares: asset.addedShares - shares,
      deficitRay: asset.deficitRay - coveredRay,
    },
    spoke: own ? { ...spoke, addedShares: spoke.addedShares - shares } : spoke,
    caller: own
      ? { ...spoke, addedShares: spoke.addedShares - shares }
      : { ...caller, addedShares: caller.addedShares - shares },
    shares,
    deficitRay: coveredRay,
  };
}

/** What a liquidation left of an account, as a Spoke looks at it. */
export interface LiquidatedAccount {
  readonly seizedPositionEmpty: boolean;
  /** Collateral positions that were active before it. */
  readonly activeCollaterals: number;
  readonly liquidatedDebtCleared: boolean;
  /** Reserves that the account borrowed before it. */
  readonly borrowedReserves: number;
}

/** Whether a Spoke reports the rest as deficit: by the count of collateral positions, not by their worth. */
export const reportsDeficit = (account: LiquidatedAccount): boolean =>
  account.seizedPositionEmpty &&
  account.activeCollaterals === 1 &&
  (!account.liquidatedDebtCleared || account.borrowedReserves > 1);

/** What a Spoke may still draw under its cap: a deficit counts as owed. Base units, never below 0. */
export function drawHeadroomAssets(spoke: HubPosition, drawnIndexRay: bigint, capAssets: bigint): bigint {
  const owedRay = spoke.drawnShares * drawnIndexRay + premiumRay(spoke, drawnIndexRay) + spoke.deficitRay;
  const owed = divUp(owedRay, RAY);
  return owed < capAssets ? capAssets - owed : 0n;
}
