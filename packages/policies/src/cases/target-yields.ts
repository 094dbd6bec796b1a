import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Target-yield tranches over a portfolio: accrual, defaults, repayments, closing, late recoveries. */
export function runTargetYield(inputs: Fields): unknown {
  const cash = inputs.amount("cash");
  const loans = inputs.amount("loansValue");
  const bench = new Bench(
    [
      layer("portfolio", "target-yield", {
        class: "portfolio",
        cash,
        loans,
        at: inputs.amount("at"),
        defaulted: inputs.has("someLoansDefaulted") && inputs.boolean("someLoansDefaulted"),
        tranches: inputs.objects("tranches").map((fields) => ({
          id: fields.string("id"),
          checkpoint: fields.amount("checkpoint"),
          targetBpsPerYear: fields.amount("targetApyBps"),
        })),
      }),
    ],
    poolFacts({ classes: [{ id: "portfolio", assets: cash + loans, shares: cash + loans }] }),
  );
  const act = (action: string, input: Record<string, unknown>, at: bigint) => {
    const done = bench.act("portfolio", action, input, at);
    if (!done.ok)
      throw new CaseError("", `event ${action}`, "an event that the portfolio accepts", done.reason);
    return done.result;
  };
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    const at = event.amount("at");
    switch (type) {
      case "accrue":
        act("accrue", { amount: event.amount("loanValueIncrease") }, at);
        return { type, waterfall: act("values", {}, at).values };
      case "default": {
        bench.lose(event.amount("loanValue"), { at });
        const { values, deficits } = act("values", {}, at);
        return { type, waterfall: values, deficits };
      }
      case "repay-live": {
        const { values, deficits } = act(
          "repay",
          { amount: event.amount("amount"), loanDecrease: event.amount("loanValueDecrease") },
          at,
        );
        return { type, waterfall: values, deficits };
      }
      case "close": {
        const { paid, claims } = act("close", {}, at);
        return { type, distributed: paid, maxValueOnClose: claims };
      }
      case "repay-closed": {
        const { added, paid } = act("pay-closed", { amount: event.amount("amount") }, at);
        return { type, added, distributed: paid };
      }
      default:
        throw new CaseError("", `${event.path}.type`, "a known event", type);
    }
  });
  return { steps };
}
