import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkRiskCases } from "./check.js";

const document = JSON.parse(
  readFileSync(new URL("../../../testing/vectors/risk/cases.json", import.meta.url), "utf8"),
) as { cases: { id: string; expected: unknown }[] };

describe("risk cases", () => {
  const results = checkRiskCases(document);

  it.each(results.map((result) => [result.id, result] as const))("%s", (_, result) => {
    expect(result.mismatches).toEqual([]);
    expect(result.comparisons).toBeGreaterThan(0);
  });

  it("finds a changed first value in every case", () => {
    for (const each of document.cases) {
      const changed = structuredClone(each);
      if (!bump(changed)) continue;
      const [result] = checkRiskCases({ format: "shortfall-risk-cases/1", cases: [changed] });
      expect(result!.mismatches.length, each.id).toBeGreaterThan(0);
    }
  });

  it("names a function that does not exist, and a document that is none", () => {
    const [first] = document.cases;
    expect(() =>
      checkRiskCases({ format: "shortfall-risk-cases/1", cases: [{ ...first, fn: "no" }] }),
    ).toThrow("fn");
    expect(() => checkRiskCases({ format: "other/1", cases: [] })).toThrow("shortfall-risk-cases/1");
    expect(() => checkRiskCases([])).toThrow("an object");
  });
});

/** Changes the first number or integer text below `expected`; false if there is none. */
function bump(holder: { expected: unknown }): boolean {
  const visit = (parent: Record<string, unknown> | unknown[], key: string | number): boolean => {
    const slot = parent as Record<string | number, unknown>;
    const value = slot[key];
    if (typeof value === "number") slot[key] = value + Math.max(1, Math.abs(value) * 0.02);
    else if (typeof value === "string" && /^-?\d+$/.test(value)) slot[key] = (BigInt(value) + 1n).toString();
    else if (Array.isArray(value)) return value.some((_, k) => visit(value, k));
    else if (typeof value === "object" && value !== null) {
      return Object.keys(value).some((each) => visit(value as Record<string, unknown>, each));
    } else return false;
    return true;
  };
  return visit({ ...holder, expected: holder.expected }, "expected");
}
