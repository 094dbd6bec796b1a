import { parseAmount } from "@shortfall/math/decimal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullAmount, percent, shortAmount } from "./amount.js";
import { escapeText, plainText, shortName } from "./escape.js";
import { differenceFigure, differingDigits, figure } from "./figure.js";
import { utcTime } from "./time.js";

/** What a selection of the markup would copy. */
const selected = (markup: string): string => markup.replace(/<[^>]*>/g, "");

describe("full amounts", () => {
  it("are read back to the same integer, and a figure copies the same digits", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 40n), 10n ** 40n),
        fc.integer({ min: 0, max: 30 }),
        (units, decimals) => {
          const text = fullAmount(units, decimals);
          expect(parseAmount(text.replaceAll(",", "").replace("−", "-"), decimals, { signed: true })).toBe(
            units,
          );
          expect(selected(figure(units, decimals))).toBe(text);
          expect(selected(figure(units, decimals, { differing: 3 }))).toBe(text);
          expect(figure(units, decimals)).toContain(`value="${units}"`);
        },
      ),
      { seed: 1 },
    );
  });

  it("mark exactly the digits from the first difference on", () => {
    expect(differingDigits(1_715_884n, 1_715_883n)).toBe(1);
    expect(differingDigits(9n, 10n)).toBe(2);
    expect(differingDigits(5n, 5n)).toBe(0);
    const marks = (markup: string): string =>
      (markup.match(/<mark>(.*?)<\/mark>/g) ?? []).map(selected).join("");
    expect(marks(figure(1_234_567_890n, 6, { differing: 4 }))).toBe("7890");
    expect(marks(figure(1_234_567_890n, 6, { differing: 8 }))).toBe("34567890");
    expect(marks(figure(1_234_567_890n, 0, { differing: 4 }))).toBe("7,890");
  });

  it("write a difference with its sign, and zero plain", () => {
    expect(selected(differenceFigure(1n, 6))).toBe("+0.000001");
    expect(selected(differenceFigure(-1n, 6))).toBe("−0.000001");
    expect(selected(differenceFigure(0n, 6))).toBe("0");
  });
});

describe("short amounts", () => {
  it.each([
    [0n, 6, "0"],
    [12_800_000_000n, 6, "12.8k"],
    [1_680_000_000_000n, 6, "1.68m"],
    [999_999_999n, 6, "1k"],
    [1n, 6, "1×10⁻⁶"],
    [100n, 6, "0.0001"],
    [1n, 18, "1×10⁻¹⁸"],
    [10n ** 30n, 18, "1tn"],
    [10n ** 30n, 0, "1×10³⁰"],
    [-235_000n, 0, "−235k"],
    [7n, 0, "7"],
  ])("%d with %i decimals is %s", (units, decimals, expected) => {
    expect(shortAmount(units, decimals)).toBe(expected);
  });
});

describe("percent", () => {
  it.each([
    [1n, 3n, "33.3%"],
    [1n, 10n ** 30n, "<0.1%"],
    [10n ** 30n - 1n, 10n ** 30n, ">99.9%"],
    [5n, 5n, "100%"],
    [0n, 5n, "0%"],
    [0n, 0n, "0%"],
    [125n, 100_000n, "0.1%"],
  ])("%d of %d is %s", (part, whole, expected) => {
    expect(percent(part, whole)).toBe(expected);
  });
});

describe("text from the input", () => {
  it("can neither open nor close markup, nor turn the direction of the page", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
        expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { seed: 2 },
    );
    expect(escapeText("a\u202eb\u0000<i>")).toBe("a b &lt;i&gt;");
  });

  it("is shortened without cutting a character", () => {
    expect(shortName(`0x${"ab".repeat(20)}`)).toBe("0xabab…abab");
    expect(shortName("😀".repeat(40))).toBe(`${"😀".repeat(18)}…${"😀".repeat(6)}`);
    expect(shortName("USDC")).toBe("USDC");
  });
});

it("writes time in UTC", () => {
  expect(utcTime(1_700_000_154)).toBe("14 Nov 2023 22:15");
  expect(utcTime(0)).toBe("1 Jan 1970 00:00");
});
