/** A day for people from a Unix time in seconds or milliseconds; any other text as it is. */
export function dateOf(text: string): string {
  if (!/^(\d{10}|\d{13})$/.test(text)) return text;
  const milliseconds = Number(text) * (text.length === 10 ? 1000 : 1);
  return new Date(milliseconds).toISOString().slice(0, 10);
}

export const sumOf = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((sum, amount) => sum + amount, 0n);
