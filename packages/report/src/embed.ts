import { deflateSync, strToU8 } from "fflate";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of bytes, the same in Node and in browsers. */
export function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let piece = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const a = bytes[at] ?? 0;
    const b = bytes[at + 1];
    const c = bytes[at + 2];
    piece += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    piece += b === undefined ? "=" : ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    piece += c === undefined ? "=" : ALPHABET.charAt(c & 63);
    if (piece.length > 8192) {
      pieces.push(piece);
      piece = "";
    }
  }
  return pieces.join("") + piece;
}

/** Base64 of a digest in hexadecimal, as a content security policy names it. */
export const base64OfHex = (hex: string): string =>
  base64(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));

/**
 * A text as a data block of the page: raw deflate, base64. Compressed in plain JavaScript, so that the bytes do
 * not depend on the machine.
 */
export const packedBlock = (id: string, text: string): string =>
  `<script type="application/octet-stream" id="${id}">${base64(deflateSync(strToU8(text), { level: 6 }))}</script>\n`;

/** A small value as a data block; `<` is escaped, so that no text of the input can end it. */
export const jsonBlock = (id: string, value: unknown): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll("<", "\\u003c")}</script>\n`;
