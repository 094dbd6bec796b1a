import { type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Tranches senior first: losses from the last one up, recoveries by a stated order. */
export function runTranchesSequential(inputs: Fields): unknown {
  const ids = inputs.objects("tranches").map((fields) => fields.string("id"));
  const bench = new Bench(
    [...ids].reverse().map((id) => layer(id, "tranche", { class: id })),
    poolFacts({
      classes: inputs.objects("tranches").map((fields) => ({
        id: fields.string("id"),
        assets: fields.amount("balance"),
        shares: fields.amount("balance"),
      })),
    }),
    fillOrder(inputs, ids),
  );
  const balance = (id: string) => bench.facts.classes.find((entry) => entry.id === id)?.assets ?? 0n;
  const steps = inputs.objects("events").map((event) => {
    const before = ids.map(balance);
    const isLoss = event.string("type") === "loss";
    const unallocated = isLoss
      ? bench.lose(event.amount("amount")).uncovered
      : bench.recover(event.amount("amount")).excess;
    return {
      type: event.string("type"),
      deltas: ids.map((id, at) => ({ id, delta: balance(id) - before[at]! })),
      balances: ids.map(balance),
      unreimbursed: bench.unreimbursed().reverse(),
      unallocated,
    };
  });
  return { steps };
}

/** Recoveries fill tranches only: what no tranche lost was never theirs. */
function fillOrder(inputs: Fields, seniorFirst: readonly string[]): readonly string[] {
  const order = inputs.object("recovery").string("order");
  if (order === "senior-first") return seniorFirst;
  if (order === "junior-first") return [...seniorFirst].reverse();
  throw new CaseError("", "recovery.order", "senior-first or junior-first", order);
}
