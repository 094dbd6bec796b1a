/** Digits that lie empty between the markets of two kinds. */
const GAP = 6;
const FEWEST = 3;
/** Fewer digits are dust of any token. */
const DUST_DIGITS = 4;

/** Groups of one column that look as if their tokens had different decimals. */
export interface MixedGroups {
  readonly gap: number;
  /** Values in the groups of fewer digits. */
  readonly below: number;
  readonly examples: readonly string[];
}

/**
 * Whether the groups of a column fall into two kinds, told by the digits their middle value has. A group is what
 * shares a label, such as a market; groups of which hardly any value repeats a label tell nothing.
 */
export function mixedGroups(groups: ReadonlyMap<string, readonly number[]>): MixedGroups | undefined {
  const values = [...groups.values()].reduce((sum, list) => sum + list.length, 0);
  if (groups.size < 2 || groups.size * 2 > values) return undefined;
  const middles = [...groups]
    .map(([label, list]) => ({ label, size: list.length, middle: middleOf(list) }))
    .sort((a, b) => a.middle - b.middle || (a.label < b.label ? -1 : 1));
  for (let cut = 1; cut < middles.length; cut++) {
    const gap = middles[cut]!.middle - middles[cut - 1]!.middle;
    const lower = middles.slice(0, cut);
    const below = lower.reduce((sum, { size }) => sum + size, 0);
    if (gap < GAP || middles[cut - 1]!.middle < DUST_DIGITS || below < FEWEST || values - below < FEWEST)
      continue;
    const show = ({ label, middle }: { label: string; middle: number }): string =>
      `${label}: ${middle} digits`;
    return { gap, below, examples: [show(middles[cut - 1]!), show(middles[cut]!)] };
  }
  return undefined;
}

const middleOf = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
