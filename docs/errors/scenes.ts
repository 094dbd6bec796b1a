import {
  catalogue,
  createLedger,
  definePolicy,
  type LossEffect,
  openWaterfall,
  openWaterfallState,
  poolFacts,
  runWaterfall,
} from "@shortfall/sdk";
import * as z from "zod";

export const at = { block: 1, timestamp: 1_700_000_000 };
const waterfall = {
  format: "shortfall-waterfall/1" as const,
  id: "w",
  version: "1",
  layers: [{ id: "lenders", policy: "pro-rata", parameters: { class: "lenders" } }],
};

/** A pool of 1,000 units, of which ann has lent 600 and bob 400; cem has borrowed 300. */
export function books() {
  const ledger = createLedger({
    policies: catalogue,
    pools: [
      {
        id: "usd",
        asset: "USD",
        decimals: 6,
        classes: [{ id: "lenders", supplyCap: 5000n }],
        funds: [{ id: "insurance" }],
        collateral: [{ asset: "ETH", bonusBps: 500n }],
        closeFactorBps: 5000n,
        waterfall,
      },
    ],
  });
  ledger.deposit({ pool: "usd", account: "ann", assets: 600n, at });
  ledger.deposit({ pool: "usd", account: "bob", assets: 400n, at });
  ledger.borrow({ pool: "usd", account: "cem", assets: 300n, at });
  return ledger;
}

/** What a policy that breaks one rule answers to a loss of 10. */
export interface Answer {
  readonly taken?: bigint;
  readonly capacity?: bigint;
  readonly effects?: readonly LossEffect[];
  readonly before?: (view: { readonly pool: object }) => void;
}

/** Runs a loss of 10 down one layer of a policy that answers so. */
export function answering({ taken = 10n, capacity = 100n, effects, before }: Answer): unknown {
  const policy = definePolicy({
    id: "faulty",
    version: "1",
    title: "Faulty",
    parameters: z.strictObject({}),
    describe: () => "Breaks a rule.",
    bearer: () => ({ kind: "fund", id: "insurance" }),
    open: () => ({}),
    capacity: () => capacity,
    absorb(view) {
      before?.(view);
      const own = effects ?? [{ kind: "draw-fund" as const, fund: "insurance", assets: taken }];
      return { taken, state: view.state, effects: own, reason: "So it is." };
    },
  });
  const layers = [{ id: "layer", policy: "faulty", parameters: {} }];
  const opened = openWaterfall({ ...waterfall, layers }, new Map([["faulty", policy]]));
  const facts = poolFacts({
    funds: [{ id: "insurance", balance: 5n }],
    classes: [{ id: "lenders", assets: 100n, shares: 100n }],
  });
  const loss = { deficit: "d", amount: 10n, borrower: "cem", position: at };
  return runWaterfall(opened, openWaterfallState(opened), facts, loss);
}
