import { mulDivUp, RAY, toAssetsDown } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  accruedDrawnIndexRay,
  drawHeadroomAssets,
  eliminateDeficit,
  HUB_OFFSET,
  type HubAsset,
  type HubPosition,
  HubRefusalError,
  hubShareTotals,
  premiumRay,
  reportDeficit,
  reportsDeficit,
  totalAddedAssets,
} from "./hub.js";

const amount = fc.bigInt({ min: 1n, max: 10n ** 24n });
const market = fc
  .record({
    liquidity: amount,
    drawn: amount,
    other: amount,
    added: amount,
    premium: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    growth: fc.bigInt({ min: 0n, max: RAY }),
  })
  .map(({ liquidity, drawn, other, added, premium, growth }): { asset: HubAsset; spoke: HubPosition } => {
    const spoke = {
      addedShares: added,
      drawnShares: drawn,
      premiumShares: premium,
      premiumOffsetRay: premium * RAY,
      deficitRay: 0n,
    };
    const asset = {
      ...spoke,
      drawnShares: drawn + other,
      liquidityAssets: liquidity,
      sweptAssets: 0n,
      drawnIndexRay: RAY + growth,
      realisedFeesAssets: 0n,
    };
    return { asset, spoke };
  });

describe("deficit of a Hub", () => {
  it("keeps the claims of suppliers when it is reported, to the unit", () => {
    fc.assert(
      fc.property(market, fc.bigInt({ min: 1n, max: 100n }), (pair, part) => {
        const { drawnIndexRay } = pair.asset;
        const drawn = mulDivUp((pair.spoke.drawnShares * part) / 100n, drawnIndexRay, RAY);
        const premium = premiumRay(pair.spoke, drawnIndexRay);
        const delta = {
          sharesDelta: -pair.spoke.premiumShares,
          offsetDeltaRay: -pair.spoke.premiumOffsetRay,
          restoredPremiumRay: premium,
        };
        const { asset, spoke, shares, deficitRay } = reportDeficit(pair, drawn, delta);
        expect(totalAddedAssets(asset)).toBe(totalAddedAssets(pair.asset));
        expect(deficitRay).toBe(shares * drawnIndexRay + premium);
        expect(asset.deficitRay).toBe(spoke.deficitRay);
        expect(shares).toBe((pair.spoke.drawnShares * part) / 100n);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it("is covered exactly, and never at the cost of other suppliers", () => {
    fc.assert(
      fc.property(market, fc.bigInt({ min: 1n, max: 120n }), (pair, percent) => {
        const none = { sharesDelta: 0n, offsetDeltaRay: 0n, restoredPremiumRay: 0n };
        const drawn = mulDivUp(pair.spoke.drawnShares, pair.asset.drawnIndexRay, RAY);
        const reported = reportDeficit(pair, drawn, none);
        const rich = { ...reported.asset, addedShares: reported.asset.addedShares + 10n ** 30n };
        const caller = { ...pair.spoke, addedShares: 10n ** 30n };
        const wanted = (drawn * percent) / 100n;
        if (wanted === 0n) return;
        const result = eliminateDeficit(rich, reported.spoke, caller, wanted);
        expect(result.spoke.deficitRay + result.deficitRay).toBe(reported.spoke.deficitRay);
        expect(result.asset.deficitRay).toBe(result.spoke.deficitRay);
        expect(result.caller.addedShares + result.shares).toBe(caller.addedShares);
        if (percent >= 100n) expect(result.spoke.deficitRay).toBe(0n);
        const sample = 10n ** 20n;
        const before = toAssetsDown(sample, hubShareTotals(rich), HUB_OFFSET);
        const after = toAssetsDown(sample, hubShareTotals(result.asset), HUB_OFFSET);
        expect(after >= before - 1n).toBe(true);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it("takes the fraction of a unit with the last cover", () => {
    const spoke = {
      addedShares: 5n,
      drawnShares: 0n,
      premiumShares: 0n,
      premiumOffsetRay: 0n,
      deficitRay: RAY + 1n,
    };
    const asset = {
      ...spoke,
      liquidityAssets: 5n,
      sweptAssets: 0n,
      drawnIndexRay: RAY,
      realisedFeesAssets: 0n,
    };
    const part = eliminateDeficit(asset, spoke, spoke, 1n);
    expect(part.spoke.deficitRay).toBe(1n);
    const all = eliminateDeficit(asset, spoke, spoke, 2n);
    expect(all.spoke.deficitRay).toBe(0n);
    expect(all.deficitRay).toBe(RAY + 1n);
    expect(all.caller).toEqual(all.spoke);
  });

  it("refuses by name", () => {
    const spoke = {
      addedShares: 0n,
      drawnShares: 1n,
      premiumShares: 0n,
      premiumOffsetRay: 0n,
      deficitRay: RAY,
    };
    const asset = {
      ...spoke,
      liquidityAssets: 9n,
      sweptAssets: 0n,
      drawnIndexRay: RAY,
      realisedFeesAssets: 0n,
    };
    const none = { sharesDelta: 0n, offsetDeltaRay: 0n, restoredPremiumRay: 0n };
    expect(() => reportDeficit({ asset, spoke }, 2n, none)).toThrow(HubRefusalError);
    expect(() => reportDeficit({ asset, spoke }, 1n, { ...none, restoredPremiumRay: 1n })).toThrow(
      HubRefusalError,
    );
    expect(() => eliminateDeficit(asset, spoke, spoke, 0n)).toThrow(/nothing to cover/);
    expect(() => eliminateDeficit(asset, spoke, spoke, 1n)).toThrow(/added shares/);
  });

  it("counts collateral positions, not their worth", () => {
    const account = {
      seizedPositionEmpty: true,
      activeCollaterals: 1,
      liquidatedDebtCleared: false,
      borrowedReserves: 1,
    };
    expect(reportsDeficit(account)).toBe(true);
    expect(reportsDeficit({ ...account, activeCollaterals: 2 })).toBe(false);
    expect(reportsDeficit({ ...account, seizedPositionEmpty: false })).toBe(false);
    expect(reportsDeficit({ ...account, liquidatedDebtCleared: true })).toBe(false);
    expect(reportsDeficit({ ...account, liquidatedDebtCleared: true, borrowedReserves: 2 })).toBe(true);
  });

  it("uses up its Spoke's cap, and its index grows linearly and rounds up", () => {
    const spoke = {
      addedShares: 0n,
      drawnShares: 3n,
      premiumShares: 0n,
      premiumOffsetRay: 0n,
      deficitRay: 1n,
    };
    expect(drawHeadroomAssets(spoke, RAY, 10n)).toBe(6n);
    expect(drawHeadroomAssets(spoke, RAY, 2n)).toBe(0n);
    expect(accruedDrawnIndexRay(RAY + 1n, RAY / 10n, 31_536_000n)).toBe(RAY + RAY / 10n + 2n);
    expect(accruedDrawnIndexRay(RAY, 0n, 100n)).toBe(RAY);
  });
});
