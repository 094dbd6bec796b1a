import { type ActionResult, definePolicy, type LayerView, type LossEffect } from "@shortfall/core";
import { min, mulDivDown, WAD, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount, divisor, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";
import {
  deposit,
  leavingMinimum,
  openProductSum,
  type ProductSum,
  type ProductSumRules,
  withEpochs,
} from "./product-sum.js";

const parameters = z.strictObject({
  variant: z
    .enum(["epochs", "leave-minimum"])
    .describe(
      "`epochs`: may be emptied, errors fed back (Liquity v1). `leave-minimum`: never emptied (Liquity v2).",
    ),
  fund: identifier.describe("Fund of the pool that mirrors its deposits."),
  collateral: identifier.optional().describe("Collateral that comes with a loss and goes to depositors."),
  gas: z
    .strictObject({ divisor, cap: amount, to: identifier })
    .optional()
    .describe(
      "Of the collateral that goes with the pool's part: the liquidator's, floor(part/divisor), at most the cap.",
    ),
  penaltyWad: amount
    .optional()
    .describe(
      "Depositors get collateral worth the debt plus this, at the pool's prices; all of it where absent.",
    ),
});
type Parameters = z.output<typeof parameters>;
type View = LayerView<Parameters, ProductSum>;

const rulesOf = (parameters: Parameters): ProductSumRules =>
  parameters.variant === "epochs" ? withEpochs : leavingMinimum;

/**
 * Depositors pay the debt and get the collateral, by product and sum: O(1) whatever their number (Liquity
 * stability pools).
 *
 * Rounding as in the contracts; deposits round down and the pool keeps the dust. Takes its part of seized
 * collateral by floor(collateral·taken/total); what its penalty does not need stays for later layers and the
 * borrower. Depositors are whole with the collateral; nothing comes back to them otherwise.
 */
export const stabilityPool = definePolicy({
  id: "stability-pool",
  version: "1",
  title: "Stability pool",
  parameters,
  describe: (p) =>
    p.variant === "epochs"
      ? `Depositors of "${p.fund}" pay the debt and get the collateral; the pool may be emptied.`
      : `Depositors of "${p.fund}" pay the debt and get the collateral; 1e18 always stays in the pool.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: (p): ProductSum => openProductSum(rulesOf(p)),
  capacity: (view: View) => free(view),
  absorb(view, request) {
    const { parameters: p, state } = view;
    const taken = min(request.remaining, free(view));
    const split = splitCollateral(view, request.seized ?? [], taken, request.remaining);
    const next = taken === 0n ? state : rulesOf(p).offset(state, taken, split.toPool);
    if (taken === 0n || !next) {
      return {
        taken: 0n,
        state,
        effects: [],
        reason: taken === 0n ? "The pool has nothing to give." : "The carried error exceeds the loss.",
        figures: { offset: 0n, collateral: 0n, gas: 0n },
        ...(taken === 0n ? {} : { refusal: "SafeMath: subtraction overflow" }),
      };
    }
    const effects: LossEffect[] = [{ kind: "draw-fund", fund: p.fund, assets: taken }];
    if (p.collateral !== undefined) {
      if (split.gas > 0n && p.gas)
        effects.push({ kind: "give-collateral", asset: p.collateral, to: p.gas.to, amount: split.gas });
      if (split.toPool > 0n)
        effects.push({ kind: "give-collateral", asset: p.collateral, to: p.fund, amount: split.toPool });
    }
    return {
      taken,
      state: next,
      effects,
      reason: `Depositors pay ${taken} and get ${split.toPool} of collateral.`,
      figures: { offset: taken, collateral: split.toPool, gas: split.gas },
    };
  },
  actions: {
    deposit: {
      title: "Adds to a deposit and pays its collateral gain out.",
      run(view: View, input: ActionInput): ActionResult<ProductSum> {
        const { parameters: p } = view;
        const added = inputAmount(input, "amount");
        const next = deposit(rulesOf(p), view.state, inputText(input, "user"), added);
        return {
          ok: true,
          state: next.pool,
          result: { paid: next.paid },
          effects: [{ kind: "fill-fund", fund: p.fund, assets: added }],
        };
      },
    },
    standing: {
      title: "The pool and every deposit as it stands.",
      run(view: View): ActionResult<ProductSum> {
        const { state } = view;
        const rules = rulesOf(view.parameters);
        return {
          ok: true,
          state,
          result: {
            product: state.product,
            scale: state.scale,
            epoch: state.epoch,
            total: state.total,
            lossError: state.lossError,
            gainError: state.gainError,
            sum: state.sums[`${state.epoch}:${state.scale}`] ?? 0n,
            deposits: Object.fromEntries(
              Object.entries(state.deposits).map(([user, snapshot]) => [
                user,
                { compounded: rules.compounded(state, snapshot), gain: rules.gain(state, snapshot) },
              ]),
            ),
          },
        };
      },
    },
  },
});

const free = (view: View): bigint => zeroFloorSub(view.state.total, rulesOf(view.parameters).minimumLeft);

interface CollateralSplit {
  readonly gas: bigint;
  readonly toPool: bigint;
}

function splitCollateral(
  view: View,
  seized: readonly { readonly asset: string; readonly amount: bigint }[],
  taken: bigint,
  remaining: bigint,
): CollateralSplit {
  const { collateral, gas, penaltyWad } = view.parameters;
  if (collateral === undefined || taken === 0n) return { gas: 0n, toPool: 0n };
  const held = seized.find((part) => part.asset === collateral)?.amount ?? 0n;
  const part = mulDivDown(held, taken, remaining);
  const compensation = gas ? min(part / gas.divisor, gas.cap) : 0n;
  const rest = part - compensation;
  if (penaltyWad === undefined || rest === 0n) return { gas: compensation, toPool: rest };
  const price = view.pool.prices?.get(collateral);
  if (price === undefined || price <= 0n)
    throw new MissingBearerError("price of", collateral, view.pool.pool);
  return { gas: compensation, toPool: min(rest, mulDivDown(taken, WAD + penaltyWad, price)) };
}
