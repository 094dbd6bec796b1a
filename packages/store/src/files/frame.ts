import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";

/*
 * A frame: payload length (u32), CRC-32 of kind and payload (u32), kind (u8), payload. Little endian.
 */

export const FRAME_HEAD = 9;
/** No payload is larger. A length beyond it is damage, not data. */
export const MAX_PAYLOAD = 1 << 28;

export const FrameKind = { segment: 1, entry: 2, block: 3, commit: 4, snapshot: 5 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface Frame {
  readonly kind: number;
  /** A view of the piece that was read. */
  readonly payload: Buffer;
  /** Of the frame in its file. */
  readonly offset: number;
  /** Where the next frame begins. */
  readonly end: number;
}

/** A place in a file where no whole, intact frame begins. */
export interface FrameFault {
  readonly offset: number;
  readonly reason: string;
}

export function encodeFrame(kind: FrameKind, payload: Uint8Array): Buffer {
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`${payload.length} bytes do not fit one frame`);
  const frame = Buffer.allocUnsafe(FRAME_HEAD + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt8(kind, 8);
  frame.set(payload, FRAME_HEAD);
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
  return frame;
}

/** The frame at `at` in `bytes`, a reason why there is none, or undefined if it may go on beyond the bytes. */
export function decodeFrame(bytes: Buffer, at: number, base = 0): Frame | FrameFault | undefined {
  if (at + FRAME_HEAD > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  if (length > MAX_PAYLOAD) return { offset: base + at, reason: `a frame claims ${length} bytes` };
  const end = at + FRAME_HEAD + length;
  if (end > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) {
    return { offset: base + at, reason: "the CRC-32 of a frame differs" };
  }
  return {
    kind: bytes.readUInt8(at + 8),
    payload: bytes.subarray(at + FRAME_HEAD, end),
    offset: base + at,
    end: base + end,
  };
}

export const isFault = (frame: Frame | FrameFault): frame is FrameFault => "reason" in frame;

const PIECE = 1 << 20;

/**
 * Frames of a file from one offset to another, in pieces; ends with a fault if the bytes there are not whole,
 * intact frames.
 */
export async function* readFrames(
  path: string,
  from: number,
  to: number,
): AsyncGenerator<readonly Frame[], FrameFault | undefined> {
  const file = await open(path, "r");
  try {
    let bytes = Buffer.alloc(0);
    let base = from;
    for (let at = from; at < to; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, to - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return { offset: at, reason: "the file ends early" };
      at += bytesRead;
      bytes =
        bytes.length === 0
          ? piece.subarray(0, bytesRead)
          : Buffer.concat([bytes, piece.subarray(0, bytesRead)]);
      const frames: Frame[] = [];
      let next = 0;
      let fault: FrameFault | undefined;
      for (let frame = decodeFrame(bytes, next, base); frame; frame = decodeFrame(bytes, next, base)) {
        if (isFault(frame)) {
          fault = frame;
          break;
        }
        frames.push(frame);
        next = frame.end - base;
      }
      yield frames;
      if (fault) return fault;
      bytes = bytes.subarray(next);
      base += next;
    }
    return bytes.length === 0 ? undefined : { offset: base, reason: "a frame is cut off" };
  } finally {
    await file.close();
  }
}
