import type { Fields, LayerDefinition } from "@shortfall/core";
import { poolFacts } from "@shortfall/core";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** One loss down funds and groups of members. */
export function runLayered(inputs: Fields): unknown {
  const layers = inputs.objects("layers");
  const groups = Object.fromEntries(
    layers.filter(isMembers).map((fields) => [fields.string("id"), memberAmounts(fields, amountKey(fields))]),
  );
  const weights = Object.fromEntries(
    layers
      .filter((fields) => isMembers(fields) && fields.has("weight"))
      .map((fields) => [`${fields.string("id")}:weight`, memberAmounts(fields, fields.string("weight"))]),
  );
  const bench = new Bench(
    layers.map(layeredLayer),
    poolFacts({
      funds: layers
        .filter((fields) => !isMembers(fields))
        .map((fields) => ({ id: fields.string("id"), balance: fields.amount("balance") })),
      groups: { ...groups, ...weights },
    }),
  );
  const capacities = bench.capacities();
  const outcome = bench.lose(inputs.amount("loss"));
  return {
    layers: layers.map((fields, at) => {
      const id = fields.string("id");
      const taken = outcome.layers.find((entry) => entry.layer === id);
      return {
        id,
        capacity: capacities[at],
        absorbed: taken?.taken ?? 0n,
        ...(taken && taken.taken > 0n && isMembers(fields)
          ? {
              members: fields.objects("members").map((member) => ({
                id: member.string("id"),
                absorbed: charged(taken.effects, member.string("id")),
              })),
              dust: taken.figures.dust ?? 0n,
            }
          : {}),
      };
    }),
    uncovered: outcome.uncovered,
  };
}

const isMembers = (fields: Fields): boolean => fields.has("members");

function charged(
  effects: readonly { readonly kind: string; readonly assets?: bigint; readonly account?: string }[],
  account: string,
): bigint {
  return effects.reduce(
    (sum, effect) =>
      effect.kind === "charge" && effect.account === account ? sum + (effect.assets ?? 0n) : sum,
    0n,
  );
}

/** Which of a member's amounts bounds what it can be charged. */
function amountKey(fields: Fields): string {
  const kind = fields.object("capacity").string("kind");
  switch (kind) {
    case "sum-balances":
      return "balance";
    case "sum-caps":
      return "cap";
    case "sum-gains":
      return "gain";
    default:
      throw new CaseError("", `${fields.path}.capacity.kind`, "sum-balances, sum-caps or sum-gains", kind);
  }
}

const memberAmounts = (fields: Fields, key: string): Record<string, bigint> =>
  Object.fromEntries(
    fields.objects("members").map((member) => [member.string("id"), member.amount(key, true)]),
  );

function layeredLayer(fields: Fields): LayerDefinition {
  const id = fields.string("id");
  if (isMembers(fields)) {
    const sequential = fields.has("allocate") && fields.string("allocate") === "sequential";
    return layer(id, "members", {
      group: id,
      ...(fields.has("weight") ? { weights: `${id}:weight` } : {}),
      rule: sequential ? "sequential" : fields.string("rounding"),
    });
  }
  return layer(id, "cash-fund", { fund: id, limits: capacityLimits(fields.object("capacity")) });
}

/** Names that cases use for the amount of a fixed capacity. */
const FIXED_NAMES = ["amount", "max", "fixed", "value", "limit"];

function capacityLimits(capacity: Fields): Record<string, unknown> {
  const floor = capacity.has("floor") ? { floor: capacity.amount("floor") } : {};
  const kind = capacity.string("kind");
  switch (kind) {
    case "balance":
      return floor;
    case "fraction":
      return { ...floor, fraction: { num: capacity.amount("num"), den: capacity.amount("den") } };
    case "fixed":
      return {
        ...floor,
        fixed: capacity.amount(FIXED_NAMES.find((name) => capacity.has(name)) ?? "amount"),
      };
    case "remaining":
      return {
        ...floor,
        lifetime: {
          max: capacity.amount("lifetime"),
          used: capacity.has("used") ? capacity.amount("used") : 0n,
        },
      };
    default:
      throw new CaseError("", `${capacity.path}.kind`, "a known capacity", kind);
  }
}
