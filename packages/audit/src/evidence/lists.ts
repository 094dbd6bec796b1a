import { abs } from "@shortfall/math";
import * as z from "zod";
import { sumOf } from "./dates.js";
import { type EvidenceFiles, type TableAt, tableSchema } from "./files.js";
import { defineEvidenceKind, type EvidenceFinding, holds } from "./kind.js";
import { bare, type EvidenceUnit, show, unitSchema } from "./unit.js";

interface ListsDescription {
  readonly unit: EvidenceUnit;
  readonly tolerance: string;
  readonly parts: readonly { readonly name: string; readonly entries: TableAt }[];
  readonly whole: { readonly name: string; readonly entries: TableAt };
}

/** An entry is known by its transaction and the place of its log there. */
const entries = tableSchema(["tx", "amount"], ["logIndex"]);
const list = z.strictObject({ name: z.string(), entries });

const schema: z.ZodType<ListsDescription> = z.strictObject({
  unit: unitSchema,
  tolerance: z.string().default("0"),
  parts: z.array(list).min(1),
  /** The list that is said to hold the entries of all parts. */
  whole: list,
});

/** Amounts of the entries of one key: several where a source leaves out the log index. */
type Entries = Map<string, bigint[]>;

/** Whether one list is the union of others: nothing missing, nothing twice, the same sums. */
export const lists = defineEvidenceKind<ListsDescription>({
  id: "lists",
  title: "a list against the lists it is made of",
  schema,
  reconcile(description, files) {
    const { unit } = description;
    const tolerance = files.figure(description.tolerance, unit);
    const parts = description.parts.map(({ name, entries: table }) => ({
      name,
      entries: read(table, files, unit),
    }));
    const whole = read(description.whole.entries, files, unit);
    const name = description.whole.name;
    const findings = [
      ...repeated(name, whole),
      ...parts.flatMap((part) => repeated(part.name, part.entries)),
      ...overlaps(parts),
      ...parts.flatMap((part) => missing(part.name, part.entries, name, whole, unit, tolerance)),
      ...beyond(parts, name, whole, unit),
    ];
    const counts = parts.map((part) => ({
      name: part.name,
      entries: countOf(part.entries),
      sum: totalOf(part.entries),
    }));
    const total = { name, entries: countOf(whole), sum: totalOf(whole) };
    const sum = sumOf(counts.map((part) => part.sum));
    if (abs(sum - total.sum) > tolerance) {
      findings.push({
        severity: "differs",
        class: "total-differs",
        message: `The parts add up to ${show(sum, unit)}, ${name} to ${show(total.sum, unit)}: ${bare(total.sum - sum, unit)}.`,
      });
    }
    const words = counts.map((part) => `${part.entries} of ${part.name}`).join(" and ");
    return {
      holds: holds(findings),
      verdict:
        findings.length === 0
          ? `${words} are the ${total.entries} of ${name}: none missing, none twice, ${show(total.sum, unit)} in all.`
          : `${words} are not the ${total.entries} of ${name}: ${findings.length} differences.`,
      figures: { parts: counts, whole: total, partsSum: sum },
      findings,
      tables: [],
    };
  },
});

function read(table: TableAt, files: EvidenceFiles, unit: EvidenceUnit): Entries {
  const result: Entries = new Map();
  for (const row of files.rows(table)) {
    const key = `${row.text("tx")} ${row.optional("logIndex") ?? "without log index"}`;
    result.set(key, [...(result.get(key) ?? []), row.amount("amount", unit)]);
  }
  return result;
}

const countOf = (list: Entries): number =>
  [...list.values()].reduce((count, amounts) => count + amounts.length, 0);
const totalOf = (list: Entries): bigint => sumOf([...list.values()].flat());

const differs = (name: string, message: string): EvidenceFinding => ({
  severity: "differs",
  class: name,
  message,
});

const repeated = (name: string, list: Entries): EvidenceFinding[] =>
  [...list]
    .filter(([key, amounts]) => amounts.length > 1 && !key.endsWith("without log index"))
    .map(([key, amounts]) => differs("duplicate-event", `${name} has ${key} ${amounts.length} times.`));

function overlaps(parts: readonly { name: string; entries: Entries }[]): EvidenceFinding[] {
  return parts.flatMap((part, index) =>
    parts
      .slice(index + 1)
      .flatMap((other) =>
        [...part.entries.keys()]
          .filter((key) => other.entries.has(key))
          .map((key) => differs("overlap", `${key} is in ${part.name} and in ${other.name}.`)),
      ),
  );
}

function missing(
  part: string,
  entriesOfPart: Entries,
  name: string,
  whole: Entries,
  unit: EvidenceUnit,
  tolerance: bigint,
): EvidenceFinding[] {
  return [...entriesOfPart].flatMap(([key, amounts]) => {
    const own = sumOf(amounts);
    const there = whole.get(key);
    if (!there)
      return [differs("missing-event", `${key} of ${part}, ${show(own, unit)}, is not in ${name}.`)];
    const difference = sumOf(there) - own;
    if (abs(difference) <= tolerance) return [];
    return [differs("amount-differs", `${key}: ${part} and ${name} differ by ${show(difference, unit)}.`)];
  });
}

function beyond(
  parts: readonly { entries: Entries }[],
  name: string,
  whole: Entries,
  unit: EvidenceUnit,
): EvidenceFinding[] {
  return [...whole]
    .filter(([key]) => parts.every((part) => !part.entries.has(key)))
    .map(([key, amounts]) =>
      differs("unlisted-event", `${key} of ${name}, ${show(sumOf(amounts), unit)}, is in no part.`),
    );
}
