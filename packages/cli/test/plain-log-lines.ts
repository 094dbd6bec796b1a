import { builtInAdapters } from "@shortfall/cli";
import type { ChainTransaction } from "@shortfall/core";
import { HistoryFile } from "@shortfall/sources";

/** The records that a node would have given for a trace: its logs, prices, touches and, where asked, calls. */
export async function plainLogLines(path: string): Promise<Record<string, unknown>[]> {
  const file = await HistoryFile.open(path);
  const { adapter, header } = builtInAdapters().for(file.header);
  const session = adapter.traces.open(header);
  const lines: Record<string, unknown>[] = [{ ...header, format: "shortfall-logs/1" }];
  let next = 0;
  for await (const record of file.records()) {
    if (record.kind !== "trace") continue;
    const transaction = session.transaction(record.line);
    lines.push(...recordsOf(transaction, record.line.number, () => next++));
  }
  return lines;
}

function recordsOf(
  transaction: ChainTransaction,
  line: number,
  index: () => number,
): Record<string, unknown>[] {
  const { position, logs, prices, touched } = transaction;
  const at = {
    blockNumber: position.block,
    timestamp: position.timestamp,
    transactionHash: `0x${line.toString(16)}`,
  };
  const call = logs.length > 0 ? transaction.readCall?.() : undefined;
  return [
    ...prices.map(({ subject, price }) => ({ price: { subject, price: price.toString() }, ...at })),
    ...(touched.length > 0 ? [{ touch: touched, ...at }] : []),
    ...(call ? [{ call, ...at }] : []),
    ...logs.map(({ address, topics, data }) => ({
      address,
      topics,
      data,
      ...at,
      transactionIndex: 0,
      logIndex: index(),
    })),
  ];
}
