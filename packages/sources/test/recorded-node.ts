import type { LogRecord } from "../src/table/log-row.js";

const hex = (value: number): string => `0x${value.toString(16)}`;
const word = (value: number): string => `0x${value.toString(16).padStart(64, "0")}`;

interface LogQuery {
  readonly address: readonly string[];
  readonly fromBlock: string;
  readonly toBlock: string;
}

/** A node in memory that has some logs and speaks JSON-RPC to `fetch`. Blocks without logs follow from their number. */
export class RecordedNode {
  /** Changes the logs of an answer. */
  damage: (logs: Record<string, unknown>[]) => unknown = (logs) => logs;
  readonly #logs: readonly LogRecord[];
  readonly #last: number;
  readonly #chainId: number;
  readonly #times: ReadonlyMap<number, number>;

  constructor(logs: readonly LogRecord[], last: number, chainId: number) {
    this.#logs = logs;
    this.#last = last;
    this.#chainId = chainId;
    this.#times = new Map(logs.map(({ position }) => [position.block, position.timestamp]));
  }

  readonly fetch = (async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body)) as Call | Call[];
    const answers = [body].flat().map(({ id, method, params = [] }) => ({
      jsonrpc: "2.0",
      id,
      result: this.#answer(method, params),
    }));
    return new Response(JSON.stringify(Array.isArray(body) ? answers : answers[0]), {
      headers: { "content-type": "application/json" },
    });
  }) as typeof fetch;

  #answer(method: string, [first]: readonly unknown[]): unknown {
    switch (method) {
      case "eth_chainId":
        return hex(this.#chainId);
      case "eth_getLogs":
        return this.damage(this.#query(first as LogQuery));
      case "eth_getBlockByNumber": {
        const named = typeof first === "string" && !first.startsWith("0x");
        const number = named ? this.#last : Number(first);
        return number > this.#last ? null : this.#block(number);
      }
      default:
        throw new Error(`The recorded node does not know ${method}`);
    }
  }

  #block(number: number): object {
    return {
      number: hex(number),
      hash: word(number),
      parentHash: word(number - 1),
      timestamp: hex(this.#times.get(number) ?? 1),
      transactions: [],
    };
  }

  #query({ address, fromBlock, toBlock }: LogQuery): Record<string, unknown>[] {
    return this.#logs
      .filter(
        ({ position, log }) =>
          position.block >= Number(fromBlock) &&
          position.block <= Number(toBlock) &&
          address.includes(log.address),
      )
      .map(({ position, log }) => ({
        address: log.address,
        topics: log.topics,
        data: log.data,
        blockNumber: hex(position.block),
        blockHash: word(position.block),
        blockTimestamp: hex(position.timestamp),
        transactionHash: position.transaction,
        transactionIndex: hex(position.transactionIndex!),
        logIndex: hex(log.logIndex),
      }));
  }
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}
