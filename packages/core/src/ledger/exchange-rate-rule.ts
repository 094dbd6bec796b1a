import { mulDivDown, mulDivUp, RAY, WAD } from "@shortfall/math";
import type { ShareRule, ShareState } from "./share-rule.js";

/**
 * Totals behind a rate of 1e18, truncated before it is used: rate = floor(assets · 1e18 / shares), then every
 * conversion goes through the rate. An empty class has the initial rate. Compound v2 and Venus keep their
 * share tokens so; their initial rate is 0.02 · 10^(18 + asset decimals − 8).
 */
export function exchangeRate(options: { readonly initialRateWad?: bigint } = {}): ShareRule {
  const initial = options.initialRateWad ?? WAD;
  if (initial <= 0n) throw new RangeError("exchangeRate needs a positive initial rate.");
  const rateOf = (state: ShareState) =>
    state.shares === 0n ? initial : mulDivDown(state.assets, WAD, state.shares);
  return Object.freeze({
    id: "exchange-rate",
    parameters: Object.freeze({ initialRateWad: initial.toString() }),
    virtual: { assets: 0n, shares: 0n },
    divisor: 0n,
    open: () => ({ shares: 0n, assets: 0n, index: 0n }),
    isPriced: (state) => rateOf(state) > 0n,
    sharesIn: (state, _held, assets, rounding) =>
      (rounding === "down" ? mulDivDown : mulDivUp)(assets, WAD, rateOf(state)),
    sharesOut: (state, _held, assets, rounding) =>
      (rounding === "down" ? mulDivDown : mulDivUp)(assets, WAD, rateOf(state)),
    assetsOf: (state, shares, rounding) =>
      (rounding === "down" ? mulDivDown : mulDivUp)(shares, rateOf(state), WAD),
    move(state, assets, shares) {
      const nextShares = state.shares + shares;
      const moved = state.assets + assets;
      return { shares: nextShares, assets: nextShares === 0n || moved < 0n ? 0n : moved, index: 0n };
    },
    revalue: (state, assets) => ({ shares: state.shares, assets: state.assets + assets, index: 0n }),
    grow: (state, factorRay) => ({
      shares: state.shares,
      assets: mulDivDown(state.assets, factorRay, RAY),
      index: 0n,
    }),
  } satisfies ShareRule);
}
