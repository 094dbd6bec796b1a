import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type ExportFile, isShortfallError } from "@shortfall/core";
import { LIABILITIES_NAME, LiabilityReader } from "../proofs/liability-rows.js";
import { liabilitiesRoot, ROOTS_NAME, rootsText } from "../proofs/roots.js";
import { dataFiles } from "../report/folder.js";
import { JOURNAL_NAME } from "../report/journal-lines.js";
import { MANIFEST_NAME, type ManifestEntry, parseManifest } from "../report/manifest.js";
import { combinedDigest, type ReportData } from "../report/report-data.js";
import {
  STATEMENTS_NAME,
  StatementBuilder,
  type Statements,
  statementsText,
} from "../statements/statements.js";
import type { VerifyFailure } from "./failure.js";
import { HaircutCheck } from "./haircut-check.js";
import { JournalCheck } from "./journal-check.js";
import { readStoredData, type StoredData } from "./read-data.js";
import { checkLiabilities, checkTies, type OwedTable, withoutRounding } from "./ties.js";
import { VERIFIER_NAME } from "./verifier-text.js";

/** The files of a report folder, wherever they are. */
export interface FolderReader {
  /** All names, those included that should not be there. */
  names(): Promise<readonly string[]>;
  chunks(name: string): AsyncIterable<Uint8Array>;
}

export interface VerifyResult {
  readonly ok: boolean;
  /** Journal blocks proved. */
  readonly blocks: number;
  /** Digest of the journals, as their lines prove it. */
  readonly digest: string;
  readonly failures: readonly VerifyFailure[];
  /** The report's data, if all of it could be read. */
  readonly data?: ReportData;
}

/**
 * Proves that a report folder is intact and that its parts follow from each other: digests of all files, the
 * journal's chain and balance, trial balance, sums of every write-off and haircut, verdict; and writes every table
 * and the summary again from the data.
 */
export async function verifyFolder(reader: FolderReader): Promise<VerifyResult> {
  const failures: VerifyFailure[] = [];
  const names = await reader.names();
  const manifest = await checkManifest(reader, names, failures);
  const journalCheck = new JournalCheck();
  const haircutCheck = new HaircutCheck();
  const owed: OwedTable[] = [];
  const liabilityCheck = new LiabilityReader((table) => {
    owed.push({ ...liabilitiesRoot(table), rounding: table.rounding });
  });
  const sinks = new Map<string, (line: string) => void>([
    [JOURNAL_NAME, (line) => journalCheck.line(line)],
    ["haircuts.csv", (line) => haircutCheck.line(line)],
    [LIABILITIES_NAME, (line) => liabilityCheck.line(line)],
  ]);
  const texts = new Map<string, string>();
  const read = manifest
    ? manifest.map((entry) => entry.name)
    : names.filter((name) => name !== MANIFEST_NAME);
  for (const name of read) {
    if (!names.includes(name)) continue;
    const found = await readFile(reader, name, sinks.get(name));
    if (found.text !== undefined) texts.set(name, found.text);
    const listed = manifest?.find((entry) => entry.name === name);
    if (listed && (listed.sha256 !== found.sha256 || listed.bytes !== found.bytes)) {
      failures.push({
        file: name,
        reason: `has SHA-256 ${found.sha256} and ${found.bytes} bytes; the manifest says ${listed.sha256} and ${listed.bytes}`,
      });
    }
  }
  const journals = journalCheck.end();
  haircutCheck.end();
  liabilityCheck.end();
  for (const reason of journalCheck.failures.slice(0, 20)) failures.push({ file: JOURNAL_NAME, reason });
  for (const reason of haircutCheck.failures.slice(0, 20)) failures.push({ file: "haircuts.csv", reason });
  for (const reason of liabilityCheck.failures.slice(0, 20))
    failures.push({ file: LIABILITIES_NAME, reason });
  const data = readData(texts, journalCheck, haircutCheck, failures);
  // A damaged file would be blamed on those that follow from it: prove relations of intact files only.
  if (data && failures.length === 0) {
    checkTies(data, journals, failures);
    checkLiabilities(data, owed, failures);
    const roots = journals.map(({ history, entries, entriesRoot }) => ({
      history,
      entries,
      root: entriesRoot,
    }));
    const rootsFile = { name: ROOTS_NAME, chunks: () => rootsText(roots, owed.map(withoutRounding)) };
    const statements = await readStatements(data, reader);
    const statementsFile = { name: STATEMENTS_NAME, chunks: () => statementsText(statements) };
    await checkFiles([...dataFiles(data), rootsFile, statementsFile], reader, failures);
  }
  return {
    ok: failures.length === 0,
    blocks: journals.reduce((sum, journal) => sum + journal.blocks, 0),
    digest: combinedDigest(journals.map((journal) => journal.digest)),
    failures,
    ...(data ? { data } : {}),
  };
}

const REQUIRED = [
  "summary.md",
  "writeoffs.csv",
  "writeoffs.json",
  "findings.json",
  "trial-balance.csv",
  "coverage.json",
  "inputs.json",
  "haircuts.csv",
  JOURNAL_NAME,
  LIABILITIES_NAME,
  ROOTS_NAME,
  STATEMENTS_NAME,
  VERIFIER_NAME,
];

async function checkManifest(
  reader: FolderReader,
  names: readonly string[],
  failures: VerifyFailure[],
): Promise<ManifestEntry[] | undefined> {
  if (!names.includes(MANIFEST_NAME)) {
    failures.push({ file: MANIFEST_NAME, reason: "is missing" });
    return undefined;
  }
  const { text } = await readFile(reader, MANIFEST_NAME, undefined);
  const entries = text === undefined ? undefined : parseManifest(text);
  if (!entries) {
    failures.push({ file: MANIFEST_NAME, reason: "is not what its own digest says" });
    return undefined;
  }
  const listed = new Set(entries.map((entry) => entry.name));
  for (const name of REQUIRED) {
    if (!listed.has(name)) failures.push({ file: MANIFEST_NAME, reason: `does not list ${name}` });
  }
  for (const name of listed) if (!names.includes(name)) failures.push({ file: name, reason: "is missing" });
  for (const name of names) {
    if (name !== MANIFEST_NAME && !listed.has(name)) {
      failures.push({ file: name, reason: "is not in the manifest" });
    }
  }
  return entries;
}

interface ReadFile {
  readonly sha256: string;
  readonly bytes: number;
  /** Undefined where the file went to a line sink, or is not UTF-8. */
  readonly text: string | undefined;
}

async function readFile(
  reader: FolderReader,
  name: string,
  line: ((text: string) => void) | undefined,
): Promise<ReadFile> {
  const hash = sha256.create();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let rest = "";
  let decoded = true;
  for await (const chunk of reader.chunks(name)) {
    hash.update(chunk);
    bytes += chunk.length;
    if (!decoded) continue;
    try {
      rest += decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      decoded = false;
      rest = "";
      line?.("(bytes that are not UTF-8)");
    }
    if (line) {
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) line(text);
    }
  }
  if (line && rest !== "") line(rest);
  return {
    sha256: bytesToHex(hash.digest()),
    bytes,
    text: line || !decoded ? undefined : rest,
  };
}

function readData(
  texts: ReadonlyMap<string, string>,
  journal: JournalCheck,
  haircuts: HaircutCheck,
  failures: VerifyFailure[],
): ReportData | undefined {
  const stored = readStored(texts, failures);
  return stored && { ...stored, trialBalance: journal.trialBalance(), haircuts: haircuts.summaries };
}

function readStored(texts: ReadonlyMap<string, string>, failures: VerifyFailure[]): StoredData | undefined {
  const text = (name: string): string => {
    const found = texts.get(name);
    if (found === undefined && failures.every((failure) => failure.file !== name)) {
      failures.push({ file: name, reason: "cannot be read as text" });
    }
    return found ?? "";
  };
  try {
    return readStoredData({
      inputs: text("inputs.json"),
      coverage: text("coverage.json"),
      findings: text("findings.json"),
      writeOffs: text("writeoffs.json"),
    });
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isShortfallError(error)) throw error;
    // Where the digests already name the damaged file, this says nothing new.
    if (failures.length === 0) failures.push({ file: "(data files)", reason: error.message });
    return undefined;
  }
}

/** Makes the statements again, from the journal and the data. */
async function readStatements(data: ReportData, reader: FolderReader): Promise<Statements> {
  const builder = new StatementBuilder(data);
  await readFile(reader, JOURNAL_NAME, (line) => builder.line(line));
  return builder.end();
}

/** Writes files that follow from the data again and compares. */
async function checkFiles(
  files: readonly ExportFile[],
  reader: FolderReader,
  failures: VerifyFailure[],
): Promise<void> {
  for (const file of files) {
    const { sha256: stored } = await readFile(reader, file.name, undefined);
    if (stored !== digestOf(file)) {
      failures.push({ file: file.name, reason: "is not what the data of this folder give" });
    }
  }
}

/** SHA-256 of a file as it is written. */
export function digestOf(file: ExportFile): string {
  const hash = sha256.create();
  for (const chunk of file.chunks()) hash.update(typeof chunk === "string" ? utf8ToBytes(chunk) : chunk);
  return bytesToHex(hash.digest());
}
