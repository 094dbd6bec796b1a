import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ChainLog, HistoryHeader, PredictedLog, TraceLine } from "@shortfall/core";
import { COMET_EVENTS, TOKEN_EVENTS } from "../../src/comet/events.js";

const VECTORS = new URL("../../../testing/vectors/compound-v3/", import.meta.url);

export interface History {
  readonly header: HistoryHeader;
  readonly lines: readonly TraceLine[];
}

export const vectorNames = (): string[] =>
  readdirSync(VECTORS)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort();

export function readVector(name: string): History {
  const [header, ...lines] = gunzipSync(readFileSync(new URL(name, VECTORS)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  return {
    header: header as HistoryHeader,
    lines: lines.map((value, index) => ({ number: index + 2, value })),
  };
}

const address = (tail: string): string => `0x${tail.padStart(40, "0")}`;

export const COMET = address("c0");
export const BASE = address("b0");
export const GOLD = address("a1");
export const IRON = address("a2");
export const GOVERNOR = address("60");
export const ALICE = address("1001");
export const BOB = address("1002");
export const CAROL = address("1003");
export const DAVE = address("1004");
export const LIQUIDATOR = address("ab");
export const USERS = [ALICE, BOB, CAROL, DAVE] as const;
export const GENESIS_TIME = 1_700_000_000;

const asset = (index: number, token: string, liquidationFactor: string) => ({
  offset: `${index}`,
  asset: token,
  scale: "1000000000000000000",
  borrowCollateralFactor: "800000000000000000",
  liquidateCollateralFactor: "850000000000000000",
  liquidationFactor,
  supplyCap: "1000000000000000000000000000",
});

/** A small market: base of 6 decimals at 1 USD, gold at 100 USD, iron at 2 USD, 1,000 base of reserves. */
export function smallMarket(
  onchain: Record<string, string> = {},
  top: Record<string, unknown> = {},
): HistoryHeader {
  return {
    format: "shortfall-trace/1",
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
        ...onchain,
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
    ...top,
  };
}

const INDEXED: Readonly<Record<string, number>> = {
  AbsorbCollateral: 3,
  AbsorbDebt: 2,
  BuyCollateral: 2,
  Supply: 2,
  SupplyCollateral: 3,
  Transfer: 2,
  TransferCollateral: 3,
  Withdraw: 2,
  WithdrawCollateral: 3,
  WithdrawReserves: 1,
};

/** A predicted log as a node would return it. */
export function encodeLog(log: PredictedLog, logIndex: number): ChainLog {
  const table = log.address === COMET ? COMET_EVENTS : TOKEN_EVENTS;
  const topic0 = [...table.values()].find((codec) => codec.name === log.name)!.topic0;
  const words = Object.values(log.args).map((value) =>
    typeof value === "bigint"
      ? value.toString(16).padStart(64, "0")
      : String(value).slice(2).padStart(64, "0"),
  );
  const indexed = INDEXED[log.name]!;
  return {
    address: log.address,
    topics: [topic0, ...words.slice(0, indexed).map((word) => `0x${word}`)],
    data: `0x${words.slice(indexed).join("")}`,
    logIndex,
  };
}
