import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtInAdapters } from "@shortfall/cli";
import { HistoryFile } from "@shortfall/sources";
import { afterAll, describe, expect, it } from "vitest";
import { plainLogLines } from "./plain-log-lines.js";
import { json, temporaryFolder, writeLines } from "./shell.js";

const folder = temporaryFolder("plain");
afterAll(() => rmSync(folder, { recursive: true }));
const adapters = builtInAdapters();

/** A trace as the file of logs that a node would have given. */
const plainLogs = async (path: string): Promise<string> =>
  writeLines(join(folder, basename(path, ".gz")), await plainLogLines(path));

describe("plain logs of real contracts", () => {
  it.each([
    ["compound-v3/07-reserves-negative"],
    ["aave-v3/01-mixed-s1"],
    ["venus-isolated/02-crash-cascade"],
    ["euler-v2/cascade-1"],
  ])("of %s give what the trace gives", async (name) => {
    const path = fileURLToPath(new URL(`../../testing/vectors/${name}.jsonl.gz`, import.meta.url));
    const trace = await json(["reconcile", path], { adapters });
    const logs = await json(["reconcile", await plainLogs(path)], { adapters });
    const amounts = (document: Record<string, unknown>): unknown[] =>
      (document.writeOffs as Record<string, unknown>[]).map(({ pool, account, reported, recomputed }) => [
        pool,
        account,
        reported,
        recomputed,
      ]);
    expect(trace.document.verdict).toBe("agree");
    expect(amounts(trace.document).length).toBeGreaterThan(0);
    expect(logs.document.findings).toEqual([]);
    expect(amounts(logs.document)).toEqual(amounts(trace.document));
    expect(logs.document.trialBalance).toEqual(
      (trace.document.trialBalance as object[]).map((row) => ({ ...row, history: basename(path, ".gz") })),
    );
    expect(logs.code).toBe(0);
  });
});

describe("a history under the wrong version", () => {
  it("is explained by the version under which it agrees", async () => {
    const path = fileURLToPath(
      new URL("../../testing/vectors/aave-v3-versions/v3.3.0-01-mixed-s101.jsonl.gz", import.meta.url),
    );
    const file = await HistoryFile.open(path);
    const lines: unknown[] = [{ ...file.header, version: "3.4.0" }];
    for await (const record of file.records()) if (record.kind === "trace") lines.push(record.line.value);
    const relabelled = writeLines(join(folder, "relabelled.jsonl"), lines);
    const { code, document } = await json(["reconcile", relabelled], { adapters });
    expect(code).toBe(1);
    expect(document.verdict).toBe("differ");
    const [finding] = document.findings as Record<string, unknown>[];
    expect(finding).toMatchObject({
      class: "wrong-version",
      field: "version",
      reported: "3.4.0",
      recomputed: "3.3",
    });
  });
});
