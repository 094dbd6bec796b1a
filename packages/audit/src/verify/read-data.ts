import { Fields, type PoolView, type WaterfallDefinition } from "@shortfall/core";
import type { Coverage } from "../reconcile/coverage.js";
import type { AuditFinding } from "../reconcile/history-audit.js";
import type { ReconciledWriteOff } from "../reconcile/write-off.js";
import type { ReportData, ReportHistory, Verdict } from "../report/report-data.js";

/** Texts of the files that hold a report's data. */
export interface DataTexts {
  readonly inputs: string;
  readonly coverage: string;
  readonly findings: string;
  readonly writeOffs: string;
}

/** What is read from those files; balances and haircuts come from their own. */
export type StoredData = Omit<ReportData, "trialBalance" | "haircuts">;

/**
 * Reads a report's data back. Values that only pass through keep the shape they came with: the files are written
 * again from what is read here and compared, so that a wrong shape shows.
 *
 * @throws {SyntaxError} not JSON. @throws {HeaderError} a field is missing or of another type.
 */
export function readStoredData(texts: DataTexts): StoredData {
  const inputs = new Fields(JSON.parse(texts.inputs), "inputs.json");
  const report = inputs.object("report");
  const coverage = new Fields(JSON.parse(texts.coverage), "coverage.json");
  const severities = report.object("findings");
  return {
    protocol: report.string("protocol"),
    verdict: report.string("verdict") as Verdict,
    calls: report.boolean("calls"),
    severities: {
      note: severities.integer("note"),
      differs: severities.integer("differs"),
      incomplete: severities.integer("incomplete"),
    },
    journalDigest: report.string("journalDigest"),
    histories: inputs.objects("histories").map(readHistory),
    inputs: inputs.objects("inputs").map((input) => ({
      name: input.string("name"),
      bytes: input.integer("bytes"),
      sha256: input.string("sha256"),
    })),
    pools: inputs.objects("pools").map(readPool),
    commodities: new Map(
      inputs
        .objects("commodities")
        .map((row) => [
          row.string("commodity"),
          { name: row.string("name"), decimals: row.integer("decimals") },
        ]),
    ),
    coverage: coverage.array("histories") as readonly Coverage[],
    findings: members(texts.findings, "findings.json") as readonly AuditFinding[],
    writeOffs: members(texts.writeOffs, "writeoffs.json").map(readWriteOff),
  };
}

function members(text: string, file: string): readonly unknown[] {
  return new Fields({ rows: JSON.parse(text) as unknown }, file).array("rows");
}

function readHistory(row: Fields): ReportHistory {
  row.object("journal").string("model");
  return {
    name: row.string("name"),
    version: row.string("version"),
    journal: row.raw("journal") as ReportHistory["journal"],
    journalDigest: row.string("journalDigest"),
    entries: row.integer("entries"),
    waterfall: row.raw("waterfall") as WaterfallDefinition,
  };
}

function readPool(row: Fields): PoolView & { readonly history: string } {
  return {
    // Models may tell more than every protocol does; it passes through.
    ...Object.fromEntries(row.keys().map((key) => [key, row.raw(key)])),
    history: row.string("history"),
    pool: row.string("pool"),
    asset: row.string("asset"),
    decimals: row.integer("decimals"),
    cash: row.amount("cash", true),
    loans: row.amount("loans", true),
    suppliers: row.amount("suppliers", true),
    reserves: row.amount("reserves", true),
    treasury: row.amount("treasury", true),
    deficitRealised: row.amount("deficitRealised", true),
    deficitCarried: row.amount("deficitCarried", true),
    deficitLatent: row.amount("deficitLatent", true),
    backingWad: row.amount("backingWad", true),
  };
}

function readWriteOff(value: unknown, index: number): ReconciledWriteOff {
  const row = new Fields(value, `writeoffs.json[${index}]`);
  const optional = (key: string): number | null => (row.has(key) ? row.integer(key) : null);
  return {
    id: row.string("id"),
    file: row.string("file"),
    tx: row.string("tx"),
    block: row.integer("block"),
    timestamp: row.integer("timestamp"),
    logIndex: optional("logIndex"),
    line: optional("line"),
    pool: row.string("pool"),
    asset: row.string("asset"),
    decimals: row.integer("decimals"),
    account: row.string("account"),
    reported: row.amount("reported", true),
    recomputed: row.amount("recomputed", true),
    difference: row.amount("difference", true),
    class: row.string("class") as ReconciledWriteOff["class"],
    source: row.string("source"),
    layers: row.objects("layers").map((layer) => ({
      layer: layer.string("layer"),
      policy: layer.string("policy"),
      amount: layer.amount("amount", true),
    })),
    uncovered: row.amount("uncovered", true),
  };
}
