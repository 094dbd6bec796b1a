import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { bpsMulHalfUp, divUp, min, WAD } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount, bps, divisor, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

const parameters = z.strictObject({
  fund: identifier.describe("Fund of the pool that holds the staked assets."),
  maxSlashableBps: bps.describe("Most of the assets that one slash may take, half up."),
  lowerBound: amount.describe("Assets that must be left after a slash; the least that may be returned."),
  exchangeRateWad: divisor.default(WAD).describe("Shares per asset, 1e18 scaled, rounded up."),
  shares: amount.describe("Shares of the stake pool."),
  holders: z.record(z.string(), amount).default({}).describe("Shares by holder."),
});
type Parameters = z.output<typeof parameters>;

interface State {
  readonly rateWad: bigint;
  readonly shares: bigint;
  readonly holders: Readonly<Record<string, bigint>>;
  /** A slash has not been settled: no stakes, free exits, no second slash. */
  readonly unsettled: boolean;
}

type View = LayerView<Parameters, State>;

/**
 * A stake pool with a stored exchange rate (Aave `StakeToken` with a 30 % cap).
 *
 * assets = floor(1e18·shares/rate); a slash or a return sets rate = ceil(shares·1e18/assets). Stakes get
 * floor(x·rate/1e18) shares. One slash at a time: until it is settled nobody may stake and everybody may
 * leave. Losses are in units of the staked asset. Returned funds raise the rate for whoever holds now.
 */
export const safetyModule = definePolicy({
  id: "safety-module",
  version: "1",
  title: "Safety module",
  parameters,
  describe: (p) =>
    `Stake "${p.fund}" is slashed by at most ${p.maxSlashableBps} bps at a time, leaving ${p.lowerBound}; the next slash waits for settlement.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: (p): State => ({
    rateWad: p.exchangeRateWad,
    shares: p.shares,
    holders: p.holders,
    unsettled: false,
  }),
  capacity(view: View) {
    if (view.state.unsettled) return 0n;
    return min(maxSlashable(view.parameters, view.state), balanceOf(view));
  },
  absorb(view, request) {
    const slashed = slash(view, request.remaining);
    if (!slashed.ok) {
      return {
        taken: 0n,
        state: view.state,
        effects: [],
        reason: `The slash is refused (${slashed.reason}).`,
        refusal: slashed.reason,
        figures: { maxSlashable: maxSlashable(view.parameters, view.state) },
      };
    }
    return {
      taken: slashed.amount,
      state: slashed.state,
      effects: [
        {
          kind: "slash-stake",
          fund: view.parameters.fund,
          units: slashed.amount,
          assets: slashed.amount,
        },
      ],
      reason: `${slashed.amount} is slashed; the next slash waits for settlement.`,
      figures: { maxSlashable: slashed.most, exchangeRate: slashed.state.rateWad },
    };
  },
  recover(view, offered) {
    const returned = returnFunds(view, offered);
    if (!returned.ok) {
      return { restored: 0n, state: view.state, effects: [], reason: `Refused (${returned.reason}).` };
    }
    return {
      restored: offered,
      state: returned.state,
      effects: [{ kind: "return-stake", fund: view.parameters.fund, units: offered, assets: offered }],
      reason: "Raises the rate for whoever holds now.",
      figures: { exchangeRate: returned.state.rateWad },
    };
  },
  actions: {
    stake: {
      title: "Stakes assets.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const user = inputText(input, "user");
        const assets = inputAmount(input, "amount");
        if (view.state.unsettled) return { ok: false, reason: "SLASHING_ONGOING" };
        if (assets === 0n) return { ok: false, reason: "INVALID_ZERO_AMOUNT" };
        const shares = (assets * view.state.rateWad) / WAD;
        return {
          ok: true,
          state: withHolder(view.state, user, shares),
          result: { shares },
          effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets }],
        };
      },
    },
    "redeem-post-slash": {
      title: "Leaves while a slash is unsettled; more than the balance is cut to it.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const user = inputText(input, "user");
        const wanted = inputAmount(input, "shares");
        if (wanted === 0n) return { ok: false, reason: "INVALID_ZERO_AMOUNT" };
        if (!view.state.unsettled) return { ok: false, reason: "UNSTAKE_WINDOW_FINISHED" };
        const held = Object.hasOwn(view.state.holders, user) ? view.state.holders[user]! : 0n;
        const shares = min(wanted, held);
        const assets = assetsOf(view.state, shares);
        return {
          ok: true,
          state: withHolder(view.state, user, -shares),
          result: { assets },
          effects: [{ kind: "draw-fund", fund: view.parameters.fund, assets: min(assets, balanceOf(view)) }],
        };
      },
    },
    settle: {
      title: "Ends the time after a slash.",
      run: (view: View): ActionResult<State> => ({
        ok: true,
        state: { ...view.state, unsettled: false },
        result: {},
      }),
    },
    return: {
      title: "Returns funds to the stake.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const assets = inputAmount(input, "amount");
        const returned = returnFunds(view, assets);
        if (!returned.ok) return returned;
        return {
          ok: true,
          state: returned.state,
          result: { exchangeRate: returned.state.rateWad },
          effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets }],
        };
      },
    },
    standing: {
      title: "Rate, shares and what each holder could redeem.",
      run: (view: View): ActionResult<State> => ({
        ok: true,
        state: view.state,
        result: {
          exchangeRate: view.state.rateWad,
          shares: view.state.shares,
          unsettled: view.state.unsettled,
          holders: Object.fromEntries(
            Object.entries(view.state.holders).map(([id, shares]) => [id, assetsOf(view.state, shares)]),
          ),
        },
      }),
    },
  },
});

const assetsOf = (state: State, shares: bigint): bigint => (WAD * shares) / state.rateWad;

const maxSlashable = (parameters: Parameters, state: State): bigint =>
  bpsMulHalfUp(assetsOf(state, state.shares), parameters.maxSlashableBps);

type SlashResult =
  | { readonly ok: true; readonly amount: bigint; readonly most: bigint; readonly state: State }
  | { readonly ok: false; readonly reason: string };

function slash(view: View, wanted: bigint): SlashResult {
  const { state, parameters: p } = view;
  if (state.unsettled) return { ok: false, reason: "PREVIOUS_SLASHING_NOT_SETTLED" };
  const assets = assetsOf(state, state.shares);
  const most = maxSlashable(p, state);
  const amountSlashed = min(wanted, most);
  const left = assets - amountSlashed;
  if (amountSlashed === 0n) return { ok: false, reason: "ZERO_AMOUNT" };
  // Without a lower bound the rate would have no value once nothing is left.
  if (left < p.lowerBound || left === 0n) return { ok: false, reason: "REMAINING_LT_MINIMUM" };
  return {
    ok: true,
    amount: amountSlashed,
    most,
    state: { ...state, rateWad: divUp(state.shares * WAD, left), unsettled: true },
  };
}

function returnFunds(
  view: View,
  assets: bigint,
): { readonly ok: true; readonly state: State } | { readonly ok: false; readonly reason: string } {
  const { state, parameters: p } = view;
  if (assets < p.lowerBound || assets === 0n) return { ok: false, reason: "AMOUNT_LT_MINIMUM" };
  if (state.shares < p.lowerBound || state.shares === 0n) return { ok: false, reason: "SHARES_LT_MINIMUM" };
  const held = assetsOf(state, state.shares) + assets;
  return { ok: true, state: { ...state, rateWad: divUp(state.shares * WAD, held) } };
}

function withHolder(state: State, user: string, shares: bigint): State {
  const held = Object.hasOwn(state.holders, user) ? state.holders[user]! : 0n;
  return {
    ...state,
    shares: state.shares + shares,
    holders: { ...state.holders, [user]: held + shares },
  };
}

function balanceOf(view: View): bigint {
  const fund = view.pool.funds.get(view.parameters.fund);
  if (!fund) throw new MissingBearerError("fund", view.parameters.fund, view.pool.pool);
  const floor = fund.floor ?? 0n;
  return fund.balance > floor ? fund.balance - floor : 0n;
}
