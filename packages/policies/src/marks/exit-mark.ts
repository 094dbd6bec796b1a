import { type ActionResult, type ClassFacts, definePolicy, type LayerView } from "@shortfall/core";
import { min } from "@shortfall/math";
import * as z from "zod";
import { amountAt, changeAmounts } from "../pieces/amounts.js";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { identifier } from "../pieces/schema.js";

const parameters = z.strictObject({ class: identifier.describe("Class whose exit price is marked down.") });

interface State {
  /** Marked, by loan. */
  readonly loans: Readonly<Record<string, bigint>>;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * A reversible mark: whoever leaves is paid at the marked price, the books keep the claim (Maple impairment).
 *
 * A loss is marked under its deficit's borrower; `remove` takes a loan's mark back in full. Marks may exceed
 * the class's assets; they count up to them when the exit price is read. What is marked is not lost yet: to
 * realise it, take the mark back and run the layers below.
 */
export const exitMark = definePolicy({
  id: "exit-mark",
  version: "1",
  title: "Exit-price mark",
  parameters,
  describe: (p) => `Whoever leaves "${p.class}" is paid at the marked price until the loss is final.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: (): State => ({ loans: {} }),
  capacity: () => "unlimited",
  absorb: (view, request) => ({
    taken: request.remaining,
    state: {
      loans: changeAmounts(view.state.loans, [[request.borrower, request.remaining]]),
    },
    effects: [{ kind: "mark", class: view.parameters.class, assets: request.remaining }],
    reason: `Marks the exit price of "${view.parameters.class}".`,
  }),
  recover(view, offered) {
    // By order of marking, as a recovery does not say whose loan it is for.
    let left = offered;
    const loans = Object.entries(view.state.loans).flatMap(([loan, marked]): [string, bigint][] => {
      const part = min(left, marked);
      left -= part;
      return marked > part ? [[loan, marked - part]] : [];
    });
    return {
      restored: offered - left,
      state: { loans: Object.fromEntries(loans) },
      effects: [{ kind: "unmark", class: view.parameters.class, assets: offered - left }],
      reason: "Takes marks back.",
    };
  },
  actions: {
    mark: {
      title: "Marks a loan.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const loan = inputText(input, "loan");
        const assets = inputAmount(input, "amount");
        const loans = changeAmounts(view.state.loans, [[loan, assets]]);
        return {
          ok: true,
          state: { loans },
          result: { marked: amountAt(loans, loan) },
          effects: [{ kind: "mark", class: view.parameters.class, assets }],
        };
      },
    },
    remove: {
      title: "Takes a loan's mark back.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const loan = inputText(input, "loan");
        const assets = amountAt(view.state.loans, loan);
        if (assets === 0n) return { ok: false, reason: "NotImpaired" };
        const { [loan]: _removed, ...loans } = view.state.loans;
        return {
          ok: true,
          state: { loans },
          result: { removed: assets },
          effects: [{ kind: "unmark", class: view.parameters.class, assets }],
        };
      },
    },
  },
});

/** Assets paid for shares on the way out: floor(shares·(assets − mark)/supply), the mark at most the assets. */
export function exitValueDown(entry: ClassFacts, shares: bigint): bigint {
  if (entry.shares === 0n) return 0n;
  return (shares * (entry.assets - min(entry.assets, entry.marked ?? 0n))) / entry.shares;
}
