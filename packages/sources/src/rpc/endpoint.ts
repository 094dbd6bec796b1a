import type { EIP1193RequestFn, Transport } from "viem";
import { RpcEndpointError } from "./errors.js";
import { faultOfRequest, type RpcFault } from "./fault.js";
import { queriesOf, type RpcFilter } from "./filter.js";
import { sameLog } from "./page.js";
import {
  type RpcHeader,
  type RpcLog,
  type RpcReceipt,
  readBytes,
  readHeader,
  readLogs,
  readQuantity,
  readReceipts,
} from "./reply.js";

/** How often and how patiently an endpoint is asked. */
export interface RpcPatience {
  /** Times a request is made in all before it counts as failed. */
  readonly attempts: number;
  /** Wait before the second; doubles each time. */
  readonly firstWaitMs: number;
  /** Longest wait, also where the endpoint asks for more. */
  readonly longestWaitMs: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const DEFAULT_PATIENCE: RpcPatience = {
  attempts: 6,
  firstWaitMs: 250,
  longestWaitMs: 60_000,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Names of blocks that nodes keep. */
export type RpcTag = "finalized" | "safe" | "latest";

/**
 * viem's HTTP transport set for reading logs: requests of the same moment share one HTTP request, so that a balancer
 * gives them to the same node; repetition is left to the reader. viem is loaded with the first request, because files
 * need none of it.
 */
export const httpEndpoint = (url: string, options: HttpEndpointOptions = {}): Transport => {
  const { timeoutMs = 30_000, fetch } = options;
  const load = async (): Promise<EIP1193RequestFn> => {
    const { http } = await import("viem");
    const transport = http(url, {
      batch: { batchSize: 50 },
      retryCount: 0,
      timeout: timeoutMs,
      maxResponseBodySize: 64 * 1024 * 1024,
      ...(fetch === undefined ? {} : { fetchFn: fetch }),
    });
    return transport({ retryCount: 0 }).request;
  };
  return () => {
    let loaded: Promise<EIP1193RequestFn> | undefined;
    const request = (async (...args: Parameters<EIP1193RequestFn>) => {
      loaded ??= load();
      return (await loaded)(...args);
    }) as EIP1193RequestFn;
    return { config: { key: "http", name: "HTTP", type: "http", request, retryCount: 0 }, request };
  };
};

export interface HttpEndpointOptions {
  /** Longest wait for an answer. 30 s unless given. */
  readonly timeoutMs?: number;
  /** Instead of the platform's, for proxies and tests. */
  readonly fetch?: typeof fetch;
}

type Ask = (request: { readonly method: string; readonly params: readonly unknown[] }) => Promise<unknown>;

/** One node, through viem, with its replies checked for shape. Repeats what may pass, names what will not. */
export class Endpoint {
  readonly patience: RpcPatience;
  /** Requests made, repetitions included. */
  requests = 0;
  /** Requests that were repeated. */
  repeated = 0;
  readonly #ask: Ask;

  constructor(transport: Transport, patience: RpcPatience) {
    const { request } = transport({ retryCount: 0 });
    this.#ask = ({ method, params }) =>
      (request as (args: unknown, options: { retryCount: number }) => Promise<unknown>)(
        { method, params },
        { retryCount: 0 },
      );
    this.patience = patience;
  }

  async chainId(): Promise<number> {
    return readQuantity("eth_chainId", await this.#patiently("eth_chainId", []));
  }

  /** A block's header; undefined where the node does not have it (yet). */
  async header(block: number | RpcTag): Promise<RpcHeader | undefined> {
    const asked = typeof block === "number" ? quantityOf(block) : block;
    const value = await this.#patiently("eth_getBlockByNumber", [asked, false]);
    return value === null || value === undefined ? undefined : readHeader("eth_getBlockByNumber", value);
  }

  /** Receipts of every transaction of a block. */
  async receipts(block: number): Promise<RpcReceipt[]> {
    return readReceipts(
      "eth_getBlockReceipts",
      await this.#patiently("eth_getBlockReceipts", [quantityOf(block)]),
    );
  }

  /** Result of a call at a block. */
  async call(to: string, data: string, block: number): Promise<string> {
    return readBytes("eth_call", await this.#patiently("eth_call", [{ to, data }, quantityOf(block)]));
  }

  /** A word of a contract's storage at a block. */
  async storage(address: string, slot: string, block: number): Promise<string> {
    const params = [address, slot, quantityOf(block)];
    return readBytes("eth_getStorageAt", await this.#patiently("eth_getStorageAt", params));
  }

  /** Logs of one block by its hash. */
  async logsOfBlock(filter: RpcFilter, blockHash: string): Promise<RpcLog[]> {
    const answers = await Promise.all(
      queriesOf(filter).map((query) => this.#patiently("eth_getLogs", [{ ...query, blockHash }])),
    );
    return together(answers);
  }

  /** Logs of a range, asked once: the reader decides what a failure means. */
  async logsOnce(filter: RpcFilter, fromBlock: number, toBlock: number): Promise<RpcLog[] | RpcFault> {
    const range = { fromBlock: quantityOf(fromBlock), toBlock: quantityOf(toBlock) };
    const queries = queriesOf(filter);
    this.requests += queries.length;
    const asked = queries.map((query) =>
      this.#ask({ method: "eth_getLogs", params: [{ ...query, ...range }] }),
    );
    // All of them are waited for, or one that fails late would be nobody's.
    const answers = await Promise.allSettled(asked);
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed) return faultOfRequest(failed.reason);
    return together(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined)));
  }

  /** Waits before an attempt after the first. */
  async wait(attempt: number, fault?: RpcFault): Promise<void> {
    const { firstWaitMs, longestWaitMs, sleep } = this.patience;
    const own = firstWaitMs * 2 ** (attempt - 1);
    const asked = fault?.kind === "rate-limited" ? (fault.retryAfterMs ?? 0) : 0;
    this.repeated++;
    await sleep(Math.min(longestWaitMs, Math.max(own, asked)));
  }

  async #patiently(method: string, params: readonly unknown[]): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      this.requests++;
      try {
        return await this.#ask({ method, params });
      } catch (error) {
        const fault = faultOfRequest(error);
        const final =
          fault.kind === "refused" || fault.kind === "pruned" || attempt >= this.patience.attempts;
        if (final) throw new RpcEndpointError(method, attempt, fault.reason, adviceFor(fault));
        await this.wait(attempt, fault);
      }
    }
  }
}

/** What to do about a fault that stays. */
export function adviceFor(fault: RpcFault): string {
  switch (fault.kind) {
    case "rate-limited":
      return "Wait and resume, or use an endpoint with a higher limit.";
    case "pruned":
      return "Use an archive node: this one no longer has the blocks.";
    case "refused":
      return "Check the address and key of the endpoint, and whether it offers this method.";
    default:
      return "Resume later, or use another endpoint.";
  }
}

const quantityOf = (value: number): string => `0x${value.toString(16)}`;

/** Logs of several answers; a log that fits more than one query comes once. */
function together(answers: readonly unknown[]): RpcLog[] {
  const [first = [], ...others] = answers.map((answer) => readLogs("eth_getLogs", answer));
  if (others.length === 0) return first;
  const placeOf = (log: RpcLog): string => `${log.block} ${log.logIndex}`;
  const known = new Map(first.map((log) => [placeOf(log), log]));
  const logs = [...first];
  for (const log of others.flat()) {
    const twin = known.get(placeOf(log));
    if (twin !== undefined && sameLog(twin, log)) continue;
    known.set(placeOf(log), log);
    logs.push(log);
  }
  return logs;
}
