import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestText, parseManifest } from "@shortfall/audit";
import { recordToyTrace, toyAccount } from "@shortfall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json, shell, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("page");
afterAll(() => rmSync(folder, { recursive: true }));

const record = (name: string, assets: string): string => {
  const trace = recordToyTrace([
    { type: "Supply", account: toyAccount(1), assets },
    { type: "Supply", account: toyAccount(3), assets: "333333" },
    { type: "Borrow", account: toyAccount(2), assets: "400000" },
    { type: "WriteOff", account: toyAccount(2) },
  ]);
  return writeLines(join(folder, name), [trace.header, ...trace.lines]);
};

/** Changes a file of a copy of the report and lists it in the manifest as it is then. */
function forged(report: string, name: string, change: (text: string) => string | undefined): string {
  const copy = join(
    folder,
    `forged-${createHash("sha256").update(`${name}${change}`).digest("hex").slice(0, 8)}`,
  );
  cpSync(report, copy, { recursive: true });
  const manifest = parseManifest(readFileSync(join(copy, "manifest.json"), "utf8")) ?? [];
  const before = readFileSync(join(copy, name), "utf8");
  const text = change(before);
  expect(text).not.toBe(before);
  if (text === undefined) rmSync(join(copy, name));
  else writeFileSync(join(copy, name), text);
  const files = manifest
    .filter((entry) => entry.name !== name || text !== undefined)
    .map((entry) =>
      entry.name === name && text !== undefined
        ? { name, bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") }
        : entry,
    );
  writeFileSync(join(copy, "manifest.json"), manifestText(files));
  return copy;
}

describe("the page of a report folder", () => {
  const logs = [record("a.jsonl", "1000000"), record("b.jsonl", "7")];
  const report = join(folder, "report");
  beforeAll(async () => {
    await shell(["reconcile", ...logs, "--out", report]);
  });

  it("follows from the folder's data, of several histories too", async () => {
    const { code, document } = await json(["verify", report, "--logs", ...logs]);
    expect({ code, failures: document.failures }).toEqual({ code: 0, failures: [] });
  });

  it("is refused when a figure was changed, even with a new manifest", async () => {
    const copy = forged(report, "report.html", (text) => text.replace('value="400000"', 'value="400001"'));
    expect(await json(["verify", copy])).toMatchObject({
      code: 1,
      document: { failures: [{ file: "report.html", reason: "is not what the data of this folder give" }] },
    });
  });

  it("is missed when it was taken out", async () => {
    const copy = forged(report, "report.html", () => undefined);
    expect(await json(["verify", copy, "--logs", ...logs])).toMatchObject({
      code: 1,
      document: { failures: [{ file: "report.html", reason: "is missing" }] },
    });
  });

  it("is caught by the manifest when only the page was changed", async () => {
    const copy = join(folder, "touched");
    cpSync(report, copy, { recursive: true });
    writeFileSync(join(copy, "report.html"), `${readFileSync(join(report, "report.html"), "utf8")} `);
    const { code, document } = await json(["verify", copy]);
    expect(code).toBe(1);
    expect((document.failures as { file: string }[]).map(({ file }) => file)).toEqual(["report.html"]);
  });
});
