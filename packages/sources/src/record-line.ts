import type { Position, SourceRecord } from "@shortfall/core";
import { SourceError } from "./errors.js";

/**
 * A record as a line of a `shortfall-logs/1` file, without its line feed. Read back, it gives the same record.
 *
 * @throws {SourceError} a line of a trace, which is a format of its own.
 */
export function recordLine(record: SourceRecord): string {
  switch (record.kind) {
    case "range": {
      const { fromBlock, toBlock } = record;
      return JSON.stringify({ range: { fromBlock, toBlock } });
    }
    case "log": {
      const { log, position, blockHash, removed } = record;
      const { address, topics, data, logIndex } = log;
      return JSON.stringify({
        address,
        topics,
        data,
        ...placeOf(position),
        ...(blockHash === undefined ? {} : { blockHash }),
        logIndex,
        ...(removed ? { removed } : {}),
      });
    }
    case "price": {
      const { subject, price } = record.update;
      return JSON.stringify({ price: { subject, price: price.toString() }, ...placeOf(record.position) });
    }
    case "touch":
      return JSON.stringify({ touch: record.addresses, ...placeOf(record.position) });
    case "call":
      return JSON.stringify({ call: record.call, ...placeOf(record.position) });
    case "checkpoint": {
      const values = [...record.values].map(([name, value]): [string, string] => [name, value.toString()]);
      return JSON.stringify({
        checkpoint: { pool: record.pool, ...Object.fromEntries(values) },
        ...placeOf(record.position),
      });
    }
    case "trace":
      throw new SourceError({
        file: "record",
        line: record.line.number,
        field: "kind",
        expected: "a record of plain logs",
        received: "a line of a trace",
        advice: "Keep traces in their own files.",
      });
  }
}

const placeOf = ({ block, timestamp, transaction, transactionIndex }: Position): Record<string, unknown> => ({
  blockNumber: block,
  timestamp,
  ...(transaction === undefined ? {} : { transactionHash: transaction }),
  ...(transactionIndex === undefined ? {} : { transactionIndex }),
});
