import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  BLOCK_ENTRIES,
  canonicalJson,
  describeJournal,
  type JournalBlock,
  type JournalKey,
  StoreCorruptError,
} from "@shortfall/core";
import { type Commit, decodeCommit, holdsCommit } from "./commit.js";
import { padded } from "./folder.js";
import { encodeFrame, type Frame, FrameKind, readFrames } from "./frame.js";

export const SEGMENT_FORMAT = "shortfall-segment/1";
const NAME = /^(\d{16})\.segment$/;

/** A file of frames: a head, then batches, each ended by a commit. */
export interface Segment {
  readonly name: string;
  /** Sequence of its first entry. */
  readonly first: number;
  /** Bytes up to the end of the last commit. */
  bytes: number;
}

/** Where the first entry of a block begins. */
export interface BlockStart {
  readonly segment: number;
  readonly offset: number;
}

/** What the segments of a folder hold, up to the last commit. */
export interface SegmentIndex {
  readonly segments: Segment[];
  readonly starts: BlockStart[];
  /** Whole blocks. */
  readonly sealed: JournalBlock[];
  /** Undefined where nothing was ever acknowledged. */
  readonly commit: Commit | undefined;
  /** What stands behind the last commit: a batch that its process did not live to finish. */
  readonly torn: { readonly name: string; readonly at: number; readonly bytes: number } | undefined;
}

export const segmentName = (first: number): string => `${padded(first)}.segment`;

export const segmentHead = (key: JournalKey, first: number): Buffer =>
  encodeFrame(
    FrameKind.segment,
    Buffer.from(canonicalJson({ format: SEGMENT_FORMAT, chain: key.chain, market: key.market, first })),
  );

/**
 * Reads all frames of a folder's segments: every CRC-32, the order of entries' commits, the ends of files.
 *
 * @throws {StoreCorruptError} anything but an unfinished batch at the very end is not as it was written.
 */
export async function scanSegments(folder: string, key: JournalKey): Promise<SegmentIndex> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const scan = new SegmentScan(folder, key, names);
  for (const name of names) await scan.segment(name);
  return scan.index();
}

class SegmentScan {
  readonly #folder: string;
  readonly #key: JournalKey;
  readonly #names: readonly string[];
  readonly #segments: Segment[] = [];
  readonly #starts: BlockStart[] = [];
  readonly #sealed: JournalBlock[] = [];
  #commit: Commit | undefined;
  #torn: SegmentIndex["torn"];
  // Since the last commit.
  #entries = 0;
  #newStarts: BlockStart[] = [];
  #newBlocks: JournalBlock[] = [];

  constructor(folder: string, key: JournalKey, names: readonly string[]) {
    this.#folder = folder;
    this.#key = key;
    this.#names = names;
  }

  index(): SegmentIndex {
    return {
      segments: this.#segments,
      starts: this.#starts,
      sealed: this.#sealed,
      commit: this.#commit,
      torn: this.#torn,
    };
  }

  async segment(name: string): Promise<void> {
    const path = join(this.#folder, name);
    const { size } = await stat(path);
    const segment: Segment = { name, first: this.#commit?.length ?? 0, bytes: 0 };
    const frames = readFrames(path, 0, size);
    let step = await frames.next();
    for (; !step.done; step = await frames.next()) {
      for (const frame of step.value) this.#frame(segment, frame);
    }
    if (step.value !== undefined || segment.bytes < size || size === 0) {
      await this.#tail(segment, size, step.value?.reason ?? "its last batch has no end", step.value?.offset);
    }
    if (segment.bytes > 0) this.#segments.push(segment);
  }

  #frame(segment: Segment, frame: Frame): void {
    if (frame.offset === 0) {
      if (
        !segmentHead(this.#key, segment.first).subarray(9).equals(frame.payload) ||
        segmentName(segment.first) !== segment.name
      ) {
        this.#corrupt(segment, 0, `it does not begin as the segment of entry ${segment.first}`);
      }
      return;
    }
    switch (frame.kind) {
      case FrameKind.entry:
        if (this.#length() % BLOCK_ENTRIES === 0) {
          this.#newStarts.push({ segment: this.#segments.length, offset: frame.offset });
        }
        this.#entries++;
        return;
      case FrameKind.block:
        this.#block(segment, frame);
        return;
      case FrameKind.commit:
        this.#accept(segment, frame);
        return;
      default:
        this.#corrupt(segment, frame.offset, `a frame of kind ${frame.kind} does not belong here`);
    }
  }

  #length(): number {
    return (this.#commit?.length ?? 0) + this.#entries;
  }

  #block(segment: Segment, frame: Frame): void {
    const block = this.#parseBlock(segment, frame);
    const index = this.#sealed.length + this.#newBlocks.length;
    const whole =
      block.index === index && block.first === index * BLOCK_ENTRIES && block.count === BLOCK_ENTRIES;
    if (!whole || this.#length() !== block.first + block.count) {
      this.#corrupt(segment, frame.offset, `block ${index} is not where it belongs`);
    }
    this.#newBlocks.push(block);
  }

  #parseBlock(segment: Segment, frame: Frame): JournalBlock {
    try {
      return JSON.parse(frame.payload.toString("utf8")) as JournalBlock;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.#corrupt(segment, frame.offset, "a block is not JSON");
    }
  }

  #accept(segment: Segment, frame: Frame): void {
    const commit = decodeCommit(frame.payload);
    if (!commit || commit.length !== this.#length()) {
      this.#corrupt(
        segment,
        frame.offset,
        `a commit says ${commit?.length} entries, there are ${this.#length()}`,
      );
    }
    this.#commit = commit;
    this.#starts.push(...this.#newStarts);
    this.#sealed.push(...this.#newBlocks);
    segment.bytes = frame.end;
    this.#forget();
  }

  #forget(): void {
    this.#entries = 0;
    this.#newStarts = [];
    this.#newBlocks = [];
  }

  async #tail(segment: Segment, size: number, reason: string, at = segment.bytes): Promise<void> {
    const last = segment.name === this.#names[this.#names.length - 1];
    if (!last) this.#corrupt(segment, at, `${reason}, and another segment follows`);
    const bytes = await readFile(join(this.#folder, segment.name));
    if (holdsCommit(bytes.subarray(at, size))) {
      this.#corrupt(segment, at, `${reason}, and acknowledged entries follow`);
    }
    this.#torn = { name: segment.name, at: segment.bytes, bytes: size - segment.bytes };
    this.#forget();
  }

  #corrupt(segment: Segment, offset: number, reason: string): never {
    throw new StoreCorruptError(describeJournal(this.#key), `${segment.name} at byte ${offset}`, reason);
  }
}
