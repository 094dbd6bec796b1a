import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";
import { type Result, resultAmount, resultObject, resultObjects } from "./results.js";

const POOL = "stability-pool";
const COLLATERAL = "collateral";

/** A pool with epochs and error feedback. */
export function runEpochPool(inputs: Fields): unknown {
  const bench = new Bench(
    [layer("pool", "stability-pool", { variant: "epochs", fund: POOL, collateral: COLLATERAL })],
    poolFacts({ funds: [{ id: POOL, balance: 0n }] }),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    const result = type === "deposit" ? depositStep(bench, event) : offsetStep(bench, event);
    const pool = standing(bench);
    const compounded = deposits(pool).reduce((sum, [, entry]) => sum + resultAmount(entry, "compounded"), 0n);
    return {
      type,
      ...result,
      P: pool.product,
      scale: pool.scale,
      epoch: pool.epoch,
      totalDeposits: pool.total,
      lossError: pool.lossError,
      collError: pool.gainError,
      S: pool.sum,
      users: users(pool),
      sumCompounded: compounded,
      solvent: compounded <= resultAmount(pool, "total"),
    };
  });
  return { steps };
}

function depositStep(bench: Bench, event: Fields): Record<string, unknown> {
  const done = bench.act("pool", "deposit", {
    user: event.string("user"),
    amount: event.amount("amount"),
  });
  if (!done.ok) throw new CaseError("", event.path, "a deposit", done.reason);
  return { paidColl: done.result.paid };
}

function offsetStep(bench: Bench, event: Fields): Record<string, unknown> {
  if (event.string("type") !== "offset")
    throw new CaseError("", `${event.path}.type`, "deposit or offset", event.string("type"));
  bench.lose(event.amount("debt"), {
    seized: [{ asset: COLLATERAL, amount: event.amount("coll") }],
  });
  return {};
}

/** A pool that is never emptied, then the branch's other borrowers, then the borrower. */
export function runMinimumPool(inputs: Fields): unknown {
  const params = inputs.object("params");
  const bench = new Bench(
    [
      layer("pool", "stability-pool", {
        variant: "leave-minimum",
        fund: POOL,
        collateral: COLLATERAL,
        penaltyWad: params.amount("penaltySP"),
        gas: { divisor: 200n, cap: 2n * 10n ** 18n, to: "liquidator" },
      }),
      layer("borrowers", "take-over", {
        to: "other-borrowers",
        collateral: { asset: COLLATERAL, penaltyWad: params.amount("penaltyRedistribution") },
      }),
    ],
    poolFacts({ funds: [{ id: POOL, balance: 0n }] }),
  );
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    if (type !== "deposit" && type !== "liquidate")
      throw new CaseError("", `${event.path}.type`, "deposit or liquidate", type);
    if (type === "deposit") depositStep(bench, event);
    const result = type === "deposit" ? {} : liquidateStep(bench, event);
    const pool = standing(bench);
    return {
      type,
      ...result,
      P: pool.product,
      scale: pool.scale,
      totalDeposits: pool.total,
      S: pool.sum,
      users: users(pool),
    };
  });
  return { steps };
}

function liquidateStep(bench: Bench, event: Fields): Record<string, unknown> {
  bench.facts = { ...bench.facts, prices: new Map([[COLLATERAL, event.amount("price")]]) };
  const outcome = bench.lose(event.amount("debt"), {
    seized: [{ asset: COLLATERAL, amount: event.amount("coll") }],
  });
  const pool = outcome.layers.find((entry) => entry.layer === "pool");
  const others = outcome.layers.find((entry) => entry.layer === "borrowers");
  return {
    offset: pool?.taken ?? 0n,
    collToSP: pool?.figures.collateral ?? 0n,
    gasComp: pool?.figures.gas ?? 0n,
    redistributedDebt: others?.taken ?? 0n,
    redistributedColl: others?.figures.collateral ?? 0n,
    collSurplus: outcome.seized[0]?.amount ?? 0n,
  };
}

function standing(bench: Bench): Result {
  const done = bench.act("pool", "standing", {});
  if (!done.ok) throw new CaseError("", "pool", "its standing", done.reason);
  return done.result;
}

const deposits = (pool: Result): [string, Result][] => resultObjects(resultObject(pool, "deposits"));

const users = (pool: Result): Record<string, unknown> =>
  Object.fromEntries(
    deposits(pool).map(([id, entry]) => [id, { compounded: entry.compounded, collGain: entry.gain }]),
  );
