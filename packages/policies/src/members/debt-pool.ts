import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import { min, mulDivHalfUp, RAY } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputText } from "../pieces/input.js";
import { amount, identifier } from "../pieces/schema.js";

const parameters = z.strictObject({
  borrowers: identifier.default("borrowers").describe("Name of the borrowers as a group."),
  debt: amount.describe("Debt of the whole pool."),
  shares: z.record(z.string(), amount).describe("Shares of the debt by borrower."),
});

interface State {
  readonly debt: bigint;
  readonly shares: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * All borrowers owe one debt, by shares: a loss raises it for everybody, a gain lowers it, at once (Synthetix
 * v2x).
 *
 * ratio = debt·1e27/shares and a borrower's debt = shares·ratio/1e27, both rounded half up; the pool keeps or
 * owes the difference. Without shares nothing is taken.
 */
export const debtPool = definePolicy({
  id: "debt-pool",
  version: "1",
  title: "Debt pool",
  parameters,
  describe: (p) => `All "${p.borrowers}" owe it by their shares of one debt.`,
  bearer: (p) => ({ kind: "group", id: p.borrowers }),
  open: (p): State => ({
    debt: p.debt,
    shares: Object.values(p.shares).reduce((sum, held) => sum + held, 0n),
  }),
  capacity: (view: View) => (view.state.shares === 0n ? 0n : "unlimited"),
  absorb(view, request) {
    const taken = view.state.shares === 0n ? 0n : request.remaining;
    return {
      taken,
      state: taken === 0n ? view.state : { ...view.state, debt: view.state.debt + taken },
      effects: taken === 0n ? [] : [{ kind: "transfer-debt", to: view.parameters.borrowers, assets: taken }],
      reason: taken === 0n ? "Nobody has a share of the debt." : "Raises the debt of all borrowers.",
    };
  },
  recover(view, offered) {
    const restored = min(offered, view.state.debt);
    return {
      restored,
      state: { ...view.state, debt: view.state.debt - restored },
      effects: [{ kind: "pay", to: view.parameters.borrowers, assets: restored }],
      reason: "Lowers the debt of all borrowers.",
    };
  },
  actions: {
    owed: {
      title: "What a borrower owes now.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const account = inputText(input, "account");
        const { shares } = view.parameters;
        const held = Object.hasOwn(shares, account) ? shares[account]! : 0n;
        if (view.state.shares === 0n) return { ok: true, state: view.state, result: { owed: 0n } };
        const ratioRay = mulDivHalfUp(view.state.debt, RAY, view.state.shares);
        return {
          ok: true,
          state: view.state,
          result: { owed: mulDivHalfUp(held, ratioRay, RAY), ratioRay },
        };
      },
    },
  },
});
