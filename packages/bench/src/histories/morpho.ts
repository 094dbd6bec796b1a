import { morphoBlue } from "@shortfall/adapter-morpho";
import { concatBytes, type HistoryHeader, keccak, type RecordedCall, toHex, word } from "@shortfall/core";
import type { UniformSource } from "@shortfall/risk";
import { between, type Play, player } from "./history.js";

const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const MORPHO = address(0x1000);
const ADAPTIVE_CURVE = address(0x1001);
const OWNER = address(0x4000);
const LIQUIDATOR = address(0x4001);
const LOAN = address(0x2000);
/** One loan unit for one collateral unit. */
const PAR = 10n ** 36n;
const LLTV = 860_000_000_000_000_000n;
/** Chance that a turn begins a write-off. */
const LOSS_CHANCE = 0.0002;

interface MarketSpec {
  readonly id: string;
  readonly collateralToken: string;
  readonly oracle: string;
}

function marketSpec(index: number): MarketSpec {
  const [collateralToken, oracle] = [address(0x2100 + index), address(0x3000 + index)];
  const parts = [LOAN, collateralToken, oracle, ADAPTIVE_CURVE].map((part) => word(BigInt(part)));
  return { id: toHex(keccak(concatBytes(...parts, word(LLTV)))), collateralToken, oracle };
}

const headerOf = (markets: readonly MarketSpec[]): HistoryHeader => ({
  format: "shortfall-logs/1",
  protocol: "morpho-blue",
  version: "1.0",
  params: {
    morpho: MORPHO,
    adaptiveCurveIrm: ADAPTIVE_CURVE,
    owner: OWNER,
    feeRecipient: OWNER,
    tokens: [
      { symbol: "USD", address: LOAN, decimals: "6" },
      ...markets.map(({ collateralToken }, index) => ({
        symbol: `COLL${String.fromCharCode(65 + index)}`,
        address: collateralToken,
        decimals: "6",
      })),
    ],
    markets: markets.map(({ id, collateralToken, oracle }) => ({
      id,
      loanToken: LOAN,
      collateralToken,
      oracle,
      irm: ADAPTIVE_CURVE,
      lltv: `${LLTV}`,
      initialPrice: `${PAR}`,
      lastUpdate: "1700000000",
    })),
    startTimestamp: "1700000000",
  },
});

/**
 * Morpho Blue: lenders and borrowers who come and go on a few markets of the adaptive curve, now and then a price
 * that falls and a liquidation, which may write off what is left.
 */
export function morphoPlay(accounts: number, marketCount = 4, lossChance = LOSS_CHANCE): Play {
  const markets = Array.from({ length: marketCount }, (_, index) => marketSpec(index));
  const anybody = (random: UniformSource) => player(between(random, 0, accounts - 1));
  const planned: RecordedCall[] = [];
  let losses = 0;
  const opening = markets.flatMap(({ id }): RecordedCall[] => [
    supply(id, player(0), 10n ** 15n),
    supplyCollateral(id, player(1), 10n ** 15n),
  ]);
  return {
    adapter: morphoBlue,
    header: headerOf(markets),
    opening,
    next(random) {
      const coming = planned.shift();
      if (coming) return coming;
      const { id, oracle } = markets[between(random, 0, markets.length - 1)]!;
      const from = anybody(random);
      const amount = BigInt(between(random, 1_000_000, 900_000_000));
      const draw = random();
      if (draw < lossChance) {
        planned.push(...loss(id, oracle, player(accounts + (losses++ % 64)), amount * 2n));
        return planned.shift()!;
      }
      if (draw < 0.28) return supply(id, from, amount);
      if (draw < 0.44) return outward("withdraw", id, from, amount);
      if (draw < 0.6) return supplyCollateral(id, from, amount * 2n);
      if (draw < 0.8) return outward("borrow", id, from, amount / 2n);
      if (draw < 0.95) {
        return { type: "repay", market: id, from, onBehalf: from, assets: `${amount / 4n}`, shares: "0" };
      }
      if (draw < 0.985) {
        return {
          type: "withdrawCollateral",
          market: id,
          from,
          onBehalf: from,
          receiver: from,
          assets: `${amount / 8n}`,
        };
      }
      if (draw < 0.99) {
        const price = (PAR * BigInt(between(random, 940, 1060))) / 1000n;
        return { type: "setPrice", from: OWNER, oracle, price: `${price}` };
      }
      return {
        type: "liquidate",
        market: id,
        from: LIQUIDATOR,
        borrower: from,
        seizedAssets: `${amount / 8n}`,
        repaidShares: "0",
      };
    },
  };
}

/** A borrower whose collateral loses half its value and is seized whole; what is left is written off. */
function loss(market: string, oracle: string, borrower: string, collateral: bigint): RecordedCall[] {
  const price = (value: bigint): RecordedCall => ({
    type: "setPrice",
    from: OWNER,
    oracle,
    price: `${value}`,
  });
  return [
    price(PAR),
    supplyCollateral(market, borrower, collateral),
    outward("borrow", market, borrower, (collateral * 4n) / 5n),
    price(PAR / 2n),
    {
      type: "liquidate",
      market,
      from: LIQUIDATOR,
      borrower,
      seizedAssets: `${collateral}`,
      repaidShares: "0",
    },
    price(PAR),
  ];
}

const supply = (market: string, from: string, assets: bigint): RecordedCall => ({
  type: "supply",
  market,
  from,
  onBehalf: from,
  assets: `${assets}`,
  shares: "0",
});

const supplyCollateral = (market: string, from: string, assets: bigint): RecordedCall => ({
  type: "supplyCollateral",
  market,
  from,
  onBehalf: from,
  assets: `${assets}`,
});

const outward = (
  type: "withdraw" | "borrow",
  market: string,
  from: string,
  assets: bigint,
): RecordedCall => ({
  type,
  market,
  from,
  onBehalf: from,
  receiver: from,
  assets: `${assets}`,
  shares: "0",
});
