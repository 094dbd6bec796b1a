import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { amounts } from "./index-cases.js";

/** A stake pool with a stored rate: capped slashes, a gate after each, returned funds. */
export function runStakeModule(inputs: Fields): unknown {
  const params = inputs.object("params");
  const rate = inputs.amount("exchangeRate");
  const shares = inputs.amount("totalShares");
  const bench = new Bench(
    [
      layer("stake", "safety-module", {
        fund: "stake",
        maxSlashableBps: params.amount("maxSlashableBps"),
        lowerBound: params.amount("lowerBound"),
        exchangeRateWad: rate,
        shares,
        holders: amounts(inputs.object("holders")),
      }),
    ],
    poolFacts({ funds: [{ id: "stake", balance: (10n ** 18n * shares) / rate }] }),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    return { type, ...stakeStep(bench, type, event), ...standing(bench) };
  });
  return { steps };
}

function stakeStep(bench: Bench, type: string, event: Fields): Record<string, unknown> {
  switch (type) {
    case "slash": {
      const outcome = bench.lose(event.amount("amount")).layers[0];
      if (!outcome || outcome.refusal !== undefined)
        return { ok: false, reason: outcome?.refusal ?? "ZERO_AMOUNT" };
      return { ok: true, slashed: outcome.taken, maxSlashable: outcome.figures.maxSlashable };
    }
    case "stake":
      return acted(bench, "stake", { user: event.string("user"), amount: event.amount("amount") }, "shares");
    case "redeem-post-slash":
      return acted(
        bench,
        "redeem-post-slash",
        { user: event.string("user"), shares: event.amount("shares") },
        "assets",
      );
    case "settle":
      return acted(bench, "settle", {});
    case "return":
      return acted(bench, "return", { amount: event.amount("amount") });
    default:
      throw new CaseError("", `${event.path}.type`, "a known event", type);
  }
}

function acted(
  bench: Bench,
  action: string,
  input: Record<string, unknown>,
  figure?: string,
): Record<string, unknown> {
  const done = bench.act("stake", action, input);
  if (!done.ok) return { ok: false, reason: done.reason };
  return { ok: true, ...(figure === undefined ? {} : { [figure]: done.result[figure] }) };
}

function standing(bench: Bench): Record<string, unknown> {
  const done = bench.act("stake", "standing", {});
  if (!done.ok) return {};
  return {
    exchangeRate: done.result.exchangeRate,
    totalShares: done.result.shares,
    inPostSlashing: done.result.unsettled,
    holders: done.result.holders,
  };
}
