import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  parseWhatIfDefinition,
  WhatIfDefinitionError,
  type WhatIfHistory,
  WhatIfNotConservedError,
  type WhatIfRule,
  WhatIfUnsupportedError,
  whatIf,
} from "@shortfall/audit";
import { builtInAdapters } from "@shortfall/cli";
import { DeficitRegister, type LossMoment, type WriteOff } from "@shortfall/core";
import { allocateLargestRemainder } from "@shortfall/math";
import { catalogueRegistry } from "@shortfall/policies";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import { afterAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("what-if");
afterAll(() => rmSync(folder, { recursive: true }));

const POOL = { pool: "pool", asset: "USD" };

/** A pool in which all suppliers lose alike; each loss with who held what before it. */
function history(
  losses: readonly {
    readonly amount: bigint;
    readonly assets: bigint;
    readonly held: Record<string, bigint>;
  }[],
  recovered: readonly bigint[] = [],
): WhatIfHistory {
  const deficits = new DeficitRegister();
  const moments = new Map<string, LossMoment>();
  const writeOffs = losses.map(({ amount, assets, held }, at): WriteOff => {
    const id = `loss-${at}`;
    const position = { block: at + 1, timestamp: at + 1 };
    const layers = [{ layer: "all", policy: "pro-rata", amount }];
    const taken = [{ layer: "all", policy: "pro-rata", taken: amount }];
    deficits.recognise({
      id,
      ...POOL,
      borrower: "debtor",
      recognised: amount,
      recognisedAt: position,
      layers: taken,
    });
    deficits.recover(id, [recovered[at] ?? 0n], 0n, 0n);
    const rows = Object.entries(held).map(([account, shares]) => ({ account, shares }));
    const weights = rows.map(({ shares }) => shares);
    const shares = weights.reduce((sum, weight) => sum + weight, 0n);
    const split = (loss: bigint) => allocateLargestRemainder(loss, weights);
    const classes = [{ id: "lenders", assets, shares, rows, split }];
    moments.set(id, { ...POOL, cash: 0n, loans: assets, reserves: 0n, classes });
    return {
      id,
      ...POOL,
      position,
      account: "debtor",
      reported: amount,
      recomputed: amount,
      source: "test",
      layers,
      uncovered: 0n,
    };
  });
  return {
    name: "history",
    protocol: "test",
    model: {
      deficits,
      writeOffs: () => writeOffs,
      lossMoment: (id) => moments.get(id),
      haircuts: (id) => {
        const writeOff = writeOffs.find((entry) => entry.id === id)!;
        const { rows, split } = moments.get(id)!.classes[0]!;
        const { parts, dust } = split(writeOff.recomputed, 0n);
        return [
          {
            writeOff: id,
            ...POOL,
            bearer: "lenders",
            absorbed: writeOff.recomputed,
            basis: "realised",
            rows: rows.map((row, at) => ({ ...row, loss: parts[at]! })),
            dust,
            dustOwner: "pool",
          },
        ];
      },
      nativeWaterfall: () => ({
        format: "shortfall-waterfall/1",
        id: "alike",
        version: "1",
        layers: [{ id: "all", policy: "pro-rata", parameters: { class: "lenders" } }],
      }),
    },
  };
}

const insured = (more: Record<string, unknown> = {}) => ({
  format: "shortfall-whatif/1",
  waterfall: {
    format: "shortfall-waterfall/1",
    id: "insured",
    version: "1",
    layers: [
      { id: "fund", policy: "cash-fund", parameters: { fund: "insurance" } },
      { id: "all", policy: "pro-rata", parameters: { class: "suppliers" } },
    ],
  },
  funds: [{ id: "insurance", balance: "50" }],
  ...more,
});

const run = (of: WhatIfHistory, document: unknown, rule: WhatIfRule = "shares") =>
  whatIf(of, parseWhatIfDefinition(document), { rule, registry: catalogueRegistry });

const lossesOf = (result: ReturnType<typeof whatIf>) =>
  Object.fromEntries(
    result.holders.map(({ account, native, alternative }) => [account, [native, alternative]]),
  );

describe("a fund of 50 before two suppliers, the second of whom leaves between two losses", () => {
  // Ann has 600 of 1,000 and Bob 400. 100 are lost; Bob leaves with 360; 54 are lost of Ann's 540.
  const two = history([
    { amount: 100n, assets: 1000n, held: { ann: 600n, bob: 400n } },
    { amount: 54n, assets: 540n, held: { ann: 600n } },
  ]);

  it("gives what the fund saved to those who hold the shares later, if movements of shares stay", () => {
    const result = run(two, insured());
    expect(lossesOf(result)).toEqual({ ann: [114n, 84n], bob: [40n, 20n] });
    expect(result.funds).toEqual([
      { fund: "insurance", ...POOL, native: 0n, alternative: 50n, difference: 50n },
    ]);
    expect(result.classes).toEqual([
      { class: "suppliers", ...POOL, native: 154n, alternative: 104n, difference: -50n },
    ]);
    expect(result.alternative.totals[0]).toMatchObject({ recognised: 154n, holders: 104n, funds: 50n });
  });

  it("lets Bob keep what the fund saved him, and lose of it, if moved amounts stay", () => {
    expect(lossesOf(run(two, insured(), "assets"))).toEqual({ ann: [114n, 82n], bob: [40n, 22n] });
  });

  it("caps what moved by what its holder would have owned", () => {
    // Bob alone bears the first loss; natively he had 360 left to leave with, here he has 300.
    const junior = insured({
      funds: [],
      waterfall: {
        format: "shortfall-waterfall/1",
        id: "tranched",
        version: "1",
        layers: [
          { id: "first", policy: "tranche", parameters: { class: "junior" } },
          { id: "then", policy: "tranche", parameters: { class: "senior" } },
        ],
      },
      classes: [
        { id: "senior", holders: "rest" },
        { id: "junior", holders: ["bob"] },
      ],
    });
    const result = run(two, junior, "assets");
    expect(lossesOf(result)).toEqual({ ann: [114n, 54n], bob: [40n, 100n] });
    expect(result.classes.map((row) => [row.class, row.native, row.alternative])).toEqual([
      ["junior", 40n, 100n],
      ["senior", 114n, 54n],
    ]);
  });
});

it("gives recoveries of the history to whom the alternative's order names", () => {
  const result = run(
    history([{ amount: 100n, assets: 1000n, held: { ann: 600n, bob: 400n } }], [60n]),
    insured(),
  );
  // Reverse order: suppliers get their 50 back before the fund sees 10.
  expect(lossesOf(result)).toEqual({ ann: [24n, 0n], bob: [16n, 0n] });
  expect(result.funds[0]).toMatchObject({ alternative: 40n });
  expect(result.native.totals[0]).toMatchObject({ recognised: 100n, recovered: 60n, holders: 40n });
});

it("gives a class's recovery to its holders by shares, or to those who lost where amounts stay", () => {
  const left = history(
    [
      { amount: 100n, assets: 1000n, held: { ann: 600n, bob: 400n } },
      { amount: 54n, assets: 540n, held: { ann: 600n } },
    ],
    [77n],
  );
  const bare = insured({ funds: [] });
  expect(lossesOf(run(left, bare))).toEqual({ ann: [68n, 37n], bob: [9n, 40n] });
  expect(lossesOf(run(left, bare, "assets"))).toEqual({ ann: [68n, 57n], bob: [9n, 20n] });
});

it("runs an index write-down on a class that is told to keep an index", () => {
  const one = history([{ amount: 100n, assets: 1000n, held: { ann: 600n, bob: 400n } }]);
  const document = insured({
    funds: [],
    waterfall: {
      format: "shortfall-waterfall/1",
      id: "indexed",
      version: "1",
      layers: [
        {
          id: "all",
          policy: "index-writedown",
          parameters: { class: "aTokens", rule: "proportional-ceil" },
        },
      ],
    },
    classes: [{ id: "aTokens", holders: "rest", indexed: true }],
  });
  expect(lossesOf(run(one, document))).toEqual({ ann: [60n, 60n], bob: [40n, 40n] });
  const { native, alternative } = run(one, document);
  expect(alternative.totals[0]).toMatchObject({
    reserves: 0n,
    dust: 0n,
    recognised: native.totals[0]!.recognised,
  });
});

it("shows what no layer takes as uncovered", () => {
  const bare = { format: "shortfall-waterfall/1", id: "none", version: "1", layers: [] };
  const result = run(history([{ amount: 7n, assets: 10n, held: { ann: 10n } }]), bare);
  expect(result.alternative.totals[0]).toMatchObject({ uncovered: 7n, holders: 0n });
});

it("refuses a model whose tables lose something, by name", () => {
  const good = history([{ amount: 7n, assets: 10n, held: { ann: 10n } }]);
  const { haircuts } = good.model;
  const model = {
    ...good.model,
    haircuts: (id: string) => haircuts(id).map((row) => ({ ...row, dust: 1n })),
  };
  expect(() => run({ ...good, model }, insured())).toThrow(WhatIfNotConservedError);
});

it("refuses a model that does not tell who held shares", () => {
  const { lossMoment: _, ...model } = history([]).model;
  expect(() => run({ ...history([]), model }, insured())).toThrow(WhatIfUnsupportedError);
});

it.each([
  ["an unknown format", { format: "other/1" }, "format"],
  ["an unknown key", insured({ fund: [] }), "fund"],
  [
    "a fund twice",
    insured({
      funds: [
        { id: "a", balance: "1" },
        { id: "a", balance: "2" },
      ],
    }),
    "funds",
  ],
  ["no class for the rest", insured({ classes: [{ id: "junior", holders: ["bob"] }] }), "classes"],
  [
    "a holder in two classes",
    insured({
      classes: [
        { id: "a", holders: ["bob"] },
        { id: "b", holders: ["bob"] },
      ],
    }),
    "classes.holders",
  ],
])("refuses %s", (_, document, field) => {
  expect(() => parseWhatIfDefinition(document)).toThrow(WhatIfDefinitionError);
  expect(() => parseWhatIfDefinition(document)).toThrow(new RegExp(`^${field}:`));
});

it("refuses classes and pools that the history does not have", () => {
  const one = history([{ amount: 7n, assets: 10n, held: { ann: 10n } }]);
  const of = insured({ classes: [{ id: "suppliers", of: "nobody", holders: "rest" }] });
  expect(() => run(one, of)).toThrow(/a class of pool pool: lenders/);
  expect(() => run(one, insured({ pools: ["elsewhere"] }))).toThrow(/pools with losses: pool/);
});

describe("the command", () => {
  const repository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const adapters = { adapters: builtInAdapters() };
  const comet = repository("examples/logs/comet.jsonl.gz");
  const waterfall = join(folder, "insured.json");
  writeFileSync(waterfall, JSON.stringify(insured()));

  it("prints one JSON document whose rows sum to its totals", async () => {
    const { code, document } = await json(["whatif", comet, "--waterfall", waterfall], adapters);
    expect(code).toBe(0);
    expect(document).toMatchObject({ rule: "shares", conserved: true });
    const { holders, native, alternative } = document as {
      holders: { account: string; native: string; alternative: string; difference: string }[];
      native: { totals: { holders: string }[] };
      alternative: { totals: { holders: string; funds: string }[] };
    };
    const sum = (key: "native" | "alternative" | "difference"): bigint =>
      holders.reduce((total, row) => total + BigInt(row[key]), 0n);
    expect(sum("native")).toBe(BigInt(native.totals[0]!.holders));
    expect(sum("alternative")).toBe(BigInt(alternative.totals[0]!.holders));
    expect(sum("difference")).toBe(sum("alternative") - sum("native"));
    expect(alternative.totals[0]!.funds).toBe("50");
  });

  it("tells people who gains and who loses", async () => {
    const { code, out } = await shell(
      ["whatif", comet, "--waterfall", waterfall, "--rule", "assets"],
      adapters,
    );
    expect(code).toBe(0);
    expect(out).toContain("insured 1 instead of compound-v3 1");
    expect(out).toContain("Lose more");
    expect(out).toContain("Conserved");
  });

  it("refuses wrong usage and inputs with exit code 2", async () => {
    const bad = join(folder, "bad.json");
    writeFileSync(bad, JSON.stringify({ format: "other/1" }));
    expect((await shell(["whatif", comet], adapters)).code).toBe(2);
    expect((await shell(["whatif", comet, "--waterfall", waterfall, "--rule", "x"], adapters)).code).toBe(2);
    const { code, document } = await json(["whatif", comet, "--waterfall", bad], adapters);
    expect(code).toBe(2);
    expect(document).toMatchObject({ error: { file: bad, field: "format" } });
    const strange = join(folder, "strange.json");
    writeFileSync(strange, JSON.stringify(insured({ pools: ["elsewhere"] })));
    expect((await shell(["whatif", comet, "--waterfall", strange], adapters)).code).toBe(2);
  });

  it("refuses a protocol whose model does not tell who held shares", async () => {
    const account = toyAccount(1);
    const trace = recordToyTrace([
      { type: "Supply", account, assets: "1000" },
      { type: "Borrow", account: toyAccount(2), assets: "400" },
      { type: "WriteOff", account: toyAccount(2) },
    ]);
    const path = writeLines(join(folder, "toy.jsonl"), [trace.header, ...trace.lines]);
    const { code, err } = await shell(["whatif", path, "--waterfall", waterfall]);
    expect(code).toBe(2);
    expect(err).toContain("does not tell who held shares");
  });
});
