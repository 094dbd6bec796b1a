import { readdirSync, readFileSync } from "node:fs";
import {
  actOnLayer,
  describeWaterfall,
  Fields,
  openWaterfall,
  openWaterfallState,
  type PoolFacts,
  parseWaterfallDefinition,
  recoverThroughWaterfall,
  runWaterfall,
  type SeizedCollateral,
  type WaterfallState,
} from "@shortfall/core";
import { describe, expect, it } from "vitest";
import { catalogue, catalogueRegistry } from "./catalogue.js";
import { readTrialPool, TrialError } from "./trial/index.js";

const FOLDER = new URL("../../../docs/policies/", import.meta.url);

type Amounts = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, unknown>>;

/** A worked number as a page writes it: integers are decimal strings. */
interface Worked {
  readonly layers: readonly unknown[];
  readonly recovery?: unknown;
  /** As `readTrialPool` reads it. */
  readonly pool: Json;
  readonly steps: readonly Step[];
  readonly after?: {
    readonly reserves?: string;
    readonly funds?: Amounts;
    readonly classes?: Amounts;
    readonly indices?: Amounts;
    readonly marks?: Amounts;
    readonly groups?: Readonly<Record<string, Amounts>>;
  };
}

interface Step {
  readonly at?: string;
  readonly lose?: string;
  readonly after?: string;
  readonly seized?: Amounts;
  readonly taken?: Amounts;
  readonly uncovered?: string;
  readonly figures?: Readonly<Record<string, Amounts>>;
  readonly collateralLeft?: Amounts;
  readonly recover?: string;
  readonly restored?: Amounts;
  readonly excess?: string;
  readonly act?: string;
  readonly layer?: string;
  readonly input?: Json;
  readonly result?: Json;
  readonly refused?: string;
}

const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md") && name !== "index.md");

describe("the pages of the catalogue", () => {
  it("are one for each policy and listed in the index", () => {
    const ids = catalogue.map((policy) => policy.id);
    expect(pages.map((name) => name.replace(/\.md$/, "")).sort()).toEqual([...ids].sort());
    const index = readFileSync(new URL("index.md", FOLDER), "utf8");
    for (const id of ids) expect(index).toContain(`[\`${id}\`](${id}.md)`);
  });

  for (const name of [...pages, "index.md"]) {
    it(`${name} shows numbers that the code gives`, () => {
      const blocks = workedBlocks(readFileSync(new URL(name, FOLDER), "utf8"));
      expect(blocks.length).toBeGreaterThan(0);
      for (const block of blocks) check(block);
    });
  }
});

function workedBlocks(page: string): Worked[] {
  return [...page.matchAll(/```json worked\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1]!) as Worked);
}

function check(worked: Worked): void {
  const waterfall = openWaterfall(
    parseWaterfallDefinition({
      format: "shortfall-waterfall/1",
      id: "worked",
      version: "1",
      layers: worked.layers,
      ...(worked.recovery === undefined ? {} : { recovery: { order: worked.recovery } }),
    }),
    catalogueRegistry,
  );
  expect(describeWaterfall(waterfall)).toContain("1. ");
  let state: WaterfallState = openWaterfallState(waterfall);
  let facts = factsOf(worked.pool);
  for (const step of worked.steps) {
    const position = { block: 0, timestamp: Number(step.at ?? "0") };
    if (step.lose !== undefined) {
      const outcome = runWaterfall(waterfall, state, facts, {
        deficit: "d",
        amount: BigInt(step.lose),
        borrower: "borrower",
        position,
        ...(step.seized ? { seized: seizedOf(step.seized) } : {}),
        ...(step.after === undefined ? {} : { after: step.after }),
      });
      const taken = Object.fromEntries(outcome.layers.map((layer) => [layer.layer, layer.taken]));
      expect(text(taken)).toEqual(step.taken ?? {});
      expect(`${outcome.uncovered}`).toBe(step.uncovered ?? "0");
      for (const [layer, figures] of Object.entries(step.figures ?? {})) {
        const found = outcome.layers.find((entry) => entry.layer === layer)?.figures ?? {};
        for (const [figure, value] of Object.entries(figures))
          expect([figure, `${found[figure]}`]).toEqual([figure, value]);
      }
      if (step.collateralLeft)
        expect(text(Object.fromEntries(outcome.seized.map((part) => [part.asset, part.amount])))).toEqual(
          step.collateralLeft,
        );
      ({ state, facts } = outcome);
    } else if (step.recover !== undefined) {
      const outcome = recoverThroughWaterfall(waterfall, state, facts, {
        amount: BigInt(step.recover),
        position,
      });
      expect(text(Object.fromEntries(outcome.slots.map((slot) => [slot.slot, slot.restored])))).toEqual(
        step.restored ?? {},
      );
      expect(`${outcome.excess}`).toBe(step.excess ?? "0");
      ({ state, facts } = outcome);
    } else {
      const outcome = actOnLayer(waterfall, state, facts, {
        layer: step.layer ?? "",
        action: step.act ?? "",
        input: step.input ?? {},
        position,
      });
      if (step.refused !== undefined) {
        expect(outcome).toEqual({ ok: false, reason: step.refused });
        continue;
      }
      expect(outcome).toMatchObject({ ok: true });
      if (!outcome.ok) continue;
      expect(text(outcome.result)).toMatchObject(step.result ?? {});
      ({ state, facts } = outcome);
    }
  }
  checkAfter(worked.after ?? {}, facts);
}

const factsOf = (pool: Worked["pool"]): PoolFacts =>
  readTrialPool(
    new Fields(pool, "pool", (field, expected, received) => new TrialError(field, expected, received)),
  ).facts;

function checkAfter(after: NonNullable<Worked["after"]>, facts: PoolFacts): void {
  const entry = (id: string) => facts.classes.find((candidate) => candidate.id === id);
  if (after.reserves !== undefined) expect(`${facts.reserves}`).toBe(after.reserves);
  for (const [id, value] of Object.entries(after.funds ?? {}))
    expect([id, `${facts.funds.get(id)?.balance}`]).toEqual([id, value]);
  for (const [id, value] of Object.entries(after.classes ?? {}))
    expect([id, `${entry(id)?.assets}`]).toEqual([id, value]);
  for (const [id, value] of Object.entries(after.indices ?? {}))
    expect([id, `${entry(id)?.index?.value}`]).toEqual([id, value]);
  for (const [id, value] of Object.entries(after.marks ?? {}))
    expect([id, `${entry(id)?.marked}`]).toEqual([id, value]);
  for (const [id, rows] of Object.entries(after.groups ?? {}))
    expect(text(Object.fromEntries(facts.groups?.get(id) ?? []))).toEqual(rows);
}

const seizedOf = (amounts: Amounts): SeizedCollateral[] =>
  Object.entries(amounts).map(([asset, amount]) => ({ asset, amount: BigInt(amount) }));

/** Every bigint as a decimal string. */
const text = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? `${item}` : item)));
