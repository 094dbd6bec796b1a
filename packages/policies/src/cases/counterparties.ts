import { type Fields, poolFacts } from "@shortfall/core";
import { closeQuoteDown } from "../members/counterparty-close.js";
import { Bench, layer } from "./bench.js";

/** What a ranking may need of a counterparty, and the names a case may use for it. */
const FIGURES = {
  pnl: ["pnl"],
  margin: ["margin", "accountValue"],
  notional: ["notional"],
  mark: ["mark", "markPrice"],
  entry: ["entry", "entryPrice"],
} as const;

/** Winners closed in order until a bankrupt size is gone. */
export function runCounterpartyClose(inputs: Fields): unknown {
  const params = inputs.object("params");
  const rows = inputs.objects("counterparties");
  const price = inputs.amount("bankruptcyPrice");
  const scale = params.has("priceScale") ? params.amount("priceScale") : 1n;
  const column = (names: readonly string[]): Record<string, bigint> | undefined => {
    const name = names.find((candidate) => rows.every((row) => row.has(candidate)));
    if (name === undefined) return undefined;
    return Object.fromEntries(rows.map((row) => [row.string("id"), row.amount(name, true)]));
  };
  // A mark price common to all may stand beside the counterparties.
  const common = [inputs, params].flatMap((fields) =>
    FIGURES.mark.filter((name) => fields.has(name)).map((name) => fields.amount(name)),
  )[0];
  const groups: Record<string, Record<string, bigint>> = {};
  for (const [figure, names] of Object.entries(FIGURES)) {
    const values = column(names);
    if (values) groups[figure] = values;
    else if (figure === "mark" && common !== undefined)
      groups[figure] = Object.fromEntries(rows.map((row) => [row.string("id"), common]));
  }
  const bench = new Bench(
    [
      layer("close", "counterparty-close", {
        positions: "positions",
        order: params.string("order"),
        bankruptcyPrice: price,
        priceScale: scale,
        ...(params.has("offset") ? { offset: params.amount("offset") } : {}),
        ...Object.fromEntries(Object.keys(groups).map((figure) => [figure, figure])),
      }),
    ],
    poolFacts({
      groups: {
        positions: Object.fromEntries(rows.map((row) => [row.string("id"), row.amount("size")])),
        ...groups,
      },
    }),
  );
  const outcome = bench.lose(inputs.amount("size"));
  const fills = outcome.layers.flatMap((entry) =>
    entry.effects.flatMap((effect) =>
      effect.kind === "charge"
        ? [
            {
              id: effect.account,
              size: effect.assets,
              quote: closeQuoteDown(effect.assets, price, scale),
            },
          ]
        : [],
    ),
  );
  return { fills, remaining: outcome.uncovered };
}
