import { EntryTree } from "./entry-tree.js";
import { LiabilityReader } from "./liability-rows.js";
import { liabilityTree } from "./liability-tree.js";
import { type EntryProof, type HolderProof, ProofError } from "./proof.js";
import { historyOf, isBlockLine } from "./roots.js";

/**
 * Proof that a journal has an entry. `lines` are those of `journal.jsonl`; `history` names the journal where there
 * are several.
 *
 * @throws {ProofError} there is no such journal or entry.
 */
export function proveEntry(lines: Iterable<string>, sequence: number, history?: string): EntryProof {
  let open: string | undefined;
  let proved: { readonly history: string; readonly tree: EntryTree; entry?: string } | undefined;
  const known: string[] = [];
  for (const line of lines) {
    const header = historyOf(line);
    if (header !== undefined) {
      known.push(header);
      open = header;
      if (history === undefined && known.length > 1) {
        throw new ProofError("history", `one of: ${known.join(", ")}, …`, "nothing");
      }
      if (history === undefined || header === history) {
        proved = { history: header, tree: new EntryTree(sequence) };
      }
    } else if (proved && open === proved.history && !isBlockLine(line)) {
      if (proved.tree.size === sequence) proved.entry = line;
      proved.tree.add(line);
    }
  }
  if (!proved) throw new ProofError("history", `one of: ${known.join(", ")}`, history ?? "nothing");
  const { entry, tree } = proved;
  const entries = tree.size;
  if (entry === undefined) throw new ProofError("sequence", `0 to ${entries - 1}`, `${sequence}`);
  return { kind: "entry", history: proved.history, sequence, entries, entry, ...tree.end() };
}

/** Which of a holder's claims are to be proved; all of them where nothing is said. */
export interface ClaimChoice {
  readonly history?: string;
  readonly pool?: string;
  readonly class?: string;
}

/**
 * Proofs of all that an account is owed. `lines` are those of `liabilities.csv`.
 *
 * @throws {ProofError} nothing is owed to it, or a balance of its class has more than 128 bits.
 */
export function proveHolder(
  lines: Iterable<string>,
  account: string,
  choice: ClaimChoice = {},
): readonly HolderProof[] {
  const wanted = account.toLowerCase();
  const proofs: HolderProof[] = [];
  const reader = new LiabilityReader((table) => {
    const chosen = (["history", "pool", "class"] as const).every(
      (key) => choice[key] === undefined || table[key].toLowerCase() === choice[key].toLowerCase(),
    );
    const index = chosen ? table.rows.findIndex((row) => row.account.toLowerCase() === wanted) : -1;
    if (index === -1) return;
    const built = liabilityTree(table);
    if (!built) throw new ProofError("balance", "balances of 128 bits", `more in ${table.pool}`);
    const { tree, leaves } = built;
    proofs.push({
      kind: "holder",
      history: table.history,
      pool: table.pool,
      class: table.class,
      asset: table.asset,
      account: table.rows[index]!.account,
      salt: leaves[index]!.salt,
      balance: leaves[index]!.balance,
      total: tree.total,
      path: tree.proof(index),
      root: tree.root,
    });
  });
  for (const line of lines) reader.line(line);
  reader.end();
  if (proofs.length === 0) throw new ProofError("account", "an account that is owed something", account);
  return proofs;
}
