import { type FileHandle, open, readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import {
  type AppendReceipt,
  BLOCK_ENTRIES,
  canonicalJson,
  describeJournal,
  isShortfallError,
  type JournalBlock,
  type JournalEntry,
  type JournalHeader,
  type JournalKey,
  parseEntry,
  type SnapshotMark,
  StoreClosedError,
  StoreCorruptError,
  type StoredJournal,
  type StoredSnapshot,
  StoreFailedError,
} from "@shortfall/core";
import { batchLines, requireRange } from "../batch.js";
import { HashChain } from "../hash-chain.js";
import { Turns } from "../turns.js";
import { encodeCommit } from "./commit.js";
import { syncFolder } from "./folder.js";
import { encodeFrame, FrameKind, readFrames } from "./frame.js";
import { type Segment, type SegmentIndex, scanSegments, segmentHead, segmentName } from "./segment.js";
import { readSnapshot, snapshotMarks, writeSnapshot } from "./snapshot-file.js";
import type { WriterLock } from "./writer-lock.js";

/** How a journal's files are written. */
export interface FileJournalOptions {
  /** A segment that reached this size is followed by another. */
  readonly segmentBytes: number;
}

const WRITE_PIECE = 1 << 16;

/** A journal in a folder of segments. Made by `FileStore`. */
export class FileJournal implements StoredJournal {
  readonly key: JournalKey;
  readonly header: JournalHeader;
  /** Bytes of an unfinished batch that were cut off when it was opened to append, 0 mostly. */
  readonly cutBytes: number;
  readonly #folder: string;
  readonly #options: FileJournalOptions;
  readonly #lock: WriterLock | undefined;
  readonly #index: SegmentIndex;
  readonly #chain: HashChain;
  readonly #turns = new Turns();
  #length: number;
  #file: FileHandle | undefined;
  #failed: StoreFailedError | undefined;
  #closed = false;

  private constructor(place: FileJournalPlace, index: SegmentIndex, chain: HashChain) {
    this.key = place.key;
    this.header = place.header;
    this.cutBytes = place.lock ? (index.torn?.bytes ?? 0) : 0;
    this.#folder = place.folder;
    this.#options = place.options;
    this.#lock = place.lock;
    this.#index = index;
    this.#chain = chain;
    this.#length = index.commit?.length ?? 0;
  }

  /** Opens what is in the folder; with a lock it cuts an unfinished batch off, without it looks past it. */
  static async open(place: FileJournalPlace): Promise<FileJournal> {
    const { folder, key, header, lock } = place;
    const index = await scanSegments(folder, key);
    if (lock) await tidy(folder, index);
    const chain = new HashChain(header, index.sealed);
    const journal = new FileJournal(place, index, chain);
    for await (const entry of journal.#entries(chain.length, journal.#length))
      chain.add(canonicalJson(entry));
    if (index.commit && chain.digest() !== index.commit.digest) {
      throw journal.#corrupt(
        `entries from ${chain.sealed().length * BLOCK_ENTRIES}`,
        "their digest is not the committed one",
      );
    }
    for (const mark of await snapshotMarks(folder, key)) {
      // Entries are durable before a snapshot of them is taken, so these are missing.
      if (mark.sequence > journal.#length && lock) {
        throw journal.#corrupt(`snapshot ${mark.sequence}`, `only ${journal.#length} entries are left`);
      }
    }
    return journal;
  }

  get length(): number {
    return this.#length;
  }

  append(entries: readonly JournalEntry[]): Promise<AppendReceipt> {
    return this.#turns.take(async () => {
      this.#requireWriter();
      const lines = batchLines(this.key, this.#length, entries);
      if (lines.length > 0) await this.#guard("be written", () => this.#write(lines));
      return { length: this.#length, digest: this.#chain.digest() };
    });
  }

  read(first = 0, end = this.#length): AsyncIterable<JournalEntry> {
    this.#requireOpen();
    requireRange(this.key, first, end, this.#length);
    return this.#entries(first, end);
  }

  async blocks(): Promise<readonly JournalBlock[]> {
    this.#requireOpen();
    return this.#turns.take(async () => this.#chain.blocks());
  }

  async digest(): Promise<string> {
    this.#requireOpen();
    return this.#turns.take(async () => this.#chain.digest());
  }

  putSnapshot(bytes: Uint8Array): Promise<SnapshotMark> {
    return this.#turns.take(async () => {
      this.#requireWriter();
      const mark = { sequence: this.#length, digest: this.#chain.digest() };
      await this.#guard("store a snapshot", () => writeSnapshot(this.#folder, { ...mark, bytes }));
      return mark;
    });
  }

  async snapshots(): Promise<readonly SnapshotMark[]> {
    this.#requireOpen();
    const marks = await snapshotMarks(this.#folder, this.key);
    return marks.filter((mark) => mark.sequence <= this.#length);
  }

  async snapshot(sequence = this.#length): Promise<StoredSnapshot | undefined> {
    const mark = (await this.snapshots()).filter((found) => found.sequence <= sequence).at(-1);
    return mark && readSnapshot(this.#folder, this.key, mark.sequence);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turns.idle();
    await this.#file?.close();
    await this.#lock?.release();
  }

  async #write(lines: readonly string[]): Promise<void> {
    const { segments, starts } = this.#index;
    let segment = segments[segments.length - 1];
    const frames: Buffer[] = [];
    const begins = !segment || segment.bytes >= this.#options.segmentBytes;
    if (!segment || begins) {
      segment = { name: segmentName(this.#length), first: this.#length, bytes: 0 };
      segments.push(segment);
      frames.push(segmentHead(this.key, this.#length));
      await this.#file?.close();
      this.#file = await open(join(this.#folder, segment.name), "ax");
    }
    this.#file ??= await open(join(this.#folder, segment.name), "a");
    let at = segment.bytes + (frames[0]?.length ?? 0);
    for (const line of lines) {
      if (this.#chain.length % BLOCK_ENTRIES === 0) starts.push({ segment: segments.length - 1, offset: at });
      at += push(frames, encodeFrame(FrameKind.entry, Buffer.from(line)));
      const block = this.#chain.add(line);
      if (block) at += push(frames, encodeFrame(FrameKind.block, Buffer.from(canonicalJson(block))));
    }
    const length = this.#length + lines.length;
    at += push(frames, encodeCommit({ length, digest: this.#chain.digest() }));
    await writeAll(this.#file, Buffer.concat(frames));
    if (begins) {
      await this.#file.sync();
      await syncFolder(this.#folder);
    } else await this.#file.datasync();
    segment.bytes = at;
    this.#length = length;
  }

  async *#entries(first: number, end: number): AsyncGenerator<JournalEntry> {
    if (first >= end) return;
    const start = this.#index.starts[Math.floor(first / BLOCK_ENTRIES)]!;
    let sequence = first - (first % BLOCK_ENTRIES);
    for (let k = start.segment; k < this.#index.segments.length && sequence < end; k++) {
      const segment = this.#index.segments[k]!;
      const frames = readFrames(
        join(this.#folder, segment.name),
        k === start.segment ? start.offset : 0,
        segment.bytes,
      );
      try {
        let step = await frames.next();
        for (; !step.done && sequence < end; step = await frames.next()) {
          for (const frame of step.value) {
            if (frame.kind !== FrameKind.entry || sequence >= end) continue;
            if (sequence++ < first) continue;
            yield this.#entry(segment, frame.offset, frame.payload, sequence - 1);
          }
        }
        if (step.done && step.value)
          throw this.#corrupt(`${segment.name} at byte ${step.value.offset}`, step.value.reason);
      } finally {
        await frames.return(undefined);
      }
    }
    if (sequence < end) throw this.#corrupt(`entry ${sequence}`, "the segments end before it");
  }

  #entry(segment: Segment, offset: number, payload: Buffer, sequence: number): JournalEntry {
    const place = `${segment.name} at byte ${offset}`;
    let entry: JournalEntry;
    try {
      entry = parseEntry(payload.toString("utf8"));
    } catch (error) {
      if (!(error instanceof SyntaxError) && !isShortfallError(error)) throw error;
      throw new StoreCorruptError(describeJournal(this.key), place, `it is no entry: ${error.message}`, {
        cause: error,
      });
    }
    if (entry.sequence !== sequence)
      throw this.#corrupt(place, `entry ${entry.sequence} stands in place of ${sequence}`);
    return entry;
  }

  async #guard(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // After a failed write or sync nobody knows what the disk holds; reading it again does.
      this.#failed = new StoreFailedError(describeJournal(this.key), action, { cause: error });
      throw this.#failed;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreClosedError(describeJournal(this.key), "closed");
    if (this.#failed) throw this.#failed;
  }

  #requireWriter(): void {
    this.#requireOpen();
    if (!this.#lock) throw new StoreClosedError(describeJournal(this.key), "open for reading only");
  }

  #corrupt(place: string, reason: string): StoreCorruptError {
    return new StoreCorruptError(describeJournal(this.key), place, reason);
  }
}

/** What a journal in a folder is opened with. */
export interface FileJournalPlace {
  readonly folder: string;
  readonly key: JournalKey;
  readonly header: JournalHeader;
  readonly options: FileJournalOptions;
  /** Without it the journal is read only. */
  readonly lock: WriterLock | undefined;
}

/** Cuts an unfinished batch off and removes drafts of files that were never finished. */
async function tidy(folder: string, index: SegmentIndex): Promise<void> {
  const { torn } = index;
  if (torn) {
    const path = join(folder, torn.name);
    if (torn.at === 0) await rm(path);
    else {
      await truncate(path, torn.at);
      const file = await open(path, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await syncFolder(folder);
  }
  for (const name of await readdir(folder)) {
    if (name.endsWith(".draft")) await rm(join(folder, name), { force: true });
  }
}

function push(frames: Buffer[], frame: Buffer): number {
  frames.push(frame);
  return frame.length;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(WRITE_PIECE, bytes.length - at));
    at += bytesWritten;
  }
}
