import type { HistoryHeader } from "@shortfall/core";
import type { Transport } from "viem";
import { type BesideRecord, besidesText } from "../besides.js";
import { chainIdOf } from "../history-header.js";
import type { RpcCheckpoint } from "./checkpoint.js";
import { CURSOR_FORMAT, cutCursor, type RpcCursor } from "./cursor.js";
import type { Endpoint, RpcPatience, RpcTag } from "./endpoint.js";
import { RpcCursorError, RpcEndpointError, RpcReorganisedError, RpcRequestFault } from "./errors.js";
import type { RpcFilter, RpcTokens } from "./filter.js";
import type { RpcVerification } from "./page-reader.js";
import type { RpcPriceFeed } from "./price-feed.js";

/** Where reading ends: a block that nodes name, a depth below the newest, or a block. */
export type RpcEnd =
  | { readonly tag: RpcTag }
  | { readonly confirmations: number }
  | { readonly block: number };

export interface RpcSourceOptions {
  /** A viem transport; `httpEndpoint(url)` makes one that suits. */
  readonly transport: Transport;
  /** First line of the history: protocol, version, parameters and the state before `fromBlock`. */
  readonly header: HistoryHeader;
  /** Contracts whose logs are read. */
  readonly addresses: readonly string[];
  /** As `eth_getLogs` takes them. All logs of the contracts unless given. */
  readonly topics?: RpcFilter["topics"];
  /** Movements of tokens to read beside them. */
  readonly tokens?: RpcTokens | undefined;
  /** Aggregators whose answers become `price` records. */
  readonly prices?: readonly RpcPriceFeed[] | undefined;
  readonly fromBlock: number;
  /** The last finalised block unless given. */
  readonly end?: RpcEnd;
  /** Most blocks asked for at once. 2,000 unless given. */
  readonly pageBlocks?: number;
  /** `none` unless given. */
  readonly verify?: RpcVerification;
  /** For `verify: "second"`. */
  readonly second?: Transport;
  /** Calls that reached a contract without a log of it become `touch` records. Needs `verify: "receipts"`. */
  readonly touches?: boolean;
  /**
   * What nodes do not give as logs, such as prices: put among the logs by block and transaction, or before the first
   * transaction of its block. Of a block, in the order given.
   */
  readonly besides?: readonly BesideRecord[];
  /** Totals to read at the last block or at chosen ones, after their logs. */
  readonly checkpoints?: readonly RpcCheckpoint[];
  /** Reads on from here; the end is then the cursor's. */
  readonly cursor?: RpcCursor;
  readonly patience?: Partial<RpcPatience>;
  /** Requests under way at once. 20 unless given. */
  readonly concurrency?: number;
  /** In messages and reports; `rpc-<chain>-<from>-<to>` unless given. Never the endpoint's address: it may hold a key. */
  readonly name?: string;
}

/** @throws {RpcRequestFault} numbers that are none; options that need another. */
export function checkOptions({ fromBlock, pageBlocks, verify, second, touches }: RpcSourceOptions): void {
  const whole = (field: string, value: number, least: number): void => {
    if (Number.isSafeInteger(value) && value >= least) return;
    throw new RpcRequestFault(field, `a whole number from ${least}`, String(value));
  };
  whole("fromBlock", fromBlock, 0);
  whole("pageBlocks", pageBlocks ?? 1, 1);
  if (verify === "second" && second === undefined) {
    throw new RpcRequestFault("second", "another endpoint to compare with", "none");
  }
  if (touches === true && verify !== "receipts") {
    throw new RpcRequestFault(
      "touches",
      'verify: "receipts", which reads them',
      `verify: "${verify ?? "none"}"`,
    );
  }
}

/** The chain of the endpoint, decimal. @throws {RpcRequestFault} the header is of another. */
export async function chainOf(endpoint: Endpoint, header: HistoryHeader): Promise<string> {
  const chainId = String(await endpoint.chainId());
  const expected = chainIdOf(header);
  const number =
    expected !== undefined && /^(\d+|0x[0-9a-fA-F]+)$/.test(expected)
      ? BigInt(expected).toString()
      : expected;
  if (number !== undefined && number !== chainId) {
    throw new RpcRequestFault(
      "chain",
      `chain ${expected}, as the header says`,
      `an endpoint of chain ${chainId}`,
    );
  }
  return chainId;
}

/** A cursor at the first block, its end pinned. @throws {RpcRequestFault} the end is not there, or before the start. */
export async function started(
  endpoint: Endpoint,
  { fromBlock, end = { tag: "finalized" }, besides = [] }: RpcSourceOptions,
  filter: RpcFilter,
  chainId: string,
): Promise<RpcCursor> {
  const toBlock = await endOf(endpoint, end);
  if (fromBlock > toBlock)
    throw new RpcRequestFault("fromBlock", `at most the end, block ${toBlock}`, `${fromBlock}`);
  const shared = { format: CURSOR_FORMAT, chainId, filter: filterText(filter, besides) } as const;
  return { ...shared, fromBlock, toBlock, nextBlock: fromBlock, lines: 1, anchors: [] };
}

/** What a reading is of, as canonical text. */
const filterText = (filter: RpcFilter, besides: readonly BesideRecord[]): string =>
  JSON.stringify({ ...filter, ...(besides.length === 0 ? {} : { besides: besidesText(besides) }) });

async function endOf(endpoint: Endpoint, end: RpcEnd): Promise<number> {
  if ("tag" in end) {
    const header = await endpoint.header(end.tag);
    if (header) return header.number;
    throw new RpcRequestFault(
      "end",
      `a node that knows its ${end.tag} block`,
      "none; give a block or confirmations",
    );
  }
  const head = await headOf(endpoint);
  const [field, value] =
    "block" in end
      ? (["end.block", end.block] as const)
      : (["end.confirmations", end.confirmations] as const);
  if (!Number.isSafeInteger(value) || value < 0 || value > head) {
    throw new RpcRequestFault(field, `a whole number up to the newest block, ${head}`, `${value}`);
  }
  return "block" in end ? value : head - value;
}

async function headOf(endpoint: Endpoint): Promise<number> {
  const head = await endpoint.header("latest");
  if (head) return head.number;
  throw new RpcEndpointError("eth_getBlockByNumber", 1, "it has no newest block", "Use another endpoint.");
}

/**
 * The cursor of an earlier reading, if it is of this one and its blocks still stand.
 *
 * @throws {RpcCursorError} {@link RpcReorganisedError} {@link RpcEndpointError}
 */
export async function resumed(
  endpoint: Endpoint,
  { fromBlock, besides = [] }: RpcSourceOptions,
  filter: RpcFilter,
  cursor: RpcCursor,
  chainId: string,
): Promise<RpcCursor> {
  const same = (field: string, expected: string, received: string): void => {
    if (expected !== received) throw new RpcCursorError(field, expected, received);
  };
  same("chainId", chainId, cursor.chainId);
  same("filter", filterText(filter, besides), cursor.filter);
  same("fromBlock", `${fromBlock}`, `${cursor.fromBlock}`);
  const head = await headOf(endpoint);
  if (head < cursor.toBlock) {
    throw new RpcEndpointError(
      "eth_getBlockByNumber",
      1,
      `the newest block is ${head}, before block ${cursor.toBlock} that was there when the reading began`,
      "Wait for it, or use another endpoint.",
    );
  }
  await refuseMoved(endpoint, cursor);
  return cursor;
}

/** @throws {RpcReorganisedError} with the cursor cut to the last page end that still stands. */
export async function refuseMoved(endpoint: Endpoint, cursor: RpcCursor): Promise<void> {
  const hashAt = async (block: number): Promise<string> => (await endpoint.header(block))?.hash ?? "gone";
  const last = cursor.anchors[cursor.anchors.length - 1];
  if (!last) return;
  let hash = await hashAt(last.block);
  // A block that is not there may only be late at one of several nodes behind one address.
  for (let attempt = 1; hash === "gone" && attempt < endpoint.patience.attempts; attempt++) {
    await endpoint.wait(attempt);
    hash = await hashAt(last.block);
  }
  if (hash === last.hash) return;
  for (const anchor of [...cursor.anchors].reverse().slice(1)) {
    if ((await hashAt(anchor.block)) === anchor.hash) {
      throw new RpcReorganisedError(last.block, last.hash, hash, cutCursor(cursor, anchor));
    }
  }
  throw new RpcReorganisedError(last.block, last.hash, hash, undefined);
}
