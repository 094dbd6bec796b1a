import { Fields, LineError, type Mismatch } from "@shortfall/core";
import { RiskInput } from "../input.js";
import { RISK_FUNCTIONS } from "./functions.js";

/** What one risk case found. */
export interface RiskCaseResult {
  readonly id: string;
  /** `module.fn`. */
  readonly name: string;
  /** What the expected figures rest on: `published`, `standard`, `closed-form`, … */
  readonly kind: string;
  readonly source: string;
  readonly comparisons: number;
  readonly mismatches: readonly Mismatch[];
}

interface Tolerance {
  readonly rel: number;
  readonly abs: number;
}

/**
 * Runs every case of a `shortfall-risk-cases/1` document. Numbers pass within the larger of the case's absolute
 * and relative tolerance; strings, booleans, nulls and array lengths must be equal; extra results are allowed.
 *
 * @throws {HeaderError} not such a document. @throws {LineError} a case that names an unknown function or whose
 * input cannot be read.
 */
export function checkRiskCases(document: unknown): RiskCaseResult[] {
  const fields = new Fields(document);
  const format = fields.string("format");
  if (format !== "shortfall-risk-cases/1") {
    throw new LineError(0, "format", "shortfall-risk-cases/1", format);
  }
  return fields.objects("cases").map((each) => {
    const id = each.string("id");
    const name = `${each.string("module")}.${each.string("fn")}`;
    const run = RISK_FUNCTIONS.get(name);
    if (!run) throw new LineError(0, `${each.path}.fn`, [...RISK_FUNCTIONS.keys()].join(", "), name);
    const tolerance = readTolerance(each);
    const found: { count: number; mismatches: Mismatch[] } = { count: 0, mismatches: [] };
    compare("", each.raw("expected"), run(new RiskInput(each.raw("input"))), tolerance, found);
    return {
      id,
      name,
      kind: each.has("kind") ? each.string("kind") : "",
      source: each.has("source") ? each.string("source") : "",
      comparisons: found.count,
      mismatches: found.mismatches,
    };
  });
}

function readTolerance(fields: Fields): Tolerance {
  if (!fields.has("tol")) return { rel: 1e-9, abs: 1e-12 };
  const tolerance = fields.object("tol");
  const read = (key: string): number => {
    const value = tolerance.raw(key);
    return typeof value === "number" ? value : 0;
  };
  return { rel: read("rel"), abs: read("abs") };
}

function compare(
  field: string,
  expected: unknown,
  got: unknown,
  tolerance: Tolerance,
  found: { count: number; mismatches: Mismatch[] },
): void {
  if (Array.isArray(expected)) {
    const list = Array.isArray(got) ? got : [];
    if (list.length !== expected.length || !Array.isArray(got)) {
      fail(found, `${field}.length`, expected.length, Array.isArray(got) ? got.length : "no list");
    }
    expected.forEach((each, k) => {
      compare(`${field}[${k}]`, each, list[k], tolerance, found);
    });
    return;
  }
  if (typeof expected === "object" && expected !== null) {
    const object = typeof got === "object" && got !== null ? (got as Record<string, unknown>) : {};
    for (const [key, value] of Object.entries(expected)) {
      compare(field === "" ? key : `${field}.${key}`, value, object[key], tolerance, found);
    }
    return;
  }
  found.count++;
  if (typeof expected === "number") {
    const close =
      typeof got === "number" &&
      Math.abs(got - expected) <= Math.max(tolerance.abs, tolerance.rel * Math.abs(expected));
    if (!close) fail(found, field, expected, got);
  } else if (typeof expected === "string" && typeof got === "bigint") {
    if (got.toString() !== expected) fail(found, field, expected, got);
  } else if (got !== expected) fail(found, field, expected, got);
}

function fail(found: { mismatches: Mismatch[] }, field: string, expected: unknown, got: unknown): void {
  found.mismatches.push({ field, recorded: String(expected), computed: String(got) });
}
