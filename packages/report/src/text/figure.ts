import { amountParts, fullAmount } from "./amount.js";
import { escapeText, shortName } from "./escape.js";

/** Digits from here on differ from those of the figure beside it; counted from the right, in base units. */
export interface FigureMarks {
  readonly differing?: number;
}

/**
 * An amount in full that a click copies: `value` holds base units, `data-d` the decimals. Gaps in the fraction
 * are margins, so that a plain selection copies the digits without spaces.
 */
export function figure(units: bigint, decimals: number, marks: FigureMarks = {}): string {
  const { whole, fraction } = amountParts(units, decimals);
  const sign = units < 0n ? "−" : "";
  const differing = marks.differing ?? 0;
  const wholeMarked = Math.max(0, differing - decimals);
  const parts = [marked(`${sign}${whole}`, wholeMarked)];
  if (fraction.length > 0) {
    let left = decimals;
    const groups = fraction.map((group, index) => {
      const text = marked(group, Math.max(0, Math.min(group.length, differing - (left - group.length))));
      left -= group.length;
      return index === 0 ? `.${text}` : `<i>${text}</i>`;
    });
    parts.push(`<span class="q">${groups.join("")}</span>`);
  }
  return `<data class="f" value="${units}" data-d="${decimals}">${parts.join("")}</data>`;
}

/** The last `count` digits in a mark; group separators between them are taken along. */
function marked(text: string, count: number): string {
  if (count <= 0) return text;
  let at = text.length;
  for (let digits = 0; at > 0 && digits < count; at--) if (/\d/.test(text[at - 1] ?? "")) digits++;
  return `${text.slice(0, at)}<mark>${text.slice(at)}</mark>`;
}

/** How many digits of two amounts differ, from the first difference to the end; 0 if they are equal. */
export function differingDigits(a: bigint, b: bigint): number {
  if (a === b) return 0;
  const [x, y] = [`${a}`.replace("-", ""), `${b}`.replace("-", "")];
  const length = Math.max(x.length, y.length);
  const left = x.padStart(length, "0");
  const right = y.padStart(length, "0");
  for (let at = 0; at < length; at++) if (left[at] !== right[at]) return length - at;
  return length;
}

/** A difference: sign always, zero a plain dim 0, never dimmed otherwise. */
export function differenceFigure(units: bigint, decimals: number): string {
  if (units === 0n) return `<data class="f none" value="0" data-d="${decimals}">0</data>`;
  const text = fullAmount(units, decimals);
  const signed = units > 0n ? `+${text}` : text;
  return `<data class="f alarm" value="${units}" data-d="${decimals}">${signed}</data>`;
}

/** A name that may be long: short on the page, whole in its title and when copied. */
export function nameCode(text: string): string {
  const short = shortName(text);
  if (short === text) return `<code>${escapeText(text)}</code>`;
  return `<code class="f" data-copy="${escapeText(text)}" title="${escapeText(text)}">${escapeText(short)}</code>`;
}
