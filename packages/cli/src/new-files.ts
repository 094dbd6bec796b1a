import { stat } from "node:fs/promises";
import { SourceError } from "@shortfall/sources";

/**
 * Makes sure that files which are to be written replace nothing, before the first is written.
 *
 * @throws {SourceError} one is there already and nobody said `--force`.
 */
export async function requireNewFiles(paths: readonly string[], force: boolean | undefined): Promise<void> {
  for (const path of force ? [] : paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    throw new SourceError({
      file: path,
      line: 0,
      field: "--out",
      expected: "a new file",
      received: found.isDirectory() ? "a folder of that name" : "a file of that name",
      advice: "Name another, or say --force to replace it; nothing was written.",
    });
  }
}
