import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "./command.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = readdirSync(`${root}docs/cases`).filter((name) => name.endsWith(".md"));

interface Page {
  readonly commands: readonly string[];
  /** Lines that a page shows as output. */
  readonly shown: readonly string[];
  readonly prose: string;
}

function readPage(name: string): Page {
  const commands: string[] = [];
  const shown: string[] = [];
  const prose: string[] = [];
  let fence = "";
  for (const line of readFileSync(`${root}docs/cases/${name}`, "utf8").split("\n")) {
    if (line.startsWith("```")) fence = fence === "" ? line.slice(3) : "";
    else if (fence === "sh") commands.push(line.replace(/\s+#.*$/, ""));
    else if (fence === "text") shown.push(line);
    else prose.push(line);
  }
  return { commands, shown, prose: prose.join("\n") };
}

/** What a command of a page prints, for people and for machines. Several pages show the same one. */
const outputs = new Map<string, Promise<string>>();

function output(line: string): Promise<string> {
  const known = outputs.get(line) ?? print(line);
  outputs.set(line, known);
  return known;
}

async function print(line: string): Promise<string> {
  const example = /^npm run -s example -- (\S+)$/.exec(line);
  if (example) return runExample(example[1]!);
  const found = /^npm run -s shortfall -- (.*)$/.exec(line);
  if (!found) throw new Error(`The page shows a command that the test cannot run: ${line}`);
  const args = found[1]!.split(" ").map((arg) => (existsSync(`${root}${arg}`) ? `${root}${arg}` : arg));
  const text = await command(args);
  const json = await command([...args, "--json"]);
  expect(text.code, line).toBeLessThan(2);
  return `${text.out}\n${json.out}`;
}

const EULER = "npm run -s example -- euler-redemption";

const runExample = (name: string): string =>
  execFileSync(process.execPath, ["--conditions=@shortfall/source", "--import", "tsx", "src/main.ts"], {
    cwd: `${root}examples/${name}`,
    encoding: "utf8",
  });

/** Numbers of two digits and more, as digits and places; dates, names, code and links are no figures. */
function figuresIn(text: string): { digits: bigint; places: number; text: string }[] {
  const plain = text
    .replace(/`[^`]*`|\]\([^)]*\)|\d{4}-\d\d-\d\d/g, " ")
    .replace(/\d{1,2} (January|March|April|May|June|July) 20\d\d/g, " ")
    .replace(/\b(VIP-\d+|v3|20[12]\d|(?:release|of|to) 3\.\d|3\.\d|1e-?\d+)\b/g, " ");
  return [...plain.matchAll(/(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])/g)].flatMap(([match]) => {
    const [whole = "", fraction = ""] = match.replaceAll(",", "").split(".");
    if (`${whole}${fraction}`.length < 2) return [];
    return [{ digits: BigInt(`${whole}${fraction}`), places: fraction.length, text: match }];
  });
}

/** Every number of an output, without its groups. */
function* numbersOf(text: string): Generator<string> {
  for (const [match] of text.matchAll(/\d[\d,]*(?:\.\d+)?/g))
    yield match.replaceAll(",", "").replace(/\.$/, "");
}

/** Whether a figure is a number of the output, or one rounded half up to the places that the page writes. */
function isPrinted(
  { digits, places }: { digits: bigint; places: number },
  printed: ReadonlySet<string>,
): boolean {
  for (const text of printed) {
    const [whole = "", fraction = ""] = text.split(".");
    if (fraction.length < places && Number(fraction) !== 0) continue;
    const padded = fraction.padEnd(places + 1, "0");
    const kept = BigInt(`${whole}${padded.slice(0, places)}`);
    const up = padded[places]! >= "5" ? 1n : 0n;
    if (
      places === 0 ? text === digits.toString() || (fraction === "" && kept === digits) : kept + up === digits
    )
      return true;
  }
  return false;
}

/** Columns move with what else stands in a table. */
const squeezed = (line: string): string => line.trim().replace(/\s+/g, " ");

/** Figures that are no result: what a contract or a page states beside the data. */
const STATED = new Set(["1.005", "18", "20", "53", "15", "17", "45", "42", "115", "1e18"]);

describe.each(pages)("docs/cases/%s", (name) => {
  it("shows what its commands print, and no figure that they do not", async () => {
    const { commands, shown, prose } = readPage(name);
    expect(commands.length).toBeGreaterThan(0);
    // The overview names a figure of the example beside those of its own command.
    const all = name === "index.md" ? [...commands, EULER] : commands;
    const out = (await Promise.all(all.map(output))).join("\n");
    const lines = new Set(out.split("\n").map(squeezed));
    for (const line of shown) expect(lines, line).toContain(squeezed(line));
    const printed = new Set(numbersOf(out));
    const invented = figuresIn(prose).filter(
      (figure) => !STATED.has(figure.text) && !isPrinted(figure, printed),
    );
    expect(invented.map(({ text }) => text)).toEqual([]);
  });
});
