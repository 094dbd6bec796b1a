/** Amounts by name, as a layer's state keeps them. Any text is a name, `constructor` and `__proto__` too. */
export type Amounts = Readonly<Record<string, bigint>>;

/** Amount under a name, 0 where there is none. */
export const amountAt = (amounts: Amounts, name: string): bigint =>
  Object.hasOwn(amounts, name) ? amounts[name]! : 0n;

/** The same amounts with some changed by signed amounts. */
export function changeAmounts(
  amounts: Amounts,
  changes: Iterable<readonly [name: string, change: bigint]>,
): Amounts {
  const next = new Map(Object.entries(amounts));
  for (const [name, change] of changes) next.set(name, (next.get(name) ?? 0n) + change);
  return Object.fromEntries(next);
}
