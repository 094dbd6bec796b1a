import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { json, shell, temporaryFolder } from "./shell.js";

const vectors = fileURLToPath(new URL("../../testing/vectors/", import.meta.url));

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder("evidence");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const description = (members: object): string =>
  JSON.stringify({ format: "shortfall-evidence/1", title: "a test", ...members });

const snapshot = (file: string, total: string): string =>
  description({
    kind: "snapshot",
    unit: { name: "T", decimals: 2, written: "base-units" },
    rows: { file, columns: { account: "who", amount: "owes" } },
    total,
  });

describe("shortfall evidence", () => {
  it("says in one sentence what does not hold, and exits 1", async () => {
    const { code, document } = await json(["evidence", join(vectors, "rari-fuse-redemption")]);
    expect(code).toBe(1);
    const [report] = document.cases as { verdict: string; figures: Record<string, string> }[];
    expect(report!.verdict).toContain("29.787152941494960831 FEI more than the 12,680,884 FEI set aside.");
    expect(report!.figures.short).toBe("29787152941494960831");
  });

  it("exits 0 where every figure holds", async () => {
    const { code, out } = await shell(["evidence", join(vectors, "venus-vips/vip-309.evidence.json")]);
    expect(code).toBe(0);
    expect(out).toContain("12 of 12 markets close to the unit");
  });

  it("tells the releases of live Aave reserves by their arithmetic alone", async () => {
    const { code, document } = await json(["evidence", join(vectors, "aave-v3-state")]);
    expect(code).toBe(0);
    const [report] = document.cases as { figures: Record<string, unknown> }[];
    expect(report!.figures).toMatchObject({
      transitions: 22,
      recomputed: 22,
      onlyBinomial: 10,
      onlyTaylor: 12,
      failUnderBinomial: 12,
    });
    const deficits = report!.figures.deficits as {
      pool: string;
      reserve: string;
      first: string;
      last: string;
    }[];
    const covered = deficits.filter(({ last }) => last === "0").map(({ reserve, first }) => [reserve, first]);
    expect(covered.sort()).toEqual([
      ["0", "42033701678333986"],
      ["20", "132211052243180416981"],
      ["3", "168401963"],
      ["8", "197155140"],
    ]);
    expect(deficits).toContainEqual({
      pool: "AaveV3Ethereum.POOL",
      reserve: "5",
      first: "3238806932700001134",
      last: "3239978441351799782",
    });
  });

  it("reads files beside the description, of any format", async () => {
    const folder = folderOf({
      "s.evidence.json": snapshot("rows.csv", "3.00"),
      "rows.csv": "who,owes\na,100\nb,200\n",
    });
    const first = await shell(["evidence", folder]);
    expect(first.err).toContain(
      'description, line 1, figure: expected a whole number of base units, got "3.00".',
    );
    writeFileSync(join(folder, "s.evidence.json"), snapshot("rows.csv", "300"));
    const second = await shell(["evidence", folder]);
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(second.out).toContain("2 rows add up to the total of 3 T to the unit.");
  });

  it.each([
    [{ "s.evidence.json": "{" }, "expected JSON"],
    [{ "s.evidence.json": '{"format":"other"}' }, "format: expected"],
    [{ "s.evidence.json": snapshot("none.csv", "1") }, "an existing file"],
    [
      { "s.evidence.json": snapshot("r.json", "1"), "r.json": "[{]" },
      "r.json, line 1, JSON: expected a key in double quotes",
    ],
    [
      { "s.evidence.json": snapshot("r.csv", "1"), "r.csv": "who,owes\na\n" },
      "r.csv, line 2, cells: expected 2 cells",
    ],
    [{ "readme.json": "{}" }, "No *.evidence.json"],
  ])("exits 2 where something cannot be read (%#)", async (files, message) => {
    const { code, err } = await shell(["evidence", folderOf(files as Record<string, string>)]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe("shortfall quality", () => {
  it("exits 1 where something is found, and says where", async () => {
    const { code, document } = await json(["quality", join(vectors, "rari-fuse-redemption/rates.json")]);
    expect(code).toBe(1);
    const [file] = document.files as { findings: Record<string, unknown>[] }[];
    expect(file!.findings[0]).toMatchObject({
      class: "double-integers",
      severity: "lost",
      column: "/*",
      count: 10,
      of: 10,
    });
    expect(file!.findings[0]!.examples).toContainEqual({
      line: 2,
      at: "/0x001e407f497e024b9fb1cb93ef841f43d645ca4f",
      text: "231443854835010080",
    });
  });

  it("exits 0 where nothing is", async () => {
    const { code, out } = await shell(["quality", join(vectors, "aave-v3-state/index-accrual-vectors.json")]);
    expect(code).toBe(0);
    expect(out).toContain("nothing found");
  });

  it("reads compressed files, and decimals given on the command line", async () => {
    expect((await shell(["quality", join(vectors, "euler-redemption/user-positions.csv.gz")])).code).toBe(0);
    const file = join(folderOf({ "x.csv": "paid\n1.2345678\n" }), "x.csv");
    expect((await shell(["quality", file])).code).toBe(0);
    expect((await shell(["quality", file, "--decimals", "/*/paid=6"])).out).toContain(
      "excess-decimals  /*/paid",
    );
    expect((await shell(["quality", file, "--decimals", "six"])).err).toContain(
      "--decimals must be column=n",
    );
  });

  it.each([
    ["x.json", "{", "x.json, line 1, JSON"],
    ["x.json", "", "an empty file"],
  ])("exits 2 where a file cannot be read (%#)", async (name, text, message) => {
    const { code, err } = await shell(["quality", join(folderOf({ [name]: text }), name)]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
