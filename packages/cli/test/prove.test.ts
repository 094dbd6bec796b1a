import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const root = temporaryFolder("prove");
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(root, name);
const report = at("report");
const LENDER = toyAccount(1);

beforeAll(async () => {
  const trace = recordToyTrace([
    { type: "Supply", account: LENDER, assets: "1000000" },
    { type: "Supply", account: toyAccount(2), assets: "333333" },
    { type: "Borrow", account: toyAccount(9), assets: "400000" },
    { type: "WriteOff", account: toyAccount(9) },
  ]);
  const log = writeLines(at("log.jsonl"), [trace.header, ...trace.lines]);
  expect((await shell(["reconcile", log, "--out", report])).code).toBe(0);
});

describe("verify", () => {
  it("names the file of each of 200 flipped bytes, wherever they are", async () => {
    const names = readdirSync(report);
    expect(names).toContain("report.html");
    const sizes = names.map((name) => readFileSync(join(report, name)).length);
    const total = sizes.reduce((a, b) => a + b, 0);
    await fc.assert(
      // Half of them anywhere, half of them in any file: most bytes are the page's.
      fc.asyncProperty(
        fc.boolean(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (anywhere, pick, flip) => {
          let index = pick % names.length;
          let byte = Math.floor(pick / names.length) % sizes[index]!;
          if (anywhere) {
            byte = pick % total;
            for (index = 0; byte >= sizes[index]!; index++) byte -= sizes[index]!;
          }
          const path = join(report, names[index]!);
          const before = readFileSync(path);
          const after = Buffer.from(before);
          after[byte]! ^= flip;
          writeFileSync(path, after);
          try {
            const { code, document } = await json(["verify", report]);
            expect(code).toBe(1);
            const failures = document.failures as { readonly file: string }[];
            expect(new Set(failures.map(({ file }) => file))).toEqual(new Set([names[index]!]));
          } finally {
            writeFileSync(path, before);
          }
        },
      ),
      { seed: 200, numRuns: 200 },
    );
    expect((await json(["verify", report])).document).toMatchObject({ ok: true, failures: [] });
  });

  it("tells the digest of the verifier in the folder, which says the same", async () => {
    const { document } = await json(["verify", report]);
    const { stdout, status } = spawnSync(process.execPath, [join(report, "verify.mjs")], {
      encoding: "utf8",
    });
    expect(status).toBe(0);
    expect(stdout).toContain(`This verifier  ${document.verifier}`);
    expect(stdout).toContain(`Journal digest ${document.digest}`);
  });

  it("finds a folder where a file should be", async () => {
    const changed = at("changed-report");
    cpSync(report, changed, { recursive: true });
    for (const name of ["journal.jsonl", "manifest.json"]) {
      rmSync(join(changed, name));
      mkdirSync(join(changed, name));
      const { code, document } = await json(["verify", changed]);
      expect(code).toBe(1);
      expect(document.failures).toContainEqual({ file: name, reason: "is missing" });
    }
  });
});

describe("prove", () => {
  it("proves an entry and a holder, for this command and for the folder's verifier", async () => {
    const entry = at("entry.json");
    const holder = at("holder.json");
    expect((await shell(["prove", "entry", report, "3", "--out", entry])).code).toBe(0);
    const proved = await json(["prove", "holder", report, LENDER, "--out", holder]);
    expect(proved).toMatchObject({ code: 0, document: { files: [holder], proofs: 1 } });
    for (const file of [entry, holder]) {
      expect(await json(["verify-proof", file, "--folder", report])).toMatchObject({
        code: 0,
        document: { ok: true },
      });
      const { status, stdout } = spawnSync(process.execPath, [join(report, "verify.mjs"), "--proof", file], {
        encoding: "utf8",
      });
      expect(stdout).toContain("of this folder");
      expect(status).toBe(0);
    }
    expect((await shell(["verify-proof", holder])).out).toMatch(/is owed 700000 of 933333 TOY/);
  });

  it("does not believe a changed proof, nor one of another folder", async () => {
    const { document } = await json(["prove", "holder", report, LENDER]);
    const changed = at("changed.json");
    writeFileSync(changed, JSON.stringify(document).replace('"700000"', '"700001"'));
    expect((await json(["verify-proof", changed])).document).toMatchObject({ ok: false });
    const other = at("other.json");
    writeFileSync(other, JSON.stringify(document));
    expect((await json(["verify-proof", other, "--root", `0x${"0".repeat(64)}`])).code).toBe(1);
  });

  it("refuses what is not there, and no proof, by name", async () => {
    expect((await shell(["prove", "entry", report, "99"])).err).toContain("expected 0 to 3, got 99");
    expect((await shell(["prove", "entry", report, "x"])).code).toBe(2);
    expect((await shell(["prove", "holder", report, toyAccount(7)])).err).toContain("owed something");
    expect((await shell(["verify-proof", join(report, "inputs.json")])).code).toBe(2);
  });

  it("reads a proof with a byte order mark, and a root as it is written elsewhere", async () => {
    const { document } = await json(["prove", "entry", report, "1"]);
    const file = at("marked.json");
    writeFileSync(file, `\ufeff${JSON.stringify(document)}\r\n`);
    const [{ root: entriesRoot }] = document.proofs as [{ root: string }];
    expect((await json(["verify-proof", file, "--root", `0x${entriesRoot.toUpperCase()}`])).code).toBe(0);
  });

  it("names the file that is no proof, and refuses roots that are none", async () => {
    const file = at("cut-off.json");
    writeFileSync(file, '{"format":');
    for (const path of [file, root, join(report, "inputs.json")]) {
      const { code, document } = await json(["verify-proof", path]);
      expect(code).toBe(2);
      expect(document.error).toMatchObject({ file: path });
    }
    const proof = at("root.json");
    expect((await shell(["prove", "entry", report, "1", "--out", proof])).code).toBe(0);
    // An option that lacks its value takes the next word for it.
    for (const words of [
      ["--root", "--json"],
      ["--root", "0x12"],
      ["--root", "0".repeat(64), "--folder", report],
      ["--folder", root],
    ])
      expect((await shell(["verify-proof", proof, ...words])).code, words.join(" ")).toBe(2);
  });
});

describe("files that are there", () => {
  it("are replaced only with --force", async () => {
    const out = at("tables");
    const claims = at("claims.json");
    writeFileSync(claims, JSON.stringify([[LENDER, "5"]]));
    const runs = [
      ["export", report, "--format", "csv", "--out", out],
      ["claims", "build", claims, "--family", "packed", "--out", at("tree.json")],
      ["prove", "entry", report, "0", "--out", at("proof.json")],
    ];
    for (const args of runs) {
      expect((await shell(args)).code, args.join(" ")).toBe(0);
      const again = await shell(args);
      expect(again.code).toBe(2);
      expect(again.err).toContain("--force");
      expect((await shell([...args, "--force"])).code).toBe(0);
    }
    expect(existsSync(join(out, "postings.csv"))).toBe(true);
  });

  it("a workbook is one of them, the same bytes every time", async () => {
    const [first, again] = [at("workbook-1"), at("workbook-2")];
    for (const out of [first, again]) {
      expect((await shell(["export", report, "--format", "xlsx", "--out", out])).code).toBe(0);
    }
    const bytes = readFileSync(join(first, "report.xlsx"));
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(readFileSync(join(again, "report.xlsx")).equals(bytes)).toBe(true);
  });

  it("claims that name an account twice are refused where the family pays each once", async () => {
    const twice = at("twice.json");
    writeFileSync(
      twice,
      JSON.stringify([
        [LENDER, "5"],
        [toyAccount(2), "1"],
        [LENDER, "7"],
      ]),
    );
    const refused = await shell(["claims", "root", twice, "--family", "oz-standard-v1"]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(LENDER);
    expect(refused.err).toContain("entries 0 and 2");
  });
});
