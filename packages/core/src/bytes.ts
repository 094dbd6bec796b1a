import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { HexError } from "./errors.js";

export type Bytes = Uint8Array;

/** keccak-256. */
export const keccak = (data: Bytes): Bytes => keccak_256(data);

/** 0x-prefixed lower-case hex. */
export const toHex = (data: Bytes): string => `0x${bytesToHex(data)}`;

/** Bytes of 0x-prefixed hex. @throws {HexError} it is not that. */
export function fromHex(text: string): Bytes {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new HexError(text);
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let k = 0; k < bytes.length; k++) bytes[k] = Number.parseInt(text.slice(2 + 2 * k, 4 + 2 * k), 16);
  return bytes;
}

/** 32-byte big-endian word of an unsigned integer. */
export function word(value: bigint): Bytes {
  const bytes = new Uint8Array(32);
  for (let k = 31; k >= 0 && value > 0n; k--) {
    bytes[k] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

/** Negative, 0 or positive, as unsigned big-endian numbers of equal length. */
export function compareBytes(a: Bytes, b: Bytes): number {
  for (let k = 0; k < a.length; k++) {
    const difference = a[k]! - b[k]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

export function concatBytes(...parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const pair = new Uint8Array(64);

/** keccak of two nodes, the smaller first: the order of the children need not be known to prove. */
export function hashPair(a: Bytes, b: Bytes): Bytes {
  const swap = compareBytes(a, b) > 0;
  pair.set(swap ? b : a, 0);
  pair.set(swap ? a : b, 32);
  return keccak_256(pair);
}
