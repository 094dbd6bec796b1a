import { isShortfallError } from "@shortfall/core";
import {
  checkRiskCases,
  concentrationResult,
  contagionResult,
  planResult,
  RISK_FUNCTIONS,
  RiskInput,
  type RiskResult,
  runStressPlan,
} from "@shortfall/risk";
import { readText } from "@shortfall/sources";
import type { Command } from "commander";
import type { Session } from "../session.js";
import { proveRiskReport, writeRiskReport } from "./risk-report.js";

/** `risk list`, `run`, `stress`, `concentration`, `contagion`, `verify` and `published`. */
export function addRisk(program: Command, session: Session): void {
  const risk = program
    .command("risk")
    .summary("solvency, liquidation, stress, contagion and fund sizing")
    .description(
      "Risk figures. Claims are computed in integers, analytics in doubles; inputs are JSON files,\n" +
        "amounts as decimal text.",
    );
  const add = (name: string, summary: string): Command =>
    risk
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .option("--json", "print one JSON document on standard output")
      .exitOverride();

  add("list", "names of the risk functions").action(() => {
    const names = [...RISK_FUNCTIONS.keys()];
    session.output.document({ functions: names });
    for (const name of names) session.output.line(name);
  });

  add("run", "compute one function on an input file")
    .argument("<function>", "a name from `shortfall risk list`, such as liquidation.crashLaw")
    .argument("<file>", "its input as JSON")
    .action(async (name: string, file: string) => {
      const run = RISK_FUNCTIONS.get(name);
      if (!run) return session.usage(`There is no risk function "${name}". See \`shortfall risk list\`.`);
      const result = await computing(file, session, (input) => run(new RiskInput(input)));
      session.output.document(result);
      session.output.line(toText(result));
    });

  add("stress", "run price paths over positions and their losses down waterfalls")
    .argument("<plan>", "stress plan as JSON")
    .option("--resume <file>", "JSON of an earlier run with --json and --samples, to go on after its paths")
    .option("--samples", "include the loss of each path")
    .option("--out <folder>", "write the risk report; an earlier report there is replaced")
    .action(async (file: string, options: { resume?: string; samples?: boolean; out?: string }) => {
      const done = options.resume === undefined ? undefined : await readSample(options.resume, session);
      const policies = await session.policies();
      const progress = session.output.progress("stress");
      const { run, text, risk } = await computing(file, session, (plan, text) => {
        const run = runStressPlan(plan, {
          policies,
          ...(done ? { done } : {}),
          onProgress: (count) => progress.update(count, "paths"),
        });
        return { run, text, risk: options.out === undefined ? undefined : planResult(plan, run) };
      });
      progress.end();
      const { sample, waterfalls } = run;
      if (risk && options.out !== undefined)
        await writeRiskReport(options.out, { name: "stress-plan.json", text }, risk);
      const summary = {
        paths: sample.losses.length,
        hit: sample.hit,
        maxBacklog: sample.maxBacklog,
        waterfalls: waterfalls.map(({ id, distribution }) => ({
          id,
          loss: distribution.loss,
          probabilityUncovered: distribution.probabilityUncovered,
          requiredFund: distribution.fund,
          layers: distribution.layers.map(({ taken: _taken, ...layer }) => layer),
          haircuts: distribution.haircuts,
        })),
        ...(options.samples ? { losses: sample.losses } : {}),
        ...(options.out === undefined ? {} : { out: options.out }),
      };
      session.output.document(summary);
      printStress(summary, session);
      if (options.out !== undefined) session.output.line(`Report ${options.out}/report.html`);
    });

  const addAlone = (
    name: "concentration" | "contagion",
    summary: string,
    compute: (input: unknown) => RiskResult,
    show: (risk: RiskResult) => readonly string[],
  ): void => {
    add(name, summary)
      .argument("<file>", "its input as JSON")
      .option("--out <folder>", "write the risk report; an earlier report there is replaced")
      .action(async (file: string, options: { out?: string }) => {
        const { text, risk } = await computing(file, session, (input, text) => ({
          text,
          risk: compute(input),
        }));
        if (options.out !== undefined)
          await writeRiskReport(options.out, { name: `${name}.json`, text }, risk);
        session.output.document({
          ...(name === "concentration" ? risk.concentrations[0] : risk.contagion[0]),
          ...(options.out === undefined ? {} : { out: options.out }),
        });
        for (const line of show(risk)) session.output.line(line);
        if (options.out !== undefined) session.output.line(`Report ${options.out}/report.html`);
      });
  };
  addAlone("concentration", "how evenly something is held", concentrationResult, concentrationLines);
  addAlone("contagion", "what a loss spreads to through vaults", contagionResult, contagionLines);

  add("verify", "compute a risk report again from the input in its folder")
    .argument("<folder>", "folder that --out wrote")
    .action((folder: string) => proveRiskReport(folder, session));

  add("published", "recompute figures printed in the literature, from a file of cases")
    .argument("<file>", "cases of format shortfall-risk-cases/1")
    .action(async (file: string) => {
      const results = await computing(file, session, checkRiskCases);
      const published = results.filter(({ kind }) => kind === "published" || kind === "standard");
      const rows = published.map(({ id, name, source, comparisons, mismatches }) => ({
        id,
        name,
        source,
        comparisons,
        reproduced: comparisons - mismatches.length,
      }));
      session.output.document({ published: rows });
      session.output.table(
        [
          ["case", "figures", "reproduced", "source"],
          ...rows.map((row) => [row.id, String(row.comparisons), String(row.reproduced), row.source]),
        ],
        ["left", "right", "right", "left"],
      );
      session.exitCode = rows.every((row) => row.reproduced === row.comparisons) ? 0 : 1;
    });
}

/** Reads a JSON file and computes; what is wrong with the input is a usage error, a defect is not. */
async function computing<T>(
  file: string,
  session: Session,
  compute: (input: unknown, text: string) => T,
): Promise<T> {
  const text = await readText(file);
  try {
    return compute(JSON.parse(text), text);
  } catch (error) {
    if (error instanceof SyntaxError) return session.usage(`${file} is not JSON: ${error.message}.`);
    if (isShortfallError(error)) return session.usage(`${file}: ${error.message}`);
    throw error;
  }
}

async function readSample(file: string, session: Session): Promise<{ losses: bigint[]; maxBacklog: number }> {
  return computing(file, session, (document) => {
    const input = new RiskInput(document, file);
    return { losses: input.integers("losses"), maxBacklog: input.number("maxBacklog") };
  });
}

interface StressSummary {
  readonly paths: number;
  readonly hit: number;
  readonly waterfalls: readonly {
    readonly id: string;
    readonly loss: { readonly var: number; readonly es: number };
    readonly probabilityUncovered: number;
    readonly requiredFund: { readonly quantileFund: bigint };
    readonly layers: readonly {
      readonly layer: string;
      readonly probabilityReached: number;
      readonly probabilityExhausted: number;
      readonly meanTaken: number;
    }[];
    readonly haircuts: readonly {
      readonly class: string;
      readonly mean: number;
      readonly tail: { readonly var: number };
    }[];
  }[];
}

function printStress(summary: StressSummary, { output }: Session): void {
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
  output.line(`${summary.paths} paths, ${summary.hit} with a loss`);
  for (const { id, loss, probabilityUncovered, requiredFund, layers, haircuts } of summary.waterfalls) {
    output.line();
    output.line(`Waterfall ${id}: VaR ${loss.var}, expected shortfall ${loss.es} base units`);
    output.table(
      [
        ["layer", "reached", "exhausted", "mean taken"],
        ...layers.map((layer) => [
          layer.layer,
          percent(layer.probabilityReached),
          percent(layer.probabilityExhausted),
          layer.meanTaken.toFixed(0),
        ]),
        ["uncovered", percent(probabilityUncovered), "", ""],
      ],
      ["left", "right", "right", "right"],
    );
    for (const haircut of haircuts) {
      output.line(
        `class ${haircut.class}: mean haircut ${percent(haircut.mean)}, VaR ${percent(haircut.tail.var)}`,
      );
    }
    output.line(`a fund in front of it needs ${requiredFund.quantileFund} base units`);
  }
}

function concentrationLines({ concentrations }: RiskResult): string[] {
  return concentrations.map(
    ({ title, asset, figures }) =>
      `${title}, ${asset}: ${figures.nakamoto} of ${figures.n} have more than half, Gini ${figures.gini.toFixed(4)}, worth ${figures.effectiveN.toFixed(2)} equal holders`,
  );
}

function contagionLines({ contagion }: RiskResult): string[] {
  return contagion.flatMap(({ graph }) => [
    ...graph.vaults.map(
      ({ id, reportedPrice, economicPrice, extractable }) =>
        `${id}: a share is worth ${economicPrice}${reportedPrice === null ? "" : `, says ${reportedPrice}; a run can take ${extractable}`}`,
    ),
    ...graph.cycles.map((cycle) => `circle: ${cycle.join(", ")} back each other's markets`),
  ]);
}

const toText = (value: unknown): string =>
  JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? member.toString() : member), 2);
