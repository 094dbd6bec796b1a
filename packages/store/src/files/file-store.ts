import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  canonicalJson,
  describeJournal,
  type JournalHeader,
  type JournalKey,
  type JournalStore,
  StoreCorruptError,
  StoreHeaderError,
} from "@shortfall/core";
import { requireKey } from "../batch.js";
import { byChainAndMarket } from "../journal-order.js";
import { FileJournal, type FileJournalOptions } from "./file-journal.js";
import { isMissing, journalFolder, readIfThere, syncFolder, writeWhole } from "./folder.js";
import { WriterLock } from "./writer-lock.js";

export const FILES_FORMAT = "shortfall-journal-files/1";
const TITLE = "journal.json";

/** The default store: a folder with a folder a journal, on any local file system that honours fsync. */
export class FileStore implements JournalStore {
  readonly kind = "files";
  readonly #root: string;
  readonly #options: FileJournalOptions;
  readonly #open = new Set<FileJournal>();

  /** Makes the folder at the first `open`. Segments of 64 MiB unless `segmentBytes` says otherwise. */
  constructor(root: string, options: Partial<FileJournalOptions> = {}) {
    this.#root = resolve(root);
    this.#options = { segmentBytes: 64 << 20, ...options };
  }

  async open(key: JournalKey, header: JournalHeader): Promise<FileJournal> {
    requireKey(key);
    const folder = journalFolder(this.#root, key.chain, key.market);
    await makeFolder(folder);
    const lock = await WriterLock.take(folder, key);
    try {
      const stored = await readTitle(folder, key);
      if (!stored) {
        const { chain, market } = key;
        await writeWhole(join(folder, TITLE), canonicalJson({ format: FILES_FORMAT, chain, market, header }));
      } else if (canonicalJson(stored.header) !== canonicalJson(header)) {
        throw new StoreHeaderError(describeJournal(key), canonicalJson(stored.header), canonicalJson(header));
      }
      return this.#keep(await FileJournal.open({ folder, key, header, options: this.#options, lock }));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async view(key: JournalKey): Promise<FileJournal | undefined> {
    requireKey(key);
    const folder = journalFolder(this.#root, key.chain, key.market);
    const title = await readTitle(folder, key);
    if (!title) return undefined;
    const { header } = title;
    return this.#keep(
      await FileJournal.open({ folder, key, header, options: this.#options, lock: undefined }),
    );
  }

  async journals(): Promise<readonly JournalKey[]> {
    const keys: JournalKey[] = [];
    for (const chain of await foldersOf(this.#root)) {
      for (const market of await foldersOf(join(this.#root, chain))) {
        const title = await readTitle(join(this.#root, chain, market), { chain, market });
        if (title) keys.push({ chain: title.chain, market: title.market });
      }
    }
    return keys.sort(byChainAndMarket);
  }

  async close(): Promise<void> {
    for (const journal of this.#open) await journal.close();
    this.#open.clear();
  }

  #keep(journal: FileJournal): FileJournal {
    this.#open.add(journal);
    return journal;
  }
}

interface Title {
  readonly format: string;
  readonly chain: string;
  readonly market: string;
  readonly header: JournalHeader;
}

async function readTitle(folder: string, key: JournalKey): Promise<Title | undefined> {
  const text = await readIfThere(join(folder, TITLE));
  if (text === undefined) return undefined;
  let title: Title;
  try {
    title = JSON.parse(text) as Title;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new StoreCorruptError(describeJournal(key), TITLE, "it is not JSON", { cause: error });
  }
  if (title?.format !== FILES_FORMAT) {
    throw new StoreCorruptError(describeJournal(key), TITLE, `it does not name the format ${FILES_FORMAT}`);
  }
  return title;
}

async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  if (made === undefined) return;
  // Each new name is an entry of the folder above it.
  for (let at = path; at.length >= made.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function foldersOf(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
