import {
  csvRecord,
  DocumentError,
  type DocumentFormat,
  type JsonNode,
  type JsonObject,
  parseJson,
} from "../documents/index.js";
import { Column, type ColumnCounts } from "./column.js";
import type { QualityClass, QualityFinding, QualitySeverity } from "./finding.js";
import {
  declaredDecimals,
  isIdentifier,
  isKeyed,
  labelsOf,
  namesData,
  RecordShapes,
} from "./record-shape.js";
import { Shown } from "./tally.js";

export interface QualityOptions {
  /** Decimals of columns that do not state them, by column path. */
  readonly decimals?: ReadonlyMap<string, number>;
}

/** What was found in one file. */
export interface QualityReport {
  readonly file: string;
  readonly format: DocumentFormat;
  /** Columns that hold numbers, in order of appearance. */
  readonly columns: readonly ColumnCounts[];
  readonly findings: readonly QualityFinding[];
}

/** What holds for everything below a node. */
interface Scope {
  readonly decimals?: number | undefined;
  readonly labels?: ReadonlyMap<string, string> | undefined;
}

/** A place in the file: the path of its column, and its own. */
interface Where {
  readonly path: string;
  readonly at: string;
}

const below = ({ path, at }: Where, step: string, key: string): Where => ({
  path: `${path}/${step}`,
  at: `${at}/${key}`,
});

/** Columns that a file may have before the rest is looked at together. */
const MOST_COLUMNS = 5000;
const REST = "(further columns)";

/** Walks the values of a file and hands each to its column. */
export class Inspector {
  readonly #file: string;
  readonly #decimals: ReadonlyMap<string, number>;
  readonly #columns = new Map<string, Column>();
  readonly #records = new RecordShapes();
  readonly #notes = new Map<QualityClass, Shown>();
  #lines = 0;

  constructor(file: string, options: QualityOptions) {
    this.#file = file;
    this.#decimals = options.decimals ?? new Map();
  }

  document(node: JsonNode): void {
    this.#visit(node, { path: "", at: "" }, {}, false);
  }

  /** A line of JSON Lines; one that is no JSON is a finding. */
  line(number: number, text: string): void {
    const node = this.#parse(text, number);
    const where = this.#record();
    if (node) this.#visit(node, where, {}, true);
    else this.#note("malformed-record", where, number, text);
  }

  /** A line of CSV; one with another number of cells than the header is a finding. */
  cells(header: readonly string[], cells: readonly string[], number: number): void {
    const where = this.#record();
    if (cells.length !== header.length) this.#note("malformed-record", where, number, cells.join(","));
    this.#visit(csvRecord(header, cells, number), where, {}, true);
  }

  report(format: DocumentFormat): QualityReport {
    const columns = [...this.#columns.values()];
    return {
      file: this.#file,
      format,
      columns: columns.map((column) => column.counts()).filter(({ numbers }) => numbers > 0),
      findings: [
        ...this.#noted(),
        ...this.#records.findings(this.#file),
        ...columns.flatMap((column) => column.findings(this.#file)),
      ],
    };
  }

  /** Where the next line's record stands. */
  #record(): Where {
    return { path: "/*", at: `/${this.#lines++}` };
  }

  /** `item`: an element of a list, whose members are the columns of a record. */
  #visit(node: JsonNode, where: Where, scope: Scope, item: boolean): void {
    if (node.kind === "array") {
      node.items.forEach((child, index) => {
        this.#visit(child, below(where, "*", String(index)), scope, true);
      });
      return;
    }
    if (node.kind === "object") {
      this.#object(node, where, scope, item);
      return;
    }
    const nested =
      node.kind === "string" && isJson(node.text) ? this.#parse(node.text, node.line) : undefined;
    if (nested) {
      this.#note("json-in-string", where, node.line, node.text);
      this.#visit(nested, below(where, "(json)", "(json)"), {}, false);
      return;
    }
    const { path, at } = where;
    const decimals = this.#decimals.get(path) ?? scope.decimals;
    const place = { line: node.line, at };
    this.#column(path).add(node.text, node.kind, {
      place,
      decimals,
      isAmount: this.#decimals.has(path),
      labels: scope.labels,
    });
  }

  #object(node: JsonObject, where: Where, outer: Scope, item: boolean): void {
    this.#repeated(node, where);
    if (item) this.#records.add(node, where.path, where.at);
    const isMap = !item && namesData(node);
    const decimals = declaredDecimals(node) ?? outer.decimals;
    const labels = item ? labelsOf(node) : outer.labels;
    for (const [key, child] of node.members) {
      if (isMap || isIdentifier(key)) {
        const scope = { decimals, labels: outer.labels ?? new Map([["its outer key", key]]) };
        this.#visit(
          child,
          below(where, "*", escaped(key)),
          scope,
          child.kind === "object" && !isKeyed(child),
        );
      } else {
        this.#visit(child, below(where, escaped(key), escaped(key)), { decimals, labels }, false);
      }
    }
  }

  #repeated(node: JsonObject, where: Where): void {
    const seen = new Set<string>();
    for (const [key] of node.members) {
      if (seen.has(key)) this.#note("duplicate-key", where, node.line, key);
      seen.add(key);
    }
  }

  #parse(text: string, line: number): JsonNode | undefined {
    try {
      return parseJson(text, this.#file, line);
    } catch (error) {
      if (error instanceof DocumentError) return undefined;
      throw error;
    }
  }

  #column(path: string): Column {
    const name = this.#columns.size < MOST_COLUMNS || this.#columns.has(path) ? path : REST;
    const column = this.#columns.get(name) ?? new Column(name);
    this.#columns.set(name, column);
    return column;
  }

  #note(what: QualityClass, { path, at }: Where, line: number, text: string): void {
    const shown = this.#notes.get(what) ?? new Shown();
    this.#notes.set(what, shown);
    shown.add(path === "" ? "/" : path, { line, at }, text);
  }

  #noted(): QualityFinding[] {
    return [...this.#notes].flatMap(([name, shown]) =>
      [...shown].map(([column, { count, list: examples }]) => {
        const [severity, one, more] = NOTED[name]!;
        const message = `${count} ${count === 1 ? one : more}`;
        return { class: name, severity, file: this.#file, column, count, of: count, message, examples };
      }),
    );
  }
}

/** What is found of records and texts: severity, words for one, words for more. */
const NOTED: Partial<Record<QualityClass, readonly [QualitySeverity, string, string]>> = {
  "malformed-record": [
    "broken",
    "line is no record of this file: cut off, or with another number of cells.",
    "lines are no records of this file: cut off, or with another number of cells.",
  ],
  "duplicate-key": [
    "broken",
    "key is written twice in one object: readers disagree about which counts.",
    "keys are written twice in one object: readers disagree about which counts.",
  ],
  "json-in-string": [
    "hazard",
    "string holds a JSON document: parse it before using it as a key.",
    "strings hold a JSON document: parse them before using them as keys.",
  ],
};

const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

const isJson = (text: string): boolean => /^\s*(\{.*\}|\[.*\])\s*$/s.test(text);
