import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { BPS, min, WAD } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount, bps, identifier } from "../pieces/schema.js";

const parameters = z.strictObject({
  fund: identifier.describe("Fund whose assets are sold."),
  incentiveBps: bps.describe("What bidders get on top of the debt."),
  fundPriceWad: amount.describe("Price of the fund's asset, 1e18 scaled."),
  markets: z
    .record(z.string(), z.strictObject({ debt: amount, priceWad: amount }))
    .default({})
    .describe("Debts by market at the start, with the price of each, 1e18 scaled."),
  priceWad: amount
    .default(WAD)
    .describe(
      "Price of the pool's own asset, for losses that come through the waterfall under the pool's name.",
    ),
});
type Parameters = z.output<typeof parameters>;

interface Market {
  readonly debt: bigint;
  readonly priceWad: bigint;
}

/** A running auction. */
export interface FundAuction {
  readonly kind: "debt-share" | "fund-share";
  /** Of the fund, computed as a value and paid out as base units: exact only at a price of 1. */
  readonly seized: bigint;
  readonly debtValue: bigint;
  readonly fundValue: bigint;
  readonly startBps: bigint;
  readonly bidBps: bigint;
  readonly bidder: string;
  readonly debts: Readonly<Record<string, bigint>>;
}

interface State {
  readonly markets: Readonly<Record<string, Market>>;
  readonly auction: FundAuction | null;
}

type View = LayerView<Parameters, State>;
type Result = ActionResult<State>;

/**
 * Bad debt stays open until a fund is auctioned for it (Venus `Shortfall`).
 *
 * Fund worth less than debt plus incentive: all of it is sold, bidders raise the share of the debt they repay.
 * Otherwise as much as that is sold, the whole debt is repaid, bidders lower the share of the fund they take.
 * All divisions round down. What the winner does not repay stays open.
 */
export const fundAuction = definePolicy({
  id: "fund-auction",
  version: "1",
  title: "Fund auction",
  parameters,
  describe: (p) =>
    `Stays open until fund "${p.fund}" is auctioned for it, with ${p.incentiveBps} bps on top for bidders.`,
  bearer: (p) => ({ kind: "auction", id: p.fund }),
  open: (p): State => ({ markets: p.markets, auction: null }),
  capacity: () => "unlimited",
  absorb(view, request) {
    const id = view.pool.pool;
    const before = marketOf(view.state, id) ?? { debt: 0n, priceWad: view.parameters.priceWad };
    return {
      taken: request.remaining,
      state: withDebt(view.state, id, before, before.debt + request.remaining),
      effects: [{ kind: "carry", assets: request.remaining }],
      reason: "Stays open until the fund is auctioned.",
    };
  },
  recover(view, offered) {
    const id = view.pool.pool;
    const before = marketOf(view.state, id);
    const restored = min(offered, before?.debt ?? 0n);
    return {
      restored,
      state: before ? withDebt(view.state, id, before, before.debt - restored) : view.state,
      effects: restored === 0n ? [] : [{ kind: "uncarry", assets: restored }],
      reason: "Lowers the open debt.",
    };
  },
  actions: {
    start: {
      title: "Starts an auction over all open debt.",
      run(view: View): Result {
        if (view.state.auction) return { ok: false, reason: "auction is on-going" };
        const fund = view.pool.funds.get(view.parameters.fund);
        const auction = startFundAuction(view.parameters, view.state.markets, fund?.balance ?? 0n);
        if (auction.debtValue === 0n) return { ok: false, reason: "pool bad debt is too low" };
        return { ok: true, state: { ...view.state, auction }, result: { ...auction } };
      },
    },
    bid: {
      title: "Bids a share: of the debt upwards, or of the fund downwards.",
      run(view: View, input: ActionInput): Result {
        const { auction } = view.state;
        if (!auction) return { ok: false, reason: "no on-going auction" };
        const bidBps = inputAmount(input, "bps");
        if (bidBps === 0n || bidBps > BPS)
          return { ok: false, reason: "basis points cannot be more than 10000" };
        if (!improves(auction, bidBps)) return { ok: false, reason: "your bid is not the highest" };
        const next = { ...auction, bidBps, bidder: inputText(input, "bidder") };
        return { ok: true, state: { ...view.state, auction: next }, result: { bidBps } };
      },
    },
    close: {
      title: "Settles: the winner repays and takes its part of the fund.",
      run(view: View): Result {
        const { auction } = view.state;
        if (!auction) return { ok: false, reason: "no on-going auction" };
        if (auction.bidder === "") return { ok: false, reason: "no bids were placed" };
        return closeAuction(view, auction);
      },
    },
  },
});

function startFundAuction(
  parameters: Parameters,
  markets: Readonly<Record<string, Market>>,
  reserve: bigint,
): FundAuction {
  let debtValue = 0n;
  const debts = Object.fromEntries(Object.entries(markets).map(([id, market]) => [id, market.debt]));
  for (const market of Object.values(markets)) debtValue += (market.priceWad * market.debt) / WAD;
  const fundValue = (parameters.fundPriceWad * reserve) / WAD;
  const target = debtValue + (debtValue * parameters.incentiveBps) / BPS;
  const common = { debtValue, fundValue, bidder: "", debts };
  if (target >= fundValue) {
    const startBps =
      debtValue === 0n ? 0n : (BPS * BPS * fundValue) / (debtValue * (BPS + parameters.incentiveBps));
    return { ...common, kind: "debt-share", seized: fundValue, startBps, bidBps: startBps };
  }
  return { ...common, kind: "fund-share", seized: target, startBps: BPS, bidBps: BPS };
}

/** The first bid may equal the start; later ones must beat the standing one. */
function improves(auction: FundAuction, bidBps: bigint): boolean {
  const first = auction.bidder === "";
  if (auction.kind === "debt-share") return first ? bidBps >= auction.startBps : bidBps > auction.bidBps;
  return first ? bidBps <= auction.startBps : bidBps < auction.bidBps;
}

function closeAuction(view: View, auction: FundAuction): Result {
  const pays = new Map<string, bigint>();
  const markets = new Map(Object.entries(view.state.markets));
  for (const [id, debt] of Object.entries(auction.debts)) {
    const paid = auction.kind === "debt-share" ? (debt * auction.bidBps) / BPS : debt;
    pays.set(id, paid);
    const market = markets.get(id);
    if (market) markets.set(id, { ...market, debt: market.debt - min(paid, market.debt) });
  }
  const receives = auction.kind === "debt-share" ? auction.seized : (auction.seized * auction.bidBps) / BPS;
  const own = pays.get(view.pool.pool) ?? 0n;
  const held = view.pool.funds.get(view.parameters.fund)?.balance ?? 0n;
  return {
    ok: true,
    state: { markets: Object.fromEntries(markets), auction: null },
    result: {
      pays: Object.fromEntries(pays),
      receives,
      debts: Object.fromEntries([...markets].map(([id, market]) => [id, market.debt])),
    },
    effects: [
      { kind: "draw-fund", fund: view.parameters.fund, assets: min(receives, held) },
      ...(own > 0n ? [{ kind: "uncarry" as const, assets: own }] : []),
    ],
  };
}

const marketOf = (state: State, id: string): Market | undefined =>
  Object.hasOwn(state.markets, id) ? state.markets[id] : undefined;

const withDebt = (state: State, id: string, market: Market, debt: bigint): State => ({
  ...state,
  markets: { ...state.markets, [id]: { ...market, debt } },
});
