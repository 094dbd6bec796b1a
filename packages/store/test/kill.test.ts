import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { killWriters } from "./kill/trial.js";

it("a writer of files that is killed loses nothing acknowledged and doubles nothing", async () => {
  const root = await mkdtemp(join(tmpdir(), "shortfall-kill-"));
  try {
    const report = await killWriters(root, 8, 20);
    expect(report.digest).toBe(report.expected);
    expect(report.entries).toBeGreaterThan(1500);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
