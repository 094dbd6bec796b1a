import { createHash } from "node:crypto";
import type { HistoryHeader, LogSource, SourceDigest, SourceRecord } from "@shortfall/core";
import { type BesideRecord, onLine, outsideOf, placeBesides } from "../besides.js";
import { recordLine } from "../record-line.js";
import type { LogRecord } from "../table/log-row.js";
import { checkpointBlocks, type RpcCheckpoint, readTotals } from "./checkpoint.js";
import { advanceCursor, type RpcCursor } from "./cursor.js";
import { DEFAULT_PATIENCE, Endpoint } from "./endpoint.js";
import { RpcReplyError, RpcRequestFault } from "./errors.js";
import { filterOf, isWanted, type RpcFilter } from "./filter.js";
import { chainOf, checkOptions, type RpcSourceOptions, refuseMoved, resumed, started } from "./opening.js";
import type { RpcPage, RpcTouch } from "./page.js";
import { PageReader, type RpcVerification } from "./page-reader.js";
import { PageSize } from "./page-size.js";
import { pricesOf, type RpcPriceFeed } from "./price-feed.js";
import type { RpcLog } from "./reply.js";

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
  readonly #besides: readonly BesideRecord[];
  readonly #filter: RpcFilter;
  readonly #prices: readonly RpcPriceFeed[];
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
    this.#besides = options.besides ?? [];
    this.#filter = filter;
    this.#prices = (options.prices ?? []).map(({ subject, feed }) => ({ subject, feed: feed.toLowerCase() }));
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
    refuseOutside(options.besides ?? [], cursor);
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
      const records = this.#records(page, await this.#totals(page, cursor), cursor);
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

  /** Checkpoints of the page's blocks, each read while its block stood. */
  async #totals(page: RpcPage, { nextBlock, toBlock }: RpcCursor): Promise<BesideRecord[]> {
    const blocks = checkpointBlocks(
      this.#checkpoints,
      { fromBlock: nextBlock, toBlock: page.end.number },
      toBlock,
    );
    const totals: BesideRecord[] = [];
    for (const block of blocks) {
      const header = page.headers.get(block) ?? (await this.#endpoint.header(block));
      if (!header) throw movedBlock(block, "the block", "null");
      totals.push(...(await readTotals(this.#endpoint, this.#checkpoints, header, toBlock)));
      const again = await this.#endpoint.header(block);
      if (again?.hash !== header.hash) throw movedBlock(block, header.hash, again?.hash ?? "null");
    }
    return totals;
  }

  #records(page: RpcPage, totals: readonly BesideRecord[], cursor: RpcCursor): SourceRecord[] {
    const timeOf = (block: number): number => page.headers.get(block)!.timestamp;
    const besides = [
      ...this.#besides.filter(
        ({ position: { block } }) => block >= cursor.nextBlock && block <= page.end.number,
      ),
      ...totals,
      ...page.logs.flatMap((log) => pricesOf(log, this.#prices, timeOf(log.block))),
      ...page.touches.map((touch) => touchRecord(touch, timeOf(touch.block))),
    ];
    const logs = page.logs
      .filter((log) => isWanted(log, this.#filter))
      .map((log) => logRecord(log, timeOf(log.block)));
    const { fromBlock, toBlock, lines } = cursor;
    const range: SourceRecord[] = lines === 1 ? [{ kind: "range", line: 2, fromBlock, toBlock }] : [];
    const first = lines + range.length + 1;
    return [...range, ...placeBesides(besides, logs).map((record, index) => onLine(record, first + index))];
  }
}

/** @throws {RpcRequestFault} a record of no block that is read would be lost. */
function refuseOutside(
  records: readonly BesideRecord[],
  range: { readonly fromBlock: number; readonly toBlock: number },
): void {
  const outside = outsideOf(records, range);
  if (!outside) return;
  const { kind, position } = outside;
  const line = position.line === undefined ? "" : ` of line ${position.line}`;
  throw new RpcRequestFault(
    `${kind}${line}`,
    `a block from ${range.fromBlock} to ${range.toBlock}, which are read`,
    `block ${position.block}`,
  );
}

const movedBlock = (block: number, expected: string, received: string): RpcReplyError =>
  new RpcReplyError("eth_call", `hash of block ${block}`, `${expected}, at which totals are read`, received);

const touchRecord = (touch: RpcTouch, timestamp: number): BesideRecord => {
  const { block, transaction, transactionIndex, address } = touch;
  return {
    kind: "touch",
    position: { block, timestamp, transaction, transactionIndex },
    addresses: [address],
  };
};

const logRecord = (log: RpcLog, timestamp: number): LogRecord => ({
  kind: "log",
  position: {
    block: log.block,
    timestamp,
    transaction: log.transaction,
    transactionIndex: log.transactionIndex,
    logIndex: log.logIndex,
  },
  log: { address: log.address, topics: log.topics, data: log.data, logIndex: log.logIndex },
  removed: false,
  blockHash: log.blockHash,
});
