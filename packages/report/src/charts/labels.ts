/**
 * Moves labels apart to `gap` at least, in their order, within `from` to `to` where they fit; a label stays where
 * it wants to be if it can.
 */
export function spreadLabels(wanted: readonly number[], gap: number, from: number, to: number): number[] {
  const placed: number[] = [];
  for (const at of wanted) {
    const last = placed[placed.length - 1];
    placed.push(Math.max(at, last === undefined ? from : last + gap));
  }
  let limit = Math.max(to, from + gap * (wanted.length - 1));
  for (let k = placed.length - 1; k >= 0; k--) {
    placed[k] = Math.min(placed[k] ?? limit, limit);
    limit = (placed[k] ?? limit) - gap;
  }
  return placed;
}
