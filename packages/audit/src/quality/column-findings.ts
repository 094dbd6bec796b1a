import { surpriseBits } from "./chance.js";
import { BASE_UNIT_DIGITS, type ColumnCounts } from "./column.js";
import type { QualityClass, QualityFinding, QualitySeverity } from "./finding.js";
import { mixedGroups } from "./scale.js";
import { type Shown, TrialCounts } from "./tally.js";

/** Less than one in a million by accident. */
const SURPRISING_BITS = 20;
/** Where less than three quarters of a column are doubles, the formula behind it may explain some. */
const SURPRISING_BITS_OF_SOME = 40;
/**
 * Where not all are doubles, only those count that lost at least so many bits: a factor of a formula, such as the slope
 * of a rate, makes all its multiples divisible by a few twos.
 */
const TELLING_BITS = 8;
/** What prints a double: 15 digits are always right, 17 tell any two apart. */
const PRINTED_DIGITS = [15, 16, 17];
/** Of so many values printed from floats one may be longer, such as a total added later. */
const STRAY = 20;

/** What was counted over a column. */
export interface ColumnFacts extends ColumnCounts {
  readonly file: string;
  readonly jsonNumbers: number;
  readonly baseUnits: number;
  /** Doubles that have some other binary structure. */
  readonly shortDoubles: number;
  readonly doubles: TrialCounts;
  /** Smallest power of ten in which a value is stated. */
  readonly finest: number;
  /** Digits before the point of the largest amount in whole tokens; −∞ where nobody says that these are amounts. */
  readonly largest: number;
  readonly shapes: readonly { readonly magnitude: number; readonly digits: number; readonly count: number }[];
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  readonly shown: Shown;
}

/** Everything that the counts of a column show, in a fixed order. */
export const findingsOfColumn = (facts: ColumnFacts): QualityFinding[] =>
  [...lostDigits(facts), ...unitFaults(facts), ...spellingFaults(facts)].filter((each) => each !== undefined);

function lostDigits(facts: ColumnFacts): (QualityFinding | undefined)[] {
  const bits = doubleBits(facts);
  // Those of another structure prove nothing, and are doubles all the same.
  const of = facts.doubles.values + facts.shortDoubles;
  const doubles = facts.doubles.hits + facts.shortDoubles;
  const printed = printedDigits(facts);
  return [
    bits === 0
      ? undefined
      : finding(facts, "double-integers", "lost", "double", {
          of,
          bits,
          count: doubles,
          say: (count) =>
            `${count} of ${of} integers that need more than the 53 bits of a double have no more (by accident less than once in 2^${bits}): their low digits were lost before this file was written.`,
        }),
    printed &&
      finding(facts, "float-digits", "lost", `digits-${printed.digits}`, {
        ...printed,
        say: (count) =>
          `${count} of ${printed.of} values that need more than ${printed.digits} significant digits at the places of this column stop there (by accident less than once in 2^${printed.bits}): they were printed from floats.`,
      }),
  ];
}

function unitFaults(facts: ColumnFacts): (QualityFinding | undefined)[] {
  const of = facts.numbers;
  return [
    facts.baseUnits === 0
      ? undefined
      : finding(facts, "fractional-base-units", "lost", "fraction", {
          of,
          say: (count) =>
            `${count} of ${of} values have a fraction among integers of ${BASE_UNIT_DIGITS} digits and more: base units have none.`,
        }),
    finding(facts, "excess-decimals", "lost", "excess", {
      of,
      say: (count) =>
        `${count} of ${of} values have more decimals than the token: they are no whole number of base units.`,
    }),
    finding(facts, "implausible-scale", "hazard", "scale", {
      of,
      say: (count) =>
        `${count} of ${of} values are below a millionth or above 10^18 whole tokens at the decimals declared: check the decimals.`,
    }),
    facts.largest <= -6 && Number.isFinite(facts.largest)
      ? finding(facts, "implausible-scale", "hazard", facts.jsonNumbers > 0 ? "number" : "string", {
          of,
          count: of,
          say: () =>
            "No amount of this column is a millionth of a token at the decimals given: check the decimals.",
        })
      : undefined,
    mixedDecimals(facts),
  ];
}

function spellingFaults(facts: ColumnFacts): (QualityFinding | undefined)[] {
  const { numbers, jsonNumbers, values } = facts;
  const texts = facts.shown.get("text")?.count ?? 0;
  const strings = numbers - jsonNumbers;
  const rarer = strings < jsonNumbers ? "string" : "number";
  return [
    finding(facts, "scientific-notation", "hazard", "scientific", {
      of: numbers,
      say: (count) => `${count} of ${numbers} numbers are in scientific notation: write every digit.`,
    }),
    finding(facts, "unsafe-json-number", "hazard", "unsafe", {
      of: jsonNumbers,
      say: (count) =>
        `${count} of ${jsonNumbers} JSON numbers do not survive a parser that reads doubles: write them as strings.`,
    }),
    numbers === 0 || texts * 10 > values
      ? undefined
      : finding(facts, "malformed-value", "broken", "text", {
          of: values,
          say: (count) => `${count} of ${values} values are no numbers where the rest are.`,
        }),
    strings === 0 || jsonNumbers === 0
      ? undefined
      : finding(facts, "mixed-types", "hazard", rarer, {
          of: numbers,
          say: (count) => `${count} of ${numbers} numbers are written as JSON ${rarer}s, the others are not.`,
        }),
    finding(facts, "control-character", "hazard", "hidden", {
      of: values,
      say: (count) =>
        `${count} of ${values} texts hold control characters or blanks at an end: keys that look equal are not.`,
    }),
  ];
}

interface Words {
  readonly of: number;
  readonly say: (count: number) => string;
  readonly count?: number;
  readonly bits?: number;
}

/** Undefined where no value shows it. */
function finding(
  { file, column, shown }: ColumnFacts,
  name: QualityClass,
  severity: QualitySeverity,
  what: string,
  { of, say, count: counted, bits }: Words,
): QualityFinding | undefined {
  const examples = shown.get(what);
  if (!examples) return undefined;
  const count = counted ?? examples.count;
  const surprise = bits === undefined ? {} : { bits };
  return {
    class: name,
    severity,
    file,
    column,
    count,
    of,
    ...surprise,
    message: say(count),
    examples: examples.list,
  };
}

/** How surprising the doubles among the large integers are; 0 where chance or another structure explains them. */
function doubleBits({ doubles, shortDoubles }: ColumnFacts): number {
  if (shortDoubles * 2 > doubles.hits) return 0;
  const { hits, values } = doubles;
  const bits = surpriseBits(doubles.trials(2n, hits === values ? 0 : TELLING_BITS));
  const needed = hits * 4 >= values * 3 ? SURPRISING_BITS : SURPRISING_BITS_OF_SOME;
  return bits >= needed ? bits : 0;
}

/** The number of digits at which the values of a column stop, if chance does not explain it. */
function printedDigits({
  shapes,
  finest,
}: ColumnFacts): { digits: number; count: number; of: number; bits: number } | undefined {
  for (const digits of PRINTED_DIGITS) {
    const counts = new TrialCounts();
    for (const shape of shapes) {
      const excess = shape.magnitude - finest - digits;
      // Fewer digits are a round amount, and prove nothing.
      if (excess > 0 && shape.digits >= digits - 1) {
        counts.add(excess, shape.count, shape.digits > digits ? 0 : shape.count);
      }
    }
    const { values: of, hits: count } = counts;
    if (count < 3 || (of - count) * STRAY > count) continue;
    const bits = surpriseBits(counts.trials(10n));
    if (bits >= SURPRISING_BITS) return { digits, count, of, bits };
  }
  return undefined;
}

function mixedDecimals({ file, column, numbers, groups }: ColumnFacts): QualityFinding | undefined {
  for (const [where, labelled] of groups) {
    const mixed = mixedGroups(labelled);
    if (!mixed) continue;
    return {
      class: "mixed-decimals",
      severity: "hazard",
      file,
      column,
      count: mixed.below,
      of: numbers,
      message: `Told apart by ${where}, ${mixed.below} of ${numbers} values have ${mixed.gap} digits fewer than the rest: tokens of different decimals share this column, so do not add it up.`,
      examples: mixed.examples.map((text) => ({ line: 0, at: column, text })),
    };
  }
  return undefined;
}
