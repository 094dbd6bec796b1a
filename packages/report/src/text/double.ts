import { fullAmount, shortAmount } from "./amount.js";
import { escapeText } from "./escape.js";

/** The digits that a double is written with, as an integer and how many of them stand after the point. */
function digitsOf(value: number): { readonly units: bigint; readonly decimals: number } {
  const [mantissa = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const decimals = digits.length - 1 - Number(power);
  const units = BigInt(digits) * 10n ** BigInt(Math.max(0, -decimals));
  return { units: value < 0 ? -units : units, decimals: Math.max(0, decimals) };
}

/** The shortest digits that give the double back, grouped, never scientific. Analytics only: claims are integers. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "unbounded" : "undefined";
  const { units, decimals } = digitsOf(value);
  return fullAmount(units, decimals);
}

/** Three significant digits, as `shortAmount` writes them. */
export function shortDouble(value: number): string {
  if (!Number.isFinite(value)) return doubleText(value);
  const { units, decimals } = digitsOf(value);
  return shortAmount(units, decimals);
}

/** Six significant digits: enough that a price and what it should be are told apart. */
export const labelDouble = (value: number): string =>
  Number.isFinite(value) ? doubleText(Number(value.toPrecision(6))) : doubleText(value);

/** A double in full that a click copies. */
export const doubleFigure = (value: number): string => {
  const text = doubleText(value);
  return `<span class="f" data-copy="${escapeText(text.replaceAll(",", "").replace("−", "-"))}">${escapeText(text)}</span>`;
};

/** A share of a whole, to a hundredth of a percent; never `0%` or `100%` for what is not. */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) return doubleText(share);
  if (share === 0 || share === 1) return `${share * 100}%`;
  if (Math.abs(share) < 0.0001) return share < 0 ? "<−0.01%" : "<0.01%";
  if (share < 1 && share > 0.9999) return ">99.99%";
  return `${doubleText(Math.round(share * 10_000) / 100)}%`;
}
