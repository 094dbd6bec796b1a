import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";

/** Claims cut at redemption by a ratio fixed once. */
export function runRedemptionHaircut(inputs: Fields): unknown {
  const claims = inputs.amount("totalRedemptionValue");
  const exposure = inputs.amount("outstandingExposure");
  const bench = new Bench(
    [
      layer("claims", "redemption-haircut", {
        class: "claims",
        collected: inputs.amount("collected"),
        claims,
      }),
    ],
    // Exposure may exceed what the claims are worth; the class must be able to carry the mark.
    poolFacts({ classes: [{ id: "claims", assets: claims > exposure ? claims : exposure, shares: claims }] }),
  );
  bench.lose(exposure);
  let rate: unknown = 0n;
  let left: unknown = inputs.amount("collected");
  const steps = inputs.objects("events").map((event) => {
    const paid = bench.act("claims", "redeem", { value: event.amount("redemptionValue") });
    if (!paid.ok) return { user: event.string("user"), ok: false, reason: paid.reason };
    rate = paid.result.rateWad;
    left = paid.result.cashLeft;
    return {
      user: event.string("user"),
      mode: paid.result.mode,
      paid: paid.result.paid,
      haircut: paid.result.haircut,
      collectedLeft: left,
    };
  });
  return { haircutMantissa: rate, steps, dust: left };
}
