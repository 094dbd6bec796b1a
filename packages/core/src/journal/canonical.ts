import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { digestText } from "./text-digest.js";

/**
 * Canonical JSON: keys sorted, no spaces, undefined members left out, bigint as a decimal string. The same
 * value gives the same text on any machine.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "bigint") return `"${value}"`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of bytes, lower-case hex. */
export const digestBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** SHA-256 of a value's canonical JSON. */
export const digestValue = (value: unknown): string => digestText(canonicalJson(value));
