import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SourceError } from "./errors.js";
import { asSourceError } from "./lines.js";

const RECORD_FILE = /\.(jsonl|ndjson|json)(\.gz)?$/;

/** A file to read and how it was named. */
export interface InputFile {
  readonly path: string;
  /** Named itself, or found in a folder that was. */
  readonly named: boolean;
}

/**
 * Expands folders into the JSON and JSON Lines files below them, plain or gzip, in order of path.
 *
 * @throws {SourceError} a path that does not exist; a folder without such files.
 */
export async function expandPaths(paths: readonly string[]): Promise<InputFile[]> {
  const files: InputFile[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) {
      files.push({ path, named: true });
      continue;
    }
    const found = await filesBelow(path);
    if (found.length === 0) {
      throw new SourceError({
        file: path,
        line: 0,
        field: "folder",
        expected: "files that end in .jsonl, .ndjson or .json, plain or .gz",
        received: "none",
        advice: "Name the folder that holds the logs.",
      });
    }
    files.push(...found.map((file) => ({ path: file, named: false })));
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw asSourceError(error, path, 0);
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (RECORD_FILE.test(entry.name)) files.push(path);
  }
  return files;
}
