import type { HistoryResult, WhatIfResult, WhatIfTotals } from "@shortfall/audit";
import { formatAmount } from "@shortfall/math/decimal";
import type { Output } from "./output.js";

/** Holders shown on each side; JSON holds all. */
const SHOWN = 5;

const KINDS = [
  ["holders", "holders"],
  ["funds", "funds"],
  ["reserves", "reserves"],
  ["carried", "carried open"],
  ["uncovered", "uncovered"],
  ["others", "others"],
  ["dust", "dust"],
  ["excess", "excess"],
] as const satisfies readonly (readonly [keyof WhatIfTotals, string])[];

/** Where the losses end under both, then who gains and who loses most. */
export function printWhatIf(
  outcomes: readonly WhatIfResult[],
  histories: readonly HistoryResult[],
  output: Output,
): void {
  for (const [at, outcome] of outcomes.entries()) {
    const decimals = new Map(histories[at]?.model.pools().map((view) => [view.asset, view.decimals]));
    printOne(
      outcome,
      (asset, units) => formatAmount(units, decimals.get(asset) ?? 0, { padded: true }),
      output,
    );
  }
}

function printOne(
  outcome: WhatIfResult,
  text: (asset: string, units: bigint) => string,
  output: Output,
): void {
  const { colors } = output;
  output.line(`${outcome.protocol}  ${outcome.file}`);
  output.line(
    colors.bold(
      `${outcome.writeOffs.length} losses under ${outcome.alternative.waterfall} instead of ${outcome.native.waterfall}`,
    ),
  );
  output.line(`Rule       ${outcome.rule}: ${RULES[outcome.rule]}`);
  for (const [at, native] of outcome.native.totals.entries()) {
    const alternative = outcome.alternative.totals[at]!;
    const { asset } = native;
    const rows = KINDS.filter(([kind]) => native[kind] !== 0n || alternative[kind] !== 0n).map(
      ([kind, words]) => [
        words,
        text(asset, native[kind]),
        text(asset, alternative[kind]),
        signed(text(asset, alternative[kind] - native[kind])),
      ],
    );
    const net = text(asset, native.recognised - native.recovered);
    output.line();
    output.table(
      [[asset, "native", "alternative", "difference"], ...rows, ["sum", net, net, text(asset, 0n)]],
      ["left", "right", "right", "right"],
    );
  }
  printHolders(outcome, text, output);
  for (const { fund, asset, native, alternative } of outcome.funds)
    output.line(`Fund       ${fund}: ${text(asset, native)} -> ${text(asset, alternative)} ${asset}`);
  if (outcome.skipped.length > 0)
    output.line(`Not run    ${outcome.skipped.length}: ${outcome.skipped[0]!.reason}`);
  output.line("Conserved  both sides sum to the same losses, to the base unit");
}

const RULES = {
  shares: "movements of shares stay as they were",
  assets: "moved amounts of assets stay, up to what their holder would have owned",
} as const;

function printHolders(
  outcome: WhatIfResult,
  text: (asset: string, units: bigint) => string,
  output: Output,
): void {
  const groups = [
    ["Lose less", outcome.holders.filter(({ difference }) => difference < 0n)],
    ["Lose more", outcome.holders.filter(({ difference }) => difference > 0n)],
  ] as const;
  for (const [title, holders] of groups) {
    output.line();
    output.line(`${title}: ${holders.length === 0 ? "nobody" : holders.length}`);
    output.table(
      holders
        .slice(0, SHOWN)
        .map(({ account, asset, native, alternative, difference }) => [
          `  ${account}`,
          text(asset, native),
          text(asset, alternative),
          signed(text(asset, difference)),
          asset,
        ]),
      ["left", "right", "right", "right", "left"],
    );
    if (holders.length > SHOWN) output.line(`  and ${holders.length - SHOWN} more (--json has all)`);
  }
  output.line();
}

const signed = (text: string): string =>
  text.startsWith("-") || /^0(\.0*)?$/.test(text) ? text : `+${text}`;
