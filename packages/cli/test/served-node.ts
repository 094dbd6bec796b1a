import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChainTransaction } from "@shortfall/core";

/** A line of a recorded history, as far as a node has it. */
export interface Line {
  readonly block: number;
  readonly timestamp: number;
  readonly logs: readonly { address: string; topics: string[]; data: string }[];
}

const servers: Server[] = [];

export function closeServers(): void {
  for (const server of servers.splice(0)) server.close();
}

export const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;
export const hex = (value: number): string => `0x${value.toString(16)}`;

/** Logs as a node has them: one transaction a line, indices that run through the block. */
export function logsOf(lines: readonly Line[]): Record<string, unknown>[] {
  const next = new Map<number, number>();
  const transactions = new Map<number, number>();
  return lines.flatMap(({ block, timestamp, logs }, line) => {
    const transactionIndex = transactions.get(block) ?? 0;
    transactions.set(block, transactionIndex + 1);
    return logs.map(({ address, topics, data }) => {
      const logIndex = next.get(block) ?? 0;
      next.set(block, logIndex + 1);
      return {
        address,
        topics,
        data,
        blockNumber: hex(block),
        blockHash: word(block + 1),
        blockTimestamp: hex(timestamp),
        transactionHash: word(line + 1_000_000),
        transactionIndex: hex(transactionIndex),
        logIndex: hex(logIndex),
      };
    });
  });
}

/** What a node does not give as logs, before the logs of its transaction. */
export function besidesOf(transaction: ChainTransaction, line: number): unknown[] {
  const { position, logs, prices, touched } = transaction;
  const at = {
    blockNumber: position.block,
    timestamp: position.timestamp,
    transactionHash: word(line + 1_000_000),
  };
  const call = logs.length > 0 ? transaction.readCall?.() : undefined;
  return [
    ...prices.map(({ subject, price }) => ({ price: { subject, price: price.toString() }, ...at })),
    ...(touched.length > 0 ? [{ touch: touched, ...at }] : []),
    ...(call ? [{ call, ...at }] : []),
  ];
}

interface Query {
  readonly fromBlock: string;
  readonly toBlock: string;
  readonly address?: readonly string[];
  readonly topics?: readonly (string | readonly string[] | null)[];
}

/** A node on a port of this machine that has these logs. */
export async function serve(
  logs: readonly Record<string, unknown>[],
  last: number,
  chainId = "0x1",
  options: { readonly storage?: (address: string, slot: string, block: number) => string } = {},
): Promise<string> {
  const times = new Map(logs.map(({ blockNumber, blockTimestamp }) => [Number(blockNumber), blockTimestamp]));
  const answer = (method: string, [first, second, third]: readonly unknown[]): unknown => {
    if (method === "eth_chainId") return chainId;
    if (method === "eth_getLogs") {
      const { fromBlock, toBlock, address, topics = [] } = first as Query;
      return logs.filter(
        (log) =>
          Number(log.blockNumber) >= Number(fromBlock) &&
          Number(log.blockNumber) <= Number(toBlock) &&
          (address === undefined || address.includes(String(log.address))) &&
          topics.every(
            (wanted, k) => wanted === null || [wanted].flat().includes((log.topics as string[])[k] ?? ""),
          ),
      );
    }
    if (method === "eth_getStorageAt")
      return options.storage?.(String(first), String(second), Number(third)) ?? word(0);
    if (method === "eth_call") return word(600_000);
    const number = ["latest", "finalized"].includes(String(first)) ? last : Number(first);
    return {
      number: hex(number),
      hash: word(number + 1),
      parentHash: word(number),
      timestamp: times.get(number) ?? "0x0",
      transactions: [],
    };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const calls = JSON.parse(body) as { id: number; method: string; params: unknown[] }[];
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify(
          calls.map(({ id, method, params }) => ({
            jsonrpc: "2.0",
            id,
            result: answer(method, params ?? []),
          })),
        ),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/SECRET-KEY`;
}
