import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reconcileBytes } from "../drop/reconcile.js";
import { command } from "./command.js";

const LOGS = join(import.meta.dirname, "../../examples/logs");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drop-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The report that the command writes of the same bytes. */
async function byCommand(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { code, said } = await command(["reconcile", path, "--out", join(folder, `${name}-report`)]);
  expect([code < 2, said]).toEqual([true, ""]);
  return readFileSync(join(folder, `${name}-report`, "report.html"), "utf8");
}

describe("a log dropped on the page", () => {
  it.each(["comet.jsonl.gz", "aave.jsonl.gz"])(
    "gives the command's report of %s, byte for byte",
    async (name) => {
      const bytes = readFileSync(join(LOGS, name));
      const { page, data } = await reconcileBytes(bytes, name);
      expect(data.verdict).toBe("agree");
      expect(page === (await byCommand(name, bytes))).toBe(true);
    },
  );

  it("names the version under which a history agrees, as the command does", async () => {
    const [head = "", ...lines] = gunzipSync(readFileSync(join(LOGS, "aave.jsonl.gz")))
      .toString()
      .split("\n");
    const header = JSON.parse(head) as { version: string };
    const bytes = Buffer.from([JSON.stringify({ ...header, version: "3.4" }), ...lines].join("\n"));
    const { page } = await reconcileBytes(bytes, "other.jsonl");
    expect(page === (await byCommand("other.jsonl", bytes))).toBe(true);
  });

  it("says what is wrong with bytes that are no history", async () => {
    await expect(reconcileBytes(Buffer.from("hello"), "x.txt")).rejects.toThrow(/x\.txt/);
    await expect(
      reconcileBytes(Buffer.from('{"format":"shortfall-logs/1","protocol":"none","version":"1"}\n'), "x"),
    ).rejects.toThrow(/protocol/);
  });
});
