import { open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Makes a change of names in a folder durable. Windows cannot open folders, and orders such changes itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a file that is there whole or not at all, and durable on return. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Text of a file, undefined if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
export const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";
export const isTaken = (error: unknown): boolean => codeOf(error) === "EEXIST";

/**
 * A name for any text on any file system: lower-case letters, digits, `-` and `_` stand for themselves, other UTF-8
 * bytes as `%` and two hex digits.
 */
export function fileName(text: string): string {
  let name = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const char = String.fromCharCode(byte);
    name += /[a-z0-9_-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return name === "" ? "%" : name;
}

/** A number that sorts as text. */
export const padded = (value: number): string => value.toString().padStart(16, "0");

/** Folder of a journal below a store's. */
export const journalFolder = (root: string, chain: string, market: string): string =>
  join(root, fileName(chain), fileName(market));
