import { Market, MarketParams } from "@morpho-org/blue-sdk";
import { describe, expect, it } from "vitest";
import { morphoBlue } from "../src/index.js";
import { readGolden } from "./golden-files.js";

/*
 * Side by side with the protocol SDK on npm that comes closest: the same market states, the same calls, the trace as
 * judge. Its Market has supply, withdraw, borrow and repay; it knows the adaptive curve and takes any other rate
 * model for zero interest; it has no liquidation and no bad debt.
 */

interface RecordedMarket {
  totalSupplyAssets: string;
  totalSupplyShares: string;
  totalBorrowAssets: string;
  totalBorrowShares: string;
  lastUpdate: string;
  fee: string;
  rateAtTarget: string;
}
interface Parameters {
  id: string;
  loanToken: `0x${string}`;
  collateralToken: `0x${string}`;
  oracle: `0x${string}`;
  irm: `0x${string}`;
  lltv: string;
  irmKind: string;
}
type Verdict = "agrees" | "differs" | "not offered";

/** How often the peer's totals after a call are the contract's, by rate model and kind of call. */
function sideBySide(file: string): { ours: number; peer: Record<string, Record<Verdict, number>> } {
  const { header, lines } = readGolden(file);
  const session = morphoBlue.traces.open(header);
  const parameters = new Map(
    (header.params as { markets: Parameters[] }).markets.map((each) => [each.id, each]),
  );
  const markets = new Map(
    Object.entries((header.initialState as { markets: Record<string, RecordedMarket> }).markets),
  );
  const peer: Record<string, Record<Verdict, number>> = {};
  let ours = 0;
  for (const line of lines) {
    ours += session.observe(line, { calls: true }).mismatches.length;
    const value: {
      timestamp: number;
      action: { type: string; market?: string; assets?: string; shares?: string };
      reverted: string | null;
      state: { markets?: Record<string, RecordedMarket> };
    } = JSON.parse(JSON.stringify(line.value));
    const { type, market: id } = value.action;
    const before = id === undefined ? undefined : markets.get(id);
    const after = id === undefined ? undefined : value.state.markets?.[id];
    if (id !== undefined && before && after && value.reverted === null && KINDS.has(type)) {
      const verdict = judge(parameters.get(id)!, before, after, value.action, BigInt(value.timestamp));
      const row = `${parameters.get(id)!.irmKind} ${type}`;
      peer[row] ??= { agrees: 0, differs: 0, "not offered": 0 };
      peer[row][verdict]++;
    }
    for (const [key, state] of Object.entries(value.state.markets ?? {})) markets.set(key, state);
  }
  return { ours, peer };
}

const KINDS: ReadonlySet<string> = new Set([
  "supply",
  "withdraw",
  "borrow",
  "repay",
  "liquidate",
  "accrueInterest",
]);

function judge(
  parameters: Parameters,
  before: RecordedMarket,
  after: RecordedMarket,
  action: { type: string; assets?: string; shares?: string },
  timestamp: bigint,
): Verdict {
  const market = new Market({
    params: new MarketParams({ ...parameters, lltv: BigInt(parameters.lltv) }),
    totalSupplyAssets: BigInt(before.totalSupplyAssets),
    totalSupplyShares: BigInt(before.totalSupplyShares),
    totalBorrowAssets: BigInt(before.totalBorrowAssets),
    totalBorrowShares: BigInt(before.totalBorrowShares),
    lastUpdate: BigInt(before.lastUpdate),
    fee: BigInt(before.fee),
    ...(parameters.irmKind === "adaptive" ? { rateAtTarget: BigInt(before.rateAtTarget) } : {}),
  });
  const assets = BigInt(action.assets ?? 0);
  const shares = BigInt(action.shares ?? 0);
  const run = (): Market | undefined => {
    switch (action.type) {
      case "supply":
        return market.supply(assets, shares, timestamp).market;
      case "withdraw":
        return market.withdraw(assets, shares, timestamp).market;
      case "borrow":
        return market.borrow(assets, shares, timestamp).market;
      case "repay":
        return market.repay(assets, shares, timestamp).market;
      case "accrueInterest":
        return market.accrueInterest(timestamp);
      default:
        return undefined;
    }
  };
  let result: Market | undefined;
  try {
    result = run();
  } catch {
    // It refuses what the contract did.
    return "differs";
  }
  if (result === undefined) return "not offered";
  const totals = [
    "totalSupplyAssets",
    "totalSupplyShares",
    "totalBorrowAssets",
    "totalBorrowShares",
  ] as const;
  return totals.every((total) => result[total] === BigInt(after[total])) ? "agrees" : "differs";
}

describe("beside @morpho-org/blue-sdk, with the contract's trace as judge", () => {
  const files = ["mixed-1", "cascade-1", "fees-1", "lowdec-1"].map((name) =>
    sideBySide(`morpho-blue/${name}.jsonl.gz`),
  );
  const rows = files.flatMap(({ peer }) => Object.entries(peer));
  const count = (prefix: string, verdict: Verdict): number =>
    rows.reduce((sum, [row, counts]) => sum + (row.startsWith(prefix) ? counts[verdict] : 0), 0);

  it("ours reproduces every recorded value", () => {
    expect(files.map(({ ours }) => ours)).toEqual([0, 0, 0, 0]);
  });

  it("both agree with the contract where the rate model is the adaptive curve or none", () => {
    for (const kind of ["adaptive", "none"]) {
      expect(count(kind, "agrees")).toBeGreaterThan(10);
      expect(count(kind, "differs")).toBe(0);
    }
  });

  it("the peer takes any other rate model for zero interest, and differs", () => {
    expect(count("mock", "differs")).toBeGreaterThan(10);
  });

  it("the peer offers no liquidation, so no bad debt", () => {
    const liquidations = rows.filter(([row]) => row.endsWith("liquidate"));
    expect(liquidations.length).toBeGreaterThan(0);
    for (const [, counts] of liquidations) expect([counts.agrees, counts.differs]).toEqual([0, 0]);
  });
});
