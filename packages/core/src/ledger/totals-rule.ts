import {
  mulDivDown,
  RAY,
  toAssetsDown,
  toAssetsUp,
  toSharesDown,
  toSharesUp,
  type VirtualOffset,
} from "@shortfall/math";
import type { ShareRule, ShareState } from "./share-rule.js";

const totals = (state: ShareState) => ({ totalAssets: state.assets, totalShares: state.shares });

function totalsRule(id: string, virtual: VirtualOffset, isPriced: (state: ShareState) => boolean): ShareRule {
  const hasVirtual = virtual.shares > 0n;
  // Without virtual amounts the first share costs one unit; later the totals give the price.
  const offset = (state: ShareState): VirtualOffset =>
    !hasVirtual && state.shares === 0n && state.assets === 0n ? FIRST : virtual;
  return Object.freeze({
    id,
    parameters: Object.freeze({
      virtualAssets: virtual.assets.toString(),
      virtualShares: virtual.shares.toString(),
    }),
    virtual,
    divisor: 0n,
    open: () => ({ shares: 0n, assets: 0n, index: 0n }),
    isPriced,
    sharesIn: (state, _held, assets, rounding) =>
      rounding === "down"
        ? toSharesDown(assets, totals(state), offset(state))
        : toSharesUp(assets, totals(state), offset(state)),
    sharesOut: (state, _held, assets, rounding) =>
      rounding === "down"
        ? toSharesDown(assets, totals(state), offset(state))
        : toSharesUp(assets, totals(state), offset(state)),
    assetsOf: (state, shares, rounding) =>
      rounding === "down"
        ? toAssetsDown(shares, totals(state), offset(state))
        : toAssetsUp(shares, totals(state), offset(state)),
    move(state, assets, shares) {
      const nextShares = state.shares + shares;
      const moved = state.assets + assets;
      // What the last holder's rounding leaves has no owner without virtual shares: it is dust, not a claim.
      const swept = nextShares === 0n && !hasVirtual;
      return { shares: nextShares, assets: swept || moved < 0n ? 0n : moved, index: 0n };
    },
    revalue: (state, assets) => ({ shares: state.shares, assets: state.assets + assets, index: 0n }),
    grow: (state, factorRay) => ({
      shares: state.shares,
      assets: mulDivDown(state.assets, factorRay, RAY),
      index: 0n,
    }),
  } satisfies ShareRule);
}

const FIRST: VirtualOffset = { assets: 1n, shares: 1n };

/**
 * Price = (assets + virtual assets) / (shares + virtual shares), both totals kept exactly. The virtual
 * amounts give an empty pool and a wiped-out one a price, and make inflating the first deposit's price cost
 * its author more than it takes. Morpho Blue uses 1 and 1e6.
 */
export function virtualShares(virtual: VirtualOffset = { assets: 1n, shares: 1_000_000n }): ShareRule {
  if (virtual.assets <= 0n || virtual.shares <= 0n)
    throw new RangeError("virtualShares needs positive virtual amounts; use plainTotals for none.");
  return totalsRule("virtual-shares", virtual, () => true);
}

/**
 * Price = assets / shares, the first share at one unit. After a total loss there is no price: deposits are
 * refused until the class is recapitalised or its shares are retired.
 */
export function plainTotals(): ShareRule {
  return totalsRule(
    "plain-totals",
    { assets: 0n, shares: 0n },
    (state) => state.shares === 0n || state.assets > 0n,
  );
}
