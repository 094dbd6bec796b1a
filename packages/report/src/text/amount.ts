import { abs } from "@shortfall/math";

/** How a figure's digits are set: the whole part in groups, then the fraction in groups of three. */
export interface AmountParts {
  readonly whole: string;
  /** Without the point; empty for amounts in base units. */
  readonly fraction: readonly string[];
}

/** Digits of an absolute amount, split without any loss. */
export function amountParts(units: bigint, decimals: number): AmountParts {
  const digits = abs(units)
    .toString()
    .padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = digits.slice(digits.length - decimals).match(/.{1,3}/g) ?? [];
  return { whole, fraction: decimals === 0 ? [] : fraction };
}

/** Full precision with all decimals, minus as U+2212: `−1,234.500000`. */
export function fullAmount(units: bigint, decimals: number): string {
  const { whole, fraction } = amountParts(units, decimals);
  return `${units < 0n ? "−" : ""}${whole}${fraction.length > 0 ? `.${fraction.join("")}` : ""}`;
}

/** Suffixes of the short form; above, the power of ten is written out. */
const SUFFIXES = ["", "k", "m", "bn", "tn"] as const;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * Three significant digits for axes, rounded half away from zero: `12.8k`, `1.68m`, `3×10¹⁸`. Nothing is ever
 * computed from it.
 */
export function shortAmount(units: bigint, decimals: number): string {
  const sign = units < 0n ? "−" : "";
  const size = abs(units);
  if (size === 0n) return "0";
  let exponent = size.toString().length - 1;
  let digits =
    exponent >= 3 ? roundHalfUp(size, 10n ** BigInt(exponent - 2)) : size * 10n ** BigInt(2 - exponent);
  if (digits === 1000n) {
    digits = 100n;
    exponent++;
  }
  // The value is digits × 10^(exponent − 2) base units; in tokens the first digit stands at this power of ten.
  const power = exponent - decimals;
  if (power >= 0 && power < SUFFIXES.length * 3) {
    const step = Math.floor(power / 3);
    return `${sign}${pointed(digits, power - step * 3)}${SUFFIXES[step]}`;
  }
  if (power < 0 && power >= -4) return `${sign}${pointed(digits, power)}`;
  const superscript = [...`${Math.abs(power)}`].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${sign}${pointed(digits, 0)}×10${power < 0 ? "⁻" : ""}${superscript}`;
}

/** Three digits with the first one at a power of ten, trailing zeros after the point left out. */
function pointed(digits: bigint, power: number): string {
  const text = power < 0 ? `${"0".repeat(-power)}${digits}` : `${digits}`;
  const whole = power < 0 ? 1 : power + 1;
  const fraction = text.slice(whole).replace(/0+$/, "");
  return `${text.slice(0, whole)}${fraction === "" ? "" : `.${fraction}`}`;
}

const roundHalfUp = (value: bigint, divisor: bigint): bigint => (2n * value + divisor) / (2n * divisor);

/**
 * Part of a whole as a percentage with one decimal, rounded half away from zero by integers; never `0.0%` or
 * `100%` for what is not.
 */
export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n || part === 0n) return "0%";
  if (part === whole) return "100%";
  const tenths = roundHalfUp(abs(part) * 1000n, abs(whole));
  const sign = part < 0n !== whole < 0n ? "−" : "";
  if (tenths === 0n) return `<${sign}0.1%`;
  if (tenths === 1000n && abs(part) < abs(whole)) return ">99.9%";
  return `${sign}${tenths / 10n}${tenths % 10n === 0n ? "" : `.${tenths % 10n}`}%`;
}

/** `33` → `33`, `1234` → `1,234`. */
export const countText = (count: number): string => `${count}`.replace(/\B(?=(\d{3})+$)/g, ",");
