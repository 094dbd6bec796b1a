import { testAdapter } from "@shortfall/testing";
import { describe, expect, it } from "vitest";
import { pond } from "./adapter.js";
import { recordPond } from "./recorder.js";

describe.each([1, 2, 3])("the pond adapter on history %i", (seed) => {
  it.each(testAdapter(pond, recordPond(300, seed)).map((check) => [check.name, check] as const))(
    "%s",
    (_, check) => {
      expect(check.message).toBe("");
      expect(check.ok).toBe(true);
    },
  );
});
