import type { ChainLog, PriceUpdate, RecordedCall } from "@shortfall/core";
import { describe, expect, it } from "vitest";
import * as compound from "../../src/compound-v2/events.js";
import type { CompoundOperation } from "../../src/compound-v2/index.js";
import type { CTokenModel } from "../../src/ctoken/model.js";
import * as venus from "../../src/venus/events.js";
import type { VenusOperation } from "../../src/venus/index.js";
import { encodeLog } from "./encode.js";
import { FAMILY, paramsOf, readVector, seeded, vectorNames } from "./vectors.js";

const DECLARATIONS: Readonly<Record<string, readonly string[]>> = {
  "compound-v2": [compound.C_TOKEN_EVENTS, compound.COMPTROLLER_EVENTS, compound.ORACLE_EVENTS].flatMap(
    ({ declarations }) => declarations,
  ),
  "venus-isolated": [venus.V_TOKEN_EVENTS, venus.COMPTROLLER_EVENTS, venus.SHORTFALL_EVENTS].flatMap(
    ({ declarations }) => declarations,
  ),
};

const ACTORS = Array.from({ length: 7 }, (_, k) => `0x${(0xa0 + k).toString(16).padStart(40, "0")}`);
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "compound-v2": [
    ..."mint mint mint borrow borrow borrow repay repayBehalf redeem redeemUnderlying transfer".split(" "),
    ..."liquidate liquidate liquidate enterMarkets exitMarket addReserves reduceReserves".split(" "),
    ..."accrueInterest donate setPrice setPrice".split(" "),
  ],
  "venus-isolated": [
    ..."mint mint mint borrow borrow borrow repay repayBehalf redeem redeemUnderlying transfer".split(" "),
    ..."liquidate liquidateAccount healAccount healAccount healAccount enterMarkets exitMarket".split(" "),
    ..."addReserves reduceReserves accrueInterest donate setPrice setPrice".split(" "),
    ..."startAuction placeBid placeBid closeAuction restartAuction riskFundTopUp riskFundSync".split(" "),
  ],
};

type Model = CTokenModel<CompoundOperation> | CTokenModel<VenusOperation>;

/** A call that often goes through: amounts of the size of what is there, prices within a wide band. */
function randomCall(protocol: string, model: Model, random: (below: number) => number): RecordedCall {
  const { pool } = model.family;
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const type = pick(KINDS[protocol]!);
  const market = pick(pool.markets);
  const from = pick(ACTORS);
  const whole = 10n ** BigInt(market.parameters.decimals);
  const part = (of: bigint): string => ((of * BigInt(1 + random(1100))) / 1000n).toString();
  const base = { type, from, market: market.token };
  const account = pool.accounts.intern(from);
  switch (type) {
    case "redeem":
    case "transfer":
      return { ...base, dst: pick(ACTORS), tokens: part(market.tokens.get(account)) };
    case "repay":
    case "repayBehalf": {
      const borrower = type === "repay" ? from : pick(ACTORS);
      const owed = market.principal.get(pool.accounts.intern(borrower));
      return { ...base, borrower, amount: random(4) === 0 ? ((1n << 256n) - 1n).toString() : part(owed) };
    }
    case "liquidate": {
      const borrower = pick(ACTORS);
      const owed = market.principal.get(pool.accounts.intern(borrower));
      return { ...base, borrower, collateral: pick(pool.markets).token, repayAmount: part(owed / 2n + 1n) };
    }
    case "liquidateAccount": {
      const borrower = pick(ACTORS);
      const owed = market.principal.get(pool.accounts.intern(borrower));
      const orders = [
        {
          vTokenBorrowed: market.token,
          vTokenCollateral: pick(pool.markets).token,
          repayAmount: owed.toString(),
        },
      ];
      return { ...base, borrower, orders };
    }
    case "healAccount":
      return { ...base, account: pick(ACTORS) };
    case "enterMarkets":
      return { ...base, markets: [market.token, pick(pool.markets).token] };
    case "setPrice":
      return { ...base, price: part((market.price * BigInt(200 + random(1300))) / 1000n + 1n) };
    case "placeBid":
      return { ...base, bidBps: String(random(10_001)), auctionStart: auctionStart(model) };
    case "riskFundTopUp":
      return { ...base, asset: fundAssets.get(model), amount: part(whole * 100n) };
    case "redeemUnderlying":
      return { ...base, amount: part(market.cash / 8n + 1n) };
    case "reduceReserves":
      return { ...base, amount: part(market.totalReserves) };
    case "borrow":
      return { ...base, amount: part(market.cash / 6n + 1n) };
    default:
      return { ...base, amount: part(whole * BigInt(1 + random(5_000))) };
  }
}

const starts = new WeakMap<Model, string>();
const auctionStart = (model: Model): string => starts.get(model) ?? "0";
const fundAssets = new WeakMap<Model, string>();

/** Everything that the contracts keep, as text. */
function stateOf(model: Model): string {
  const { pool } = model.family;
  const markets = pool.markets.map((market) => [
    market.cash,
    market.totalBorrows,
    market.totalReserves,
    market.totalSupply,
    market.borrowIndex,
    market.accrualSlot,
    market.badDebt,
    market.pushSlot,
    market.price,
    market.marketDebt,
    market.bidAmount,
  ]);
  const accounts = ACTORS.map((address) => {
    const id = pool.accounts.intern(address);
    return [
      pool.memberships.of(id),
      pool.markets.map((market) => [
        market.tokens.get(id),
        market.principal.get(id),
        market.interestIndex.get(id),
      ]),
    ];
  });
  const purses = pool.purses.map((purse) => pool.assets.map(({ index }) => purse.balance(index)));
  return JSON.stringify([markets, accounts, purses], (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

for (const adapter of FAMILY) {
  describe(`${adapter.protocol}: what a simulation logs, an observer reads`, () => {
    const names = vectorNames(adapter.protocol);
    it.each([1, 2, 3, 4])("seed %i: several random calls a transaction, often in one slot", (seed) => {
      const random = seeded(seed * 7919);
      const { header } = readVector(adapter.protocol, names[(seed * 3) % names.length]!);
      const acting = adapter.open(header);
      const watching = adapter.open(header);
      const params = paramsOf(header);
      const fund = params.has("riskFund") ? params.address("riskFund") : undefined;
      if (fund !== undefined) fundAssets.set(acting, params.address("riskFundBaseAsset"));
      const declarations = DECLARATIONS[adapter.protocol]!;
      let slot = Number(acting.family.pool.markets[0]!.accrualSlot) + 10_000;
      let accepted = 0;
      const kinds = new Set<string>();
      const reasons = new Set<string>();
      for (let transaction = 0; transaction < 220; transaction++) {
        if (random(3) > 0) slot += random(4) === 0 ? random(3_000_000) : random(900);
        const position = { block: slot, timestamp: slot, transaction: `t${transaction}` };
        const logs: ChainLog[] = [];
        const touched: string[] = [];
        const prices: PriceUpdate[] = [];
        for (let calls = 1 + random(4); calls > 0; calls--) {
          const call = randomCall(adapter.protocol, acting, random);
          // A price or a count without a log has no place among the logs: it goes alone.
          const silent = call.type === "riskFundSync" || call.type === "setPrice";
          if (silent && logs.length > 0) continue;
          const before = stateOf(acting);
          const execution = acting.execute(call, position);
          if (!execution.ok) {
            reasons.add(execution.reason.replace(/\(.*/, ""));
            expect(stateOf(acting)).toBe(before);
            continue;
          }
          accepted++;
          kinds.add(call.type);
          for (const log of execution.logs) {
            if (log.name === "AuctionStarted")
              starts.set(acting, String(log.args.auctionStartBlockOrTimestamp));
            logs.push(encodeLog(log, declarations, logs.length));
          }
          if (call.type === "riskFundSync" && fund) touched.push(fund);
          if (call.type === "setPrice")
            prices.push({ subject: String(call.market), price: BigInt(String(call.price)) });
          if (silent) break;
        }
        const { findings } = watching.observe({ position, logs, reverted: false, touched, prices });
        expect(findings, `transaction ${transaction}`).toEqual([]);
        expect(stateOf(watching), `transaction ${transaction}`).toBe(stateOf(acting));
      }
      expect(accepted).toBeGreaterThan(150);
      expect(kinds.size).toBeGreaterThan(10);
      expect(reasons.size).toBeGreaterThan(3);
      expect(watching.pools()).toEqual(acting.pools());
      expect(
        watching.deficits.all().map(({ recognised, status, recovered }) => [recognised, status, recovered]),
      ).toEqual(
        acting.deficits.all().map(({ recognised, status, recovered }) => [recognised, status, recovered]),
      );
    });
  });
}
