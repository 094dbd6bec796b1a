import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { comet } from "@shortfall/adapter-compound";
import { morphoBlue } from "@shortfall/adapter-morpho";
import { HistoryAudit, parseWhatIfDefinition, type WhatIfRule, whatIf } from "@shortfall/audit";
import type { ProtocolAdapter } from "@shortfall/core";
import { formatAmount } from "@shortfall/math/decimal";
import { catalogueRegistry } from "@shortfall/policies";
import { HistoryFile } from "@shortfall/sources";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// Two histories recorded from real contracts; each is re-executed once and asked four questions.
const HISTORIES: readonly (readonly [ProtocolAdapter, string])[] = [
  [comet, "../../logs/comet.jsonl.gz"],
  [morphoBlue, "../../../packages/testing/vectors/morpho-blue/cascade-1.jsonl.gz"],
];
const WATERFALLS = ["../suppliers-only.json", "../insured.json"];
const RULES: readonly WhatIfRule[] = ["shares", "assets"];

const definitions = await Promise.all(
  WATERFALLS.map(async (name) => parseWhatIfDefinition(JSON.parse(await readFile(path(name), "utf8")))),
);
for (const [adapter, name] of HISTORIES) {
  const file = await HistoryFile.open(path(name));
  const audit = new HistoryAudit(adapter, file, { calls: true });
  await audit.read(file);
  const history = audit.result();
  for (const definition of definitions) {
    for (const rule of RULES) {
      const result = whatIf(history, definition, { rule, registry: catalogueRegistry });
      const { native, alternative, holders } = result;
      process.stdout.write(`\n${history.protocol} under ${alternative.waterfall}, ${rule} stay\n`);
      for (const [at, before] of native.totals.entries()) {
        const after = alternative.totals[at]!;
        const show = (units: bigint): string => formatAmount(units, 6, { padded: true }).padStart(16);
        process.stdout.write(
          `  holders   ${show(before.holders)} -> ${show(after.holders)} ${before.asset}\n` +
            `  funds     ${show(before.funds)} -> ${show(after.funds)}\n` +
            `  reserves  ${show(before.reserves)} -> ${show(after.reserves)}\n`,
        );
      }
      const less = holders.filter(({ difference }) => difference < 0n).length;
      const more = holders.filter(({ difference }) => difference > 0n).length;
      process.stdout.write(`  ${less} lose less, ${more} lose more\n`);
    }
  }
}
