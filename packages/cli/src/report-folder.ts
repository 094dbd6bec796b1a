import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type FolderReader, MANIFEST_NAME, type ManifestEntry, manifestText } from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";
import { SourceError } from "@shortfall/sources";

/** Text is written in pieces of about this many characters. */
const PIECE = 1 << 16;

/**
 * Writes files and their manifest as a folder: built beside it under another name and renamed when complete, so
 * that a run that fails leaves nothing half done. An earlier report of that name is replaced.
 *
 * @throws {SourceError} the folder exists and is no report.
 */
export async function writeReportFolder(
  folder: string,
  files: readonly ExportFile[],
): Promise<ManifestEntry[]> {
  const existed = await refuseForeignFolder(folder);
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const building = await mkdtemp(join(parent, `.${basename(folder)}.partial-`));
  try {
    const entries: ManifestEntry[] = [];
    for (const file of files) entries.push(await writeFile(building, file));
    await writeFile(building, { name: MANIFEST_NAME, chunks: () => [manifestText(entries)] });
    // Temporary folders are private; the report need not be.
    await chmod(building, 0o755);
    if (existed) {
      const old = `${building}-old`;
      await rename(folder, old);
      await rename(building, folder);
      await rm(old, { recursive: true });
    } else await rename(building, folder);
    return entries;
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

/** Writes one file into a folder, streaming. */
export async function writeFile(folder: string, file: ExportFile): Promise<ManifestEntry> {
  const handle = await open(join(folder, file.name), "w");
  const hash = createHash("sha256");
  let bytes = 0;
  const write = async (content: string | Uint8Array): Promise<void> => {
    const buffer = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    hash.update(buffer);
    bytes += buffer.length;
    await handle.write(buffer);
  };
  try {
    let piece = "";
    for (const chunk of file.chunks()) {
      const text = typeof chunk === "string";
      if (text) piece += chunk;
      if (!text || piece.length >= PIECE) {
        await write(piece);
        piece = "";
      }
      if (!text) await write(chunk);
    }
    await write(piece);
  } finally {
    await handle.close();
  }
  return { name: file.name, bytes, sha256: hash.digest("hex") };
}

/** A report folder on disk. @throws {SourceError} there is no such folder. */
export async function openReportFolder(folder: string): Promise<FolderReader> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new SourceError({
      file: folder,
      line: 0,
      field: "path",
      expected: "a report folder",
      received: found ? "a file" : "nothing of that name",
      advice: "`shortfall reconcile … --out DIR` writes one.",
    });
  }
  return {
    names: async () => (await readdir(folder)).sort(),
    chunks: (name) => createReadStream(join(folder, name)) as AsyncIterable<Buffer>,
  };
}

/** SHA-256 of a stored file. */
export async function digestOfStored(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

/** Whether the folder is there already; a folder that is no report is never touched. */
async function refuseForeignFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) return false;
  const names = found.isDirectory() ? await readdir(folder) : [];
  if (found.isDirectory() && (names.length === 0 || names.includes(MANIFEST_NAME))) return true;
  throw new SourceError({
    file: folder,
    line: 0,
    field: "--out",
    expected: "a new folder, an empty one or an earlier report",
    received: found.isDirectory() ? "a folder with other files" : "a file",
    advice: "Name another folder; nothing was written.",
  });
}
