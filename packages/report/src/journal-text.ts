import { journalLines } from "@shortfall/audit";
import type { Journal } from "@shortfall/core";

/** Characters of journal that a page carries at most; beyond, the folder's file and the command prove it. */
export const LARGEST_JOURNAL = 32 << 20;

/** The text of `journal.jsonl`, or undefined if it is too large for a page. */
export function journalText(
  journals: Iterable<{ readonly name: string; readonly journal: Journal }>,
): string | undefined {
  const lines: string[] = [];
  let length = 0;
  for (const { name, journal } of journals) {
    for (const line of journalLines(name, journal)) {
      length += line.length;
      if (length > LARGEST_JOURNAL) return undefined;
      lines.push(line);
    }
  }
  return lines.join("");
}
