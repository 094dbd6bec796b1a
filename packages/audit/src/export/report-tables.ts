import type { ExportTable, HaircutTable } from "@shortfall/core";
import { formatAmount } from "@shortfall/math/decimal";
import type { ReportData } from "../report/report-data.js";
import { notSeen } from "../report/words.js";
import { statementsOf } from "../statements/statements.js";

/** Rows that a report's data do not hold. */
export interface TableRows {
  haircuts(): Iterable<HaircutTable>;
  /** Text of `journal.jsonl` in pieces. */
  journal(): Iterable<string>;
}

/**
 * The tables of a report for people who work in sheets: write-offs, layers, haircuts, trial balance, roll-forward,
 * findings, coverage. Amounts are in the token's own decimals, all of them, beside their asset.
 */
export function reportTables(data: ReportData, rows: TableRows): ExportTable[] {
  const shown = (asset: string): { readonly name: string; readonly decimals: number } =>
    data.commodities.get(asset) ?? { name: asset, decimals: 0 };
  const amount = (asset: string, units: bigint): string =>
    formatAmount(units, shown(asset).decimals, { padded: true });
  return [
    {
      name: "Write-offs",
      columns: [
        "id",
        "history",
        "block",
        "timestamp",
        "tx",
        "log",
        "pool",
        "account",
        "asset",
        "reported",
        "recomputed",
        "difference",
        "class",
        "source",
        "uncovered",
      ],
      *rows() {
        for (const row of data.writeOffs) {
          yield [
            row.id,
            row.file,
            `${row.block}`,
            `${row.timestamp}`,
            row.tx,
            row.logIndex === null ? "" : `${row.logIndex}`,
            row.pool,
            row.account,
            shown(row.asset).name,
            amount(row.asset, row.reported),
            amount(row.asset, row.recomputed),
            amount(row.asset, row.difference),
            row.class,
            row.source,
            amount(row.asset, row.uncovered),
          ];
        }
      },
    },
    {
      name: "Layers",
      columns: ["write-off", "order", "layer", "policy", "asset", "taken"],
      *rows() {
        for (const { id, asset, layers } of data.writeOffs) {
          for (const [order, { layer, policy, amount: taken }] of layers.entries()) {
            yield [id, `${order + 1}`, layer, policy, shown(asset).name, amount(asset, taken)];
          }
        }
      },
    },
    {
      name: "Haircuts",
      columns: ["write-off", "pool", "bearer", "basis", "asset", "kind", "account", "shares", "loss"],
      *rows() {
        for (const table of rows.haircuts()) {
          const { writeOff, pool, bearer, basis, asset } = table;
          const head = [writeOff, pool, bearer, basis, shown(asset).name];
          for (const { account, shares, loss } of table.rows) {
            yield [...head, "holder", account, `${shares}`, amount(asset, loss)];
          }
          yield [...head, "dust", table.dustOwner, "", amount(asset, table.dust)];
        }
      },
    },
    {
      name: "Trial balance",
      columns: ["history", "pool", "account", "commodity", "balance", "base units"],
      *rows() {
        for (const { history, pool, account, commodity, balance } of data.trialBalance) {
          yield [history, pool, account, shown(commodity).name, amount(commodity, balance), `${balance}`];
        }
      },
    },
    {
      name: "Roll-forward",
      columns: [
        "history",
        "pool",
        "asset",
        "deficit opening",
        "recognised",
        "absorbed",
        "recovered",
        "deficit closing",
        "allowance opening",
        "added",
        "used",
        "allowance closing",
        "latent bad debt",
        "phantom interest",
      ],
      *rows() {
        for (const row of statementsOf(data, rows.journal()).rollForward) {
          const { deficit, allowance, phantomInterest } = row;
          const amounts = [
            deficit.opening,
            deficit.recognised,
            deficit.absorbed,
            deficit.recovered,
            deficit.closing,
            allowance.opening,
            allowance.added,
            allowance.absorbed,
            allowance.closing,
            row.latent,
          ];
          yield [
            row.history,
            row.pool,
            shown(row.asset).name,
            ...amounts.map((units) => amount(row.asset, units)),
            phantomInterest === null ? "" : amount(row.asset, phantomInterest),
          ];
        }
      },
    },
    {
      name: "Findings",
      columns: [
        "class",
        "severity",
        "file",
        "line",
        "block",
        "pool",
        "field",
        "reported",
        "recomputed",
        "message",
      ],
      *rows() {
        for (const finding of data.findings) {
          const { position } = finding;
          yield [
            finding.class,
            finding.severity,
            finding.file,
            position.line === undefined ? "" : `${position.line}`,
            `${position.block}`,
            finding.pool ?? "",
            finding.field ?? "",
            finding.reported ?? "",
            finding.recomputed ?? "",
            finding.message,
          ];
        }
      },
    },
    {
      name: "Coverage",
      columns: ["history", "what", "value"],
      *rows() {
        for (const { file, events, ranges, gaps, ...counts } of data.coverage) {
          for (const [what, value] of Object.entries(counts)) yield [file, what, `${value ?? ""}`];
          for (const [event, count] of Object.entries(events)) yield [file, `event ${event}`, `${count}`];
          for (const { fromBlock, toBlock } of ranges)
            yield [file, "asked for", `${fromBlock} to ${toBlock}`];
          for (const gap of gaps) yield [file, "gap", gap];
        }
        for (const words of notSeen(data)) yield ["", "not seen", words];
      },
    },
  ];
}
