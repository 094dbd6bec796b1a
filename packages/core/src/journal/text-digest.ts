import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-256 of texts in sequence, as UTF-8. */
export interface TextDigest {
  update(text: string): TextDigest;
  /** Lower-case hex. Once. */
  digest(): string;
}

/** The part of Node's `node:crypto` that is used. */
interface PlatformHash {
  update(text: string, encoding: "utf8"): unknown;
  digest(encoding: "hex"): string;
}
interface PlatformCrypto {
  createHash?(algorithm: "sha256"): PlatformHash;
  /** Since Node 20.12. */
  hash?(algorithm: "sha256", text: string, encoding: "hex"): string;
}
interface Platform {
  readonly process?: { getBuiltinModule?(name: "node:crypto"): PlatformCrypto | undefined };
}

let found: PlatformCrypto | undefined;

/** Asked for at first use: browsers and bundlers have nothing to resolve, and importing loads nothing. */
function platform(): PlatformCrypto {
  found ??= (globalThis as Platform).process?.getBuiltinModule?.("node:crypto") ?? {};
  return found;
}

/** Hashes with the platform's SHA-256 where there is one: ten times as fast as plain JavaScript, the same digest. */
export function textDigest(): TextDigest {
  const { createHash } = platform();
  return createHash ? platformDigest(createHash("sha256")) : plainDigest();
}

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export const digestText = (text: string): string =>
  platform().hash?.("sha256", text, "hex") ?? textDigest().update(text).digest();

/** The same in plain JavaScript. */
export function plainDigest(): TextDigest {
  const hash = sha256.create();
  const result: TextDigest = {
    update(text) {
      hash.update(utf8ToBytes(text));
      return result;
    },
    digest: () => bytesToHex(hash.digest()),
  };
  return result;
}

function platformDigest(hash: PlatformHash): TextDigest {
  const result: TextDigest = {
    update(text) {
      hash.update(text, "utf8");
      return result;
    },
    digest: () => hash.digest("hex"),
  };
  return result;
}
