import { type Fields, poolFacts } from "@shortfall/core";
import { divUp } from "@shortfall/math";
import { type IndexRule, indexDelta } from "../pieces/index-rule.js";
import { emptiesClass } from "../shares/pro-rata.js";
import { Bench, layer } from "./bench.js";
import { CaseError } from "./errors.js";

/** 1.0 with 48 fractional bits. */
const Q48 = 1n << 48n;

/** How a case names a rule, and ours. */
const RULES: Readonly<Record<string, IndexRule>> = {
  "index*loss/total ceil": "proportional-ceil",
  "loss*scale/supply ceil": "per-share-ceil",
  "q48 loss/total": "per-share-floor",
};

/** Insurance, then a fall of the deposit index, with the holders' values before and after. */
export function runIndexWritedown(inputs: Fields): unknown {
  const params = inputs.object("params");
  const scale = params.amount("indexScale");
  // What a holder sees is in whole units, which may be coarser than the unit of the loss.
  const shown = params.has("tokenDivisor") ? params.amount("tokenDivisor") : scale;
  const rule = RULES[params.string("deltaRule")];
  if (!rule)
    throw new CaseError("", "params.deltaRule", Object.keys(RULES).join(", "), params.string("deltaRule"));
  const divisor = rule === "proportional-ceil" ? shown : scale;
  const holders = amounts(inputs.object("holders"));
  const shares = Object.values(holders).reduce((sum, held) => sum + held, 0n);
  const before = inputs.amount("index");
  const insurance = inputs.has("insurance") ? inputs.object("insurance") : undefined;
  const bench = new Bench(
    [
      ...(insurance
        ? [
            layer("insurance", "cash-fund", {
              fund: "insurance",
              limits: insurance.has("floor") ? { floor: insurance.amount("floor") } : {},
            }),
          ]
        : []),
      layer("deposits", "index-writedown", { class: "deposits", rule }),
    ],
    poolFacts({
      funds: insurance ? [{ id: "insurance", balance: insurance.amount("balance") }] : [],
      classes: [
        {
          id: "deposits",
          assets: (shares * before) / divisor,
          shares,
          index: { value: before, divisor },
        },
      ],
    }),
  );
  const outcome = bench.lose(inputs.amount("loss"));
  const paid = outcome.layers.find((entry) => entry.layer === "insurance")?.taken ?? 0n;
  const fall = outcome.layers.find((entry) => entry.layer === "deposits")?.figures;
  const clamp = params.has("clamp") && params.boolean("clamp");
  // Without a clamp the rule itself does not stop at zero; what it says is what is compared.
  const delta = (clamp ? fall?.indexDelta : fall?.unclampedDelta) ?? 0n;
  const after = before - delta;
  return {
    insurancePaid: paid,
    socialised: inputs.amount("loss") - paid,
    indexDelta: delta,
    newIndex: after,
    holders: Object.fromEntries(
      Object.entries(holders).map(([id, held]) => [
        id,
        { before: divDown(held * before, shown), after: divDown(held * after, shown) },
      ]),
    ),
  };
}

/** A bank in 48-bit fixed point: insurance transferred in whole units, then the share value falls. */
export function runFixed48Bank(inputs: Fields): unknown {
  const value = inputs.amount("assetShareValueBits");
  const shares = inputs.amount("totalAssetSharesBits");
  const badDebt = inputs.amount("badDebtBits");
  const bench = new Bench(
    [
      layer("insurance", "cash-fund", { fund: "insurance", transferUnit: Q48 }),
      layer("deposits", "index-writedown", {
        class: "deposits",
        rule: "remainder-floor",
        onZero: "killed",
      }),
    ],
    poolFacts({
      funds: [{ id: "insurance", balance: inputs.amount("insuranceBalance") * Q48 }],
      classes: [
        {
          id: "deposits",
          assets: (shares * value) / Q48,
          shares,
          index: { value, divisor: Q48 },
        },
      ],
    }),
  );
  const deposits = bench.facts.classes[0]!;
  const outcome = bench.lose(badDebt);
  const covered = outcome.layers.find((entry) => entry.layer === "insurance")?.taken ?? 0n;
  const socialised = badDebt - covered;
  const killed = emptiesClass(deposits, socialised);
  // A loss that insurance pays in full is still socialised as 0, which rounds the share value once more.
  const totals = { index: value, divisor: Q48, shares };
  const after = killed ? 0n : value - indexDelta("remainder-floor", totals, socialised);
  return {
    coveredBits: covered,
    insuranceTransfer: divUp(covered, Q48),
    socialisedBits: socialised,
    newAssetShareValueBits: after,
    killBank: killed,
    holders: Object.fromEntries(
      Object.entries(amounts(inputs.object("holdersSharesBits"))).map(([id, held]) => [
        id,
        { before: (held * value) / Q48 / Q48, after: (held * after) / Q48 / Q48 },
      ]),
    ),
  };
}

/** Rounded toward minus infinity: an index without a guard may be below zero. */
const divDown = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

/** An object of amounts. */
export const amounts = (fields: Fields, signed = false): Record<string, bigint> =>
  Object.fromEntries(fields.keys().map((key) => [key, fields.amount(key, signed)]));
