import { UndoLog } from "@shortfall/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memberships } from "./membership.js";

describe("memberships", () => {
  it("appends, and moves the last market into the hole of one that is left", () => {
    const memberships = new Memberships(new UndoLog());
    for (const market of [4, 0, 7]) expect(memberships.enter(1, market)).toBe(true);
    expect(memberships.enter(1, 0)).toBe(false);
    expect(memberships.of(1)).toEqual([4, 0, 7]);
    expect(memberships.leave(1, 4)).toBe(true);
    expect(memberships.of(1)).toEqual([7, 0]);
    expect(memberships.leave(1, 4)).toBe(false);
    expect(memberships.of(2)).toEqual([]);
  });

  it("comes back as it was, order included", () => {
    const undo = new UndoLog();
    const memberships = new Memberships(undo);
    const step = fc.record({ account: fc.nat(2), market: fc.nat(300), enter: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const before = [0, 1, 2].map((account) => [...memberships.of(account)]);
        const mark = undo.mark();
        for (const { account, market, enter } of steps) {
          if (enter) memberships.enter(account, market);
          else memberships.leave(account, market);
        }
        if (steps.length % 2 === 0) {
          undo.rollback(mark);
          expect([0, 1, 2].map((account) => [...memberships.of(account)])).toEqual(before);
        }
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});
