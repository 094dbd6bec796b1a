import { isFraction, magnitudeOf, type Numeral, parseNumeral, sameValue } from "../documents/index.js";
import { type ColumnFacts, findingsOfColumn } from "./column-findings.js";
import { aboveMantissa, testDouble } from "./double-test.js";
import type { Place, QualityFinding } from "./finding.js";
import { Shown, TrialCounts } from "./tally.js";

/** Integers of so many digits are base units: no token has as many whole units. */
export const BASE_UNIT_DIGITS = 18;
/** Distinct values that decide about a column; those after them are counted but not tested. */
const MOST_DISTINCT = 1 << 18;
/** A label with more different texts names rows, not markets. */
const MOST_LABELS = 256;

/** What stands around a value. */
export interface Surroundings {
  readonly place: Place;
  /** Decimals declared beside the value, or given by the caller. */
  readonly decimals?: number | undefined;
  /** The caller says that this column holds amounts of those decimals. */
  readonly isAmount?: boolean;
  /** Texts beside the value that may tell markets apart, by where they stand. */
  readonly labels?: ReadonlyMap<string, string> | undefined;
}

/** What is counted of a column, without keeping its values. */
export interface ColumnCounts {
  readonly column: string;
  readonly values: number;
  readonly numbers: number;
  readonly above53: number;
  /** Of those above 2^53, the ones a double holds exactly. */
  readonly exactDoubles: number;
}

/** Counts over all values of one column; findings come at the end. */
export class Column {
  readonly path: string;
  #values = 0;
  #numbers = 0;
  #above53 = 0;
  #exactDoubles = 0;
  #jsonNumbers = 0;
  #baseUnits = 0;
  #short = 0;
  #finest = Number.POSITIVE_INFINITY;
  #largest = Number.NEGATIVE_INFINITY;
  readonly #doubles = new TrialCounts();
  readonly #shapes = new Map<string, { magnitude: number; digits: number; count: number }>();
  readonly #groups = new Map<string, Map<string, number[]>>();
  readonly #seen = new Set<string>();
  readonly #shown = new Shown();

  constructor(path: string) {
    this.path = path;
  }

  add(text: string, kind: "number" | "string" | "word", around: Surroundings): void {
    this.#values++;
    const { place } = around;
    const numeral = kind === "word" ? undefined : parseNumeral(text);
    if (kind === "string" && hasHidden(text)) this.#shown.add("hidden", place, JSON.stringify(text));
    if (!numeral) {
      if (text !== "null") this.#shown.add("text", place, JSON.stringify(text));
      return;
    }
    this.#numbers++;
    if (kind === "number") this.#jsonNumbers++;
    this.#shown.add(kind, place, kind === "string" ? `"${text}"` : text);
    if (numeral.scientific) this.#shown.add("scientific", place, text);
    if (kind === "number" && isUnsafe(text, numeral)) this.#shown.add("unsafe", place, text);
    if (numeral.digits !== "") this.#measure(text, numeral, around);
  }

  #measure(text: string, numeral: Numeral, around: Surroundings): void {
    const { place, decimals, labels } = around;
    this.#finest = Math.min(this.#finest, numeral.exponent);
    if (isFraction(numeral)) this.#shown.add("fraction", place, text);
    else if (magnitudeOf(numeral) >= BASE_UNIT_DIGITS) this.#baseUnits++;
    const above = aboveMantissa(numeral);
    if (above) this.#above53++;
    if (above?.exact) this.#exactDoubles++;
    if (this.#isNew(text)) this.#test(text, numeral, place);
    if (decimals !== undefined) {
      // A fraction is written in tokens already.
      const shift = isFraction(numeral) ? 0 : decimals;
      if (around.isAmount) this.#largest = Math.max(this.#largest, magnitudeOf(numeral) - shift);
      if (numeral.exponent < -decimals) this.#shown.add("excess", place, `${text} at ${decimals}`);
      if (isImplausible(numeral, decimals)) this.#shown.add("scale", place, `${text} at ${decimals}`);
    }
    for (const [where, label] of labels ?? []) this.#group(where, label, magnitudeOf(numeral));
  }

  /** Whether a value is met for the first time: one that is repeated proves no more than one that is not. */
  #isNew(text: string): boolean {
    if (this.#seen.size >= MOST_DISTINCT || this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }

  #test(text: string, numeral: Numeral, place: Place): void {
    const magnitude = magnitudeOf(numeral);
    const digits = numeral.digits.length;
    const shape = this.#shapes.get(`${magnitude}/${digits}`) ?? { magnitude, digits, count: 0 };
    this.#shapes.set(`${magnitude}/${digits}`, shape);
    shape.count++;
    if (digits >= 14 && digits <= 17) this.#shown.add(`digits-${digits}`, place, text);
    const test = numeral.scientific ? undefined : testDouble(numeral);
    if (test?.fit === "short") this.#short++;
    else if (test) this.#doubles.add(test.excess, 1, test.fit === "full" ? 1 : 0);
    if (test?.fit === "full") this.#shown.add("double", place, text);
  }

  #group(where: string, label: string, magnitude: number): void {
    const groups = this.#groups.get(where) ?? new Map<string, number[]>();
    this.#groups.set(where, groups);
    const magnitudes = groups.get(label);
    if (magnitudes) magnitudes.push(magnitude);
    else if (groups.size < MOST_LABELS) groups.set(label, [magnitude]);
  }

  counts(): ColumnCounts {
    return {
      column: this.path,
      values: this.#values,
      numbers: this.#numbers,
      above53: this.#above53,
      exactDoubles: this.#exactDoubles,
    };
  }

  findings(file: string): QualityFinding[] {
    const facts: ColumnFacts = {
      ...this.counts(),
      file,
      jsonNumbers: this.#jsonNumbers,
      baseUnits: this.#baseUnits,
      shortDoubles: this.#short,
      doubles: this.#doubles,
      finest: this.#finest,
      largest: this.#largest,
      shapes: [...this.#shapes.values()],
      groups: new Map([...this.#groups].filter(([, groups]) => groups.size < MOST_LABELS)),
      shown: this.#shown,
    };
    return findingsOfColumn(facts);
  }
}

/** Control characters other than tabs and line ends, or blanks at an end. */
const hasHidden = (text: string): boolean => /[^\P{Cc}\t\n\r]|^\s|\s$/u.test(text);

/** Whether a reader that parses JSON numbers into doubles changes this one, or could take it for one it changed. */
function isUnsafe(text: string, numeral: Numeral): boolean {
  if (aboveMantissa(numeral)) return true;
  const printed = parseNumeral(String(Number(text)));
  return printed === undefined || !sameValue(numeral, printed);
}

/** Below a millionth of a token though too large for a counter or a time, or above any supply and no round cap. */
const isImplausible = (numeral: Numeral, decimals: number): boolean =>
  aboveMantissa(numeral) !== undefined &&
  (magnitudeOf(numeral) <= decimals - 6 ||
    (magnitudeOf(numeral) > decimals + 18 && numeral.digits.length > 3));
