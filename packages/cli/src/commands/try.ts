import { attachmentPoints, isShortfallError, waterfallDigest } from "@shortfall/core";
import { parseTrial, runTrial, type Trial, type TrialResult } from "@shortfall/policies";
import { openJsonFile, SourceError } from "@shortfall/sources";
import type { Command } from "commander";
import type { Session } from "../session.js";

interface TryOptions {
  readonly loss?: string;
  readonly recovered?: string;
}

/** `policies try`: one loss down one waterfall. */
export function addTry(policies: Command, session: Session): void {
  policies
    .command("try")
    .description(
      "Run one loss, and what came back later, down a waterfall on a pool: who bears what to the base unit.\n" +
        "The file is a shortfall-trial/1 document, as the playground copies it.",
    )
    .argument("<trial>", "trial file")
    .option("--loss <units>", "the loss in base units, instead of the file's")
    .option("--recovered <units>", "what came back, in base units, instead of the file's")
    .addHelpText(
      "after",
      "\nExit code: 0 every unit found a bearer · 1 some of the loss is uncovered · 2 the file cannot be read" +
        "\n\nExample:\n  shortfall policies try examples/what-if/trial.json --loss 449440968520",
    )
    .action(async (path: string, options: TryOptions) => {
      const file = await readTrial(path);
      const trial: Trial = {
        ...file,
        ...(options.loss === undefined ? {} : { loss: units("--loss", options.loss, session) }),
        ...(options.recovered === undefined
          ? {}
          : { recovered: units("--recovered", options.recovered, session) }),
      };
      const result = runTrial(trial);
      session.output.document(document(trial, result));
      print(trial, result, session);
      session.exitCode = result.loss.uncovered === 0n ? 0 : 1;
    });
}

/** @throws {SourceError} naming the file and the field. */
async function readTrial(path: string): Promise<Trial> {
  const file = await openJsonFile(path);
  if (file.kind === "lines") await file.close();
  try {
    return parseTrial(file.kind === "lines" ? file.first.value : file.value);
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    const { field = "(document)", expected = "a trial", received = error.message } = error as Named;
    throw new SourceError(
      { file: path, line: 0, field, expected, received, advice: "docs/playground.md shows the format." },
      { cause: error },
    );
  }
}

type Named = { readonly field?: string; readonly expected?: string; readonly received?: string };

function units(option: string, text: string, session: Session): bigint {
  return /^\d+$/.test(text)
    ? BigInt(text)
    : session.usage(`${option} is a whole number of base units, not "${text}".`);
}

function document(trial: Trial, result: TrialResult): object {
  const { waterfall, loss, recovery, after } = result;
  const spans = attachmentPoints(result.capacities);
  return {
    waterfall: {
      id: trial.waterfall.id,
      version: trial.waterfall.version,
      digest: waterfallDigest(trial.waterfall),
    },
    asset: trial.pool.asset,
    decimals: trial.decimals,
    loss: trial.loss,
    layers: waterfall.layers.map((layer, index) => {
      const outcome = loss.layers.find((each) => each.layer === layer.id);
      return {
        layer: layer.id,
        policy: layer.policy.id,
        from: spans[index]!.from,
        capacity: result.capacities[index],
        taken: outcome?.taken ?? 0n,
        reason: outcome?.reason ?? "The loss does not reach it.",
        figures: outcome?.figures ?? {},
        effects: outcome?.effects ?? [],
      };
    }),
    absorbed: loss.absorbed,
    uncovered: loss.uncovered,
    collateralLeft: loss.seized,
    recovered: trial.recovered,
    recovery: recovery.slots.map(({ slot, restored, reason }) => ({ slot, restored, reason })),
    excess: recovery.excess,
    after: {
      reserves: after.reserves,
      funds: Object.fromEntries([...after.funds].map(([id, fund]) => [id, fund.balance])),
      classes: Object.fromEntries(after.classes.map(({ id, assets }) => [id, assets])),
    },
  };
}

function print(trial: Trial, result: TrialResult, session: Session): void {
  const { output } = session;
  const taken = (id: string): string =>
    `${result.loss.layers.find(({ layer }) => layer === id)?.taken ?? 0n}`;
  output.line(output.colors.bold(`${trial.waterfall.title ?? trial.waterfall.id}: a loss of ${trial.loss}`));
  output.table(
    [
      ["layer", "policy", "could take", "takes"],
      ...result.waterfall.layers.map((layer, index) => [
        layer.id,
        layer.policy.id,
        `${result.capacities[index]}`,
        taken(layer.id),
      ]),
      ["uncovered", "", "", `${result.loss.uncovered}`],
    ],
    ["left", "left", "right", "right"],
  );
  if (trial.recovered === 0n) return;
  output.line();
  output.line(output.colors.bold(`${trial.recovered} comes back`));
  output.table(
    [
      ["to", "gets back"],
      ...result.recovery.slots.map(({ slot, restored }) => [slot, `${restored}`]),
      ["excess", `${result.recovery.excess}`],
    ],
    ["left", "right"],
  );
}
