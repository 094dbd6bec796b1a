import { arbitraryScript, type LayerBinding, runScript } from "@shortfall/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "../src/index.js";

/** Insurance, reserve, tranche, carry; a class's loss by either policy that writes down totals. */
const bind =
  (classPolicy: "pro-rata" | "tranche"): LayerBinding =>
  (layer) => {
    switch (layer.kind) {
      case "fund":
        return { policy: "cash-fund", parameters: { fund: layer.fund } };
      case "reserve":
        return { policy: "reserve", parameters: {} };
      case "class":
        return { policy: classPolicy, parameters: { class: layer.class } };
      case "carry":
        return { policy: "carry", parameters: {} };
    }
  };

describe("any waterfall of the basic policies, in the ledger", () => {
  it("agrees with the naive ledger after every step of a thousand random histories", () => {
    let steps = 0;
    let writeOffs = 0;
    fc.assert(
      fc.property(
        arbitraryScript({ minLength: 100, maxLength: 110 }),
        fc.constantFrom("pro-rata" as const, "tranche" as const),
        (script, classPolicy) => {
          const outcome = runScript(script, catalogue, bind(classPolicy));
          steps += outcome.done + outcome.refused;
          writeOffs += outcome.writeOffs;
        },
      ),
      { numRuns: 1000, seed: 20221012, endOnFailure: true },
    );
    expect(steps).toBeGreaterThanOrEqual(100_000);
    expect(writeOffs).toBeGreaterThan(1000);
  });
});
