import { type FieldFailure, Fields } from "@shortfall/core";
import { openJsonFile, SourceError } from "@shortfall/sources";
import type { PolicyScenario } from "@shortfall/testing";

/**
 * Reads what a policy is tried with from a JSON file: `parameters`, and optionally `losses`, `prepare` and the bounds
 * `split` and `monotone` in base units, as the conformance suite explains them.
 *
 * @throws {SourceError} naming the field.
 */
export async function readScenario(path: string): Promise<PolicyScenario> {
  const file = await openJsonFile(path);
  if (file.kind === "lines") await file.close();
  const failure: FieldFailure = (field, expected, received) =>
    new SourceError({ file: path, line: 0, field, expected, received, advice: "Correct the scenario." });
  const fields = new Fields(file.kind === "lines" ? file.first.value : file.value, "", failure);
  const record = (of: Fields, key: string): Readonly<Record<string, unknown>> => {
    const members = of.object(key);
    return Object.fromEntries(members.keys().map((name) => [name, members.raw(name)]));
  };
  const split = fields.raw("split");
  const monotone = fields.raw("monotone");
  return {
    parameters: record(fields, "parameters"),
    ...(fields.has("losses")
      ? { losses: fields.strings("losses").map((text) => unitsOf(text, failure)) }
      : {}),
    ...(fields.has("prepare")
      ? {
          prepare: fields
            .objects("prepare")
            .map((step) => ({ action: step.string("action"), input: record(step, "input") })),
        }
      : {}),
    ...(split === undefined ? {} : { split: split === "differs" ? split : fields.amount("split") }),
    ...(monotone === undefined
      ? {}
      : { monotone: monotone === false ? monotone : fields.amount("monotone") }),
    ...(fields.raw("recoverySplit") === "differs" ? { recoverySplit: "differs" as const } : {}),
  };
}

function unitsOf(text: string, failure: FieldFailure): bigint {
  if (/^\d+$/.test(text)) return BigInt(text);
  throw failure("losses", "decimal integer strings", JSON.stringify(text));
}
