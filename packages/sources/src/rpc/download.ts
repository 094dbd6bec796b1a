import type { RpcCursor } from "./cursor.js";
import { RpcInterruptedError, RpcReorganisedError, RpcRequestFault } from "./errors.js";
import { exists, KeptHistory } from "./kept-history.js";
import type { RpcSourceOptions } from "./opening.js";
import { type RpcEffort, RpcLogSource } from "./rpc-source.js";

/** Reorganisations that a download follows before it gives up. */
const REORGANISATIONS = 5;

export interface DownloadOptions extends Omit<RpcSourceOptions, "cursor"> {
  /** Where the history goes. Until it is whole it is called `<file>.part`, with `<file>.cursor.json` beside it. */
  readonly file: string;
  readonly onPage?: (cursor: RpcCursor) => void;
  /** Ends the reading in good order once the page under way is stored. */
  readonly signal?: AbortSignal | undefined;
}

export interface Download {
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly lines: number;
  /** Blocks that were there when it began; 0 for a new download. */
  readonly resumedAt: number;
  readonly effort: RpcEffort;
}

/**
 * Writes a history read from a node to a `shortfall-logs/1` file, page by page. Carries on where an earlier try was
 * interrupted, wherever that was; blocks that a reorganisation took back are cut off and read again.
 *
 * @throws {RpcRequestFault} the file exists: finished histories are not overwritten.
 * @throws {RpcCursorError} the interrupted download was of something else.
 * @throws {RpcInterruptedError} the signal was given; what was read is kept.
 * @throws as `RpcLogSource`.
 */
export async function downloadHistory(options: DownloadOptions): Promise<Download> {
  const { file } = options;
  if (await exists(file)) throw new RpcRequestFault("file", "a name that is free", file);
  const kept = new KeptHistory(`${file}.part`, `${file}.cursor.json`, options.header);
  let cursor = await kept.takeUp();
  const resumedAt = cursor?.nextBlock ?? 0;
  for (let round = 1; ; round++) {
    try {
      const source = await RpcLogSource.open({ ...options, ...(cursor === undefined ? {} : { cursor }) });
      if (cursor === undefined) await kept.begin();
      for await (const page of source.pages()) {
        await kept.append(page);
        options.onPage?.(page.cursor);
        const { nextBlock, toBlock } = page.cursor;
        if (options.signal?.aborted && nextBlock <= toBlock)
          throw new RpcInterruptedError(nextBlock, toBlock);
      }
      await kept.finish(file);
      const { fromBlock, toBlock, lines } = source.cursor;
      return { fromBlock, toBlock, lines, resumedAt, effort: source.effort };
    } catch (error) {
      if (!(error instanceof RpcReorganisedError) || round > REORGANISATIONS) throw error;
      cursor = error.resume;
      await kept.cut(cursor);
    }
  }
}
