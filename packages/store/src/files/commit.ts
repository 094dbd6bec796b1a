import { decodeFrame, encodeFrame, FRAME_HEAD, FrameKind, isFault } from "./frame.js";

/** Marks the end of a batch, and can be told from the bytes around it wherever it stands. */
const MARK = Buffer.from("5346b10c5e41c0de", "hex");
const LENGTH = MARK.length + 8 + 32;

/** What a batch left: entries so far and their digest. */
export interface Commit {
  readonly length: number;
  readonly digest: string;
}

export function encodeCommit(commit: Commit): Buffer {
  const payload = Buffer.alloc(LENGTH);
  payload.set(MARK, 0);
  payload.writeBigUInt64LE(BigInt(commit.length), MARK.length);
  payload.write(commit.digest, MARK.length + 8, "hex");
  return encodeFrame(FrameKind.commit, payload);
}

export function decodeCommit(payload: Buffer): Commit | undefined {
  if (payload.length !== LENGTH || !payload.subarray(0, MARK.length).equals(MARK)) return undefined;
  return {
    length: Number(payload.readBigUInt64LE(MARK.length)),
    digest: payload.toString("hex", MARK.length + 8),
  };
}

/**
 * Whether an intact commit stands anywhere in the bytes. Behind a broken frame it proves that what broke had been
 * acknowledged: damage, not a batch that the process did not live to finish.
 */
export function holdsCommit(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    if (at < FRAME_HEAD) continue;
    const frame = decodeFrame(bytes, at - FRAME_HEAD);
    if (frame && !isFault(frame) && frame.kind === FrameKind.commit && decodeCommit(frame.payload))
      return true;
  }
  return false;
}
