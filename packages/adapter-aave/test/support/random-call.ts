import type { RecordedCall } from "@shortfall/core";
import { MAX_UINT256 } from "@shortfall/math";
import type { OpenedMarket } from "../../src/header.js";
import type { Reserve } from "../../src/reserve.js";

/** A call on a market, plausible enough to go through now and then. Same numbers in, same call out. */
export function randomCall(opened: OpenedMarket, random: (below: number) => number): RecordedCall {
  const { market } = opened;
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const reserves = [...opened.reserves.values()];
  const reserve = pick(reserves);
  const from = random(9) === 0 ? "umbrella" : pick(opened.users);
  const type = pick(kindsOf(opened));
  const holder = market.account(opened.actors.get(from) ?? from);
  const amount = pickAmount(opened, reserve, holder, random);
  const flag = random(2) === 0;
  const stake = [...opened.stakes.keys()];
  const common = { type, from, asset: reserve.symbol, to: pick(opened.users), amount };
  const value =
    type === "setReserveFreeze" || type.startsWith("setReservePause") || type === "setReserveLtvzero";
  return {
    ...common,
    onBehalfOf: random(4) === 0 ? pick(opened.users) : from,
    ...liquidation(opened, random),
    ...(type === "liquidationCall" ? { from: pick(opened.users) } : {}),
    debtToCover: random(3) === 0 ? MAX_UINT256.toString() : amount,
    receiveAToken: random(3) === 0,
    useAsCollateral: flag,
    assets: type === "stakeDeposit" ? amount : reserves.map((entry) => entry.symbol),
    categoryId: String(random(4)),
    price: priceOf(reserve, random),
    value: value ? flag : String(random(type.endsWith("Cap") ? 3 : 9_000)),
    gracePeriod: String(random(2) * 3_600),
    rate: {
      optimalUsageRatio: 1_000 + random(8_000),
      baseVariableBorrowRate: random(500),
      variableRateSlope1: random(900),
      variableRateSlope2: 1_000 + random(20_000),
    },
    ltv: String(4_000 + random(3_000)),
    liquidationThreshold: String(7_000 + random(1_500)),
    liquidationBonus: String(10_200 + random(900)),
    ...(stake.length === 0 ? {} : { stake: pick(stake), reserve: reserve.symbol }),
    shares: amount,
    ...(type.startsWith("cover") ? { from: "treasury" } : {}),
    ...(type === "setDeficitOffset" ? { from: "admin" } : {}),
  };
}

const POOL_KINDS = [
  "supply",
  "supply",
  "supply",
  "withdraw",
  "borrow",
  "borrow",
  "borrow",
  "repay",
  "repayWithATokens",
  "liquidationCall",
  "liquidationCall",
  "liquidationCall",
  "liquidationCall",
  "eliminateReserveDeficit",
  "mintToTreasury",
  "setUserUseReserveAsCollateral",
  "setUserEMode",
  "aTokenTransfer",
  "aTokenTransfer",
  "flashLoanSimple",
  "donate",
  "setPrice",
  "setPrice",
  "setReserveFactor",
  "setReserveFreeze",
  "setLiquidationProtocolFee",
  "configureReserveAsCollateral",
];
const UMBRELLA_KINDS = [
  "slash",
  "slash",
  "coverPendingDeficit",
  "coverDeficitOffset",
  "coverReserveDeficit",
  "setDeficitOffset",
  "stakeDeposit",
  "stakeCooldown",
  "stakeRedeem",
  "stakeDonate",
];

function kindsOf(opened: OpenedMarket): readonly string[] {
  const { profile } = opened.market;
  return [
    ...POOL_KINDS,
    ...(opened.stakes.size > 0 ? UMBRELLA_KINDS : []),
    ...(profile.rateCash === "virtual" ? ["setReserveInterestRateData"] : []),
    ...(profile.freezing === "parks" ? ["setReserveLtvzero"] : []),
    ...(profile.graceSentinel ? ["setReservePause"] : []),
    ...(profile.flashPremium === "split" ? ["updateFlashloanPremiumToProtocol"] : []),
  ];
}

/** Somebody who owes something, what he owes and what stands for it, if anybody does. */
function liquidation(
  opened: OpenedMarket,
  random: (below: number) => number,
): { borrower: string; debtAsset: string; collateralAsset: string } {
  const { market } = opened;
  const names = opened.users.filter(
    (name) => market.flags.get(market.account(opened.actors.get(name) ?? name)) !== 0n,
  );
  const borrower = names[random(Math.max(names.length, 1))] ?? opened.users[0] ?? "";
  const account = market.account(opened.actors.get(borrower) ?? borrower);
  const debts = market.reserves.filter((reserve) => market.isBorrowing(account, reserve));
  const collateral = market.reserves.filter((reserve) => market.isCollateral(account, reserve));
  const any = market.reserves[random(market.reserves.length)]?.symbol ?? "";
  return {
    borrower,
    debtAsset: debts[random(Math.max(debts.length, 1))]?.symbol ?? any,
    collateralAsset: collateral[random(Math.max(collateral.length, 1))]?.symbol ?? any,
  };
}

function pickAmount(
  opened: OpenedMarket,
  reserve: Reserve,
  holder: number,
  random: (below: number) => number,
): string {
  const held = reserve.supplies.get(holder);
  const owed = reserve.debts.get(holder);
  const candidates = [
    0n,
    1n,
    2n,
    MAX_UINT256,
    held,
    held / 2n,
    owed,
    owed / 3n,
    reserve.deficitAssets,
    reserve.deficitAssets / 2n,
    opened.market.cash(reserve) / 10n,
    opened.market.cash(reserve),
    reserve.unit * BigInt(1 + random(100_000)),
    reserve.unit / BigInt(1 + random(1_000)),
  ];
  return (candidates[random(candidates.length)] ?? 1n).toString();
}

/** Falls by up to nine tenths, recovers, or nearly vanishes. */
function priceOf(reserve: Reserve, random: (below: number) => number): string {
  const now = reserve.priceBase === 0n ? 10n ** 8n : reserve.priceBase;
  const price = random(12) === 0 ? BigInt(random(2)) : (now * BigInt(10 + random(120))) / 75n;
  return price.toString();
}
