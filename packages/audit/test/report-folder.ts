import {
  digestOf,
  type FolderReader,
  type HistoryResult,
  haircutTables,
  historyLiabilities,
  journalLines,
  MANIFEST_NAME,
  manifestText,
  type ReportData,
  reportData,
  reportFiles,
} from "@shortfall/audit";
import type { ExportFile } from "@shortfall/core";

/** A report folder in memory. */
export type Folder = Map<string, Uint8Array>;

const bytesOf = (file: ExportFile): Uint8Array =>
  Buffer.concat([...file.chunks()].map((chunk) => Buffer.from(chunk)));

export const withManifest = (files: Iterable<readonly [string, Uint8Array]>): Folder => {
  const folder: Folder = new Map([...files].filter(([name]) => name !== MANIFEST_NAME));
  const entries = [...folder].map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: digestOf({ name, chunks: () => [bytes] }),
  }));
  return folder.set(MANIFEST_NAME, Buffer.from(manifestText(entries)));
};

export function writeFolder(
  results: readonly HistoryResult[],
  calls = true,
): { folder: Folder; data: ReportData } {
  const data = reportData(results, { calls });
  const files = reportFiles(data, {
    *haircuts() {
      for (const result of results) yield* haircutTables(result);
    },
    *liabilities() {
      for (const result of results) yield* historyLiabilities(result);
    },
    *journal() {
      for (const { name, model } of results) yield* journalLines(name, model.journal);
    },
  });
  return { data, folder: withManifest(files.map((file) => [file.name, bytesOf(file)] as const)) };
}

/** Reads in small pieces, so that lines and characters are cut. */
export const readerOf = (folder: Folder): FolderReader => ({
  names: async () => [...folder.keys()],
  async *chunks(name) {
    const bytes = folder.get(name) ?? new Uint8Array();
    for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
  },
});

export const textOf = (folder: Folder, name: string): string =>
  Buffer.from(folder.get(name)!).toString("utf8");
