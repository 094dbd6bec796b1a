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
interface Platform {
  readonly process?: {
    getBuiltinModule?(name: "node:crypto"): { createHash?(algorithm: "sha256"): PlatformHash } | undefined;
  };
}

/** Hashes with the platform's SHA-256 where there is one: ten times as fast as plain JavaScript, the same digest. */
export function textDigest(): TextDigest {
  // Asked for at first use: browsers and bundlers have nothing to resolve, and importing loads nothing.
  const platform = (globalThis as Platform).process?.getBuiltinModule?.("node:crypto");
  return platform?.createHash ? platformDigest(platform.createHash("sha256")) : plainDigest();
}

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
