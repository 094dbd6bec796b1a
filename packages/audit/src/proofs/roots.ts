import { canonicalJson } from "@shortfall/core";
import { jsonArray } from "../report/json-array.js";
import { EntryTree } from "./entry-tree.js";
import { type HistoryLiabilities, liabilityTree } from "./liability-tree.js";

/** Name of the file of roots in a report folder. */
export const ROOTS_NAME = "roots.json";
export const ROOTS_FORMAT = "shortfall-roots/1";

/** Root over the entries of one history's journal. */
export interface EntriesRoot {
  readonly history: string;
  readonly entries: number;
  readonly root: string;
}

/** Root over what a pool owes one class. */
export interface LiabilitiesRoot {
  readonly history: string;
  readonly pool: string;
  readonly class: string;
  readonly asset: string;
  readonly holders: number;
  readonly total: bigint;
  /** Null where there is no tree: nobody is owed anything, or somebody more than 128 bits. */
  readonly root: string | null;
}

/** Text of `roots.json`. */
export function* rootsText(
  entries: readonly EntriesRoot[],
  liabilities: readonly LiabilitiesRoot[],
): Generator<string> {
  yield `{"format":${canonicalJson(ROOTS_FORMAT)},"entries":`;
  yield* jsonArray(entries);
  yield ',"liabilities":';
  yield* jsonArray(liabilities);
  yield "}\n";
}

export function liabilitiesRoot(table: HistoryLiabilities): LiabilitiesRoot {
  return {
    history: table.history,
    pool: table.pool,
    class: table.class,
    asset: table.asset,
    holders: table.rows.length,
    total: table.rows.reduce((sum, { assets }) => sum + assets, 0n),
    root: liabilityTree(table)?.tree.root ?? null,
  };
}

/** Roots of the journals in a `journal.jsonl`, given in pieces. */
export function entriesRoots(pieces: Iterable<string>): EntriesRoot[] {
  const roots: EntriesRoot[] = [];
  let open: { readonly history: string; readonly tree: EntryTree } | undefined;
  const close = (): void => {
    if (open) roots.push({ history: open.history, entries: open.tree.size, root: open.tree.end().root });
  };
  for (const line of linesOf(pieces)) {
    const history = historyOf(line);
    if (history !== undefined) {
      close();
      open = { history, tree: new EntryTree() };
    } else if (!isBlockLine(line)) open?.tree.add(line);
  }
  close();
  return roots;
}

/** History that a header line of a journal names; undefined for other lines. */
export const historyOf = (line: string): string | undefined =>
  line.startsWith('{"format":') ? (JSON.parse(line) as { readonly history: string }).history : undefined;

/** Whether a line of a journal is a block. Canonical lines sort their keys, and no entry has such a member. */
export const isBlockLine = (line: string): boolean => line.startsWith('{"block":{');

/** Lines of a text that comes in pieces. */
export function* linesOf(pieces: Iterable<string>): Generator<string> {
  let rest = "";
  for (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
