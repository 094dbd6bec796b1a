import { describe, expect, it } from "vitest";
import { caseResult } from "./check-cases.js";

describe("caseResult", () => {
  const outcomes = [
    { id: "a", comparisons: 3, mismatches: [] },
    {
      id: "b",
      comparisons: 2,
      mismatches: [
        { field: "x", recorded: "1", computed: "2" },
        { field: "y", recorded: "3", computed: "4" },
      ],
    },
  ];

  it("counts cases and values, and leads fields with the case's id", () => {
    expect(caseResult("family", outcomes)).toMatchObject({
      protocol: "family",
      mode: "cases",
      transactions: 2,
      comparisons: 5,
      mismatches: 2,
      first: [{ field: "b: x" }, { field: "b: y" }],
    });
  });

  it("counts what it does not keep", () => {
    const result = caseResult("family", outcomes, 1);
    expect(result.mismatches).toBe(2);
    expect(result.first).toHaveLength(1);
  });
});
