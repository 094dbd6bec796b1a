import { abs } from "@shortfall/math";
import { formatAmount } from "@shortfall/math/decimal";
import type { ReportData } from "./report-data.js";

const SMALL = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/** `Three`, `33`: spelt out up to ten, for the start of a sentence. */
export const countWord = (count: number): string => SMALL[count] ?? `${count}`;

export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** Full amount with the asset's name: `66,362.821685 USDC`. */
export function amountWords(data: Pick<ReportData, "commodities">, asset: string, units: bigint): string {
  return `${amountText(data, asset, units)} ${data.commodities.get(asset)?.name ?? asset}`;
}

/** Full amount with all decimals of the asset, grouped by commas. */
export function amountText(data: Pick<ReportData, "commodities">, asset: string, units: bigint): string {
  return formatAmount(units, data.commodities.get(asset)?.decimals ?? 0, { group: ",", padded: true });
}

/** A difference with its sign; zero is a plain 0. */
export function differenceText(data: Pick<ReportData, "commodities">, asset: string, units: bigint): string {
  if (units === 0n) return "0";
  return `${units > 0n ? "+" : "-"}${amountText(data, asset, abs(units))}`;
}

/** Reported, recomputed and difference of the write-offs of one asset. */
export interface AssetTotals {
  readonly asset: string;
  readonly writeOffs: number;
  readonly differing: number;
  readonly reported: bigint;
  readonly recomputed: bigint;
  readonly difference: bigint;
  readonly uncovered: bigint;
}

/** Totals asset by asset: most differences first, then by name. Amounts of different assets are never added. */
export function assetTotals(data: Pick<ReportData, "writeOffs" | "commodities">): AssetTotals[] {
  const totals = new Map<string, { -readonly [K in keyof AssetTotals]: AssetTotals[K] }>();
  for (const { asset, reported, recomputed, difference, uncovered } of data.writeOffs) {
    const row = totals.get(asset) ?? {
      asset,
      writeOffs: 0,
      differing: 0,
      reported: 0n,
      recomputed: 0n,
      difference: 0n,
      uncovered: 0n,
    };
    row.writeOffs++;
    if (difference !== 0n) row.differing++;
    row.reported += reported;
    row.recomputed += recomputed;
    row.difference += difference;
    row.uncovered += uncovered;
    totals.set(asset, row);
  }
  const name = (asset: string): string => data.commodities.get(asset)?.name ?? asset;
  return [...totals.values()].sort(
    (a, b) => b.differing - a.differing || (name(a.asset) < name(b.asset) ? -1 : 1),
  );
}

/** The verdict in one or two sentences: count, judgement, amount. */
export function verdictWords(data: ReportData): string {
  const total = data.writeOffs.length;
  const differing = data.writeOffs.filter(({ difference }) => difference !== 0n);
  if (differing.length > 0) return `${differingWords(data, differing.length, total)}${alsoUnread(data)}`;
  const unread = data.verdict === "incomplete" ? `; ${notReadWords(data)}` : "";
  if (data.severities.differs > 0) {
    const agree = total === 0 ? "No write-off was found" : `All ${total} write-offs that were read agree`;
    return `${agree}, but ${findingWords(data.severities.differs)} that something else differs.`;
  }
  if (total === 0) return `${nothingWords(data)}${unread}.`;
  if (unread !== "") {
    return total === 1
      ? `The one write-off that was read agrees${unread}.`
      : `All ${total} write-offs that were read agree${unread}.`;
  }
  return total === 1
    ? "The one write-off agrees to the last unit."
    : `All ${total} write-offs agree to the last unit.`;
}

function differingWords(data: ReportData, differing: number, total: number): string {
  const head =
    total === 1
      ? "The one write-off does not agree"
      : `${countWord(differing)} of ${total} write-offs ${differing === 1 ? "does" : "do"} not agree`;
  const unexplained = data.writeOffs.filter((row) => row.difference !== 0n && row.class === "unexplained");
  const cause =
    unexplained.length > 0 ? "" : differing === 1 ? ", by a named cause" : ", each by a named cause";
  const net = assetTotals(data).filter((row) => row.differing > 0);
  if (net.every((row) => row.difference === 0n)) return `${head}${cause}; their differences cancel.`;
  const sentences = net
    .filter((row) => row.difference !== 0n)
    .map(
      (row) =>
        `The chain reports ${amountWords(data, row.asset, abs(row.difference))} ${row.difference > 0n ? "less" : "more"} bad debt than the arithmetic gives.`,
    );
  return `${head}${cause}. ${sentences.join(" ")}`;
}

const alsoUnread = (data: ReportData): string =>
  data.severities.incomplete > 0 ? ` In addition, ${notReadWords(data)}.` : "";

const findingWords = (count: number): string => `${count} ${plural(count, "finding says", "findings say")}`;

function notReadWords(data: ReportData): string {
  const gaps = data.coverage.reduce((sum, coverage) => sum + coverage.gaps.length, 0);
  const resyncs = data.coverage.reduce((sum, coverage) => sum + coverage.resyncs, 0);
  const parts = [
    gaps > 0 ? `${gaps} ${plural(gaps, "gap was", "gaps were")} found` : "",
    resyncs > 0 ? `${resyncs} ${plural(resyncs, "line was", "lines were")} taken over from the record` : "",
  ].filter((part) => part !== "");
  return parts.length > 0 ? parts.join(" and ") : "something was not read";
}

function nothingWords(data: ReportData): string {
  const from = Math.min(...data.coverage.map(({ fromBlock }) => fromBlock ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...data.coverage.map(({ toBlock }) => toBlock ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(from) && Number.isFinite(to)
    ? `No write-off in blocks ${from} to ${to}`
    : "No write-off";
}

/** What no run sees, and what this one did not see. Never empty. */
export function notSeen(data: Pick<ReportData, "coverage" | "calls">): string[] {
  const sum = (pick: (coverage: ReportData["coverage"][number]) => number): number =>
    data.coverage.reduce((total, coverage) => total + pick(coverage), 0);
  const prices = sum((coverage) => coverage.prices);
  const silent = sum((coverage) => coverage.touches);
  const rangesStated = data.coverage.every(({ style, ranges }) => style === "trace" || ranges.length > 0);
  return [
    ...data.coverage.flatMap(({ file, gaps }) => gaps.map((gap) => `${file}: ${gap}`)),
    ...(rangesStated ? [] : ["Missing blocks: the logs do not say which blocks were asked for."]),
    ...(sum((coverage) => coverage.checkpoints) > 0
      ? []
      : ["Totals on chain: the input has no checkpoint to compare with."]),
    `Prices: ${prices === 0 ? "none in the input" : `${prices} taken as the input gives them`}; none was checked at its source.`,
    "Transfers of tokens outside the markets.",
    `Events without logs${silent === 0 ? "" : `, but for ${silent} that the input names`}.`,
    "Anything off chain: decisions, agreements, claims on third parties.",
  ];
}
