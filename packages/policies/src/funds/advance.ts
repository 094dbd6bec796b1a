import { definePolicy, type LayerView } from "@shortfall/core";
import { min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { amount, bps, identifier } from "../pieces/schema.js";
import { MissingBearerError } from "../pieces/shares.js";

/** 365 days, as the protocols that charge simple interest count a year. */
const YEAR_BPS = 365n * 86_400n * 10_000n;

const parameters = z.strictObject({
  fund: identifier.describe("Fund that lends."),
  floor: amount.default(0n).describe("Balance that the fund keeps."),
  interestBpsPerYear: bps.default(0n).describe("Simple interest that the loan accrues until it is repaid."),
});

interface State {
  /** Lent and not repaid, interest aside. */
  readonly principal: bigint;
  /** Interest accrued until `at`. */
  readonly interest: bigint;
  readonly at: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * A fund lends what is missing to the layers that would have to pay, instead of giving it: its claim grows
 * with interest, and recoveries may fill more than it paid (a loan between layers).
 *
 * Interest is simple on the principal, rounded down at each change. Repayments serve interest first.
 */
export const advance = definePolicy({
  id: "advance",
  version: "1",
  title: "Advance",
  parameters,
  describe: (p) =>
    `Fund "${p.fund}" lends it, keeping ${p.floor}, at ${p.interestBpsPerYear} bps a year, and is repaid from recoveries.`,
  bearer: (p) => ({ kind: "fund", id: p.fund }),
  open: (): State => ({ principal: 0n, interest: 0n, at: 0n }),
  capacity: (view: View) => free(view),
  absorb(view, request) {
    const taken = min(request.remaining, free(view));
    const accrued = accrue(view, request.position.timestamp);
    return {
      taken,
      state: taken === 0n ? view.state : { ...accrued, principal: accrued.principal + taken },
      effects: taken === 0n ? [] : [{ kind: "draw-fund", fund: view.parameters.fund, assets: taken }],
      reason: `Fund "${view.parameters.fund}" lends ${taken}.`,
    };
  },
  claim(view, position) {
    const accrued = accrue(view, position.timestamp);
    return accrued.principal + accrued.interest;
  },
  recover(view, offered, position) {
    const accrued = accrue(view, position.timestamp);
    const restored = min(offered, accrued.principal + accrued.interest);
    const interest = min(restored, accrued.interest);
    return {
      restored,
      state: {
        at: accrued.at,
        interest: accrued.interest - interest,
        principal: accrued.principal - (restored - interest),
      },
      effects: [{ kind: "fill-fund", fund: view.parameters.fund, assets: restored }],
      reason: `Repays fund "${view.parameters.fund}", ${interest} of it interest.`,
      figures: { interest },
    };
  },
});

function free(view: View): bigint {
  const fund = view.pool.funds.get(view.parameters.fund);
  if (!fund) throw new MissingBearerError("fund", view.parameters.fund, view.pool.pool);
  const floor = fund.floor ?? 0n;
  return zeroFloorSub(fund.balance, floor > view.parameters.floor ? floor : view.parameters.floor);
}

function accrue(view: View, timestamp: number): State {
  const now = BigInt(timestamp);
  const { principal, interest, at } = view.state;
  if (now <= at) return view.state;
  const added = (principal * view.parameters.interestBpsPerYear * (now - at)) / YEAR_BPS;
  return { principal, interest: interest + added, at: now };
}
