import { Fields, fromHex, isShortfallError, ShortfallError, verifySumProof } from "@shortfall/core";
import { type PathStep, rootFromPath } from "./entry-tree.js";
import { accountBytes } from "./liability-tree.js";

export const PROOF_FORMAT = "shortfall-proof/1";

/** That an entry is in a journal, without the rest of it. */
export interface EntryProof {
  readonly kind: "entry";
  readonly history: string;
  readonly sequence: number;
  /** Entries of the whole journal. */
  readonly entries: number;
  /** The entry's line, as the journal has it. */
  readonly entry: string;
  readonly path: readonly PathStep[];
  readonly root: string;
}

/** That a holder is counted in what a pool owes, without the other holders. */
export interface HolderProof {
  readonly kind: "holder";
  readonly history: string;
  readonly pool: string;
  readonly class: string;
  readonly asset: string;
  readonly account: string;
  /** Hides the account in the tree. Whoever gets this proof learns it. */
  readonly salt: string;
  readonly balance: bigint;
  /** Owed to the whole class. */
  readonly total: bigint;
  readonly path: readonly { readonly hash: string; readonly sum: bigint; readonly left: boolean }[];
  readonly root: string;
}

export type Proof = EntryProof | HolderProof;

/** A proof file. */
export interface ProofFile {
  readonly format: typeof PROOF_FORMAT;
  readonly proofs: readonly Proof[];
}

/** A file that is no proof, or what is to be proved is not in the report. */
export class ProofError extends ShortfallError {
  readonly code = "SF_PROOF";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Proof, ${field}: expected ${expected}, got ${received}.`);
  }
}

/**
 * Reads a proof file back. Its proofs are not yet checked.
 *
 * @throws {ProofError} it is none. @throws {SyntaxError} it is not JSON.
 */
export function parseProofs(text: string): readonly Proof[] {
  const fields = new Fields(
    JSON.parse(text),
    "",
    (field, expected, received) => new ProofError(field, expected, received),
  );
  if (fields.string("format") !== PROOF_FORMAT) {
    throw new ProofError("format", `"${PROOF_FORMAT}"`, JSON.stringify(fields.raw("format")));
  }
  return fields.objects("proofs").map((proof) => {
    const kind = proof.string("kind");
    if (kind === "entry") return readEntryProof(proof);
    if (kind === "holder") return readHolderProof(proof);
    throw new ProofError("kind", '"entry" or "holder"', JSON.stringify(kind));
  });
}

/**
 * What is wrong with a proof by itself; undefined if it leads to its root. Whether that root is the right one only
 * a copy of the root from elsewhere can tell.
 */
export function proofFault(proof: Proof): string | undefined {
  return proof.kind === "entry" ? entryFault(proof) : holderFault(proof);
}

function entryFault({ entry, sequence, path, root }: EntryProof): string | undefined {
  const reached = rootFromPath(entry, path);
  if (reached !== root) return `the path leads to ${reached}, not ${root}`;
  const own = /"sequence":(\d+)\}$/.exec(entry)?.[1];
  return own === `${sequence}` ? undefined : `the entry is number ${own ?? "none"}, not ${sequence}`;
}

function holderFault({ account, salt, balance, total, path, root }: HolderProof): string | undefined {
  const bytes = accountBytes(account);
  const leaf = {
    account: `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`,
    salt,
    balance,
  };
  try {
    for (const { hash } of path) if (fromHex(hash).length !== 32) return "a hash on the path is not 32 bytes";
    return verifySumProof(root, total, leaf, path)
      ? undefined
      : "the path does not lead to the root and total";
  } catch (error) {
    if (!isShortfallError(error)) throw error;
    return error.message;
  }
}

const readEntryProof = (fields: Fields): EntryProof => ({
  kind: "entry",
  history: fields.string("history"),
  sequence: fields.integer("sequence"),
  entries: fields.integer("entries"),
  entry: fields.string("entry"),
  path: fields.objects("path").map((step) => ({ hash: step.string("hash"), left: step.boolean("left") })),
  root: fields.string("root"),
});

const readHolderProof = (fields: Fields): HolderProof => ({
  kind: "holder",
  history: fields.string("history"),
  pool: fields.string("pool"),
  class: fields.string("class"),
  asset: fields.string("asset"),
  account: fields.string("account"),
  salt: fields.string("salt"),
  balance: fields.amount("balance", true),
  total: fields.amount("total", true),
  path: fields.objects("path").map((step) => ({
    hash: step.string("hash"),
    sum: step.amount("sum", true),
    left: step.boolean("left"),
  })),
  root: fields.string("root"),
});
