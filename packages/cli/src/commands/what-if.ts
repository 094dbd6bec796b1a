import {
  parseWhatIfDefinition,
  type WhatIfDefinition,
  type WhatIfResult,
  type WhatIfRule,
  whatIf,
} from "@shortfall/audit";
import { isShortfallError } from "@shortfall/core";
import { openJsonFile, SourceError } from "@shortfall/sources";
import { type Command, Option } from "commander";
import { importPolicies } from "../policy-modules.js";
import { type ReconcileRequest, reconcileHistories } from "../reconcile-histories.js";
import type { Session } from "../session.js";
import { printWhatIf } from "../what-if-text.js";

const RULES: readonly WhatIfRule[] = ["shares", "assets"];

interface WhatIfOptions {
  readonly waterfall: string;
  readonly rule: WhatIfRule;
  readonly plugin?: string;
  readonly protocol?: string;
  readonly calls: boolean;
}

export function addWhatIf(program: Command, session: Session): void {
  program
    .command("whatif")
    .summary("re-run a history's losses under another waterfall")
    .description(
      "Reconciles a history, runs its losses down another waterfall, and shows per holder, class and fund who\n" +
        "would have lost more and who less. Everything else stays as it was.",
    )
    .argument("<files...>", "histories, or folders of them")
    .requiredOption(
      "--waterfall <file>",
      "shortfall-waterfall/1, or shortfall-whatif/1 with funds and classes",
    )
    .addOption(
      new Option("--rule <name>", "what stays between losses: movements of shares, or assets")
        .choices(RULES)
        .default("shares"),
    )
    .option("--plugin <file>", "plugin file or package that brings policies the catalogue lacks")
    .option("--protocol <name>", "the protocol, where a header names none; refuses any other")
    .option("--no-calls", "read no call; take such lines over from the record and report them")
    .addHelpText(
      "after",
      "\nDifference is alternative minus native, in base units: positive loses more." +
        "\n\nExit code: 0 done, and the history agrees · 1 done, but the history differs or was not read whole" +
        "\n2 the input cannot be read, or the waterfall does not fit it" +
        "\n\nExample:\n  shortfall whatif examples/logs/comet.jsonl.gz --waterfall examples/what-if/insured.json",
    )
    .action(async (paths: string[], options: WhatIfOptions) => {
      const { rule } = options;
      const definition = await readDefinition(options.waterfall);
      const registry = new Map(await session.policies());
      if (options.plugin !== undefined)
        for (const policy of await importPolicies(options.plugin)) registry.set(policy.id, policy);
      const request: ReconcileRequest = {
        paths,
        calls: options.calls,
        ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
      };
      const { results, ignored } = await reconcileHistories(request, session);
      const outcomes = results.map((history) => whatIf(history, definition, { rule, registry }));
      const { output } = session;
      output.document(document(outcomes, rule));
      printWhatIf(outcomes, results, output);
      for (const path of ignored) output.warn(`${path} is no history and was not read.`);
      const complete = results.every(
        ({ severities, writeOffs }) =>
          severities.differs === 0 &&
          severities.incomplete === 0 &&
          writeOffs.every(({ difference }) => difference === 0n),
      );
      if (!complete) output.warn("The history differs or is incomplete; see `shortfall reconcile`.");
      session.exitCode = complete ? 0 : 1;
    });
}

/** @throws {SourceError} naming the file and the field. */
async function readDefinition(path: string): Promise<WhatIfDefinition> {
  const file = await openJsonFile(path);
  if (file.kind === "lines") await file.close();
  try {
    return parseWhatIfDefinition(file.kind === "lines" ? file.first.value : file.value);
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    const { field = "(document)", expected = "a waterfall", received = error.message } = error as Named;
    throw new SourceError(
      { file: path, line: 0, field, expected, received, advice: "docs/what-if.md shows the format." },
      { cause: error },
    );
  }
}

type Named = { readonly field?: string; readonly expected?: string; readonly received?: string };

/** One document over all histories; each row names its own. */
function document(outcomes: readonly WhatIfResult[], rule: WhatIfRule): unknown {
  const side = (name: "native" | "alternative") => ({
    waterfall: outcomes[0]?.[name].waterfall,
    totals: outcomes.flatMap((outcome) =>
      outcome[name].totals.map((row) => ({ file: outcome.file, ...row })),
    ),
  });
  const rows = <T extends object>(pick: (outcome: WhatIfResult) => readonly T[]) =>
    outcomes.flatMap((outcome) => pick(outcome).map((row) => ({ file: outcome.file, ...row })));
  return {
    protocol: outcomes[0]?.protocol,
    rule,
    native: side("native"),
    alternative: side("alternative"),
    holders: rows(({ holders }) => holders),
    classes: rows(({ classes }) => classes),
    funds: rows(({ funds }) => funds),
    writeOffs: rows(({ writeOffs }) => writeOffs),
    skipped: rows(({ skipped }) => skipped),
    conserved: outcomes.every(({ conserved }) => conserved),
  };
}
