import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  describeJournal,
  type JournalKey,
  type SnapshotMark,
  StoreCorruptError,
  type StoredSnapshot,
} from "@shortfall/core";
import { padded, writeWhole } from "./folder.js";
import { decodeFrame, encodeFrame, FRAME_HEAD, FrameKind, isFault } from "./frame.js";

const NAME = /^(\d{16})\.snapshot$/;
const HEAD = 8 + 32;

const pathOf = (folder: string, sequence: number): string => join(folder, `${padded(sequence)}.snapshot`);

/** Writes a snapshot, durable on return. */
export async function writeSnapshot(folder: string, snapshot: StoredSnapshot): Promise<void> {
  const payload = Buffer.alloc(HEAD + snapshot.bytes.length);
  payload.writeBigUInt64LE(BigInt(snapshot.sequence), 0);
  payload.write(snapshot.digest, 8, "hex");
  payload.set(snapshot.bytes, HEAD);
  await writeWhole(pathOf(folder, snapshot.sequence), encodeFrame(FrameKind.snapshot, payload));
}

/** Snapshots of a folder, in order; their bytes are not read. */
export async function snapshotMarks(folder: string, key: JournalKey): Promise<SnapshotMark[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const marks: SnapshotMark[] = [];
  for (const name of names) {
    const file = await open(join(folder, name), "r");
    try {
      const head = Buffer.alloc(FRAME_HEAD + HEAD);
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      if (bytesRead < head.length)
        throw new StoreCorruptError(describeJournal(key), name, "the file ends early");
      marks.push(markOf(head.subarray(FRAME_HEAD)));
    } finally {
      await file.close();
    }
  }
  return marks;
}

/** @throws {StoreCorruptError} the file is not as it was written. */
export async function readSnapshot(
  folder: string,
  key: JournalKey,
  sequence: number,
): Promise<StoredSnapshot> {
  const path = pathOf(folder, sequence);
  const bytes = await readFile(path);
  const frame = decodeFrame(bytes, 0);
  const place = `${padded(sequence)}.snapshot`;
  if (!frame) throw new StoreCorruptError(describeJournal(key), place, "the file ends early");
  if (isFault(frame)) throw new StoreCorruptError(describeJournal(key), place, frame.reason);
  const mark = markOf(frame.payload);
  if (frame.kind !== FrameKind.snapshot || mark.sequence !== sequence || frame.end !== bytes.length) {
    throw new StoreCorruptError(describeJournal(key), place, "it is another file's content");
  }
  return { ...mark, bytes: new Uint8Array(frame.payload.subarray(HEAD)) };
}

const markOf = (payload: Buffer): SnapshotMark => ({
  sequence: Number(payload.readBigUInt64LE(0)),
  digest: payload.toString("hex", 8, HEAD),
});
