import { readFileSync } from "node:fs";
import { PALETTES } from "@shortfall/report";
import { expect, it } from "vitest";

const sheet = readFileSync(new URL("../.vitepress/theme/style.css", import.meta.url), "utf8");

/** Custom properties of the first rule with this selector. */
function declared(selector: RegExp): ReadonlyMap<string, string> {
  const body = selector.exec(sheet)?.[1] ?? "";
  return new Map(
    [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

it.each([
  ["light", PALETTES.light, /:root \{([^}]*)\}/],
  ["dark", PALETTES.dark, /\.dark \{([^}]*)\}/],
  ["print", PALETTES.print, /@media print \{\s*:root,\s*\.dark \{([^}]*)\}/],
] as const)("the site has the report's colours: %s", (_, palette, selector) => {
  const own = declared(selector);
  const colours = [...palette.matchAll(/(--[\w-]+):(#\w+)/g)];
  expect(colours.length).toBeGreaterThan(5);
  for (const [, name = "", value] of colours) expect([name, own.get(name)]).toEqual([name, value]);
});
