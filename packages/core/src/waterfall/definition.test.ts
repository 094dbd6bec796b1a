import { describe, expect, it } from "vitest";
import {
  definePolicy,
  isShortfallError,
  openWaterfall,
  parseWaterfallDefinition,
  type WaterfallDefinition,
  waterfallDigest,
  waterfallJson,
  waterfallReference,
} from "../index.js";

const document = {
  format: "shortfall-waterfall/1",
  id: "fund-then-holders",
  version: "2",
  title: "Fund, then holders",
  layers: [
    { id: "fund", policy: "cash-fund", parameters: { fund: "insurance" }, cap: "1000000000000000000000" },
    { id: "holders", policy: "pro-rata", parameters: { class: "supply" } },
  ],
  recovery: { order: ["holders", "fund", "uncovered"] },
};

const message = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isShortfallError(error)) return error.message;
    throw error;
  }
  return "no error";
};

describe("a waterfall definition", () => {
  it("comes from JSON with caps as bigint and goes back to the same JSON", () => {
    const definition = parseWaterfallDefinition(document);
    expect(definition.layers[0]?.cap).toBe(10n ** 21n);
    expect(waterfallJson(definition)).toEqual(document);
  });

  it("has a digest that does not depend on key order or on how an amount is written", () => {
    const definition = parseWaterfallDefinition(document);
    const shuffled: WaterfallDefinition = {
      recovery: definition.recovery ?? { order: "same-order" },
      layers: definition.layers,
      version: "2",
      title: "Fund, then holders",
      id: "fund-then-holders",
      format: "shortfall-waterfall/1",
    };
    expect(waterfallDigest(shuffled)).toBe(waterfallDigest(definition));
    expect(waterfallDigest({ ...definition, version: "3" })).not.toBe(waterfallDigest(definition));
    expect(waterfallReference("pool", definition)).toEqual({
      pool: "pool",
      id: "fund-then-holders",
      version: "2",
      digest: waterfallDigest(definition),
    });
  });

  it.each([
    [{ ...document, format: "other/1" }, 'Waterfall field "format"'],
    [{ ...document, id: "" }, 'Waterfall field "id": expected text'],
    [{ ...document, extra: 1 }, 'Waterfall field "extra"'],
    [{ ...document, layers: {} }, 'Waterfall field "layers": expected an array'],
    [
      { ...document, layers: [{ id: "a", policy: "p", cap: "-1" }] },
      'Waterfall field "layers[0].cap": expected a non-negative decimal integer string',
    ],
    [{ ...document, layers: [{ id: "a", policy: "p", cap: 1.5 }] }, 'Waterfall field "layers[0].cap"'],
    [
      { ...document, recovery: { order: "backwards" }, layers: document.layers },
      'Waterfall field "recovery.order": expected one of same-order',
    ],
    [
      { ...document, recovery: { order: ["holders", "nobody"] } },
      'Waterfall field "recovery.order[1]": expected a layer id or "uncovered", got "nobody"',
    ],
    [
      { ...document, recovery: { order: ["holders", "holders"] } },
      'Waterfall field "recovery.order[1]": expected each slot once',
    ],
    [
      { ...document, layers: [document.layers[0], document.layers[0]], recovery: undefined },
      'Waterfall field "layers[1].id": expected an id unique',
    ],
    [
      { ...document, layers: [{ id: "uncovered", policy: "p" }], recovery: undefined },
      'Waterfall field "layers[0].id": expected an id other than "uncovered"',
    ],
    [[], 'Waterfall field "(root)": expected an object'],
  ])("says what is wrong with %j", (input, start) => {
    expect(message(() => parseWaterfallDefinition(input))).toContain(start);
  });

  it("opens only with policies it can find and parameters they accept", () => {
    const definition = parseWaterfallDefinition({ ...document, recovery: undefined });
    const strict = definePolicy({
      id: "cash-fund",
      version: "1",
      title: "",
      parameters: {
        parse: () => {
          throw new Error("fund must be a list");
        },
      },
      describe: () => "",
      bearer: () => ({ kind: "fund", id: "" }),
      open: () => ({}),
      capacity: () => 0n,
      absorb: (view) => ({ taken: 0n, state: view.state, effects: [], reason: "" }),
    });
    expect(message(() => openWaterfall(definition, new Map()))).toContain('"layers[0].policy"');
    expect(message(() => openWaterfall(definition, new Map([["cash-fund", strict]])))).toContain(
      "fund must be a list",
    );
  });

  it("is frozen when opened and leaves the caller's object alone", () => {
    const mutable = { ...parseWaterfallDefinition(document), layers: [] };
    const waterfall = openWaterfall({ ...mutable, recovery: { order: [] } }, new Map());
    expect(Object.isFrozen(waterfall.definition)).toBe(true);
    expect(Object.isFrozen(mutable)).toBe(false);
  });
});
