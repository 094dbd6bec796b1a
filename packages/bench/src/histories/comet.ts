import { comet } from "@shortfall/adapter-compound";
import type { HistoryHeader, RecordedCall } from "@shortfall/core";
import { between, type Play, player } from "./history.js";

const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const COMET = address(0xc0);
const BASE = address(0xb0);
const GOLD = address(0xa1);
const IRON = address(0xa2);
const GOVERNOR = address(0x60);
const WAD = 10n ** 18n;
const GENESIS_TIME = 1_700_000_000;

const asset = (index: number, token: string, liquidationFactor: string) => ({
  offset: `${index}`,
  asset: token,
  scale: `${WAD}`,
  borrowCollateralFactor: "800000000000000000",
  liquidateCollateralFactor: "850000000000000000",
  liquidationFactor,
  supplyCap: `${10n ** 30n}`,
});

/** Base of 6 decimals at 1 USD, gold at 100 USD, iron at 2 USD. */
const HEADER: HistoryHeader = {
  format: "shortfall-logs/1",
  protocol: "compound-v3",
  version: "Comet with extended asset list",
  comet: COMET,
  params: {
    config: { governor: GOVERNOR, baseToken: BASE },
    onchain: {
      supplyKink: "850000000000000000",
      supplyPerSecondInterestRateBase: "0",
      supplyPerSecondInterestRateSlopeLow: "1522070015",
      supplyPerSecondInterestRateSlopeHigh: "50735667174",
      borrowKink: "850000000000000000",
      borrowPerSecondInterestRateBase: "475646879",
      borrowPerSecondInterestRateSlopeLow: "1680618975",
      borrowPerSecondInterestRateSlopeHigh: "57077625570",
      baseScale: "1000000",
      decimals: "6",
      storeFrontPriceFactor: "600000000000000000",
      trackingIndexScale: "1000000000000000",
      baseTrackingSupplySpeed: "11574074",
      baseTrackingBorrowSpeed: "23148148",
      baseMinForRewards: "1000000",
      baseBorrowMin: "1000000",
      targetReserves: "5000000000000",
    },
    assets: [asset(0, GOLD, "950000000000000000"), asset(1, IRON, "900000000000000000")],
    initialPrices: { [BASE]: "100000000", [GOLD]: "10000000000", [IRON]: "200000000" },
  },
  genesis: {
    block: 1,
    timestamp: GENESIS_TIME,
    state: {
      baseSupplyIndex: "1000000000000000",
      baseBorrowIndex: "1000000000000000",
      trackingSupplyIndex: "0",
      trackingBorrowIndex: "0",
      totalSupplyBase: "0",
      totalBorrowBase: "0",
      lastAccrualTime: `${GENESIS_TIME}`,
      baseBalance: "1000000000",
      collateral: {
        [GOLD]: { totalSupplyAsset: "0", balance: "0" },
        [IRON]: { totalSupplyAsset: "0", balance: "0" },
      },
      accounts: {},
    },
  },
};

const supply = (from: string, token: string, amount: bigint): RecordedCall => ({
  type: "supply",
  from,
  dst: from,
  asset: token,
  amount: `${amount}`,
});

/**
 * Comet: lenders and borrowers on two collaterals, now and then another price of gold and an absorption. Without
 * transfers of base, whose logs leave their amount open.
 */
export function cometPlay(accounts: number): Play {
  return {
    adapter: comet,
    header: HEADER,
    opening: [supply(player(0), BASE, 10n ** 16n)],
    next(random) {
      const from = player(between(random, 0, accounts - 1));
      const base = BigInt(between(random, 1_000_000, 900_000_000));
      const gold = (base * WAD) / 20_000_000n;
      const draw = random();
      if (draw < 0.25) return supply(from, BASE, base);
      if (draw < 0.5) return supply(from, random() < 0.5 ? GOLD : IRON, gold);
      if (draw < 0.8) return { type: "withdraw", from, to: from, asset: BASE, amount: `${base / 2n}` };
      if (draw < 0.995) return { type: "withdraw", from, to: from, asset: GOLD, amount: `${gold / 8n}` };
      if (draw < 0.9975) return { type: "absorb", from: GOVERNOR, absorber: GOVERNOR, accounts: [from] };
      const price = between(random, 9_000_000_000, 11_000_000_000);
      return { type: "setPrice", from: GOVERNOR, asset: GOLD, price: `${price}` };
    },
  };
}
