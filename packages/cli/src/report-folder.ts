import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { chmod, type FileHandle, mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import {
  type FolderReader,
  JOURNAL_NAME,
  MANIFEST_NAME,
  type ManifestEntry,
  manifestText,
} from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";
import { SourceError } from "@shortfall/sources";
import { textPieces } from "./journal-entries.js";

/** Text is written in pieces of about this many characters. */
const PIECE = 1 << 16;

/**
 * A report folder being written: built beside its place under another name and renamed when complete, so that a run
 * that fails leaves nothing half done. An earlier report of that name is replaced.
 *
 * The journal comes first and piece by piece, while the history is still being read; nobody holds all of it.
 */
export class ReportFolder {
  readonly #folder: string;
  readonly #building: string;
  /** None in a report without books, such as one of risk. */
  readonly #journal: HashedFile | undefined;
  readonly #interrupted: () => void;

  private constructor(folder: string, building: string, journal: HashedFile | undefined) {
    this.#folder = folder;
    this.#building = building;
    this.#journal = journal;
    this.#interrupted = () => {
      rmSync(building, { recursive: true, force: true });
      process.kill(process.pid, "SIGINT");
    };
    process.once("SIGINT", this.#interrupted);
  }

  /** @throws {SourceError} the folder exists and is no report. */
  static async begin(folder: string, parts = { journal: true }): Promise<ReportFolder> {
    await refuseForeignFolder(folder);
    const parent = dirname(folder);
    await mkdir(parent, { recursive: true });
    const building = await mkdtemp(join(parent, `.${basename(folder)}.partial-`));
    const journal = parts.journal ? await HashedFile.create(building, JOURNAL_NAME) : undefined;
    return new ReportFolder(folder, building, journal);
  }

  /** A place for the journal of a run without a report folder; to be discarded. */
  static async scratch(): Promise<ReportFolder> {
    const folder = await mkdtemp(join(tmpdir(), "shortfall-"));
    return new ReportFolder(folder, folder, await HashedFile.create(folder, JOURNAL_NAME));
  }

  /** Adds to `journal.jsonl`. */
  readonly addJournal = async (text: string): Promise<void> => {
    await this.#journal?.write(text);
  };

  /** What has been added, from disk each time it is walked. */
  journal(): Iterable<string> {
    return textPieces(join(this.#building, JOURNAL_NAME));
  }

  /** Writes the files but the journal, which is there, and the manifest over all; then the folder takes its place. */
  async finish(files: readonly ExportFile[]): Promise<ManifestEntry[]> {
    const entries = this.#journal ? [await this.#journal.close()] : [];
    for (const file of files) {
      if (file.name !== JOURNAL_NAME) entries.push(await writeFile(this.#building, file));
    }
    await writeFile(this.#building, { name: MANIFEST_NAME, chunks: () => [manifestText(entries)] });
    // Temporary folders are private; the report need not be.
    await chmod(this.#building, 0o755);
    if (await refuseForeignFolder(this.#folder)) {
      const old = `${this.#building}-old`;
      await rename(this.#folder, old);
      await rename(this.#building, this.#folder);
      await rm(old, { recursive: true });
    } else await rename(this.#building, this.#folder);
    process.removeListener("SIGINT", this.#interrupted);
    return entries;
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    process.removeListener("SIGINT", this.#interrupted);
    await this.#journal?.close();
    await rm(this.#building, { recursive: true, force: true });
  }
}

/** Writes one file into a folder, streaming. */
export async function writeFile(folder: string, file: ExportFile): Promise<ManifestEntry> {
  const target = await HashedFile.create(folder, file.name);
  try {
    let piece = "";
    for (const chunk of file.chunks()) {
      const text = typeof chunk === "string";
      if (text) piece += chunk;
      if (!text || piece.length >= PIECE) {
        await target.write(piece);
        piece = "";
      }
      if (!text) await target.write(chunk);
    }
    await target.write(piece);
  } finally {
    await target.close();
  }
  return target.close();
}

/** A file that is hashed while it is written. */
class HashedFile {
  readonly #name: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #bytes = 0;
  #entry: ManifestEntry | undefined;

  private constructor(name: string, handle: FileHandle) {
    this.#name = name;
    this.#handle = handle;
  }

  static async create(folder: string, name: string): Promise<HashedFile> {
    return new HashedFile(name, await open(join(folder, name), "w"));
  }

  async write(content: string | Uint8Array): Promise<void> {
    const buffer = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    this.#hash.update(buffer);
    this.#bytes += buffer.length;
    await this.#handle.writeFile(buffer);
  }

  /** Closes it, the first time; what a manifest says of it. */
  async close(): Promise<ManifestEntry> {
    if (!this.#entry) {
      this.#entry = { name: this.#name, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
      await this.#handle.close();
    }
    return this.#entry;
  }
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
    // What is no file gets a name that no report has, so that it is a finding, and is never opened.
    names: async () =>
      (await readdir(folder, { withFileTypes: true }))
        .map((entry) => (entry.isFile() || entry.isSymbolicLink() ? entry.name : `${entry.name}/`))
        .sort(),
    chunks: (name) =>
      (name.endsWith("/")
        ? Readable.from([])
        : createReadStream(join(folder, name))) as AsyncIterable<Buffer>,
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
