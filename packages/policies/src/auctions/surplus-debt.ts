import { type ActionResult, definePolicy, type LayerView, type Position } from "@shortfall/core";
import { min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount } from "../pieces/schema.js";
import {
  bidFallingLot,
  type FallingLot,
  fallingLotOver,
  openFallingLot,
  restartFallingLot,
} from "./falling-lot.js";

const parameters = z.strictObject({
  wait: amount.describe("Seconds that debt waits in the queue before it may be netted."),
  sump: amount.describe("Bid of a debt auction."),
  dump: amount.describe("Lot that a debt auction starts with."),
  bump: amount.describe("Size of a surplus auction."),
  hump: amount.describe("Surplus that must be left beside a surplus auction."),
  beg: amount.describe("Least factor by which a bid must improve, 1e18 scaled."),
  pad: amount.describe("Factor by which a restarted lot grows, 1e18 scaled."),
  ttl: amount.describe("Seconds that a bid stands before it wins."),
  tau: amount.describe("Seconds that an auction runs at most."),
  surplus: amount.default(0n).describe("Surplus at the start."),
  debt: amount.default(0n).describe("Debt at the start."),
});
type Parameters = z.output<typeof parameters>;

interface State {
  readonly surplus: bigint;
  readonly debt: bigint;
  /** Of the debt, waiting in the queue, and by when it came in. */
  readonly queued: bigint;
  readonly queue: Readonly<Record<string, bigint>>;
  /** Of the debt, covered by running auctions. */
  readonly onAuction: bigint;
  readonly auctions: Readonly<Record<string, FallingLot>>;
  readonly lastAuction: bigint;
  /** Of the protocol's token, minted by settled auctions. */
  readonly minted: bigint;
}

type View = LayerView<Parameters, State>;
type Result = ActionResult<State>;

/**
 * Debt queues, surplus nets it one to one, the rest is auctioned for newly minted token (Maker `Vow`).
 *
 * Takes any loss and keeps it open (a carry) until it is netted. Actions bear the contract's names: `flog`
 * takes debt out of the queue, `heal` nets, `flop` and `flap` start auctions, `dent` bids, `tick` runs an
 * auction again, `deal` settles. No rounding but the lot's. A recovery nets debt that is not queued and not on
 * auction; later surplus belongs to the system.
 */
export const surplusDebt = definePolicy({
  id: "surplus-debt",
  version: "1",
  title: "Surplus against queued debt, then a mint auction",
  parameters,
  describe: (p) =>
    `Debt waits ${p.wait} seconds, is netted with surplus, and what is left is auctioned in lots of ${p.sump} for new token.`,
  bearer: () => ({ kind: "auction", id: "surplus-debt" }),
  open: (p): State => ({
    surplus: p.surplus,
    debt: p.debt,
    queued: 0n,
    queue: {},
    onAuction: 0n,
    auctions: {},
    lastAuction: 0n,
    minted: 0n,
  }),
  capacity: () => "unlimited",
  absorb: (view, request) => ({
    taken: request.remaining,
    state: enqueue(view.state, request.remaining, BigInt(request.position.timestamp)),
    effects: [{ kind: "carry", assets: request.remaining }],
    reason: "Waits in the debt queue.",
  }),
  recover(view, offered) {
    const restored = min(offered, freeDebt(view.state));
    return {
      restored,
      state: { ...view.state, debt: view.state.debt - restored },
      effects: [{ kind: "uncarry", assets: restored }],
      reason: "Nets debt that is neither queued nor on auction.",
    };
  },
  actions: {
    surplus: {
      title: "Surplus comes in.",
      run: (view: View, input: ActionInput): Result =>
        done({ ...view.state, surplus: view.state.surplus + inputAmount(input, "amount") }),
    },
    flog: {
      title: "Takes debt out of the queue after its wait.",
      run(view: View, input: ActionInput, position: Position): Result {
        const era = inputAmount(input, "era");
        if (era + view.parameters.wait > BigInt(position.timestamp)) return refuse("wait-not-finished");
        const { [`${era}`]: released = 0n, ...queue } = view.state.queue;
        return done({ ...view.state, queue, queued: view.state.queued - released });
      },
    },
    heal: {
      title: "Nets surplus and free debt.",
      run(view: View, input: ActionInput): Result {
        const assets = inputAmount(input, "amount");
        if (assets > view.state.surplus) return refuse("insufficient-surplus");
        if (assets > freeDebt(view.state)) return refuse("insufficient-debt");
        return netted(
          {
            ...view.state,
            surplus: view.state.surplus - assets,
            debt: view.state.debt - assets,
          },
          assets,
        );
      },
    },
    flop: {
      title: "Starts a debt auction.",
      run(view: View, _input: ActionInput, position: Position): Result {
        const { state, parameters: p } = view;
        if (freeDebt(state) < p.sump) return refuse("insufficient-debt");
        if (state.surplus !== 0n) return refuse("surplus-not-zero");
        const id = state.lastAuction + 1n;
        const auction = openFallingLot(p, p.sump, p.dump, BigInt(position.timestamp));
        return {
          ok: true,
          state: {
            ...state,
            onAuction: state.onAuction + p.sump,
            auctions: { ...state.auctions, [`${id}`]: auction },
            lastAuction: id,
          },
          result: { id },
        };
      },
    },
    dent: {
      title: "Bids for a smaller lot; the first bid pays the debt.",
      run: (view: View, input: ActionInput, position: Position): Result => dent(view, input, position),
    },
    tick: {
      title: "Runs an auction without bids again.",
      run(view: View, input: ActionInput, position: Position): Result {
        const id = inputText(input, "id");
        const auction = auctionOf(view.state, id);
        if (!auction) return refuse("not-finished");
        const next = restartFallingLot(view.parameters, auction, BigInt(position.timestamp));
        return next.ok ? done(withAuction(view.state, id, next.auction)) : next;
      },
    },
    deal: {
      title: "Settles an auction and mints its lot.",
      run(view: View, input: ActionInput, position: Position): Result {
        const id = inputText(input, "id");
        const auction = auctionOf(view.state, id);
        if (!auction || !fallingLotOver(auction, BigInt(position.timestamp))) return refuse("not-finished");
        const { [id]: _settled, ...auctions } = view.state.auctions;
        return {
          ok: true,
          state: { ...view.state, auctions, minted: view.state.minted + auction.lot },
          result: { minted: auction.lot },
        };
      },
    },
    flap: {
      title: "Sells surplus above the buffer.",
      run(view: View): Result {
        const { state, parameters: p } = view;
        if (state.surplus < state.debt + p.bump + p.hump) return refuse("insufficient-surplus");
        if (freeDebt(state) !== 0n) return refuse("debt-not-zero");
        return done({ ...state, surplus: state.surplus - p.bump });
      },
    },
    standing: {
      title: "Surplus, debt and what of it is queued or on auction.",
      run: (view: View): Result => ({
        ok: true,
        state: view.state,
        result: {
          surplus: view.state.surplus,
          debt: view.state.debt,
          queued: view.state.queued,
          onAuction: view.state.onAuction,
          minted: view.state.minted,
        },
      }),
    },
  },
});

function dent(view: View, input: ActionInput, position: Position): Result {
  const id = inputText(input, "id");
  const bidder = inputText(input, "bidder");
  const auction = auctionOf(view.state, id);
  if (!auction) return refuse("guy-not-set");
  const next = bidFallingLot(
    view.parameters,
    auction,
    inputAmount(input, "lot"),
    bidder,
    BigInt(position.timestamp),
  );
  if (!next.ok) return next;
  const state = withAuction(view.state, id, next.auction);
  if (auction.bidder !== "") return done(state);
  // The first bidder pays the system, which nets at once what of it is on auction.
  const kissed = min(auction.bid, state.onAuction);
  return {
    ok: true,
    state: {
      ...state,
      surplus: state.surplus + auction.bid - kissed,
      debt: state.debt - kissed,
      onAuction: state.onAuction - kissed,
    },
    result: { kissed },
    effects: [{ kind: "uncarry", assets: kissed }],
  };
}

function enqueue(state: State, assets: bigint, now: bigint): State {
  const key = `${now}`;
  return {
    ...state,
    debt: state.debt + assets,
    queued: state.queued + assets,
    queue: { ...state.queue, [key]: (state.queue[key] ?? 0n) + assets },
  };
}

/** Debt that is neither queued nor on auction. */
const freeDebt = (state: State): bigint => zeroFloorSub(state.debt, state.queued + state.onAuction);

const auctionOf = (state: State, id: string): FallingLot | undefined =>
  Object.hasOwn(state.auctions, id) ? state.auctions[id] : undefined;

const withAuction = (state: State, id: string, auction: FallingLot): State => ({
  ...state,
  auctions: { ...state.auctions, [id]: auction },
});

const done = (state: State): Result => ({ ok: true, state, result: {} });
const netted = (state: State, assets: bigint): Result => ({
  ok: true,
  state,
  result: {},
  effects: [{ kind: "uncarry", assets }],
});
const refuse = (reason: string): Result => ({ ok: false, reason });
