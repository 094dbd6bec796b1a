import { type Claim, onlyAmount, requireAddress, requireAmount } from "./claim.js";
import { ClaimError } from "./errors.js";
import type { ClaimTree } from "./tree.js";

/** What a distributor needs: root, totals, and each claim with its leaf and proof. */
export interface ClaimTreeDump {
  readonly format: "shortfall-claims/1";
  readonly family: string;
  readonly root: string;
  readonly leaves: number;
  /** Per token; key "" where the tree does not name its token. */
  readonly total: Readonly<Record<string, string>>;
  readonly claims: readonly {
    readonly index: number;
    readonly account: string;
    readonly amounts: readonly { readonly token: string; readonly amount: string }[];
    readonly leaf: string;
    readonly proof: readonly string[];
  }[];
}

/** The whole tree with all proofs, as plain JSON data. */
export function dumpClaimTree(tree: ClaimTree): ClaimTreeDump {
  return {
    format: "shortfall-claims/1",
    family: tree.family,
    root: tree.root,
    leaves: tree.claims.length,
    total: Object.fromEntries([...tree.totals].map(([token, sum]) => [token, sum.toString()])),
    claims: tree.claims.map((claim, index) => ({
      index,
      account: claim.account,
      amounts: claim.amounts.map(({ token, amount }) => ({ token, amount: amount.toString() })),
      leaf: tree.leaf(index),
      proof: tree.proof(index),
    })),
  };
}

/**
 * `account,amount,leaf` lines of a single-token tree, for a spreadsheet.
 *
 * @throws {ClaimError} a claim has several amounts.
 */
export function claimTreeCsv(tree: ClaimTree): string {
  if (tree.family === "indexed-multi") throw new ClaimError("family", "a single-token tree", tree.family);
  const lines = tree.claims.map(
    (claim, index) => `${claim.account},${onlyAmount(claim)},${tree.leaf(index)}`,
  );
  return `account,amount,leaf\n${lines.join("\n")}\n`;
}

/**
 * Reads a dump back; proofs stay as they are, to be verified.
 *
 * @throws {ClaimError} it is not a dump of a claims tree.
 */
export function parseClaimDump(document: unknown): ClaimTreeDump {
  const dump = document as Partial<ClaimTreeDump> | null;
  if (typeof dump !== "object" || dump === null || dump.format !== "shortfall-claims/1") {
    throw new ClaimError(
      "file",
      'a dump of format "shortfall-claims/1"',
      JSON.stringify(dump?.format) ?? "nothing",
    );
  }
  const { family, root, claims } = dump;
  if (typeof family !== "string" || typeof root !== "string" || !Array.isArray(claims)) {
    throw new ClaimError("file", "family, root and claims", Object.keys(dump).join(", "));
  }
  return {
    ...dump,
    format: dump.format,
    family,
    root,
    claims,
    leaves: claims.length,
    total: dump.total ?? {},
  };
}

/** Claims of a dump, checked. @throws {ClaimError} naming the entry. */
export const dumpedClaims = (dump: ClaimTreeDump): Claim[] =>
  dump.claims.map((entry, index) => ({
    account: requireAddress(entry.account, `entry ${index}, account`),
    amounts: entry.amounts.map(({ token, amount }, k) => ({
      token: token === "" ? "" : requireAddress(token, `entry ${index}, token ${k}`),
      amount: requireAmount(amount, `entry ${index}, amount ${k}`),
    })),
  }));
