import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Bad debt of several markets auctioned against a fund. */
export function runFundAuction(inputs: Fields): unknown {
  const bench = new Bench(
    [
      layer("auction", "fund-auction", {
        fund: "risk-fund",
        incentiveBps: inputs.amount("incentiveBps"),
        fundPriceWad: inputs.amount("basePrice"),
        markets: Object.fromEntries(
          inputs
            .objects("markets")
            .map((market) => [
              market.string("id"),
              { debt: market.amount("badDebt"), priceWad: market.amount("price") },
            ]),
        ),
      }),
    ],
    poolFacts({ funds: [{ id: "risk-fund", balance: inputs.amount("riskFundReserve") }] }),
  );
  const act = (action: string, input: Record<string, unknown>) => {
    const done = bench.act("auction", action, input);
    if (!done.ok) throw new CaseError("", action, "an auction that can be settled", done.reason);
    return done.result;
  };
  const started = act("start", {});
  act("bid", { bidder: "bidder", bps: inputs.amount("winningBidBps") });
  const closed = act("close", {});
  return {
    poolBadDebtValue: started.debtValue,
    riskFundValue: started.fundValue,
    auctionType: started.kind === "debt-share" ? "LARGE_POOL_DEBT" : "LARGE_RISK_FUND",
    startBidBps: started.startBps,
    seizedRiskFund: started.seized,
    bidderPays: closed.pays,
    bidderReceives: closed.receives,
    badDebtAfter: closed.debts,
  };
}

/** Surplus against queued debt, debt auctions, surplus auctions. */
export function runSurplusDebt(inputs: Fields): unknown {
  const params = inputs.object("params");
  const bench = new Bench(
    [
      layer("vow", "surplus-debt", {
        ...Object.fromEntries(params.keys().map((key) => [key, params.amount(key)])),
        surplus: inputs.amount("dai"),
        debt: inputs.amount("sin"),
      }),
    ],
    poolFacts({}),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    return { type, ...vowStep(bench, type, event), ...vowStanding(bench) };
  });
  return { steps };
}

function vowStep(bench: Bench, type: string, event: Fields): Record<string, unknown> {
  const at = event.amount("at");
  if (type === "grab") {
    bench.lose(event.amount("tab"), { at });
    return { ok: true };
  }
  const done = bench.act("vow", type, vowInput(type, event), at);
  if (!done.ok) return { ok: false, reason: done.reason };
  return { ok: true, ...done.result };
}

function vowInput(type: string, event: Fields): Record<string, unknown> {
  switch (type) {
    case "surplus":
      return { amount: event.amount("amount") };
    case "heal":
      return { amount: event.amount("rad") };
    case "flog":
      return { era: event.amount("era") };
    case "dent":
      return { id: event.string("id"), lot: event.amount("lot"), bidder: event.string("guy") };
    case "tick":
    case "deal":
      return { id: event.string("id") };
    case "flop":
    case "flap":
      return {};
    default:
      throw new CaseError("", `${event.path}.type`, "a known event", type);
  }
}

function vowStanding(bench: Bench): Record<string, unknown> {
  const done = bench.act("vow", "standing", {});
  if (!done.ok) return {};
  const { surplus, debt, queued, onAuction, minted } = done.result;
  return { dai: surplus, sin: debt, Sin: queued, Ash: onAuction, minted };
}
