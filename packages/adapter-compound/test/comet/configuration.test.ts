import { type HistoryHeader, isShortfallError } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { comet } from "../../src/comet/index.js";
import { BASE, COMET, readVector, smallMarket } from "./history.js";

const failedField = (header: HistoryHeader): string | undefined => {
  try {
    comet.open(header);
  } catch (error) {
    if (isShortfallError(error) && "field" in error) return String(error.field);
    throw error;
  }
  return undefined;
};

type Tree = Record<string, unknown>;
const edited = (path: string, value: unknown): HistoryHeader => {
  const copy = structuredClone(readVector("01-usdc-standard.jsonl.gz").header) as Tree;
  const keys = path.split("/");
  let parent = copy;
  for (const key of keys.slice(0, -1)) parent = parent[key] as Tree;
  if (value === undefined) delete parent[keys[keys.length - 1]!];
  else parent[keys[keys.length - 1]!] = value;
  return copy as HistoryHeader;
};

describe("a header", () => {
  it("opens as recorded, and as a small one without labels", () => {
    expect(failedField(readVector("01-usdc-standard.jsonl.gz").header)).toBeUndefined();
    expect(comet.open(smallMarket()).pools()[0]).toMatchObject({ pool: COMET, asset: BASE, decimals: 6 });
  });

  it.each([
    ["version", "Comptroller 4", "version"],
    ["version", "CometX", "version"],
    ["protocol", "compound-v2", "protocol"],
    ["contract", "CometUnknown", "contract"],
    ["labels", {}, "comet"],
    ["params/onchain/baseScale", "1000001", "params.onchain.baseScale"],
    ["params/onchain/baseBorrowMin", "-1", "params.onchain.baseBorrowMin"],
    ["params/onchain/trackingIndexScale", "0", "params.onchain.trackingIndexScale"],
    ["params/onchain/baseMinForRewards", (1n << 256n).toString(), "params.onchain.baseMinForRewards"],
    [
      "params/onchain/borrowPerSecondInterestRateSlopeLow",
      "1",
      "params.config.borrowPerYearInterestRateSlopeLow",
    ],
    ["params/onchain/numAssets", "5", "params.onchain.numAssets"],
    ["params/assets/0/liquidationFactor", "1000000000000000001", "params.assets[0].liquidationFactor"],
    ["params/assets/1/supplyCap", "1", "params.config.assetConfigs[1].supplyCap"],
    ["params/assets/1/offset", "3", "params.assets[1].offset"],
    ["params/priceScale", "1", "params.priceScale"],
    ["params/config/governor", "0x60", "params.config.governor"],
    ["genesis/timestamp", 1, "genesis.timestamp"],
    ["genesis/state/baseSupplyIndex", "0", "genesis.state.baseSupplyIndex"],
    ["genesis/state/totalSupplyBase", (1n << 104n).toString(), "genesis.state.totalSupplyBase"],
    ["genesis/state/reserves", "49999999999", "genesis.state.reserves"],
    ["genesis/state/accounts", undefined, "genesis.state.accounts"],
  ])("is refused by name when %s is %s", (path, value, field) => {
    expect(failedField(edited(path, value))).toBe(field);
  });

  it("may leave prices out", () => {
    expect(failedField(edited("params/initialPrices", undefined))).toBeUndefined();
  });
});
