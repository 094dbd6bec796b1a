import { attachmentPoints, type Bearer, UNCOVERED } from "@shortfall/core";
import type { TrialResult } from "@shortfall/policies";
import type { LayerFill } from "@shortfall/report";

/** What one layer did, ready to be drawn. Base units. */
export interface LayerRow {
  /** 1-based. */
  readonly number: number;
  readonly id: string;
  readonly policy: string;
  /** What the layer does, in the policy's own words. */
  readonly words: string;
  /** Who pays, as a phrase: `fund insurance`. */
  readonly bearer: string;
  readonly fill: LayerFill;
  readonly capacity: bigint | "unlimited";
  /** Loss at which the layer starts to pay, if all before it pay what they can. */
  readonly from: bigint;
  readonly taken: bigint;
  readonly restored: bigint;
  /** Why it took what it took. */
  readonly reason: string;
}

/** All that the page says about one run. */
export interface Outcome {
  readonly rows: readonly LayerRow[];
  readonly loss: bigint;
  readonly uncovered: bigint;
  /** Of what was uncovered, what came back. */
  readonly uncoveredRestored: bigint;
  readonly recovered: bigint;
  readonly excess: bigint;
}

const HELD_OPEN = new Set<Bearer["kind"]>(["carried", "auction"]);

export function outcomeOf(result: TrialResult): Outcome {
  const { waterfall, capacities, loss, recovery } = result;
  const spans = attachmentPoints(capacities);
  let depth = 0;
  const rows = waterfall.layers.map((layer, index): LayerRow => {
    const outcome = loss.layers.find((each) => each.layer === layer.id);
    const restored = recovery.slots.find(({ slot }) => slot === layer.id)?.restored ?? 0n;
    const bearer = layer.policy.bearer(layer.parameters);
    const open = HELD_OPEN.has(bearer.kind);
    return {
      number: index + 1,
      id: layer.id,
      policy: layer.policy.id,
      words: layer.policy.describe(layer.parameters),
      bearer: bearerWords(bearer),
      fill: open ? { kind: "carried" } : { kind: "depth", index: depth++ },
      capacity: capacities[index]!,
      from: spans[index]!.from,
      taken: outcome?.taken ?? 0n,
      restored,
      reason: outcome?.reason ?? "The loss does not reach it.",
    };
  });
  return {
    rows,
    loss: loss.absorbed + loss.uncovered,
    uncovered: loss.uncovered,
    uncoveredRestored: recovery.slots.find(({ slot }) => slot === UNCOVERED)?.restored ?? 0n,
    recovered: recovery.restored + recovery.uncovered + recovery.excess,
    excess: recovery.excess,
  };
}

function bearerWords({ kind, id }: Bearer): string {
  switch (kind) {
    case "fund":
      return `fund ${id}`;
    case "reserve":
      return "the reserves";
    case "class":
      return id === "*" ? "all classes" : `class ${id}`;
    case "holder":
      return `${id} alone`;
    case "group":
      return id;
    case "account":
      return id;
    case "carried":
      return "nobody yet";
    case "auction":
      return `bidders for ${id}, later`;
  }
}

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const count = (number: number, word: string): string =>
  `${COUNTS[number] ?? number} ${word}${number === 1 ? "" : "s"}`;

/** Where the loss comes to rest, in one sentence. `amount` writes base units in full, with the asset. */
export function sentence(outcome: Outcome, amount: (units: bigint) => string): string {
  const { rows, loss, uncovered } = outcome;
  if (loss === 0n) return "No loss: nobody bears anything.";
  const paying = rows.filter(({ taken }) => taken > 0n);
  const last = paying[paying.length - 1];
  if (uncovered > 0n) {
    if (rows.length === 0) return `No layer stands before the loss: ${amount(uncovered)} is uncovered.`;
    return `The loss passes every layer: ${amount(uncovered)} is uncovered.`;
  }
  if (last === undefined) return "No layer takes anything.";
  const before = paying.slice(0, -1);
  const spent = before.length > 0 && before.every(({ taken, capacity }) => taken === capacity);
  const way =
    before.length === 0
      ? "The loss stops"
      : spent
        ? `The loss spends ${count(before.length, "layer")} and stops`
        : `The loss draws on ${count(before.length, "layer")} and stops`;
  const rest =
    last.fill.kind === "carried"
      ? `where ${amount(last.taken)} stays open`
      : `which bears ${amount(last.taken)}`;
  return `${way} in “${last.id}”, ${rest}.`;
}
