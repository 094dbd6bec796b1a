import { Comparison, Fields, isShortfallError, type Mismatch } from "@shortfall/core";
import { CaseError } from "./errors.js";
import { MECHANISMS } from "./mechanisms.js";

/** What running one worked case found. */
export interface CaseCheck {
  readonly id: string;
  readonly mechanism: string;
  readonly comparisons: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Runs a document of worked waterfall cases (`shortfall-waterfall-cases/1`) through the catalogue and compares
 * every expected value.
 *
 * @throws {CaseError} the document or a case is malformed, or its mechanism is unknown; the message names the
 * case and the field.
 */
export function checkWaterfallCases(document: unknown): CaseCheck[] {
  const root = new Fields(document, "", failureIn(""));
  const format = root.string("format");
  if (format !== "shortfall-waterfall-cases/1")
    throw new CaseError("", "format", '"shortfall-waterfall-cases/1"', `"${format}"`);
  const cases = root.objects("cases");
  if (root.has("count") && root.integer("count") !== cases.length)
    throw new CaseError("", "count", `${cases.length}, the number of cases`, String(root.raw("count")));
  return cases.map((entry) => checkCase(entry.string("id"), entry.string("mechanism"), entry));
}

function checkCase(id: string, mechanism: string, entry: Fields): CaseCheck {
  const run = Object.hasOwn(MECHANISMS, mechanism) ? MECHANISMS[mechanism] : undefined;
  if (!run) {
    throw new CaseError(
      id,
      "mechanism",
      `one of ${Object.keys(MECHANISMS).sort().join(", ")}`,
      `"${mechanism}"`,
    );
  }
  const inputs = new Fields(entry.raw("inputs"), "inputs", failureIn(id));
  const comparison = new Comparison();
  const result = runNamed(id, run, inputs);
  if (result.ok) comparison.deep("", entry.raw("expected"), result.value);
  // A refusal by the engine is an answer that differs, not a document that cannot be read.
  else comparison.value("(run)", "a result", result.refused);
  return { id, mechanism, comparisons: comparison.count, mismatches: comparison.mismatches };
}

type Ran = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refused: string };

/** Runs a case; what it finds wrong with its inputs is said with the case's id. */
function runNamed(id: string, run: (inputs: Fields) => unknown, inputs: Fields): Ran {
  try {
    return { ok: true, value: run(inputs) };
  } catch (error) {
    if (error instanceof CaseError) {
      throw error.caseId === "" ? new CaseError(id, error.field, error.expected, error.received) : error;
    }
    if (isShortfallError(error)) return { ok: false, refused: error.message };
    throw error;
  }
}

const failureIn = (id: string) => (field: string, expected: string, received: string) =>
  new CaseError(id, field, expected, received);
