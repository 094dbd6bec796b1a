import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { min, WAD } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount } from "../pieces/input.js";
import { amount, divisor, identifier } from "../pieces/schema.js";
import { classOf } from "../pieces/shares.js";

const parameters = z.strictObject({
  class: identifier.describe("Class that holds the late loan."),
  sharePriceWad: amount.describe("Share price of the class, 1e18 scaled."),
  shares: divisor.describe("Shares of the class."),
  priceScale: divisor
    .default(10n ** 30n)
    .describe("What assets per share are multiplied by to give the share price."),
});

interface State {
  /** Written down so far. */
  readonly writtenDown: bigint;
  readonly sharePriceWad: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * A loan is written down step by step as it runs late, and up again when it is paid (Goldfinch).
 *
 * days late = floor(owed·1e18/owed per day); share = floor((late − grace)·1e18/max), at most 1; write-down =
 * floor(principal·share). A first write-down under one whole percent is ignored. The share price moves by
 * floor(|change|·scale/shares) either way.
 */
export const latenessMark = definePolicy({
  id: "lateness-mark",
  version: "1",
  title: "Lateness write-down",
  parameters,
  describe: (p) => `"${p.class}" is written down as loans run late, and up again when they are paid.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: (p): State => ({ writtenDown: 0n, sharePriceWad: p.sharePriceWad }),
  capacity: (view: View) => classOf(view, view.parameters.class).assets,
  absorb(view, request) {
    const taken = min(request.remaining, classOf(view, view.parameters.class).assets);
    return {
      taken,
      state: moved(view, taken),
      effects: taken === 0n ? [] : [{ kind: "write-down", class: view.parameters.class, assets: taken }],
      reason: "Written down until it is paid.",
    };
  },
  recover: (view, offered) => ({
    restored: offered,
    state: moved(view, -offered),
    effects: [{ kind: "write-up", class: view.parameters.class, assets: offered }],
    reason: "Written up as it is paid.",
  }),
  actions: {
    writedown: {
      title: "Writes a loan down, or up, to what its lateness says.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const principal = inputAmount(input, "principal");
        const share = latenessWad({
          owed: inputAmount(input, "owed"),
          owedPerDay: inputAmount(input, "owedPerDay"),
          graceDays: inputAmount(input, "graceDays"),
          maxDays: inputAmount(input, "maxDays"),
        });
        if ((share * 100n) / WAD === 0n && view.state.writtenDown === 0n) {
          return {
            ok: true,
            state: view.state,
            result: { ignored: true, share, writedown: 0n, delta: 0n, ...standing(view.state) },
          };
        }
        const writedown = (principal * share) / WAD;
        const change = writedown - view.state.writtenDown;
        const state = moved(view, change);
        const { class: id } = view.parameters;
        return {
          ok: true,
          state,
          result: { ignored: false, share, writedown, delta: -change, ...standing(state) },
          effects: [
            change >= 0n
              ? { kind: "write-down", class: id, assets: change }
              : { kind: "write-up", class: id, assets: -change },
          ],
        };
      },
    },
  },
});

const standing = (state: State) => ({
  sharePriceWad: state.sharePriceWad,
  writtenDown: state.writtenDown,
});

/** State after a write-down of `change` (negative: a write-up). */
function moved(view: View, change: bigint): State {
  const { shares, priceScale } = view.parameters;
  const size = change < 0n ? -change : change;
  const step = (size * priceScale) / shares;
  return {
    writtenDown: view.state.writtenDown + change,
    sharePriceWad: view.state.sharePriceWad + (change < 0n ? step : -step),
  };
}

/** Share of a loan to write down for its lateness, 1e18 = all. Days count from what a day costs. */
export function latenessWad(loan: {
  readonly owed: bigint;
  readonly owedPerDay: bigint;
  readonly graceDays: bigint;
  readonly maxDays: bigint;
}): bigint {
  if (loan.owedPerDay === 0n) return 0n;
  const lateWad = (loan.owed * WAD) / loan.owedPerDay;
  const graceWad = loan.graceDays * WAD;
  if (lateWad <= graceWad) return 0n;
  if (loan.maxDays === 0n) return WAD;
  return min(WAD, ((lateWad - graceWad) * WAD) / (loan.maxDays * WAD));
}

/**
 * How a repayment of principal is shared with junior backers: senior is filled up to its ownership share of
 * what has accrued, junior gets the rest. Each division rounds down.
 */
export function splitPrincipal(
  deal: { readonly junior: bigint; readonly senior: bigint; readonly seniorPaid: bigint },
  repayment: { readonly amount: bigint; readonly accrued: bigint },
): { seniorExpected: bigint; toSenior: bigint; toJunior: bigint } {
  const total = deal.junior + deal.senior;
  if (deal.senior === 0n || total === 0n)
    return { seniorExpected: 0n, toSenior: 0n, toJunior: repayment.amount };
  const sharePrice = (repayment.accrued * WAD) / deal.senior;
  const owned = (sharePrice * deal.senior) / total;
  const seniorExpected = (owned * deal.senior) / WAD;
  const due = seniorExpected > deal.seniorPaid ? seniorExpected - deal.seniorPaid : 0n;
  const toSenior = min(repayment.amount, due);
  return { seniorExpected, toSenior, toJunior: repayment.amount - toSenior };
}
