import { RpcReplyError } from "./errors.js";
import { fits, type RpcFilter } from "./filter.js";
import type { RpcHeader, RpcLog } from "./reply.js";

const METHOD = "eth_getLogs";

/** A call that reached one of the contracts and made none of their logs. */
export interface RpcTouch {
  readonly block: number;
  readonly transaction: string;
  readonly transactionIndex: number;
  readonly address: string;
}

/** Logs of consecutive blocks, in chain order and checked, with the headers of their blocks. */
export interface RpcPage {
  readonly logs: readonly RpcLog[];
  readonly touches: readonly RpcTouch[];
  /** Of every block that has a log or a touch, and more. */
  readonly headers: ReadonlyMap<number, RpcHeader>;
  readonly end: RpcHeader;
}

/**
 * Puts the logs of a reply into chain order and drops exact repetitions.
 *
 * @throws {RpcReplyError} a log outside range or filter; two logs of one index that differ; a block with two hashes;
 * transactions of a block that interleave.
 */
export function orderLogs(
  logs: readonly RpcLog[],
  filter: RpcFilter,
  range: { readonly fromBlock: number; readonly toBlock: number },
): { readonly logs: RpcLog[]; readonly duplicates: number } {
  for (const log of logs) {
    if (log.block < range.fromBlock || log.block > range.toBlock) {
      throw fault(log, "blockNumber", `${range.fromBlock} to ${range.toBlock}`, `${log.block}`);
    }
    if (!fits(log, filter)) throw fault(log, "address or topics", "what was asked for", log.address);
  }
  const sorted = [...logs].sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
  const ordered: RpcLog[] = [];
  for (const log of sorted) {
    const last = ordered[ordered.length - 1];
    if (last?.block !== log.block) {
      ordered.push(log);
      continue;
    }
    if (last.blockHash !== log.blockHash) throw fault(log, "blockHash", last.blockHash, log.blockHash);
    if (last.logIndex === log.logIndex) {
      if (sameLog(last, log)) continue;
      throw fault(log, "logIndex", "one log an index", `two that differ at ${log.logIndex}`);
    }
    const forward = log.transactionIndex > last.transactionIndex && log.transaction !== last.transaction;
    const same = log.transactionIndex === last.transactionIndex && log.transaction === last.transaction;
    if (!forward && !same) {
      throw fault(
        log,
        "transactionIndex",
        "logs of a transaction together, in order",
        `${log.transactionIndex} after ${last.transactionIndex}`,
      );
    }
    ordered.push(log);
  }
  return { logs: ordered, duplicates: logs.length - ordered.length };
}

/**
 * Holds logs against the headers of their blocks, and neighbouring headers against each other.
 *
 * @throws {RpcReplyError} they contradict each other: the reply is of another fork, or the chain just moved.
 */
export function checkAgainstHeaders(logs: readonly RpcLog[], headers: ReadonlyMap<number, RpcHeader>): void {
  for (const log of logs) {
    const header = headers.get(log.block);
    if (!header) throw fault(log, "blockNumber", "a block that the endpoint has", `${log.block}`);
    if (header.hash !== log.blockHash) throw fault(log, "blockHash", header.hash, log.blockHash);
    if (log.timestamp !== undefined && log.timestamp !== header.timestamp) {
      throw fault(log, "blockTimestamp", `${header.timestamp}`, `${log.timestamp}`);
    }
  }
  for (const header of headers.values()) {
    const next = headers.get(header.number + 1);
    if (next && next.parentHash !== header.hash) {
      throw new RpcReplyError(
        "eth_getBlockByNumber",
        `parentHash of block ${next.number}`,
        header.hash,
        next.parentHash,
      );
    }
  }
}

/** Says where two lists of the same blocks' logs part. @throws {RpcReplyError} */
export function compareLogs(logs: readonly RpcLog[], other: readonly RpcLog[], where: string): void {
  for (let k = 0; k < Math.max(logs.length, other.length); k++) {
    const log = logs[k];
    const twin = other[k];
    if (log && twin && sameLog(log, twin)) continue;
    const at = nameOf(log && twin ? earlier(log, twin) : (log ?? twin));
    throw new RpcReplyError(METHOD, `logs, compared with ${where}`, nameOf(twin), `${nameOf(log)}, at ${at}`);
  }
}

export function sameLog(a: RpcLog, b: RpcLog): boolean {
  return (
    a.block === b.block &&
    a.blockHash === b.blockHash &&
    a.logIndex === b.logIndex &&
    a.transaction === b.transaction &&
    a.transactionIndex === b.transactionIndex &&
    a.address === b.address &&
    a.data === b.data &&
    a.topics.length === b.topics.length &&
    a.topics.every((topic, place) => topic === b.topics[place])
  );
}

const earlier = (a: RpcLog, b: RpcLog): RpcLog =>
  a.block < b.block || (a.block === b.block && a.logIndex <= b.logIndex) ? a : b;

const nameOf = (log: RpcLog | undefined): string =>
  log === undefined ? "no log" : `log ${log.logIndex} of block ${log.block}`;

const fault = (log: RpcLog, field: string, expected: string, received: string): RpcReplyError =>
  new RpcReplyError(METHOD, `${field} of ${nameOf(log)}`, expected, received);
