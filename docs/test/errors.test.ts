import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ADVICE } from "../errors/advice.js";
import { EXAMPLES } from "../errors/examples.js";
import { errorClasses, errorPages, thrownBy } from "../errors/pages.js";

const FOLDER = new URL("../errors/", import.meta.url);
const codes = [...new Set(errorClasses().map(({ code }) => code))];

describe("the pages of errors", () => {
  it("are what the source gives: npm run errors writes them", async () => {
    const pages = await errorPages();
    const there = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));
    expect(there.sort()).toEqual([...pages.keys()].sort());
    for (const [name, text] of pages)
      expect([name, readFileSync(new URL(name, FOLDER), "utf8")]).toEqual([name, text]);
  });

  it("say of every code what it means and what to do, and of no other", () => {
    expect(Object.keys(ADVICE).sort()).toEqual([...codes].sort());
    expect(Object.keys(EXAMPLES).filter((code) => !codes.includes(code))).toEqual([]);
    for (const { code, meaning } of errorClasses())
      expect([code, meaning]).toEqual([code, expect.stringMatching(/\w.*\.$/)]);
  });

  it.each(Object.keys(EXAMPLES))("show how %s comes about", async (code) => {
    expect((await thrownBy(code)).code).toBe(code);
  });
});
