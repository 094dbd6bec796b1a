import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cell, CellFault, hexBytes, topicList, unixSeconds, wholeNumber } from "./cell.js";

const TOPIC = `0x${"ab".repeat(32)}`;

describe("whole numbers of tables", () => {
  it.each<[Cell, number]>([
    ["19000000", 19_000_000],
    [" 7 ", 7],
    ["0x121eac0", 19_000_000],
    ["4294967292", 0xfffffffc],
    [4294967292n, 0xfffffffc],
    [0, 0],
  ])("read %s", (cell, number) => {
    expect(wholeNumber(cell)).toBe(number);
  });

  it.each<[Cell, string]>([
    ["1.9e7", "scientific notation"],
    ["1E+07", "scientific notation"],
    ["19000000.0", "a double"],
    ["19000000.", "a double"],
    ["19,000,000", "19,000,000"],
    ["-4", "-4"],
    [-4, "-4"],
    [-4n, "-4"],
    [1.5, "1.5"],
    [2 ** 53, "9007199254740992"],
    ["9007199254740993", "9007199254740993"],
    ["", "nothing"],
    [null, "nothing"],
    [true, "true"],
    ["NaN", "NaN"],
  ])("refuse %s", (cell, received) => {
    expect(() => wholeNumber(cell)).toThrow(received);
  });

  it("are exact or refused, for any number in any notation", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true }), fc.integer({ min: 0, max: 20 }), (value, digits) => {
        for (const text of [String(value), value.toExponential(), value.toFixed(digits)]) {
          try {
            expect(String(wholeNumber(text))).toBe(text);
          } catch (error) {
            expect(error).toBeInstanceOf(CellFault);
          }
        }
      }),
      { seed: 5 },
    );
  });
});

describe("times of tables", () => {
  const NOON = 1_709_294_400;
  it.each<[Cell]>([
    ["2024-03-01 12:00:00"],
    ["2024-03-01 12:00:00.000 UTC"],
    ["2024-03-01T12:00:00Z"],
    ["2024-03-01T12:00:00.000000Z"],
    ["2024-03-01 12:00:00+00"],
    ["2024-03-01 13:30:00+01:30"],
    ["2024-03-01 07:00:00 -0500"],
    ["1709294400"],
    [1_709_294_400n],
    [1_709_294_400],
    ["0x65e1c340"],
    [{ nanoseconds: 1_709_294_400_000_000_000n }],
  ])("read %s", (cell) => {
    expect(unixSeconds(cell)).toBe(NOON);
  });

  it.each<[Cell]>([
    ["2024-03-01"],
    ["2024-02-30 12:00:00"],
    ["2024-03-01 24:00:00"],
    ["2024-03-01 12:00:00.5"],
    ["2024-03-01 12:00:00 CET"],
    ["03/01/2024 12:00"],
    ["1709294400000"],
    ["1.7092944e9"],
    [{ nanoseconds: 1_709_294_400_000_000_001n }],
    [-1],
    ["soon"],
  ])("refuse %s", (cell) => {
    expect(() => unixSeconds(cell)).toThrow(CellFault);
  });
});

describe("bytes and topics of tables", () => {
  it("come in any case and prefix", () => {
    for (const cell of ["0xABcd", "0XabCD", "\\xabcd", Uint8Array.of(0xab, 0xcd)]) {
      expect(hexBytes(cell)).toBe("0xabcd");
    }
    expect(hexBytes("\\x")).toBe("0x");
    expect(() => hexBytes("abcd")).toThrow(CellFault);
    expect(() => hexBytes("0xabc")).toThrow(CellFault);
    expect(() => hexBytes("0xabcd", 20)).toThrow("20 bytes");
  });

  it.each<[Cell, number]>([
    [`["${TOPIC}","${TOPIC}"]`, 2],
    [`[${TOPIC} ${TOPIC}]`, 2],
    [`['${TOPIC}', '${TOPIC}']`, 2],
    [`{${TOPIC},${TOPIC}}`, 2],
    [`{"\\\\x${TOPIC.slice(2)}"}`, 1],
    ["[]", 0],
    ["{}", 0],
    [[TOPIC, Uint8Array.from(Buffer.from(TOPIC.slice(2), "hex"))], 2],
  ])("lists are read from %s", (cell, count) => {
    expect(topicList(cell)).toEqual(Array.from({ length: count }, () => TOPIC));
  });

  it.each<[Cell]>([
    [TOPIC],
    ["[0x12]"],
    [null],
    [`[${Array.from({ length: 5 }, () => TOPIC).join()}]`],
    [`["${TOPIC}"`],
  ])("lists are not read from %s", (cell) => {
    expect(() => topicList(cell)).toThrow(CellFault);
  });
});
