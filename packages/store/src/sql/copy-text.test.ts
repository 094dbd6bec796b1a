import fc from "fast-check";
import { expect, it } from "vitest";
import { copyRow, parseCopy } from "./copy-text.js";

const field = fc.option(fc.stringMatching(/^[\\tnrNa\t\n\r.é🜚]{0,8}$/u), { nil: undefined });

it("rows come out of COPY's text format as they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (rows) => {
      expect(parseCopy(rows.map(copyRow).join(""))).toEqual(rows);
    }),
    { seed: 7, numRuns: 500 },
  );
});

it("writes what the format says", () => {
  expect(copyRow([1, -5n, undefined, "a\tb\n\\N"])).toBe("1\t-5\t\\N\ta\\tb\\n\\\\N\n");
  expect(parseCopy("\\b\\f\\v\\x\t\\N\n")).toEqual([["\b\f\vx", undefined]]);
});
