import { HistoryAudit, type HistoryResult } from "@shortfall/audit";
import type { HistoryHeader, LogSource, SourceRecord } from "@shortfall/core";
import { recordToyTrace, type ToyTrace, toyAccount, toyAdapter } from "@shortfall/testing";

export const LENDERS = [toyAccount(1), toyAccount(2), toyAccount(3)] as const;
export const BORROWER = toyAccount(9);

/** A short history with two write-offs of one borrower, a call-only step and a refusal. */
export const toyTrace = (): ToyTrace =>
  recordToyTrace([
    { type: "Supply", account: LENDERS[0], assets: "1000000001" },
    { type: "Supply", account: LENDERS[1], assets: "333333333" },
    { type: "Borrow", account: BORROWER, assets: "700000000" },
    { type: "Repay", account: BORROWER, assets: "900000000" },
    { type: "WriteOff", account: BORROWER },
    { type: "Supply", account: LENDERS[2], assets: "50" },
    { type: "Sweep", assets: "11" },
    { type: "Borrow", account: BORROWER, assets: "77" },
    { type: "WriteOff", account: BORROWER },
    { type: "Supply", account: LENDERS[1], assets: "5000" },
  ]);

/** A source over records in memory. */
export function memorySource(
  records: readonly SourceRecord[],
  options: Partial<Pick<LogSource, "style" | "complete" | "header" | "name">> = {},
): LogSource {
  const name = options.name ?? "toy.jsonl";
  return {
    name,
    header: options.header ?? (toyTrace().header as HistoryHeader),
    style: options.style ?? "trace",
    complete: options.complete ?? false,
    continues: false,
    async *records() {
      yield* records;
      return { name, bytes: 1, sha256: "00" };
    },
    close: async () => {},
  };
}

export const traceRecords = (lines: ToyTrace["lines"]): SourceRecord[] =>
  lines.map((value, index) => ({ kind: "trace", line: { number: index + 2, value } }));

export async function reconcileToy(source: LogSource, calls = true): Promise<HistoryResult> {
  const audit = new HistoryAudit(toyAdapter, source, { calls });
  await audit.read(source);
  return audit.result();
}
