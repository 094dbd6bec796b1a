import { describe, expect, it } from "vitest";
import { goldenFiles, goldenHistory } from "./golden.js";
import { judgeDamage, seededDraw } from "./judge.js";
import { DAMAGE_KINDS } from "./kinds.js";

/** The first history of each folder, and some kinds for each; `npm run damage` takes all of both. */
const firsts = [...new Map(goldenFiles().map((file) => [file.split("/")[0], file])).values()];
const EACH = 3;

describe.each(firsts.map((file, index) => ({ file, index })))("$file", ({ file, index }) => {
  const history = goldenHistory(file);
  const kinds = DAMAGE_KINDS.filter((_, k) => (k + index * EACH) % DAMAGE_KINDS.length < EACH);

  it.each(kinds)("shows where it has a $name", async (kind) => {
    const judgement = await judgeDamage(history, kind, seededDraw(index));
    if (judgement) expect(["named", "found", "invisible"], judgement.what).toContain(judgement.outcome);
  });
});

describe("damage that no reading can show", () => {
  it("is named, and only of calls that are not recorded whole", async () => {
    const repeated = DAMAGE_KINDS.find(({ name }) => name === "log repeated")!;
    const bundles = goldenHistory("aave-v3-bundles/v3.5.0-21.jsonl.gz");
    const row = bundles.lines.findIndex(({ logs }) =>
      (logs as readonly { readonly name: string }[]).some(({ name }) => name === "Approval"),
    );
    const only = { ...bundles, lines: bundles.lines.slice(0, row + 1) };
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 12; seed++) {
      const judgement = await judgeDamage(only, repeated, seededDraw(seed));
      if (judgement) outcomes.add(judgement.outcome);
    }
    expect(outcomes).not.toContain("unnoticed");
    expect(outcomes).toContain("named");
  });
});
