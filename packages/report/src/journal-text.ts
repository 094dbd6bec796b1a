/** Characters of journal that a page carries at most; beyond, the folder's file and the command prove it. */
export const LARGEST_JOURNAL = 32 << 20;

/** The text of `journal.jsonl` out of its pieces, or undefined if it is too large for a page. */
export function journalText(pieces: Iterable<string>): string | undefined {
  const held: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    length += piece.length;
    if (length > LARGEST_JOURNAL) return undefined;
    held.push(piece);
  }
  return held.join("");
}
