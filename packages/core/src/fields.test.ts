import { describe, expect, it } from "vitest";
import { HeaderError, LineError } from "./errors.js";
import { Fields } from "./fields.js";
import { Comparison } from "./trace/comparison.js";

describe("Fields", () => {
  const fields = new Fields({
    name: "usdc",
    amount: "12",
    signed: "-3",
    wide: (1n << 256n).toString(),
    nested: { list: [{ x: 1 }, { x: "no" }] },
    flag: true,
    owner: `0x${"AB".repeat(20)}`,
  });

  it("reads what is there", () => {
    expect(fields.string("name")).toBe("usdc");
    expect(fields.amount("amount")).toBe(12n);
    expect(fields.amount("signed", true)).toBe(-3n);
    expect(fields.boolean("flag")).toBe(true);
    expect(fields.address("owner")).toBe(`0x${"ab".repeat(20)}`);
    expect(fields.object("nested").objects("list")[0]!.integer("x")).toBe(1);
    expect(fields.has("missing")).toBe(false);
  });

  it.each([
    [
      () => fields.amount("signed"),
      'field "signed": expected a non-negative decimal integer string, got "-3"',
    ],
    [() => fields.uint256("wide"), "below 2^256"],
    [() => fields.string("missing"), "got nothing"],
    [() => fields.object("nested").objects("list")[1]!.integer("x"), "nested.list[1].x"],
    [() => fields.address("name"), "20-byte"],
    [() => fields.object("name"), "an object"],
    [() => fields.array("name"), "an array"],
    [() => fields.boolean("name"), "true or false"],
    [() => new Fields(null), "(root)"],
    [() => new Fields([]), "an object"],
  ])("names path, expectation and what came (%#)", (read, message) => {
    expect(read).toThrow(HeaderError);
    expect(read).toThrow(message);
  });

  it("makes the error it is told to", () => {
    const line = new Fields(
      { i: 1.5 },
      "",
      (field, expected, received) => new LineError(7, field, expected, received),
    );
    expect(() => line.integer("i")).toThrow('Line 7, field "i": expected a whole number, got 1.5.');
  });
});

describe("Comparison", () => {
  it("compares integers by value and counts every leaf", () => {
    const comparison = new Comparison();
    comparison.deep("state", { a: "1", b: { c: 2, d: null } }, { a: 1n, b: { c: "2", d: null } });
    expect([comparison.count, comparison.mismatches]).toEqual([3, []]);
  });

  it("reports a leaf that differs, is missing, or is extra", () => {
    const comparison = new Comparison();
    comparison.deep("s", { a: "1", gone: "5", list: ["1"] }, { a: 2n, extra: 3n, list: ["1", "2"] });
    expect(comparison.mismatches).toEqual([
      { field: "s.a", recorded: "1", computed: "2" },
      { field: "s.gone", recorded: "5", computed: "(absent)" },
      { field: "s.list[1]", recorded: "(absent)", computed: "2" },
      { field: "s.extra", recorded: "(absent)", computed: "3" },
    ]);
    comparison.deep("x", { a: 1n }, "text");
    expect(comparison.mismatches.at(-1)).toEqual({ field: "x", recorded: '{"a":"1"}', computed: "text" });
  });
});
