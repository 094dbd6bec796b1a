import { definePolicy } from "@shortfall/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arbitraryScript,
  bindPlain,
  LedgerDisagreement,
  plainPolicies,
  runScript,
  type Script,
} from "../src/index.js";

const LENGTHS = { minLength: 100, maxLength: 120 };

/** Without shrinking: a script of a hundred steps prints badly. `path` of a failure reproduces it. */
const scripts = (numRuns: number, check: (script: Script) => void): void => {
  fc.assert(fc.property(arbitraryScript(LENGTHS), check), { numRuns, seed: 20230313, endOnFailure: true });
};

describe("the ledger against the naive one", () => {
  it("agrees on every number of random histories of random pools", () => {
    const kinds = new Map<string, number>();
    const refusals = new Map<string, number>();
    scripts(200, (script) => {
      const outcome = runScript(script, plainPolicies, bindPlain);
      for (const [kind, count] of outcome.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
      for (const [code, count] of outcome.refusals) refusals.set(code, (refusals.get(code) ?? 0) + count);
    });
    // The scripts reach every action and every refusal that plain layers have.
    for (const kind of ["write-off", "recover", "cover", "realise", "reverse", "liquidate", "claim"])
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(10);
    expect([...refusals.keys()]).toEqual(
      expect.arrayContaining([
        "SF_UNDEFINED_PRICE",
        "SF_ZERO_SHARES",
        "SF_INSUFFICIENT_CASH",
        "SF_PROVISION",
      ]),
    );
  });

  it("is deterministic to the byte of the journal", () => {
    scripts(20, (script) => {
      const first = runScript(script, plainPolicies, bindPlain);
      expect(runScript(script, plainPolicies, bindPlain).digest).toBe(first.digest);
    });
  });

  it("notices a policy that takes one unit less than it could", () => {
    const stingy = plainPolicies.map((policy) =>
      policy.id !== "plain-class"
        ? policy
        : definePolicy({
            ...policy,
            absorb(view, request) {
              const answer = policy.absorb(view, request);
              if (answer.taken < 2n) return answer;
              return {
                ...answer,
                taken: answer.taken - 1n,
                effects: answer.effects.map((effect) =>
                  effect.kind === "write-down" ? { ...effect, assets: effect.assets - 1n } : effect,
                ),
              };
            },
          }),
    );
    let noticed = 0;
    for (const script of fc.sample(arbitraryScript(LENGTHS), { numRuns: 20, seed: 7 })) {
      try {
        runScript(script, stingy, bindPlain);
      } catch (error) {
        expect(error).toBeInstanceOf(LedgerDisagreement);
        noticed++;
      }
    }
    expect(noticed).toBeGreaterThan(3);
  });
});
