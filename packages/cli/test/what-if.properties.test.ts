import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  HistoryAudit,
  type HistoryResult,
  parseWhatIfDefinition,
  type WhatIfResult,
  whatIf,
} from "@shortfall/audit";
import { builtInAdapters } from "@shortfall/cli";
import { waterfallJson } from "@shortfall/core";
import { catalogueRegistry } from "@shortfall/policies";
import { HistoryFile } from "@shortfall/sources";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

const VECTORS = fileURLToPath(new URL("../../testing/vectors/", import.meta.url));

/** The first file of each kind that has losses, and Comet's with recoveries. */
const FILES = [
  "compound-v3/07-reserves-negative.jsonl.gz",
  "compound-v3/10-reserves-covered.jsonl.gz",
  "compound-v2/01-standard.jsonl.gz",
  "euler-v2/cascade-1.jsonl.gz",
  "aave-v3/02-crash-s2.jsonl.gz",
  "aave-v3/11-umbrella-s201.jsonl.gz",
  "morpho-blue/cascade-1.jsonl.gz",
  "metamorpho/losses-1.jsonl.gz",
  ...firstOf("venus-isolated"),
];

function firstOf(folder: string): string[] {
  return readdirSync(VECTORS)
    .filter((name) => name === folder)
    .flatMap((name) =>
      readdirSync(`${VECTORS}${name}`)
        .slice(0, 1)
        .map((file) => `${name}/${file}`),
    );
}

async function reconcile(name: string): Promise<HistoryResult> {
  const file = await HistoryFile.open(`${VECTORS}${name}`);
  try {
    const audit = new HistoryAudit(builtInAdapters().for(file.header).adapter, file, { calls: true });
    await audit.read(file);
    return audit.result();
  } finally {
    await file.close();
  }
}

const histories = new Map<string, HistoryResult>();
beforeAll(async () => {
  for (const name of FILES) histories.set(name, await reconcile(name));
}, 60_000);

describe.each(FILES)("%s", (name) => {
  const history = (): HistoryResult => histories.get(name)!;

  it("has losses, and its own waterfall changes nothing", () => {
    const { model } = history();
    expect(model.writeOffs().length).toBeGreaterThan(0);
    const definition = parseWhatIfDefinition(waterfallJson(model.nativeWaterfall()));
    for (const rule of ["shares", "assets"] as const) {
      const result = whatIf(history(), definition, { rule, registry: catalogueRegistry });
      expect(result.writeOffs.length).toBeGreaterThan(0);
      expect(result.holders.filter(({ difference }) => difference !== 0n)).toEqual([]);
      expect(result.funds.filter(({ difference }) => difference !== 0n)).toEqual([]);
    }
  });

  it("tells who held what at each loss, and splits losses as its haircut tables do", () => {
    const { model } = history();
    let moments = 0;
    for (const { id, recomputed } of model.writeOffs()) {
      const moment = model.lossMoment?.(id);
      if (!moment) continue;
      moments++;
      for (const entry of moment.classes) {
        expect(new Set(entry.rows.map(({ account }) => account)).size).toBe(entry.rows.length);
        const held = entry.rows.reduce((sum, { shares }) => sum + shares, 0n);
        expect(held <= entry.shares).toBe(true);
        const loss = recomputed < entry.assets ? recomputed : entry.assets;
        const { parts, dust } = entry.split(loss, entry.assets);
        expect(parts.length).toBe(entry.rows.length);
        expect(parts.reduce((sum, part) => sum + part, dust)).toBe(loss);
        for (const table of model.haircuts(id)) {
          if (table.bearer !== entry.id) continue;
          const shared = entry.split(table.absorbed, entry.assets);
          expect(entry.rows.map((row, at) => ({ ...row, loss: shared.parts[at] }))).toEqual(table.rows);
          expect(shared.dust).toBe(table.dust);
        }
      }
    }
    expect(moments).toBeGreaterThan(0);
  });

  it("conserves every asset under any waterfall of the catalogue", () => {
    const accounts = holdersOf(history());
    fc.assert(
      fc.property(alternatives(accounts), fc.constantFrom("shares", "assets"), (document, rule) => {
        const definition = parseWhatIfDefinition(document);
        const result = whatIf(history(), definition, { rule, registry: catalogueRegistry });
        requireConservation(result, history());
      }),
      { seed: 7, numRuns: 25 },
    );
  });
});

it("runs a vault's losses where the vault is named, and its markets' otherwise", () => {
  const history = histories.get("metamorpho/losses-1.jsonl.gz")!;
  const { model } = history;
  const passedOn = model.writeOffs().filter(({ id }) => model.lossMoment?.(id)?.passedOn);
  expect(passedOn.length).toBeGreaterThan(0);
  const document = (pools?: readonly string[]) =>
    parseWhatIfDefinition({
      format: "shortfall-whatif/1",
      waterfall: {
        format: "shortfall-waterfall/1",
        id: "alike",
        version: "1",
        layers: [{ id: "all", policy: "pro-rata", parameters: { class: "holders" } }],
      },
      ...(pools ? { pools } : {}),
    });
  const options = { registry: catalogueRegistry };
  const markets = whatIf(history, document(), options);
  expect(markets.skipped.map(({ id }) => id).sort()).toEqual(passedOn.map(({ id }) => id).sort());
  const vaults = whatIf(history, document([...new Set(passedOn.map(({ pool }) => pool))]), options);
  expect(vaults.writeOffs.map(({ id }) => id)).toEqual(passedOn.map(({ id }) => id));
  requireConservation(vaults, history);
});

/** Adds everything up again from the rows alone. */
function requireConservation(result: WhatIfResult, history: HistoryResult): void {
  const byId = new Map(history.model.writeOffs().map((row) => [row.id, row]));
  for (const [at, native] of result.native.totals.entries()) {
    const alternative = result.alternative.totals[at]!;
    const { asset } = native;
    const runs = result.writeOffs.filter((run) => run.asset === asset);
    const lost = runs.reduce((sum, { id }) => sum + byId.get(id)!.recomputed, 0n);
    const back = runs.reduce((sum, { id }) => sum + history.model.deficits.get(id).recovered, 0n);
    for (const [name, side] of [
      ["native", native],
      ["alternative", alternative],
    ] as const) {
      const sum = (rows: readonly { asset: string; native: bigint; alternative: bigint }[]): bigint =>
        rows.filter((row) => row.asset === asset).reduce((total, row) => total + row[name], 0n);
      expect(sum(result.holders)).toBe(side.holders);
      expect(sum(result.classes)).toBe(side.holders);
      expect(sum(result.funds)).toBe(side.funds);
      const rest = side.reserves + side.carried + side.uncovered + side.others + side.dust + side.excess;
      expect(sum(result.holders) + sum(result.funds) + rest).toBe(lost - back);
    }
    for (const run of runs) {
      const taken = run.alternative.reduce((total, { amount }) => total + amount, 0n);
      expect(taken + run.uncovered.alternative).toBe(run.recomputed);
    }
  }
  for (const row of [...result.holders, ...result.classes, ...result.funds])
    expect(row.difference).toBe(row.alternative - row.native);
}

function holdersOf({ model }: HistoryResult): string[] {
  const moment = model
    .writeOffs()
    .map(({ id }) => model.lossMoment?.(id))
    .find((entry) => entry?.classes[0]?.rows.length);
  return moment?.classes[0]?.rows.map(({ account }) => account) ?? [];
}

/** Documents with up to four layers, starting funds, and the holders in one class or two. */
function alternatives(accounts: readonly string[]): fc.Arbitrary<unknown> {
  const [first = "nobody"] = accounts;
  return fc.boolean().chain((tranched) => {
    const classId = tranched ? fc.constantFrom("junior", "senior") : fc.constant("suppliers");
    const units = fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String);
    const layer = fc.oneof(
      fc.constant({ policy: "cash-fund", parameters: { fund: "insurance" } }),
      units.map((floor) => ({ policy: "reserve", parameters: { floor } })),
      units.map((limit) => ({ policy: "carry", parameters: { limit } })),
      units.map((amount) => ({ policy: "deductible", parameters: { amount } })),
      units.map((limit) => ({ policy: "take-over", parameters: { to: "backstop", limit } })),
      fc.constant({ policy: "members", parameters: { group: "members" } }),
      fc.constant({ policy: "spread", parameters: {} }),
      classId.map((id) => ({ policy: "pro-rata", parameters: { class: id } })),
      classId.map((id) => ({ policy: "tranche", parameters: { class: id } })),
      classId.map((id) => ({ policy: "exit-mark", parameters: { class: id } })),
      classId.map((id) => ({ policy: "share-burn", parameters: { class: id, holder: first } })),
    );
    return fc
      .record({
        layers: fc.array(fc.tuple(layer, fc.option(units, { nil: undefined })), { maxLength: 4 }),
        order: fc.constantFrom("same-order", "reverse-order", "senior-first", "junior-first", "pro-rata"),
        insurance: units,
        member: units,
      })
      .map(({ layers, order, insurance, member }) => ({
        format: "shortfall-whatif/1",
        waterfall: {
          format: "shortfall-waterfall/1",
          id: "random",
          version: "1",
          layers: layers.map(([entry, cap], at) => ({
            id: `layer-${at}`,
            ...entry,
            ...(cap === undefined ? {} : { cap }),
          })),
          recovery: { order },
        },
        funds: [{ id: "insurance", balance: insurance }],
        groups: { members: { one: member, two: "1000" } },
        ...(tranched
          ? {
              classes: [
                { id: "senior", holders: "rest" },
                { id: "junior", holders: [first] },
              ],
            }
          : {}),
      }));
  });
}
