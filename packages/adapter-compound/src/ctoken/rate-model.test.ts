import { WAD } from "@shortfall/math";
import { describe, expect, it } from "vitest";
import { borrowRatePerSlot, utilisationDown, utilisationWithBadDebtDown } from "./rate-model.js";
import { MarketRefusal } from "./refusal.js";

const model = {
  baseRatePerSlot: 10n,
  multiplierPerSlot: 100n,
  jumpMultiplierPerSlot: 1_000n,
  kinkWad: (8n * WAD) / 10n,
};

describe("rate model", () => {
  it("is kinked, and continuous at the kink", () => {
    expect(borrowRatePerSlot(model, 0n)).toBe(10n);
    expect(borrowRatePerSlot(model, model.kinkWad)).toBe(90n);
    expect(borrowRatePerSlot(model, model.kinkWad + WAD / 1000n)).toBe(91n);
    expect(borrowRatePerSlot(model, WAD)).toBe(290n);
  });

  it("does not cap utilisation in Compound, and does in Venus", () => {
    expect(utilisationDown(10n, 100n, 60n)).toBe(2n * WAD);
    expect(utilisationWithBadDebtDown(10n, 100n, 60n, 0n)).toBe(WAD);
    expect(utilisationWithBadDebtDown(50n, 25n, 0n, 25n)).toBe(WAD / 2n);
    expect(utilisationDown(50n, 0n, 60n)).toBe(0n);
  });

  it("panics where reserves exceed the rest, and divides by zero where nothing is left", () => {
    expect(() => utilisationDown(10n, 40n, 60n)).toThrow(new MarketRefusal("Panic(0x11)"));
    expect(() => utilisationDown(20n, 40n, 60n)).toThrow(new MarketRefusal("Panic(0x12)"));
  });
});
