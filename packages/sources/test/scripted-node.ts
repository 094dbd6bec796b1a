import { keccak, toHex } from "@shortfall/core";

/** A call as it arrives, with what the node would answer. */
export interface ScriptedCall {
  readonly method: string;
  readonly params: readonly unknown[];
  /** How many calls of this method came before. */
  readonly count: number;
}

/** Instead of an honest answer: an error of the node, another result, or another HTTP response altogether. */
export type ScriptedFault =
  | {
      readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
      readonly status?: number;
    }
  | { readonly result: unknown }
  | { readonly response: () => Response }
  | { readonly stall: true };

export type Script = (call: ScriptedCall, honest: unknown) => ScriptedFault | undefined;

export interface ScriptedLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

interface Transaction {
  readonly hash: string;
  readonly to: string;
  readonly status: string;
  readonly logs: readonly ScriptedLog[];
}

interface Block {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
  readonly transactions: readonly Transaction[];
  readonly logsBloom: string;
}

const hashOf = (text: string): string => toHex(keccak(new TextEncoder().encode(text)));
const hex = (value: number): string => `0x${value.toString(16)}`;

/** A node in memory that speaks JSON-RPC to `fetch`, honestly but for its script. */
export class ScriptedNode {
  readonly chainId = 10;
  readonly blocks: Block[] = [];
  script: Script = () => undefined;
  readonly #counts = new Map<string, number>();
  finalisedDepth = 2;
  withTimestamps = true;

  /** Adds a block. `fork` makes it another than the same content elsewhere. */
  mine(
    transactions: readonly { to?: string; status?: number; logs: readonly ScriptedLog[] }[],
    fork = "",
  ): void {
    const number = this.blocks.length;
    const parentHash = this.blocks[number - 1]?.hash ?? `0x${"00".repeat(32)}`;
    const hash = hashOf(`block ${number} ${parentHash} ${fork} ${JSON.stringify(transactions)}`);
    this.blocks.push({
      number,
      hash,
      parentHash,
      timestamp: 1_700_000_000 + number * 12,
      logsBloom: bloomOf(transactions.flatMap(({ logs }) => logs)),
      transactions: transactions.map(({ to = `0x${"ee".repeat(20)}`, status = 1, logs }, index) => ({
        hash: hashOf(`transaction ${index} of ${hash}`),
        to,
        status: hex(status),
        logs,
      })),
    });
  }

  /** Takes blocks back, from `number` on. */
  cut(number: number): void {
    this.blocks.length = number;
  }

  count(method: string): number {
    return this.#counts.get(method) ?? 0;
  }

  readonly fetch = (async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body)) as RpcBody | RpcBody[];
    const answers: unknown[] = [];
    for (const call of Array.isArray(body) ? body : [body]) {
      const { method, params = [], id } = call;
      const count = this.count(method);
      this.#counts.set(method, count + 1);
      const honest = this.#answer(method, params);
      const fault = this.script({ method, params, count }, honest);
      if (fault && "response" in fault) return fault.response();
      if (fault && "stall" in fault) return stalled(init?.signal);
      if (fault && "error" in fault) {
        // A server that answers with another status refuses the batch as a whole, with one error.
        if (fault.status !== undefined) return refusal(fault.error, fault.status, id);
        answers.push({ jsonrpc: "2.0", id, error: fault.error });
      } else answers.push({ jsonrpc: "2.0", id, result: fault ? fault.result : honest });
    }
    return new Response(JSON.stringify(Array.isArray(body) ? answers : answers[0]), {
      headers: { "content-type": "application/json" },
    });
  }) as typeof fetch;

  #answer(method: string, params: readonly unknown[]): unknown {
    const [first] = params;
    switch (method) {
      case "eth_chainId":
        return hex(this.chainId);
      case "eth_getBlockByNumber": {
        const block = this.#block(String(first));
        return block ? header(block) : null;
      }
      case "eth_getBlockReceipts": {
        const block = this.#block(String(first));
        return block ? this.#receipts(block) : null;
      }
      case "eth_getLogs":
        return this.logs(first as LogQuery);
      case "eth_call":
        return `0x${"07".padStart(64, "0")}${"f".repeat(64)}`;
      case "eth_getStorageAt":
        return `0x${"0".repeat(64)}`;
      default:
        throw new Error(`The scripted node does not know ${method}`);
    }
  }

  logs({ address, topics = [], fromBlock, toBlock, blockHash }: LogQuery): Record<string, unknown>[] {
    return this.blocks
      .filter(({ number, hash }) =>
        blockHash === undefined
          ? number >= Number(fromBlock) && number <= Number(toBlock)
          : hash === blockHash,
      )
      .flatMap((block) => this.#logsOf(block))
      .filter(
        (log) =>
          (address === undefined || address.includes(String(log.address))) &&
          topics.every(
            (topic, place) => topic === null || [topic].flat().includes((log.topics as string[])[place]!),
          ),
      );
  }

  #logsOf(block: Block): Record<string, unknown>[] {
    let logIndex = 0;
    return block.transactions.flatMap(({ hash, logs }, index) =>
      logs.map((log) => ({
        ...log,
        blockNumber: hex(block.number),
        blockHash: block.hash,
        transactionHash: hash,
        transactionIndex: hex(index),
        logIndex: hex(logIndex++),
        removed: false,
        ...(this.withTimestamps ? { blockTimestamp: hex(block.timestamp) } : {}),
      })),
    );
  }

  #receipts(block: Block): unknown[] {
    const logs = this.#logsOf(block);
    return block.transactions.map(({ hash, to, status }, index) => ({
      transactionHash: hash,
      transactionIndex: hex(index),
      to,
      status,
      logs: logs.filter(({ transactionHash }) => transactionHash === hash),
    }));
  }

  #block(name: string): Block | undefined {
    if (name === "latest") return this.blocks[this.blocks.length - 1];
    if (name === "finalized" || name === "safe")
      return this.blocks[this.blocks.length - 1 - this.finalisedDepth];
    return this.blocks[Number(name)];
  }
}

interface RpcBody {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

export interface LogQuery {
  readonly address?: readonly string[];
  readonly topics?: readonly (string | string[] | null)[];
  readonly fromBlock?: string;
  readonly toBlock?: string;
  readonly blockHash?: string;
}

const header = ({ number, hash, parentHash, timestamp, transactions, logsBloom }: Block): unknown => ({
  number: hex(number),
  hash,
  parentHash,
  timestamp: hex(timestamp),
  logsBloom,
  transactions: transactions.map((transaction) => transaction.hash),
});

const refusal = (error: unknown, status: number, id: number): Response =>
  new Response(JSON.stringify({ jsonrpc: "2.0", id, error }), {
    status,
    headers: { "content-type": "application/json" },
  });

const stalled = (signal: AbortSignal | null | undefined): Promise<Response> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });

/** Written apart from the reader's: sets bits in one integer of 2,048. */
function bloomOf(logs: readonly ScriptedLog[]): string {
  let bits = 0n;
  for (const value of logs.flatMap(({ address, topics }) => [address, ...topics])) {
    const hash = toHex(keccak(Uint8Array.from(Buffer.from(value.slice(2), "hex")))).slice(2);
    for (const at of [0, 4, 8]) bits |= 1n << BigInt(Number.parseInt(hash.slice(at, at + 4), 16) % 2048);
  }
  return `0x${bits.toString(16).padStart(512, "0")}`;
}
