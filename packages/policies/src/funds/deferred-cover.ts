import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount } from "../pieces/input.js";
import { amount } from "../pieces/schema.js";

const parameters = z.strictObject({
  offset: amount
    .default(0n)
    .describe("First part of the deficit that is not passed on to a slash; its owner covers it."),
  pending: amount.default(0n).describe("Slashed already and not yet used to cover."),
  open: amount.default(0n).describe("Deficit of the pool at the start."),
});

interface State {
  readonly open: bigint;
  readonly pending: bigint;
  readonly offset: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * The deficit stays open; a slash of the layers below is asked for what is neither offset nor pending, and
 * what it brings in covers the deficit later, on order (Umbrella with an Aave pool).
 *
 * `request` says how much a slash may be for; run the layers below with it and `pend` what they covered.
 * `cover-pending` and `cover-offset` lower the pool's deficit. No rounding.
 */
export const deferredCover = definePolicy({
  id: "deferred-cover",
  version: "1",
  title: "Deferred cover",
  parameters,
  describe: (p) =>
    `The deficit stays open; beyond an offset of ${p.offset} the layers below are slashed for it and cover it later.`,
  bearer: () => ({ kind: "carried", id: "deficit" }),
  open: (p): State => ({ open: p.open, pending: p.pending, offset: p.offset }),
  capacity: () => "unlimited",
  absorb: (view, request) => ({
    taken: request.remaining,
    state: { ...view.state, open: view.state.open + request.remaining },
    effects: [{ kind: "carry", assets: request.remaining }],
    reason: "Stays open until covered.",
  }),
  recover(view, offered) {
    const restored = min(offered, view.state.open);
    return {
      restored,
      state: { ...view.state, open: view.state.open - restored },
      effects: [{ kind: "uncarry", assets: restored }],
      reason: "Lowers the open deficit.",
    };
  },
  actions: {
    request: {
      title: "How much a slash may be for now.",
      run(view: View): ActionResult<State> {
        const asked = zeroFloorSub(view.state.open, view.state.offset + view.state.pending);
        if (asked === 0n) return { ok: false, reason: "CannotSlash" };
        return { ok: true, state: view.state, result: { asked } };
      },
    },
    pend: {
      title: "Books what a slash covered as pending.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const pending = view.state.pending + inputAmount(input, "amount");
        return { ok: true, state: { ...view.state, pending }, result: { pending } };
      },
    },
    "cover-pending": {
      title: "Uses pending cover to lower the deficit.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const covered = min(inputAmount(input, "amount"), view.state.pending);
        if (covered === 0n) return { ok: false, reason: "ZeroDeficitToCover" };
        return lower(view, covered, { pending: view.state.pending - covered });
      },
    },
    "cover-offset": {
      title: "The offset's owner lowers the deficit, and the offset with it.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const { open, pending, offset } = view.state;
        const limit = offset + pending > open ? zeroFloorSub(open, pending) : offset;
        const covered = min(inputAmount(input, "amount"), limit);
        if (covered === 0n) return { ok: false, reason: "ZeroDeficitToCover" };
        return lower(view, covered, { offset: offset - covered });
      },
    },
  },
});

function lower(view: View, covered: bigint, change: Partial<State>): ActionResult<State> {
  return {
    ok: true,
    state: { ...view.state, ...change, open: view.state.open - covered },
    result: { covered },
    effects: [{ kind: "uncarry", assets: covered }],
  };
}
