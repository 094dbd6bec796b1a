import type { Waterfall } from "./waterfall.js";

export interface WaterfallPictureOptions {
  /** Pixels. 640 where absent. */
  readonly width?: number;
  /** Writes an amount for people. Groups of three digits where absent. */
  readonly format?: (amount: bigint) => string;
}

const ROW = 44;
const TOP = 34;
const LABEL = 210;
const RIGHT = 16;
/** Of the picture's width, what a layer without end is drawn with. */
const OPEN_SHARE = 25n;
/** Hatch of a layer whose capacity has no end. */
const PATTERN =
  '<pattern id="open" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#dbe4f0"/><rect width="3" height="8" fill="#8aa4c8"/></pattern>';

/**
 * A waterfall as a picture: one bar a layer, from its attachment point (what must be lost before it pays) to
 * its detachment point (where it is used up), on one common scale. Self-contained SVG, readable in print.
 *
 * @param capacities what each layer could take, as `layerCapacities` gives them.
 */
export function waterfallSvg(
  waterfall: Waterfall,
  capacities: readonly (bigint | "unlimited")[],
  options: WaterfallPictureOptions = {},
): string {
  const width = options.width ?? 640;
  const format = options.format ?? groupDigits;
  const spans = attachmentPoints(capacities);
  const finite = spans.reduce(
    (most, span) => (span.to !== "unlimited" && span.to > most ? span.to : most),
    0n,
  );
  const open = spans.some((span) => span.to === "unlimited");
  const scale = open ? (finite * (100n + OPEN_SHARE)) / 100n : finite;
  const room = width - LABEL - RIGHT;
  const x = (amount: bigint): number =>
    scale === 0n ? LABEL : LABEL + Number((amount * BigInt(room) * 10n) / scale) / 10;
  const rows = waterfall.layers.map((layer, index) => {
    const span = spans[index]!;
    const top = TOP + index * ROW;
    const end = span.to === "unlimited" ? width - RIGHT : x(span.to);
    const length = Math.max(1, end - x(span.from));
    const reach = span.to === "unlimited" ? "and beyond" : `to ${format(span.to)}`;
    return [
      `<g><title>${escapeXml(`${layer.id}: ${layer.policy.describe(layer.parameters)}`)}</title>`,
      `<text x="8" y="${top + 16}" font-weight="600">${escapeXml(clip(layer.id))}</text>`,
      `<text x="8" y="${top + 32}" fill="#5a6472">${escapeXml(clip(layer.policy.title))}</text>`,
      `<rect x="${round(x(span.from))}" y="${top + 4}" width="${round(length)}" height="18" rx="2" fill="${
        span.to === "unlimited" ? "url(#open)" : "#3d6fb4"
      }"/>`,
      `<text x="${round(Math.min(x(span.from), width - RIGHT - 190))}" y="${top + 36}" fill="#5a6472">${escapeXml(
        `from ${format(span.from)} ${reach}`,
      )}</text></g>`,
    ].join("");
  });
  const height = TOP + waterfall.layers.length * ROW + 12;
  const title = `${waterfall.definition.title ?? waterfall.definition.id}: loss taken by each layer`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<defs>${PATTERN}</defs>`,
    `<text x="8" y="20" font-size="13" font-weight="600">${escapeXml(title)}</text>`,
    ...rows,
    "</svg>",
  ].join("");
}

/** Where a layer starts and ends to pay, if all before it pay what they can. */
export interface AttachmentSpan {
  readonly from: bigint;
  readonly to: bigint | "unlimited";
}

/**
 * Attachment and detachment points of layers with these capacities. A layer
 * below one without end is never reached; it is placed where that one starts.
 */
export function attachmentPoints(capacities: readonly (bigint | "unlimited")[]): AttachmentSpan[] {
  let from = 0n;
  return capacities.map((capacity) => {
    if (capacity === "unlimited") return { from, to: "unlimited" };
    const span = { from, to: from + capacity };
    from = span.to;
    return span;
  });
}

const groupDigits = (amount: bigint): string => amount.toString().replace(/\B(?=(\d{3})+$)/g, " ");

const clip = (text: string): string => (text.length > 30 ? `${text.slice(0, 29)}…` : text);

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeXml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[char] ?? char,
  );
