import { bloomMayHold } from "./bloom.js";
import { adviceFor, type Endpoint } from "./endpoint.js";
import { RpcEndpointError, RpcGapError, RpcReplyError } from "./errors.js";
import type { RpcFault } from "./fault.js";
import { fits, type RpcFilter } from "./filter.js";
import { checkAgainstHeaders, compareLogs, orderLogs, type RpcPage, type RpcTouch } from "./page.js";
import type { PageSize } from "./page-size.js";
import type { RpcHeader, RpcLog } from "./reply.js";

/**
 * How it is checked that no log is missing.
 * `none`: only that what came is consistent. `bloom`: blocks whose header's bloom filter may hold a log are asked again
 * one by one, by hash. `receipts`: against the receipts of every block. `second`: against another endpoint.
 */
export type RpcVerification = "none" | "bloom" | "receipts" | "second";

export interface PageReaderOptions {
  readonly endpoint: Endpoint;
  readonly second: PageReader | undefined;
  readonly filter: RpcFilter;
  readonly size: PageSize;
  readonly verify: RpcVerification;
  readonly touches: boolean;
  /** Requests under way at once. */
  readonly concurrency: number;
}

interface Range {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Reads pages of logs: as many blocks as the endpoint allows, nothing accepted that does not fit together. */
export class PageReader {
  readonly #options: PageReaderOptions;
  /** Repeated logs that were dropped. */
  duplicates = 0;
  /** Pages that were asked for again with fewer blocks. */
  refused = 0;

  constructor(options: PageReaderOptions) {
    this.#options = options;
  }

  /**
   * The page that begins at `fromBlock` and ends at `lastBlock` at the latest.
   *
   * @throws {RpcGapError} its logs cannot be had.
   * @throws {RpcReplyError} replies contradict each other, however often they are asked for.
   * @throws {RpcEndpointError} the endpoint does not answer.
   */
  async read(fromBlock: number, lastBlock: number): Promise<RpcPage> {
    const { endpoint, size } = this.#options;
    for (let attempt = 1; ; ) {
      const range = { fromBlock, toBlock: Math.min(lastBlock, fromBlock + size.blocks - 1) };
      const outcome = await this.#attempt(range);
      if (!("problem" in outcome)) {
        size.passed();
        return outcome;
      }
      const { problem } = outcome;
      if (!(problem instanceof RpcReplyError) && this.#shrinks(range, problem)) continue;
      if (attempt >= endpoint.patience.attempts) {
        if (problem instanceof RpcReplyError) throw problem;
        throw new RpcEndpointError("eth_getLogs", attempt, problem.reason, adviceFor(problem));
      }
      await endpoint.wait(attempt, problem instanceof RpcReplyError ? undefined : problem);
      attempt++;
    }
  }

  async #attempt(range: Range): Promise<RpcPage | { readonly problem: RpcFault | RpcReplyError }> {
    try {
      // Asked together, so that an HTTP batch brings both from the same node.
      const [found, end] = await Promise.all([
        this.#logs(range),
        this.#options.endpoint.header(range.toBlock),
      ]);
      if (!Array.isArray(found)) return { problem: found };
      if (end === undefined) {
        const reason = `the endpoint does not have block ${range.toBlock}, which it or its neighbour had`;
        return { problem: { kind: "transient", reason, slow: false } };
      }
      return await this.#checked(range, found, end);
    } catch (error) {
      if (error instanceof RpcReplyError) return { problem: error };
      throw error;
    }
  }

  /** Takes a refusal as advice to ask for fewer blocks. False where waiting is all that is left. */
  #shrinks({ fromBlock, toBlock }: Range, fault: RpcFault): boolean {
    const blocks = toBlock - fromBlock + 1;
    if (fault.kind === "pruned") throw new RpcGapError(fromBlock, toBlock, fault.reason, adviceFor(fault));
    if (fault.kind === "refused")
      throw new RpcEndpointError("eth_getLogs", 1, fault.reason, adviceFor(fault));
    const fewer =
      fault.kind === "too-large" || fault.kind === "unknown" || (fault.kind === "transient" && fault.slow);
    if (!fewer || blocks === 1) return false;
    this.refused++;
    this.#options.size.refused(fromBlock, blocks, fault.kind === "too-large" ? fault.hint : undefined);
    return true;
  }

  async #logs(range: Range): Promise<RpcLog[] | RpcFault> {
    const { endpoint, filter } = this.#options;
    const found = await endpoint.logsOnce(filter, range.fromBlock, range.toBlock);
    const full = !Array.isArray(found) && found.kind === "too-large" && range.fromBlock === range.toBlock;
    return full ? this.#fullBlock(range.fromBlock, found.reason) : found;
  }

  /** Logs of a block too full for `eth_getLogs`, or of a node that has this method switched off. */
  async #fullBlock(block: number, reason: string): Promise<RpcLog[]> {
    const { endpoint, filter } = this.#options;
    try {
      const receipts = await endpoint.receipts(block);
      return receipts.flatMap(({ logs }) => logs.filter((log) => fits(log, filter)));
    } catch (error) {
      if (!(error instanceof RpcEndpointError)) throw error;
      throw new RpcGapError(
        block,
        block,
        `eth_getLogs says "${reason}" for a single block and eth_getBlockReceipts fails too (${error.reason})`,
        "Use an endpoint that serves eth_getLogs or receipts for it.",
      );
    }
  }

  async #checked(range: Range, found: readonly RpcLog[], end: RpcHeader): Promise<RpcPage> {
    const { filter, verify } = this.#options;
    const { logs, duplicates } = orderLogs(found, filter, range);
    if (end.number !== range.toBlock) {
      throw new RpcReplyError(
        "eth_getBlockByNumber",
        "block",
        `block ${range.toBlock}`,
        `block ${end.number}`,
      );
    }
    const everyBlock = verify === "bloom" || verify === "receipts";
    const blocks = everyBlock
      ? Array.from({ length: range.toBlock - range.fromBlock + 1 }, (_, k) => range.fromBlock + k)
      : [...new Set(logs.map(({ block }) => block))];
    const headers = await this.#headers(blocks, end);
    checkAgainstHeaders(logs, headers);
    const touches = await this.#verify(range, logs, headers, end);
    await this.#refuseMoved(end);
    this.duplicates += duplicates;
    return { logs, touches, headers, end };
  }

  /** A chain that moved while a page was read may have put blocks of two forks into it. */
  async #refuseMoved(end: RpcHeader): Promise<void> {
    const again = await this.#options.endpoint.header(end.number);
    if (again?.hash === end.hash) return;
    const received = again?.hash ?? "null";
    throw new RpcReplyError("eth_getBlockByNumber", `hash of block ${end.number}`, end.hash, received);
  }

  async #headers(blocks: readonly number[], end: RpcHeader): Promise<Map<number, RpcHeader>> {
    const headers = new Map<number, RpcHeader>();
    const wanted = blocks.filter((block) => block !== end.number);
    const found = await this.#each(wanted, (block) => this.#options.endpoint.header(block));
    for (const [k, header] of found.entries()) {
      const block = wanted[k]!;
      if (header?.number !== block) {
        const received = header === undefined ? "null" : `block ${header.number}`;
        throw new RpcReplyError("eth_getBlockByNumber", "block", `block ${block}`, received);
      }
      headers.set(block, header);
    }
    headers.set(end.number, end);
    return headers;
  }

  async #verify(
    range: Range,
    logs: readonly RpcLog[],
    headers: ReadonlyMap<number, RpcHeader>,
    end: RpcHeader,
  ): Promise<RpcTouch[]> {
    switch (this.#options.verify) {
      case "none":
        return [];
      case "bloom":
        await this.#verifyByBloom(logs, headers);
        return [];
      case "receipts":
        return this.#verifyByReceipts(logs, headers);
      case "second":
        await this.#verifyBySecond(range, logs, end);
        return [];
    }
  }

  async #verifyByBloom(logs: readonly RpcLog[], headers: ReadonlyMap<number, RpcHeader>): Promise<void> {
    const { endpoint, filter } = this.#options;
    const candidates: RpcHeader[] = [];
    for (const header of headers.values()) {
      if (bloomMayHold(header.logsBloom, filter)) candidates.push(header);
      else if (logs.some(({ block }) => block === header.number)) {
        throw new RpcReplyError(
          "eth_getBlockByNumber",
          `logsBloom of block ${header.number}`,
          "a filter that holds the logs returned",
          "one that rules them out",
        );
      }
    }
    const again = await this.#each(candidates, ({ hash }) => endpoint.logsOfBlock(filter, hash));
    for (const [k, found] of again.entries()) {
      const block = candidates[k]!.number;
      const { logs: expected } = orderLogs(found, filter, { fromBlock: block, toBlock: block });
      compareLogs(
        logs.filter((log) => log.block === block),
        expected,
        "the block asked by its hash",
      );
    }
  }

  async #verifyByReceipts(
    logs: readonly RpcLog[],
    headers: ReadonlyMap<number, RpcHeader>,
  ): Promise<RpcTouch[]> {
    const { endpoint, filter } = this.#options;
    const blocks = [...headers.values()].sort((a, b) => a.number - b.number);
    const all = await this.#each(blocks, ({ number }) => endpoint.receipts(number));
    const touches: RpcTouch[] = [];
    for (const [k, receipts] of all.entries()) {
      const { number: block, transactionCount } = blocks[k]!;
      if (receipts.length !== transactionCount) {
        throw new RpcReplyError(
          "eth_getBlockReceipts",
          `receipts of block ${block}`,
          `${transactionCount}, one a transaction`,
          `${receipts.length}`,
        );
      }
      const made = receipts.flatMap((receipt) => receipt.logs.filter((log) => fits(log, filter)));
      const { logs: expected } = orderLogs(made, filter, { fromBlock: block, toBlock: block });
      compareLogs(
        logs.filter((log) => log.block === block),
        expected,
        "the receipts of the block",
      );
      for (const { to, succeeded, transaction, transactionIndex, logs: own } of receipts) {
        const silent = !own.some(({ address }) => filter.addresses.includes(address));
        if (to !== undefined && succeeded && silent && filter.addresses.includes(to)) {
          touches.push({ block, transaction, transactionIndex, address: to });
        }
      }
    }
    return this.#options.touches ? touches : [];
  }

  async #verifyBySecond(
    { fromBlock, toBlock }: Range,
    logs: readonly RpcLog[],
    end: RpcHeader,
  ): Promise<void> {
    const { second } = this.#options;
    if (!second) return;
    const expected: RpcLog[] = [];
    for (let next = fromBlock; next <= toBlock; ) {
      const page = await second.read(next, toBlock);
      expected.push(...page.logs);
      next = page.end.number + 1;
      if (page.end.number === end.number && page.end.hash !== end.hash) {
        throw new RpcReplyError(
          "eth_getBlockByNumber",
          `hash of block ${end.number}, compared with the second endpoint`,
          page.end.hash,
          end.hash,
        );
      }
    }
    compareLogs(logs, expected, "the second endpoint");
  }

  /** Results in the order of the inputs, a few at a time. */
  async #each<T, R>(inputs: readonly T[], ask: (input: T) => Promise<R>): Promise<R[]> {
    const { concurrency } = this.#options;
    const results: R[] = [];
    for (let k = 0; k < inputs.length; k += concurrency) {
      results.push(...(await Promise.all(inputs.slice(k, k + concurrency).map(ask))));
    }
    return results;
  }
}
