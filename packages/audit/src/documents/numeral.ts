/** A number as text writes it, taken apart without a double in between: value = ± digits · 10^exponent. */
export interface Numeral {
  readonly negative: boolean;
  /** Significant digits, without zeros at either end; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
  readonly scientific: boolean;
}

const NUMERAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Undefined where the text is no plain decimal number. */
export function parseNumeral(text: string): Numeral | undefined {
  const found = text.length <= 400 ? NUMERAL.exec(text.trim()) : null;
  if (!found) return undefined;
  const [, sign, whole = "", fraction = "", power] = found;
  const padded = `${whole}${fraction}`.replace(/^0+/, "");
  const digits = padded.replace(/0+$/, "");
  return {
    negative: sign === "-",
    digits,
    exponent: digits === "" ? 0 : Number(power ?? 0) - fraction.length + (padded.length - digits.length),
    scientific: power !== undefined,
  };
}

/** Digits before the point; 0 or less for a number below 1. */
export const magnitudeOf = ({ digits, exponent }: Numeral): number => digits.length + exponent;

export const isFraction = ({ exponent }: Numeral): boolean => exponent < 0;

/** Whether two spellings are of one value. */
export const sameValue = (a: Numeral, b: Numeral): boolean =>
  a.digits === b.digits && a.exponent === b.exponent && (a.digits === "" || a.negative === b.negative);

/** The number in units of 10^-places; undefined where it has more digits after the point than that. */
export function unitsOf(numeral: Numeral, places: number): bigint | undefined {
  const power = numeral.exponent + places;
  if (power < 0 || power > 400) return numeral.digits === "" ? 0n : undefined;
  const size = BigInt(numeral.digits || "0") * 10n ** BigInt(power);
  return numeral.negative ? -size : size;
}
