import { describe, expect, it } from "vitest";
import { AllocationError, assertNever, isShortfallError, UnreachableError } from "./errors.js";

describe("errors", () => {
  it("are known by their code, whichever copy made them", () => {
    expect(isShortfallError(new AllocationError("floor", "why not"))).toBe(true);
    const foreign = Object.assign(new Error("from another copy"), { code: "SF_ALLOCATION" });
    expect(isShortfallError(foreign)).toBe(true);
    expect(isShortfallError(new Error("plain"))).toBe(false);
    expect(isShortfallError({ code: "SF_ALLOCATION" })).toBe(false);
  });

  it("carry their class name and stop an exhaustive switch", () => {
    expect(new AllocationError("floor", "x").name).toBe("AllocationError");
    expect(() => assertNever("new kind" as never)).toThrow(UnreachableError);
  });
});
