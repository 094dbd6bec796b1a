import type { RecordedLine } from "../ctoken/recorded-line.js";

/** Contract that a recorded call goes to. Touching one without a log changes nothing in Compound v2. */
export function touchedBy(line: RecordedLine): readonly string[] {
  const market = line.action.market;
  return typeof market === "string" ? [market.toLowerCase()] : [];
}
