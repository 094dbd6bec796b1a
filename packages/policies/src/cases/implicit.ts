import { type Fields, poolFacts } from "@shortfall/core";
import { absorbBorrower, implicitReserves, type PrincipalPool } from "../pieces/implicit-reserves.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Reserves that are what is left of a pool, pay at absorption and may go below zero. */
export function runImplicitReserves(inputs: Fields): unknown {
  let pool: PrincipalPool = {
    balance: inputs.amount("balance"),
    supplyPrincipal: inputs.amount("supplyPrincipal"),
    borrowPrincipal: inputs.amount("borrowPrincipal"),
    supplyIndex: inputs.amount("supplyIndex"),
    borrowIndex: inputs.amount("borrowIndex"),
  };
  const base = { scale: inputs.amount("baseScale"), price: inputs.amount("basePrice") };
  const bench = new Bench(
    [layer("reserves", "reserve", { mayGoNegative: true })],
    poolFacts({ reserves: implicitReserves(pool), reservesFloor: "none" }),
  );
  const steps: unknown[] = [{ type: "initial", reserves: bench.facts.reserves }];
  for (const event of inputs.objects("events")) {
    const type = event.string("type");
    if (type === "absorb") {
      const absorbed = absorbBorrower(
        pool,
        event.amount("principal"),
        event.objects("collateral").map((asset) => ({
          amount: asset.amount("amount"),
          price: asset.amount("price"),
          scale: asset.amount("scale"),
          liquidationFactor: asset.amount("liquidationFactor"),
        })),
        base,
      );
      // What the pool holds and is owed beyond what it owes falls by the loss: that is what reserves pay.
      bench.lose(implicitReserves(pool) - implicitReserves(absorbed.pool));
      pool = absorbed.pool;
      steps.push({
        type,
        oldBalance: absorbed.oldBalance,
        deltaBalance: absorbed.credited,
        newBalance: absorbed.newBalance,
        supplyPrincipalAdded: absorbed.supplyPrincipalAdded,
        basePaidOut: absorbed.paidOut,
        reserves: bench.facts.reserves,
      });
    } else if (type === "buy-collateral") {
      const paid = event.amount("base");
      pool = { ...pool, balance: pool.balance + paid };
      bench.facts = { ...bench.facts, reserves: bench.facts.reserves + paid };
      steps.push({ type, reserves: bench.facts.reserves });
    } else throw new CaseError("", `${event.path}.type`, "absorb or buy-collateral", type);
  }
  return { steps };
}
