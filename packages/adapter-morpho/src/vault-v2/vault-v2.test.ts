import { UndoLog } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Market } from "../blue/market.js";
import {
  accrueVaultV2,
  MAX_MANAGEMENT_FEE,
  MAX_MAX_RATE,
  MAX_PERFORMANCE_FEE,
  nextTransaction,
  type VaultV2State,
} from "./accrual.js";
import { adapterAssets, burnAdapterShares } from "./market-adapter.js";
import { enterVaultV2, exitVaultV2, forceDeallocateV2 } from "./share-flow.js";

const vault = (change: Partial<VaultV2State> = {}): VaultV2State => ({
  totalAssets: 1000n * WAD,
  totalSupply: 1000n * WAD,
  virtualShares: 1n,
  lastUpdate: 1000n,
  maxRate: MAX_MAX_RATE,
  performanceFee: 0n,
  managementFee: 0n,
  canPayPerformanceFee: true,
  canPayManagementFee: true,
  firstTotalAssets: 0n,
  ...change,
});

describe("accrual", () => {
  it("takes a loss at once", () => {
    const { state, loss, interest } = accrueVaultV2(vault(), 900n * WAD, 1001n);
    expect({ loss, interest, total: state.totalAssets }).toEqual({
      loss: 100n * WAD,
      interest: 0n,
      total: 900n * WAD,
    });
  });

  it("releases a gain no faster than the rate, and says what it withholds", () => {
    const { state, interest, withheld } = accrueVaultV2(vault(), 2000n * WAD, 1010n);
    expect(interest).toBe((1000n * WAD * 10n * MAX_MAX_RATE) / WAD);
    expect(withheld).toBe(2000n * WAD - state.totalAssets);
  });

  it("counts nothing twice in a transaction, a loss neither", () => {
    const first = accrueVaultV2(vault(), 1000n * WAD, 1001n).state;
    expect(accrueVaultV2(first, 0n, 1001n)).toMatchObject({ state: first, loss: 0n });
    expect(accrueVaultV2(nextTransaction(first), 0n, 1001n).loss).toBe(1000n * WAD);
  });

  it("charges the management fee also while the total falls, the performance fee on gains only", () => {
    const fees = { performanceFee: MAX_PERFORMANCE_FEE, managementFee: MAX_MANAGEMENT_FEE };
    const falling = accrueVaultV2(vault(fees), 900n * WAD, 1000n + 86_400n);
    expect(falling.performanceFeeShares).toBe(0n);
    expect(falling.managementFeeShares).toBeGreaterThan(0n);
    const unpaid = accrueVaultV2(vault({ ...fees, canPayManagementFee: false }), 900n * WAD, 90_000n);
    expect(unpaid.managementFeeShares).toBe(0n);
  });

  it("mints both fees from one supply at the price after both, rounded down", () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 30n),
        fc.bigInt(1n, 10n ** 30n),
        fc.bigInt(0n, 10n ** 31n),
        fc.bigInt(0n, 31_536_000n),
        (totalAssets, totalSupply, real, elapsed) => {
          const before = vault({
            totalAssets,
            totalSupply,
            performanceFee: MAX_PERFORMANCE_FEE,
            managementFee: MAX_MANAGEMENT_FEE,
          });
          const { state, interest, managementFeeShares, performanceFeeShares } = accrueVaultV2(
            before,
            real,
            1000n + elapsed,
          );
          const performance = (interest * MAX_PERFORMANCE_FEE) / WAD;
          const management = (state.totalAssets * elapsed * MAX_MANAGEMENT_FEE) / WAD;
          const price = state.totalAssets - performance - management + 1n;
          for (const [shares, fee] of [
            [performanceFeeShares, performance],
            [managementFeeShares, management],
          ] as const) {
            const exact = fee * (totalSupply + 1n);
            expect(shares * price <= exact && exact < (shares + 1n) * price).toBe(true);
          }
          expect(state.totalSupply).toBe(totalSupply + performanceFeeShares + managementFeeShares);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it("refuses time that runs backwards", () => {
    expect(() => accrueVaultV2(vault(), 1n, 999n)).toThrowError(/last accrual/);
  });
});

describe("entering and leaving", () => {
  it("rounds against whoever acts", () => {
    const odd = vault({ totalAssets: 1_000_003n, totalSupply: 999_983n });
    const into = enterVaultV2(odd, { assets: 1_000n });
    const out = exitVaultV2(into.state, { shares: into.shares });
    expect(out.assets).toBeLessThanOrEqual(1_000n);
    expect(enterVaultV2(odd, { shares: 7n }).assets).toBeGreaterThanOrEqual(7n);
    expect(exitVaultV2(odd, { assets: 7n }).shares).toBeGreaterThanOrEqual(7n);
  });

  it("cannot leave with more than there is", () => {
    expect(() => exitVaultV2(vault(), { assets: 1001n * WAD })).toThrowError(/Total assets/);
  });
});

describe("forced deallocation", () => {
  it("burns shares for a penalty rounded up", () => {
    const { assets, shares } = forceDeallocateV2(vault(), 101n, WAD / 100n);
    expect(assets).toBe(2n);
    expect(shares).toBe(2n);
    expect(() => forceDeallocateV2(vault(), 1n, WAD / 50n + 1n)).toThrowError(/penalty/);
  });
});

describe("adapter for Morpho Blue", () => {
  it("reports its shares' worth, and nothing once they are burned", () => {
    const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}`;
    const parameters = {
      loanToken: address(1),
      collateralToken: address(2),
      oracle: address(3),
      irm: address(0),
      lltv: 0n,
    };
    const market = new Market("0x", parameters, "none", new UndoLog());
    market.totalSupplyAssets = 500n;
    market.totalSupplyShares = 1_000_000_000n;
    const position = { market, shares: 400_000_000n };
    expect(adapterAssets([position], 1n)).toBe((400_000_000n * 501n) / 1_001_000_000n);
    expect(adapterAssets([burnAdapterShares(position)], 1n)).toBe(0n);
  });
});
