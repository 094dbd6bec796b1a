import { describe, expect, it } from "vitest";
import { DeficitRegister } from "./deficit.js";
import { DeficitStateError } from "./errors.js";

const at = { block: 1, timestamp: 1 };
const base = { pool: "usdc", asset: "USDC", borrower: "bob", recognisedAt: at };

describe("DeficitRegister", () => {
  it("keeps recognised = Σ taken + uncovered through its whole life", () => {
    const register = new DeficitRegister();
    register.recognise({
      ...base,
      id: "d1",
      recognised: 100n,
      layers: [
        { layer: "fund", policy: "insurance-first", taken: 60n },
        { layer: "carry", policy: "carry", taken: 30n },
      ],
    });
    register.cover("d1", "carry", { layer: "stake", policy: "stake-slash", taken: 20n });
    const record = register.recover("d1", [10n, 0n, 5n], 4n, 1n);
    expect(record.layers.map(({ taken, restored }) => [taken, restored])).toEqual([
      [60n, 10n],
      [10n, 0n],
      [20n, 5n],
    ]);
    expect([record.uncovered, record.recovered, record.excess]).toEqual([6n, 20n, 1n]);
    expect(register.totals("USDC")).toEqual({
      recognised: 100n,
      absorbed: 90n,
      uncovered: 6n,
      recovered: 20n,
      reversed: 0n,
    });
  });

  it("reverses or realises only what is provisional", () => {
    const register = new DeficitRegister();
    register.recognise({ ...base, id: "p", recognised: 5n, layers: [], provisional: true });
    register.recognise({ ...base, id: "q", recognised: 7n, layers: [], provisional: true });
    expect(register.reverse("p").status).toBe("reversed");
    expect(register.realise("q").status).toBe("realised");
    expect(() => register.reverse("q")).toThrow("only a provisional mark");
    expect(() => register.realise("q")).toThrow(DeficitStateError);
    expect(() => register.recover("p", [], 1n, 0n)).toThrow("reversed");
    expect(register.totals("USDC").reversed).toBe(5n);
    expect(register.totals("DAI").recognised).toBe(0n);
  });

  it("refuses what cannot have happened", () => {
    const register = new DeficitRegister();
    const one = { ...base, id: "d", recognised: 10n, layers: [{ layer: "a", policy: "p", taken: 4n }] };
    register.recognise(one);
    expect(() => register.recognise(one)).toThrow("id is in use");
    expect(() =>
      register.recognise({ ...one, id: "e", layers: [{ layer: "a", policy: "p", taken: 11n }] }),
    ).toThrow("took 11");
    expect(() =>
      register.recognise({ ...one, id: "e", layers: [{ layer: "a", policy: "p", taken: -1n }] }),
    ).toThrow("took -1");
    expect(() => register.recover("d", [5n], 0n, 0n)).toThrow("with 4 outstanding");
    expect(() => register.recover("d", [0n], 7n, 0n)).toThrow("against an uncovered 6");
    expect(() => register.cover("d", "a", { layer: "b", policy: "p", taken: 5n })).toThrow("4 carried");
    expect(() => register.get("nope")).toThrow("not in the register");
    expect(register.get("d").recovered).toBe(0n);
  });
});
