import { type ClassFacts, type Fields, poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** Tranches that a loss empties are removed; new ones come in at the junior end. */
export function runPoppingTranches(inputs: Fields): unknown {
  const bench = new Bench(
    [layer("tranches", "tranche-senior", { depletion: "pop" })],
    poolFacts({
      classes: inputs.objects("tranches").map((fields) => tranche(fields)),
    }),
  );
  if (!inputs.has("events")) {
    const { popped: _popped, ...result } = popLoss(bench, inputs.amount("badDebt"), new Set());
    return result;
  }
  const popped = new Set<string>();
  const steps = inputs.objects("events").map((event) => {
    const type = event.string("type");
    if (type === "add") {
      const added = poolFacts({ classes: [tranche(event)] }).classes;
      bench.facts = { ...bench.facts, classes: [...bench.facts.classes, ...added] };
      return { type, liquidity: liquidity(bench) };
    }
    if (type !== "loss") throw new CaseError("", `${event.path}.type`, "loss or add", type);
    const { popped: gone, ...result } = popLoss(bench, event.amount("badDebt"), popped);
    for (const id of gone) popped.add(id);
    return {
      type,
      ...result,
      active: bench.facts.classes.map((entry) => entry.id).filter((id) => !popped.has(id)),
    };
  });
  return { steps };
}

const tranche = (fields: Fields) => ({
  id: fields.string("id"),
  assets: fields.amount("liquidity"),
  shares: fields.amount("liquidity"),
});

const liquidity = (bench: Bench): Record<string, bigint> =>
  Object.fromEntries(bench.facts.classes.map((entry) => [entry.id, entry.assets]));

function popLoss(bench: Bench, loss: bigint, alreadyPopped: ReadonlySet<string>) {
  const before: readonly ClassFacts[] = bench.facts.classes;
  const outcome = bench.lose(loss);
  const charged = new Map<string, bigint>();
  for (const effect of outcome.layers[0]?.effects ?? []) {
    if (effect.kind === "write-down") charged.set(effect.class, effect.assets);
  }
  const absorbed: { id: string; absorbed: bigint; popped: boolean }[] = [];
  let left = loss;
  for (const entry of [...before].reverse()) {
    if (alreadyPopped.has(entry.id) || left === 0n) continue;
    const part = charged.get(entry.id) ?? 0n;
    absorbed.push({ id: entry.id, absorbed: part, popped: part === entry.assets });
    left -= part;
  }
  return {
    absorbed,
    unallocated: outcome.uncovered,
    liquidity: liquidity(bench),
    popped: absorbed.filter((entry) => entry.popped).map((entry) => entry.id),
  };
}
