import {
  type CommodityName,
  digestText,
  type HaircutTable,
  type JournalHeader,
  type PoolView,
  type Severity,
  type SourceDigest,
  type TrialBalanceRow,
  type WaterfallDefinition,
} from "@shortfall/core";
import type { HistoryLiabilities } from "../proofs/liability-tree.js";
import type { Coverage } from "../reconcile/coverage.js";
import type { AuditFinding, HistoryResult } from "../reconcile/history-audit.js";
import type { ReconciledWriteOff } from "../reconcile/write-off.js";
import { nameCommodities } from "./commodities.js";

/** `agree`: complete and equal. `incomplete`: what was read agrees, something was not read. */
export type Verdict = "agree" | "differ" | "incomplete";

/** One history of a report: which model produced its numbers, and the end of its journal. */
export interface ReportHistory {
  readonly name: string;
  readonly version: string;
  readonly journal: JournalHeader;
  readonly journalDigest: string;
  readonly entries: number;
  readonly waterfall: WaterfallDefinition;
}

/** Who bore a write-off, in short; the rows are in the table of haircuts. */
export interface HaircutSummary {
  readonly writeOff: string;
  readonly pool: string;
  readonly bearer: string;
  readonly asset: string;
  readonly basis: HaircutTable["basis"];
  readonly absorbed: bigint;
  readonly holders: number;
  /** The largest losses, largest first. */
  readonly top: readonly { readonly account: string; readonly loss: bigint }[];
  readonly dust: bigint;
  readonly dustOwner: string;
}

/** A line of the trial balance and its history. */
export interface ReportBalance extends TrialBalanceRow {
  readonly history: string;
}

/** Everything a report says, but for journal entries and rows of haircuts. Plain and deterministic. */
export interface ReportData {
  readonly protocol: string;
  readonly verdict: Verdict;
  /** Whether calls could be read. */
  readonly calls: boolean;
  readonly histories: readonly ReportHistory[];
  readonly inputs: readonly SourceDigest[];
  readonly coverage: readonly Coverage[];
  readonly writeOffs: readonly ReconciledWriteOff[];
  readonly findings: readonly AuditFinding[];
  readonly severities: Readonly<Record<Severity, number>>;
  readonly haircuts: readonly HaircutSummary[];
  readonly trialBalance: readonly ReportBalance[];
  readonly pools: readonly (PoolView & { readonly history: string })[];
  readonly commodities: ReadonlyMap<string, CommodityName>;
  /** Of the only history, or over those of all. */
  readonly journalDigest: string;
}

/** Holders named for each bearer of a write-off. */
const NAMED_HOLDERS = 5;

/** Gathers the data of a report from reconciled histories of one protocol. */
export function reportData(
  histories: readonly HistoryResult[],
  options: { readonly calls: boolean },
): ReportData {
  const severities = { note: 0, differs: 0, incomplete: 0 };
  for (const history of histories) {
    severities.note += history.severities.note;
    severities.differs += history.severities.differs;
    severities.incomplete += history.severities.incomplete;
  }
  const trialBalance = histories.flatMap((history) =>
    history.model.journal.trialBalance().map((row) => ({ history: history.name, ...row })),
  );
  const commodities = commoditiesOf(histories, trialBalance);
  // A write-off outside the pools, of a stake for one, has the decimals that the header tells.
  const writeOffs = histories
    .flatMap((history) => history.writeOffs)
    .map((row) => ({ ...row, decimals: commodities.get(row.asset)?.decimals ?? row.decimals }));
  return {
    protocol: histories[0]?.protocol ?? "",
    verdict: verdictOf(writeOffs, severities),
    calls: options.calls,
    histories: histories.map(({ name, version, model }) => ({
      name,
      version,
      journal: model.journal.header,
      journalDigest: model.journal.digest(),
      entries: model.journal.length,
      waterfall: model.nativeWaterfall(),
    })),
    inputs: histories.flatMap((history) => history.sources),
    coverage: histories.map((history) => history.coverage),
    writeOffs,
    findings: histories.flatMap((history) => history.findings),
    severities,
    haircuts: histories.flatMap((history) => Array.from(haircutTables(history), summarise)),
    trialBalance,
    pools: histories.flatMap((history) =>
      history.model.pools().map((view) => ({ history: history.name, ...view })),
    ),
    commodities,
    journalDigest: combinedDigest(histories.map((history) => history.model.journal.digest())),
  };
}

/** The tables of haircuts of a history, write-off by write-off, made when asked for. */
export function* haircutTables(history: HistoryResult): Generator<HaircutTable> {
  const ids = history.model.writeOffs().map((writeOff) => writeOff.id);
  for (const [index, id] of ids.entries()) {
    const reportId = history.writeOffs[index]?.id ?? id;
    for (const table of history.model.haircuts(id)) yield { ...table, writeOff: reportId };
  }
}

/** Whom the pools of a history owe, as its end leaves them. */
export function* historyLiabilities(history: HistoryResult): Generator<HistoryLiabilities> {
  for (const table of history.model.liabilities?.() ?? []) yield { ...table, history: history.name };
}

/** Shortens a table to what a summary names. Equal losses are named in order of account. */
export function summarise(table: HaircutTable): HaircutSummary {
  const { rows, ...rest } = table;
  const top: { account: string; loss: bigint }[] = [];
  for (const { account, loss } of rows) {
    if (loss === 0n) continue;
    const last = top[top.length - 1];
    if (top.length === NAMED_HOLDERS && last && !comesBefore({ account, loss }, last)) continue;
    top.push({ account, loss });
    top.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
    if (top.length > NAMED_HOLDERS) top.pop();
  }
  return {
    writeOff: rest.writeOff,
    pool: rest.pool,
    bearer: rest.bearer,
    asset: rest.asset,
    basis: rest.basis,
    absorbed: rest.absorbed,
    holders: rows.length,
    top,
    dust: rest.dust,
    dustOwner: rest.dustOwner,
  };
}

/** What the write-offs and findings come to. */
export function verdictOf(
  writeOffs: readonly Pick<ReconciledWriteOff, "difference">[],
  severities: Readonly<Record<Severity, number>>,
): Verdict {
  if (severities.differs > 0 || writeOffs.some(({ difference }) => difference !== 0n)) return "differ";
  return severities.incomplete > 0 ? "incomplete" : "agree";
}

/** One digest for the journals of a report. */
export const combinedDigest = (digests: readonly string[]): string =>
  digests.length === 1 && digests[0] !== undefined ? digests[0] : digestText(digests.join("\n"));

function commoditiesOf(
  histories: readonly HistoryResult[],
  trialBalance: readonly ReportBalance[],
): Map<string, CommodityName> {
  const used = new Set(trialBalance.map((row) => row.commodity));
  const pools = histories.flatMap((history) => history.model.pools());
  for (const view of pools) used.add(view.asset);
  for (const history of histories) for (const writeOff of history.writeOffs) used.add(writeOff.asset);
  // Histories of one report are of one protocol; the first header that knows a token names it.
  const header = { headers: histories.map((history) => history.header), ...histories[0]?.header };
  return nameCommodities(used, pools, header);
}

const comesBefore = (
  a: { readonly account: string; readonly loss: bigint },
  b: { readonly account: string; readonly loss: bigint },
): boolean => a.loss > b.loss || (a.loss === b.loss && a.account < b.account);
