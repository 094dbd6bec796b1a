import { createHash } from "node:crypto";
import type { HistoryHeader, LogSource, SourceDigest, SourceRecord } from "@shortfall/core";
import type { Transport } from "viem";
import { chainIdOf, LOGS_FORMAT } from "../history-header.js";
import { type RpcCheckpoint, readTotals } from "./checkpoint.js";
import { advanceCursor, CURSOR_FORMAT, cutCursor, type RpcCursor } from "./cursor.js";
import { DEFAULT_PATIENCE, Endpoint, type RpcFilter, type RpcPatience, type RpcTag } from "./endpoint.js";
import {
  RpcCursorError,
  RpcEndpointError,
  RpcReorganisedError,
  RpcReplyError,
  RpcRequestFault,
} from "./errors.js";
import type { RpcPage } from "./page.js";
import { PageReader, type RpcVerification } from "./page-reader.js";
import { PageSize } from "./page-size.js";
import { recordLine } from "./record-line.js";
import type { RpcLog } from "./reply.js";

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
  /** Totals to read at the last block, after its logs. */
  readonly checkpoints?: readonly RpcCheckpoint[];
  /** Reads on from here; the end is then the cursor's. */
  readonly cursor?: RpcCursor;
  readonly patience?: Partial<RpcPatience>;
  /** Requests under way at once. 20 unless given. */
  readonly concurrency?: number;
  /** In messages and reports; `rpc-<chain>-<from>-<to>` unless given. Never the endpoint's address: it may hold a key. */
  readonly name?: string;
}

/** A page of records, with the cursor to keep once they are stored. */
export interface RpcRecords {
  readonly records: readonly SourceRecord[];
  readonly cursor: RpcCursor;
}

/** What reading took. */
export interface RpcEffort {
  readonly requests: number;
  readonly repeated: number;
  readonly pages: number;
  /** Times that an endpoint refused a page and fewer blocks were asked for. */
  readonly refusedPages: number;
  /** Repeated logs that were dropped. */
  readonly duplicates: number;
  readonly verify: RpcVerification;
}

/**
 * A history read from a node. The records are those that a file of the same logs gives, whatever the endpoint's limits
 * and hiccups: a page is used only when it is whole and fits the blocks around it, and what cannot be had is an error.
 */
export class RpcLogSource implements LogSource {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly style = "logs";
  /** Logs are filtered by address, so their indices have holes by nature. */
  readonly complete = false;
  readonly continues: boolean;
  readonly chainId: string;
  readonly #endpoint: Endpoint;
  readonly #second: Endpoint | undefined;
  readonly #reader: PageReader;
  readonly #verify: RpcVerification;
  readonly #checkpoints: readonly RpcCheckpoint[];
  #cursor: RpcCursor;
  #pages = 0;

  private constructor(
    options: RpcSourceOptions,
    filter: RpcFilter,
    endpoints: { readonly first: Endpoint; readonly second: Endpoint | undefined },
    cursor: RpcCursor,
  ) {
    const { header, pageBlocks = 2000, verify = "none", touches = false, concurrency = 20 } = options;
    const { first, second } = endpoints;
    this.header = header;
    this.continues = header.continues === true;
    this.chainId = cursor.chainId;
    this.name = options.name ?? `rpc-${cursor.chainId}-${cursor.fromBlock}-${cursor.toBlock}`;
    this.#endpoint = first;
    this.#second = second;
    this.#verify = verify;
    this.#checkpoints = options.checkpoints ?? [];
    this.#cursor = cursor;
    const common = { filter, concurrency };
    const reader = second && {
      ...common,
      endpoint: second,
      second: undefined,
      size: new PageSize(pageBlocks),
      verify: "none" as const,
      touches: false,
    };
    this.#reader = new PageReader({
      ...common,
      endpoint: first,
      second: reader && new PageReader(reader),
      size: new PageSize(pageBlocks),
      verify,
      touches,
    });
  }

  /**
   * Asks the endpoint for its chain and pins the end of the reading.
   *
   * @throws {RpcRequestFault} options that do not fit together, or the endpoint's chain.
   * @throws {RpcCursorError} the cursor is of another reading.
   * @throws {RpcReorganisedError} the block that the cursor ends at is no longer on the chain.
   * @throws {RpcEndpointError} the endpoint does not answer, or is behind the cursor.
   */
  static async open(options: RpcSourceOptions): Promise<RpcLogSource> {
    const filter = filterOf(options);
    checkOptions(options);
    const patience = { ...DEFAULT_PATIENCE, ...options.patience };
    const first = new Endpoint(options.transport, patience);
    const second =
      options.verify === "second" && options.second ? new Endpoint(options.second, patience) : undefined;
    const chainId = await chainOf(first, options.header);
    if (second) {
      const other = String(await second.chainId());
      if (other !== chainId)
        throw new RpcRequestFault("second", `an endpoint of chain ${chainId}`, `one of chain ${other}`);
    }
    const cursor = options.cursor
      ? await resumed(first, options, filter, options.cursor, chainId)
      : await started(first, options, filter, chainId);
    return new RpcLogSource(options, filter, { first, second }, cursor);
  }

  /** How far `pages` or `records` has come: to keep once everything before it is stored. */
  get cursor(): RpcCursor {
    return this.#cursor;
  }

  get effort(): RpcEffort {
    return {
      requests: this.#endpoint.requests + (this.#second?.requests ?? 0),
      repeated: this.#endpoint.repeated + (this.#second?.repeated ?? 0),
      pages: this.#pages,
      refusedPages: this.#reader.refused,
      duplicates: this.#reader.duplicates,
      verify: this.#verify,
    };
  }

  /**
   * Pages from the cursor to the end. How blocks fall into pages depends on the endpoint, the records do not.
   *
   * @throws {RpcReorganisedError} blocks that were already given are no longer on the chain.
   * @throws {RpcGapError} {@link RpcReplyError} {@link RpcEndpointError}
   */
  async *pages(): AsyncGenerator<RpcRecords> {
    while (this.#cursor.nextBlock <= this.#cursor.toBlock) {
      const cursor = this.#cursor;
      const page = await this.#reader.read(cursor.nextBlock, cursor.toBlock);
      const records = this.#records(page, cursor);
      if (page.end.number === cursor.toBlock)
        records.push(...(await this.#totals(page, cursor, records.length)));
      // Asked after the page: everything before it then is what the page stands on.
      await refuseMoved(this.#endpoint, cursor);
      const lines = cursor.lines + records.length;
      this.#pages++;
      const next = advanceCursor(cursor, { block: page.end.number, hash: page.end.hash, lines });
      yield { records, cursor: next };
      this.#cursor = next;
    }
  }

  /** @throws as {@link pages}. The digest is of the lines that the records make in a file, without its header. */
  async *records(): AsyncGenerator<SourceRecord, SourceDigest> {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const { records } of this.pages()) {
      for (const record of records) {
        const line = `${recordLine(record)}\n`;
        hash.update(line);
        bytes += Buffer.byteLength(line);
        yield record;
      }
    }
    return { name: this.name, bytes, sha256: hash.digest("hex") };
  }

  async close(): Promise<void> {
    // Nothing is held between requests.
  }

  async #totals({ end }: RpcPage, cursor: RpcCursor, read: number): Promise<SourceRecord[]> {
    if (this.#checkpoints.length === 0) return [];
    const totals = await readTotals(this.#endpoint, this.#checkpoints, end, cursor.lines + read + 1);
    const again = await this.#endpoint.header(end.number);
    if (again?.hash === end.hash) return totals;
    const expected = `${end.hash}, at which the totals were read`;
    throw new RpcReplyError("eth_call", `hash of block ${end.number}`, expected, again?.hash ?? "null");
  }

  #records(page: RpcPage, cursor: RpcCursor): SourceRecord[] {
    const records: SourceRecord[] = [];
    const nextLine = (): number => cursor.lines + records.length + 1;
    if (cursor.lines === 1) {
      const { fromBlock, toBlock } = cursor;
      records.push({ kind: "range", line: nextLine(), fromBlock, toBlock });
    }
    const touches = [...page.touches];
    const touchesBefore = (block: number, transactionIndex: number): void => {
      for (let touch = touches[0]; touch; touch = touches[0]) {
        if (touch.block > block || (touch.block === block && touch.transactionIndex > transactionIndex))
          return;
        touches.shift();
        const { timestamp } = page.headers.get(touch.block)!;
        const { transaction, transactionIndex: index } = touch;
        const position = {
          block: touch.block,
          timestamp,
          transaction,
          transactionIndex: index,
          line: nextLine(),
        };
        records.push({ kind: "touch", position, addresses: [touch.address] });
      }
    };
    for (const log of page.logs) {
      touchesBefore(log.block, log.transactionIndex);
      records.push(logRecord(log, page.headers.get(log.block)!.timestamp, nextLine()));
    }
    touchesBefore(Number.POSITIVE_INFINITY, 0);
    return records;
  }
}

/** The header's line in a file of plain logs. */
export const headerLine = (header: HistoryHeader): string =>
  JSON.stringify({ ...header, format: LOGS_FORMAT });

const logRecord = (log: RpcLog, timestamp: number, line: number): SourceRecord => ({
  kind: "log",
  position: {
    block: log.block,
    timestamp,
    transaction: log.transaction,
    transactionIndex: log.transactionIndex,
    line,
    logIndex: log.logIndex,
  },
  log: { address: log.address, topics: log.topics, data: log.data, logIndex: log.logIndex },
  removed: false,
  blockHash: log.blockHash,
});

function filterOf({ addresses, topics = [] }: RpcSourceOptions): RpcFilter {
  const lower = addresses.map((address, index) => {
    if (/^0x[0-9a-fA-F]{40}$/.test(address)) return address.toLowerCase();
    throw new RpcRequestFault(`addresses[${index}]`, "a 20-byte hex address", address);
  });
  if (lower.length === 0) throw new RpcRequestFault("addresses", "at least one contract", "none");
  const lowerTopic = (topic: string): string => topic.toLowerCase();
  return {
    addresses: [...new Set(lower)].sort(),
    topics: topics.map((topic) => {
      if (topic === null) return null;
      return typeof topic === "string" ? lowerTopic(topic) : topic.map(lowerTopic).sort();
    }),
  };
}

function checkOptions({ fromBlock, pageBlocks, verify, second, touches }: RpcSourceOptions): void {
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

async function chainOf(endpoint: Endpoint, header: HistoryHeader): Promise<string> {
  const chainId = String(await endpoint.chainId());
  const expected = chainIdOf(header);
  if (expected !== undefined && BigInt(expected).toString() !== chainId) {
    throw new RpcRequestFault(
      "chain",
      `chain ${expected}, as the header says`,
      `an endpoint of chain ${chainId}`,
    );
  }
  return chainId;
}

async function started(
  endpoint: Endpoint,
  { fromBlock, end = { tag: "finalized" } }: RpcSourceOptions,
  filter: RpcFilter,
  chainId: string,
): Promise<RpcCursor> {
  const toBlock = await endOf(endpoint, end);
  if (fromBlock > toBlock)
    throw new RpcRequestFault("fromBlock", `at most the end, block ${toBlock}`, `${fromBlock}`);
  const shared = { format: CURSOR_FORMAT, chainId, filter: JSON.stringify(filter) } as const;
  return { ...shared, fromBlock, toBlock, nextBlock: fromBlock, lines: 1, anchors: [] };
}

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

async function resumed(
  endpoint: Endpoint,
  { fromBlock }: RpcSourceOptions,
  filter: RpcFilter,
  cursor: RpcCursor,
  chainId: string,
): Promise<RpcCursor> {
  const same = (field: string, expected: string, received: string): void => {
    if (expected !== received) throw new RpcCursorError(field, expected, received);
  };
  same("chainId", chainId, cursor.chainId);
  same("filter", JSON.stringify(filter), cursor.filter);
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
async function refuseMoved(endpoint: Endpoint, cursor: RpcCursor): Promise<void> {
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
