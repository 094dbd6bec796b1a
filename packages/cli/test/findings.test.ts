import { readdirSync, readFileSync, rmSync } from "node:fs";
import { classWords } from "@shortfall/audit";
import type { DifferenceClass } from "@shortfall/core";
import { afterAll, describe, expect, it } from "vitest";
import { type FindingExample, runExample } from "./finding-example.js";
import { temporaryFolder } from "./shell.js";

const folder = temporaryFolder("findings");
afterAll(() => rmSync(folder, { recursive: true }));
const pages = new URL("../../../docs/findings/", import.meta.url);

/** Every class, once: the compiler refuses a list that is not whole. */
const CLASSES: Readonly<Record<DifferenceClass, true>> = {
  exact: true,
  rounding: true,
  "wrong-version": true,
  "accrual-timing": true,
  "dust-threshold": true,
  fee: true,
  donation: true,
  "missing-event": true,
  "duplicate-event": true,
  "reordered-event": true,
  reorged: true,
  "double-write-off": true,
  "late-recovery": true,
  "unsupported-token": true,
  "lost-precision": true,
  decimals: true,
  resynchronised: true,
  unreadable: true,
  unexplained: true,
};

describe("the catalogue of differences", () => {
  it("has a page for every class, and no other", () => {
    const names = readdirSync(pages).filter((name) => name.endsWith(".md") && name !== "index.md");
    expect(names.sort()).toEqual(
      Object.keys(CLASSES)
        .map((name) => `${name}.md`)
        .sort(),
    );
    const index = readFileSync(new URL("index.md", pages), "utf8");
    for (const name of Object.keys(CLASSES)) {
      expect(index).toContain(`| [\`${name}\`](${name}.md) | ${classWords(name as DifferenceClass)} |`);
    }
  });

  it.each(Object.keys(CLASSES))("%s: the example of its page gives it", async (name) => {
    const page = readFileSync(new URL(`${name}.md`, pages), "utf8");
    const block = /```json\n(.*?)```/s.exec(page)?.[1];
    const example = JSON.parse(block ?? "null") as FindingExample;
    const found = await runExample(example, folder);
    const { line, ...expected } = "finding" in example ? example.finding : { class: name };
    expect(expected.class ?? name).toBe(name);
    const position = line === undefined ? {} : { position: expect.objectContaining({ line }) };
    expect(found).toContainEqual(expect.objectContaining({ ...expected, ...position }));
  });
});
