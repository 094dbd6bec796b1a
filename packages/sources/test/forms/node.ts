import { httpEndpoint, RpcLogSource, readCursor } from "@shortfall/sources";
import type { SourceForm, SourceHistory, SourceSite } from "@shortfall/testing";
import { RecordedNode } from "../recorded-node.js";
import { besidesOf, logsOf } from "./storage.js";

interface Rpc {
  readonly addresses: readonly string[];
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** A node over JSON-RPC. */
export function node(): SourceForm {
  const site = async (
    history: SourceHistory,
    damage: (logs: Record<string, unknown>[]) => unknown = (logs) => logs,
  ): Promise<SourceSite> => {
    const { rpc, chainId } = history.header as unknown as { rpc: Rpc; chainId: number };
    const recorded = new RecordedNode(logsOf(history), rpc.toBlock, chainId);
    recorded.damage = damage;
    return {
      open: (cursor) =>
        RpcLogSource.open({
          transport: httpEndpoint("http://node.invalid", { fetch: recorded.fetch }),
          header: history.header,
          addresses: rpc.addresses,
          fromBlock: rpc.fromBlock,
          end: { block: rpc.toBlock },
          besides: besidesOf(history),
          pageBlocks: 40,
          patience: { attempts: 2, sleep: async () => undefined },
          ...(cursor === undefined ? {} : { cursor: readCursor(cursor) }),
        }),
      pages: (source) => (source as RpcLogSource).pages(),
      destroy: async () => undefined,
    };
  };
  const second =
    (change: (log: Record<string, unknown>) => Record<string, unknown>) => (history: SourceHistory) =>
      site(history, (logs) => logs.map((log, k) => (k === 1 ? change(log) : log)));
  return {
    store: (history) => site(history),
    damages: {
      "half a byte of data": second((log) => ({ ...log, data: `${String(log.data)}0` })),
      "a log of another block": second((log) => ({ ...log, blockNumber: "0x1" })),
      "a log of another fork": second((log) => ({ ...log, blockHash: `0x${"fe".repeat(32)}` })),
      "no answer": (history) => site(history, () => null),
      "two logs of one index": (history) =>
        site(history, (logs) => [...logs, ...logs.slice(0, 1).map((log) => ({ ...log, data: "0xee" }))]),
    },
  };
}
