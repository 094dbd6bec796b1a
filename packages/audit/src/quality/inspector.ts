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

  constructor(file: string, options: QualityOptions) {
    this.#file = file;
    this.#decimals = options.decimals ?? new Map();
  }

  document(node: JsonNode): void {
    this.#visit(node, "", {}, false);
  }

  /** A line of JSON Lines; one that is no JSON is a finding. */
  line(number: number, text: string): void {
    const node = this.#parse(text, number);
    if (node) this.#visit(node, "/*", {}, true);
    else this.#note("malformed-record", "/*", number, text);
  }

  /** A line of CSV; one with another number of cells than the header is a finding. */
  cells(header: readonly string[], cells: readonly string[], number: number): void {
    if (cells.length !== header.length) this.#note("malformed-record", "/*", number, cells.join(","));
    this.#visit(csvRecord(header, cells, number), "/*", {}, true);
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

  /** `item`: an element of a list, whose members are the columns of a record. */
  #visit(node: JsonNode, path: string, scope: Scope, item: boolean): void {
    if (node.kind === "array") {
      for (const child of node.items) this.#visit(child, `${path}/*`, scope, true);
      return;
    }
    if (node.kind === "object") {
      this.#object(node, path, scope, item);
      return;
    }
    const nested =
      node.kind === "string" && isJson(node.text) ? this.#parse(node.text, node.line) : undefined;
    if (nested) {
      this.#note("json-in-string", path, node.line, node.text);
      this.#visit(nested, `${path}/(json)`, {}, false);
      return;
    }
    const decimals = this.#decimals.get(path) ?? scope.decimals;
    this.#column(path).add(node.text, node.kind, { line: node.line, decimals, labels: scope.labels });
  }

  #object(node: JsonObject, path: string, outer: Scope, item: boolean): void {
    this.#repeated(node, path);
    if (item) this.#records.add(node, path);
    const isMap = !item && namesData(node);
    const decimals = declaredDecimals(node) ?? outer.decimals;
    const labels = item ? labelsOf(node) : outer.labels;
    for (const [key, child] of node.members) {
      if (isMap || isIdentifier(key)) {
        const scope = { decimals, labels: outer.labels ?? new Map([["its outer key", key]]) };
        this.#visit(child, `${path}/*`, scope, child.kind === "object" && !isKeyed(child));
      } else {
        this.#visit(child, `${path}/${escaped(key)}`, { decimals, labels }, false);
      }
    }
  }

  #repeated(node: JsonObject, path: string): void {
    const seen = new Set<string>();
    for (const [key] of node.members) {
      if (seen.has(key)) this.#note("duplicate-key", path === "" ? "/" : path, node.line, key);
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

  #note(what: QualityClass, column: string, line: number, text: string): void {
    const shown = this.#notes.get(what) ?? new Shown();
    this.#notes.set(what, shown);
    shown.add(column, line, text);
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
