import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseWhatIfDefinition } from "@shortfall/audit";
import { catalogue } from "@shortfall/policies";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPENING, runDocument, whatIfDocument } from "../playground/document.js";
import { fieldsOf, refusalOf, setAt, titleOf, valueAt } from "../playground/fields.js";
import { NATIVES, runNative } from "../playground/natives.js";
import { type Json, NotationError, readNotation, writeNotation } from "../playground/notation.js";
import { outcomeOf, sentence } from "../playground/outcome.js";
import { readShared, shareText } from "../playground/share.js";
import { addLayer, STARTED } from "../playground/starters.js";
import { command } from "./command.js";
import { documents } from "./shared-documents.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "playground-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Tried {
  readonly layers: readonly { readonly layer: string; readonly taken: string; readonly capacity: string }[];
  readonly uncovered: string;
  readonly recovery: readonly { readonly slot: string; readonly restored: string }[];
  readonly excess: string;
}

describe("the playground and the command", () => {
  it("give the same numbers for a thousand waterfalls and losses, through a link", async () => {
    let ran = 0;
    let layers = 0;
    let refused = 0;
    const path = join(folder, "trial.json");
    await fc.assert(
      fc.asyncProperty(documents(), async (document) => {
        const shared = readShared(shareText(document));
        if (!shared.ok) throw new Error(shared.reason);
        const page = runDocument(shared.document);
        writeFileSync(path, JSON.stringify(document));
        const { code, out, said } = await command(["policies", "try", path, "--json"]);
        if (!page.ok) {
          refused++;
          expect(code).toBe(2);
          expect(said).toContain(page.reason);
          return;
        }
        const outcome = outcomeOf(page.result);
        const tried = JSON.parse(out) as Tried;
        ran++;
        layers += outcome.rows.length;
        expect(code).toBe(outcome.uncovered === 0n ? 0 : 1);
        expect(outcome.rows.map(({ id, taken, capacity }) => [id, `${taken}`, `${capacity}`])).toEqual(
          tried.layers.map(({ layer, taken, capacity }) => [layer, taken, capacity]),
        );
        expect(`${outcome.uncovered}`).toBe(tried.uncovered);
        expect(`${outcome.excess}`).toBe(tried.excess);
        const back = new Map(tried.recovery.map(({ slot, restored }) => [slot, restored]));
        for (const row of outcome.rows) expect(`${row.restored}`).toBe(back.get(row.id) ?? "0");
        expect(`${outcome.uncoveredRestored}`).toBe(back.get("uncovered") ?? "0");
      }),
      { seed: 20_250, numRuns: 1000 },
    );
    expect(ran + refused).toBe(1000);
    expect(ran).toBeGreaterThan(950);
    process.stdout.write(`${ran} trials with ${layers} layers agree, ${refused} are refused alike.\n`);
  });

  it("agree on a waterfall file: what the page copies, `whatif` takes", async () => {
    fc.assert(
      fc.property(documents(), (document) => {
        const definition = parseWhatIfDefinition(whatIfDocument(document));
        expect(definition.waterfall.layers.map(({ id }) => id)).toEqual(
          document.waterfall.layers.map(({ id }) => id),
        );
      }),
      { seed: 7, numRuns: 50 },
    );
    const path = join(folder, "whatif.json");
    writeFileSync(path, JSON.stringify(whatIfDocument(OPENING)));
    const { code, out } = await command([
      "whatif",
      join(import.meta.dirname, "../../examples/logs/comet.jsonl.gz"),
      "--waterfall",
      path,
      "--json",
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ conserved: true });
  });
});

describe("a share link", () => {
  it("holds everything", () => {
    fc.assert(
      fc.property(documents(), (document) => {
        const text = shareText(document);
        expect(text).toMatch(/^1\/[!-~]*$/);
        expect(readShared(text)).toEqual({ ok: true, document });
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("stays readable and short", () => {
    expect(shareText(OPENING)).toBe(
      "1/USDC.6/449440968520/0/reverse-order/(reserves:60000000000,funds:(insurance:(balance:25000000000)),classes:!((id:lenders,assets:1676974246468),(id:junior,assets:150000000000)))/'Insurance%20fund'~cash-fund~~(fund:insurance)/'Protocol%20reserve'~reserve~~()/'Junior%20tranche'~tranche~~(class:junior)/Lenders~pro-rata~~(class:lenders)",
    );
  });

  it("is read strictly: any text is a document or a reason", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((end) => `${shareText(OPENING)}${end}`),
        ),
        (text) => {
          const shared = readShared(text);
          expect(shared.ok || shared.reason.length > 0).toBe(true);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
    expect(readShared("2/USDC.6/1/0/x/()")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("version"),
    });
    expect(readShared("1/USDC.6/1")).toMatchObject({ ok: false, reason: "the link is cut off" });
  });

  it("writes any JSON and reads it back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(readNotation(writeNotation(json))).toEqual(json);
      }),
      { seed: 9, numRuns: 300 },
    );
    expect(() => readNotation("(a:1")).toThrow(NotationError);
  });
});

describe("the form of a layer", () => {
  it("comes from the schema of every policy, each parameter with its meaning", () => {
    expect([...STARTED].sort()).toEqual(catalogue.map(({ id }) => id).sort());
    for (const policy of catalogue) {
      for (const field of fieldsOf(policy))
        expect([policy.id, field.key, field.description]).toEqual([
          policy.id,
          field.key,
          expect.stringMatching(/\.$/),
        ]);
    }
    expect(titleOf("interestBpsPerYear")).toBe("Interest, basis points per year");
    expect(titleOf("minimumLeft")).toBe("Minimum left");
  });

  it("starts with parameters that run, for every policy", () => {
    for (const { id, title } of catalogue) {
      const document = addLayer(OPENING, id, title);
      const run = runDocument(document);
      expect([id, run.ok ? "" : run.reason]).toEqual([id, ""]);
    }
  });

  it("sets and clears a parameter at its place", () => {
    const set = setAt({ fund: "a" }, ["limits", "fraction", "num"], "1");
    expect(set).toEqual({ fund: "a", limits: { fraction: { num: "1" } } });
    expect(valueAt(set, ["limits", "fraction", "num"])).toBe("1");
    expect(setAt(set, ["limits", "fraction", "num"], undefined)).toEqual({ fund: "a" });
    expect(refusalOf({ id: "x", policy: "cash-fund", parameters: {} })).toMatch(/fund/);
    expect(refusalOf({ id: "x", policy: "cash-fund", parameters: { fund: "a" } })).toBeUndefined();
  });
});

describe("the words", () => {
  const said = (loss: string): string => {
    const run = runDocument({ ...OPENING, loss });
    if (!run.ok) throw new Error(run.reason);
    return sentence(outcomeOf(run.result), (units) => `${units} USDC`);
  };

  it("say where the loss comes to rest", () => {
    expect(said("449440968520")).toBe(
      "The loss spends three layers and stops in “Lenders”, which bears 214440968520 USDC.",
    );
    expect(said("5")).toBe("The loss stops in “Insurance fund”, which bears 5 USDC.");
    expect(said("2400000000001")).toBe("The loss passes every layer: 488025753533 USDC is uncovered.");
    expect(said("0")).toBe("No loss: nobody bears anything.");
  });
});

describe("the protocols' own waterfalls", () => {
  it("take the whole loss or leave it uncovered, and give back no more than came", () => {
    fc.assert(
      fc.property(documents(), (document) => {
        const run = runDocument({
          ...document,
          waterfall: { ...document.waterfall, layers: [] },
          before: [],
        });
        if (!run.ok) throw new Error(run.reason);
        for (const native of NATIVES) {
          const { loss, recovery } = runNative(native, run.trial);
          expect(loss.absorbed + loss.uncovered).toBe(run.trial.loss);
          expect(recovery.restored + recovery.uncovered + recovery.excess).toBe(run.trial.recovered);
        }
      }),
      { seed: 11, numRuns: 50 },
    );
  });
});
