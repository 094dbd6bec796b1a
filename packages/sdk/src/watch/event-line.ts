import { canonicalJson } from "@shortfall/core";
import { EventLineError } from "./errors.js";
import { EVENT_FORMAT, type WatchEvent, type WatchNews } from "./event.js";

/** Members that hold an amount, at whatever depth. */
const AMOUNTS = new Set([
  "amount",
  "collateral",
  "debt",
  "difference",
  "open",
  "recomputed",
  "recovered",
  "reported",
  "shortfall",
  "uncovered",
]);

/** One line of JSON without its line feed: members sorted, amounts as decimal strings. The same event, the same bytes. */
export const eventLine = (event: WatchNews): string => canonicalJson({ format: EVENT_FORMAT, ...event });

/**
 * An event out of its line.
 *
 * @throws {EventLineError} it is none, or of a later format.
 */
export function readEventLine(text: string): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EventLineError("(line)", "JSON", text.slice(0, 80), { cause });
  }
  const { format, ...event } = (value ?? {}) as Record<string, unknown>;
  if (format !== EVENT_FORMAT) throw new EventLineError("format", EVENT_FORMAT, String(format));
  if (typeof event.sequence !== "number" || !Number.isSafeInteger(event.sequence)) {
    throw new EventLineError("sequence", "a whole number", String(event.sequence));
  }
  // A finding compares texts, which need not be numbers.
  return (event.type === "finding" ? event : withAmounts(event)) as WatchEvent;
}

function withAmounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAmounts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      AMOUNTS.has(key) ? amountOf(key, member) : withAmounts(member),
    ]),
  );
}

function amountOf(key: string, value: unknown): bigint {
  if (typeof value === "string" && /^(0|-?[1-9]\d*)$/.test(value)) return BigInt(value);
  throw new EventLineError(key, "a decimal integer as text", String(value));
}
