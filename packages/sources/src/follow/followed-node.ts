import type { FollowedBatch, FollowedSource, HistoryHeader, SourceRecord } from "@shortfall/core";
import { HistoryFile } from "../history-file.js";
import type { RpcCursor } from "../rpc/cursor.js";
import { RpcEndpointError, RpcReorganisedError, RpcRequestFault } from "../rpc/errors.js";
import { KeptHistory } from "../rpc/kept-history.js";
import type { RpcEnd, RpcSourceOptions } from "../rpc/opening.js";
import { RpcLogSource } from "../rpc/rpc-source.js";
import { pause } from "./pause.js";

export interface FollowedNodeOptions
  extends Omit<RpcSourceOptions, "cursor" | "end" | "name" | "besides" | "checkpoints"> {
  /** Where what was read is kept, as a file of plain logs; `<file>.cursor.json` stands beside it. */
  readonly file: string;
  /** What counts as final: the node's finalised block where absent. */
  readonly final?: RpcEnd;
  /** Reads on beyond the final block to the newest, which may be taken back. */
  readonly pending?: boolean;
  /** Milliseconds between looks at the chain. 4000 where absent. */
  readonly interval?: number;
  /** Ends once it has read to the end of the chain as it is now. */
  readonly once?: boolean;
  /** Told of looks in vain, because the endpoint does not answer; the next look tries again. */
  readonly onTrouble?: (error: RpcEndpointError) => void;
}

/**
 * A history read from a node as the chain grows. What was read is kept, so that a start later reads only what is new.
 * Blocks that are no longer on the chain are cut off, and the history begins again with what still stands.
 */
export class FollowedNode implements FollowedSource {
  readonly name: string;
  readonly header: HistoryHeader;
  readonly style = "logs";
  readonly complete = false;
  readonly #options: FollowedNodeOptions;
  readonly #kept: KeptHistory;
  #cursor: RpcCursor | undefined;

  private constructor(options: FollowedNodeOptions, kept: KeptHistory, cursor: RpcCursor | undefined) {
    this.name = "node";
    this.header = options.header;
    this.#options = options;
    this.#kept = kept;
    this.#cursor = cursor;
  }

  /** @throws {RpcCursorError} what is kept there is of another history. */
  static async open(options: FollowedNodeOptions): Promise<FollowedNode> {
    const kept = new KeptHistory(options.file, `${options.file}.cursor.json`, options.header);
    return new FollowedNode(options, kept, await kept.takeUp());
  }

  /** @throws as `RpcLogSource`, but for reorganisations, and for endpoints that do not answer for a while. */
  async *batches(stop: AbortSignal): AsyncGenerator<FollowedBatch, void> {
    const { interval = 4000, once = false, onTrouble } = this.#options;
    yield this.#standing();
    while (!stop.aborted) {
      try {
        yield* this.#look(stop);
        if (once) return;
      } catch (error) {
        if (error instanceof RpcReorganisedError) {
          this.#cursor = error.resume;
          await this.#kept.cut(this.#cursor);
          yield this.#standing();
          continue;
        }
        if (!(error instanceof RpcEndpointError) || once || !onTrouble) throw error;
        onTrouble(error);
      }
      await pause(interval, stop);
    }
  }

  /** What is kept, as the beginning of the history. */
  #standing(): FollowedBatch {
    const { fromBlock } = this.#options;
    return {
      kind: "reorganised",
      fromBlock: this.#cursor?.nextBlock ?? fromBlock,
      records: this.#cursor === undefined ? [] : keptRecords(this.#kept.path),
    };
  }

  /** Pages up to the end of the chain as it is now. */
  async *#look(stop: AbortSignal): AsyncGenerator<FollowedBatch, void> {
    const { final = { tag: "finalized" }, pending = false } = this.#options;
    const finalBlock = await this.#endOf(final);
    const end = pending ? await this.#endOf({ confirmations: 0 }) : finalBlock;
    if (end === undefined) return;
    const source = await RpcLogSource.open({
      ...this.#options,
      end: { block: end },
      ...(this.#cursor === undefined ? {} : { cursor: { ...this.#cursor, toBlock: end } }),
    });
    if (this.#cursor === undefined) await this.#kept.begin();
    for await (const page of source.pages()) {
      await this.#kept.append(page);
      this.#cursor = page.cursor;
      yield { kind: "records", records: page.records, settled: true, finalBlock: finalBlock ?? null };
      if (stop.aborted) return;
    }
    yield { kind: "head", block: end, finalBlock: finalBlock ?? null };
  }

  /** The block; undefined while the chain has not come so far. */
  async #endOf(end: RpcEnd): Promise<number | undefined> {
    try {
      return (await RpcLogSource.open({ ...this.#options, end })).cursor.toBlock;
    } catch (error) {
      if (error instanceof RpcRequestFault && (error.field === "fromBlock" || error.field.startsWith("end.")))
        return undefined;
      throw error;
    }
  }
}

/** Records of a file of plain logs that has none perhaps. */
async function* keptRecords(path: string): AsyncGenerator<SourceRecord> {
  const file = await HistoryFile.open(path);
  try {
    yield* file.records();
  } finally {
    await file.close();
  }
}
