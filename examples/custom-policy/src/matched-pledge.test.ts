import { policyConformance } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import plugin, { matchedPledge } from "./index.js";

describe("matched pledge", () => {
  // What every policy must keep; a part of each loss is matched, so a loss split in two may differ by rounding.
  policyConformance(it, matchedPledge, {
    parameters: { fund: "insurance", matchBps: 2500 },
    split: 1n,
  });

  it("is what the plugin brings", () => {
    expect(plugin.name).toBe("example-custom-policy");
    expect(() => matchedPledge.parameters.parse({ fund: "f", matchBps: 0 })).toThrow();
    expect(matchedPledge.describe({ fund: "f", matchBps: 2500 })).toBe(
      'Sponsors match 25 % of each loss out of fund "f".',
    );
  });
});
