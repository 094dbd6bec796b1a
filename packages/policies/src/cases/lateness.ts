import { type Fields, poolFacts } from "@shortfall/core";
import { splitPrincipal } from "../marks/lateness-mark.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Share price written down as a loan runs late, and up again; principal shared senior first. */
export function runLateness(inputs: Fields): unknown {
  const senior = inputs.amount("seniorDeposited");
  const junior = inputs.amount("juniorDeposited");
  const shares = inputs.amount("seniorPoolShares");
  const price = inputs.amount("seniorSharePrice");
  // The senior pool is larger than this deal; its class must be able to carry the write-down.
  const assets = senior + (shares * price) / 10n ** 30n;
  const bench = new Bench(
    [layer("senior", "lateness-mark", { class: "senior", sharePriceWad: price, shares })],
    poolFacts({ classes: [{ id: "senior", assets, shares }] }),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    if (type === "repay-principal") {
      return {
        type,
        ...splitPrincipal(
          { junior, senior, seniorPaid: event.amount("seniorPaidSoFar") },
          { amount: event.amount("amount"), accrued: event.amount("accrued") },
        ),
      };
    }
    if (type !== "writedown")
      throw new CaseError("", `${event.path}.type`, "writedown or repay-principal", type);
    const done = bench.act("senior", "writedown", {
      principal: event.amount("principal"),
      owed: event.amount("totalOwed"),
      owedPerDay: event.amount("owedPerDay"),
      graceDays: event.amount("graceDays"),
      maxDays: event.amount("maxDays"),
    });
    if (!done.ok) return { type, ok: false, reason: done.reason };
    return {
      type,
      ...(done.result.ignored === true ? { ignored: true } : {}),
      percent1e18: done.result.share,
      writedown: done.result.writedown,
      delta: done.result.delta,
      sharePrice: done.result.sharePriceWad,
      totalWritedowns: done.result.writtenDown,
    };
  });
  return { steps };
}
