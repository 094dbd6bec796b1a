import { type JsonObject, member, parseNumeral } from "../documents/index.js";
import type { QualityFinding } from "./finding.js";
import { Shown } from "./tally.js";

/** A member that one record in so many lacks is missing; one that more lack is optional. */
const FEW = 20;
/** Objects of more members are tables of their own, not records. */
const MOST_MEMBERS = 100;

/** Addresses, hashes and numbers as keys are data; words are names. */
export const isIdentifier = (key: string): boolean => /^(0x[0-9a-fA-F]{8,}|\d+)$/.test(key);

export const isKeyed = (node: JsonObject): boolean =>
  node.members.length > 0 && node.members.every(([key]) => isIdentifier(key));

/** Whether the keys of an object are data: many numbers of one kind, or several objects that have the same members. */
export function namesData(node: JsonObject): boolean {
  if (isKeyed(node)) return true;
  const values = node.members.map(([, value]) => value);
  if (values.length < 3) return false;
  const { kind } = values[0]!;
  if (kind === "number" || kind === "string") {
    return values.length >= 8 && values.every((value) => value.kind === kind && parseNumeral(value.text));
  }
  const keys = values.map((value) => (value.kind === "object" ? value.members.map(([key]) => key) : []));
  const common = keys[0]!.filter((key) => keys.every((list) => list.includes(key))).length;
  return common >= 2 && keys.every((list) => common * 2 > list.length);
}

/** What an object says its amounts are scaled by: the member that the token standard calls `decimals`. */
export function declaredDecimals(node: JsonObject): number | undefined {
  const value = member(node, "decimals");
  if (!value || value.kind === "array" || value.kind === "object") return undefined;
  return /^\d{1,2}$/.test(value.text) && Number(value.text) <= 77 ? Number(value.text) : undefined;
}

/** Texts of a record that may say which market it is of. */
export function labelsOf(node: JsonObject): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [key, value] of node.members) {
    if (value.kind === "string" && namesMarket(value.text)) labels.set(`"${key}"`, value.text.toLowerCase());
  }
  return labels;
}

/** An address, or what looks like the symbol of a token: short, with two capitals. */
const namesMarket = (text: string): boolean =>
  /^0x[0-9a-fA-F]{40}$/.test(text) ||
  (text.length <= 12 && /[A-Z].*[A-Z]/.test(text) && /^[\w.-]+$/.test(text));

/** Which members the records of a list have, so that one which lacks what the others have is found. */
export class RecordShapes {
  readonly #lists = new Map<string, { count: number; keys: Map<string, number> }>();
  readonly #lacking = new Shown();

  add(node: JsonObject, path: string, at: string): void {
    const own = new Set(node.members.map(([key]) => key));
    if (own.size > MOST_MEMBERS || isKeyed(node)) return;
    const list = this.#lists.get(path) ?? { count: 0, keys: new Map<string, number>() };
    this.#lists.set(path, list);
    list.count++;
    for (const key of own) list.keys.set(key, (list.keys.get(key) ?? 0) + 1);
    for (const key of list.keys.keys()) {
      if (!own.has(key)) this.#lacking.add(`${path}/${key}`, { line: node.line, at }, "(not there)");
    }
  }

  findings(file: string): QualityFinding[] {
    return [...this.#lists].flatMap(([path, { count: of, keys }]) => {
      // Records that have little in common are of several kinds.
      const always = [...keys.values()].filter((present) => present === of).length;
      if (always * 2 < keys.size) return [];
      return [...keys].flatMap(([key, present]) => {
        const count = of - present;
        if (count === 0 || count * FEW > of) return [];
        const column = `${path}/${key}`;
        const examples = this.#lacking.get(column)?.list ?? [];
        const message = `${count} of ${of} records lack "${key}", which the others have.`;
        return [{ class: "missing-member", severity: "broken", file, column, count, of, message, examples }];
      });
    });
  }
}
