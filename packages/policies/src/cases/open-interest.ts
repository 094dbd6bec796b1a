import { type Fields, poolFacts } from "@shortfall/core";
import { fundingCharge } from "../members/funding-shift.js";
import { Bench, layer } from "./bench.js";
import { amounts } from "./index-cases.js";

/** Quote precision 1e6, base precision 1e9, funding rate precision 1e9 with a step of 1000. */
const CHARGE_DIVISORS = [10n ** 6n, 1000n, 1000n];

/** Insurance with a lifetime cap, fee pool, then a charge per unit of open interest on both sides. */
export function runPerpetualBankruptcy(inputs: Fields): unknown {
  const loss = inputs.amount("loss");
  const settled = inputs.amount("quoteSettledInsurance");
  const bench = new Bench(
    [
      layer("insurance", "cash-fund", {
        fund: "insurance",
        limits: { floor: 1n, lifetime: { max: inputs.amount("quoteMaxInsurance"), used: settled } },
      }),
      layer("fee-pool", "cash-fund", { fund: "fee-pool" }),
      layer("positions", "funding-shift", {
        openInterest: "open-interest",
        step: 1000n,
        chargeDivisors: CHARGE_DIVISORS,
      }),
    ],
    poolFacts({
      funds: [
        { id: "insurance", balance: inputs.amount("insuranceBalance") },
        { id: "fee-pool", balance: inputs.amount("feePool") },
      ],
      groups: {
        "open-interest": {
          long: inputs.amount("baseLong", true),
          short: inputs.amount("baseShort", true),
        },
      },
    }),
  );
  const outcome = bench.lose(loss);
  const taken = (id: string) => outcome.layers.find((entry) => entry.layer === id)?.taken ?? 0n;
  const delta = outcome.layers.find((entry) => entry.layer === "positions")?.figures.fundingDelta ?? 0n;
  const charged = Object.entries(amounts(inputs.object("positions"), true)).map(
    ([id, base]) => [id, fundingCharge({ chargeDivisors: CHARGE_DIVISORS }, delta, base)] as const,
  );
  const socialised = loss - taken("insurance") - taken("fee-pool");
  return {
    insurance: taken("insurance"),
    feePool: taken("fee-pool"),
    socialised,
    fundingDelta: delta,
    charged: Object.fromEntries(charged),
    chargedTotal: charged.reduce((sum, [, charge]) => sum + charge, 0n),
    settledInsurance: settled + taken("insurance"),
    totalSocialLossAdded: socialised,
  };
}
