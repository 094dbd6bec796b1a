import { canonicalJson, waterfallDigest } from "@shortfall/core";
import { controlOf, LIABILITIES_NAME } from "../proofs/liability-rows.js";
import type { LiabilitiesRoot } from "../proofs/roots.js";
import { combinedDigest, type ReportData, verdictOf } from "../report/report-data.js";
import type { VerifyFailure } from "./failure.js";
import type { CheckedJournal } from "./journal-check.js";

/** What a table of liabilities sums to, its root, and what rounding kept. */
export interface OwedTable extends LiabilitiesRoot {
  readonly rounding: bigint;
}

/** Sums and references between files that are each intact. */
export function checkTies(
  data: ReportData,
  journals: readonly CheckedJournal[],
  failures: VerifyFailure[],
): void {
  const fail = (file: string, reason: string): void => {
    failures.push({ file, reason });
  };
  if (journals.length !== data.histories.length) {
    fail("journal.jsonl", `holds ${journals.length} journals for ${data.histories.length} histories`);
  }
  for (const [index, history] of data.histories.entries()) {
    const journal = journals[index];
    if (!journal) continue;
    const same =
      journal.history === history.name &&
      journal.digest === history.journalDigest &&
      journal.entries === history.entries &&
      canonicalJson(journal.header) === canonicalJson(history.journal);
    if (!same) fail("inputs.json", `does not describe the journal of ${history.name}`);
    const digest = waterfallDigest(history.waterfall);
    if (
      history.journal.waterfalls.length > 0 &&
      history.journal.waterfalls.every((used) => used.digest !== digest)
    ) {
      fail("inputs.json", `holds a waterfall of ${history.name} that its journal does not name`);
    }
  }
  if (combinedDigest(journals.map((journal) => journal.digest)) !== data.journalDigest) {
    fail("inputs.json", `says journal digest ${data.journalDigest}`);
  }
  for (const row of data.writeOffs) {
    const absorbed = row.layers.reduce((sum, layer) => sum + layer.amount, row.uncovered);
    if (absorbed !== row.recomputed) {
      fail("writeoffs.json", `${row.id}: layers and uncovered sum to ${absorbed}, not ${row.recomputed}`);
    }
    if (row.recomputed - row.reported !== row.difference) {
      fail(
        "writeoffs.json",
        `${row.id}: the difference is ${row.recomputed - row.reported}, not ${row.difference}`,
      );
    }
  }
  const known = new Set(data.writeOffs.map((row) => row.id));
  for (const table of data.haircuts) {
    if (!known.has(table.writeOff)) fail("haircuts.csv", `names ${table.writeOff}, which is no write-off`);
  }
  const verdict = verdictOf(data.writeOffs, data.severities);
  if (verdict !== data.verdict) fail("inputs.json", `says ${data.verdict}; its findings say ${verdict}`);
  const counted = { note: 0, differs: 0, incomplete: 0 };
  for (const finding of data.findings) counted[finding.severity]++;
  for (const severity of ["note", "differs", "incomplete"] as const) {
    if (counted[severity] > data.severities[severity]) {
      fail("findings.json", `lists ${counted[severity]} ${severity}, more than were counted`);
    }
  }
}

/** What is owed to the holders of a class, and rounding, are what its control account says. */
export function checkLiabilities(
  data: ReportData,
  owed: readonly OwedTable[],
  failures: VerifyFailure[],
): void {
  for (const table of owed) {
    const control = controlOf(table, data.trialBalance);
    const sum = table.total + table.rounding;
    if (sum !== control) {
      const reason = `${table.history}, ${table.pool}, ${table.class}: holders and rounding sum to ${sum}; the books say ${control}`;
      failures.push({ file: LIABILITIES_NAME, reason });
    }
  }
}

/** As `roots.json` has it. */
export const withoutRounding = ({ rounding: _, ...root }: OwedTable): LiabilitiesRoot => root;
