import type { FieldFailure, Fields } from "@shortfall/core";
import type { BesideRecord } from "../besides.js";
import type { Endpoint } from "./endpoint.js";
import { RpcReplyError } from "./errors.js";
import { readCalls } from "./multicall.js";
import type { RpcHeader } from "./reply.js";

/** A total as a contract shows it: one word of the result of a call. */
export interface RpcTotal {
  readonly to: string;
  /** Selector and arguments. */
  readonly data: string;
  /** Which 32 bytes of the result, from 0. */
  readonly word: number;
  /** Two's complement. */
  readonly signed: boolean;
}

/** Totals of a pool to read, by the names of `PoolView`. */
export interface RpcCheckpoint {
  readonly pool: string;
  /** Blocks at whose ends they are read; the last block that is read unless given. */
  readonly blocks?: readonly number[] | undefined;
  /** Also every so many blocks, counted from block 0. */
  readonly every?: number | undefined;
  readonly values: ReadonlyMap<string, RpcTotal>;
}

/** Checkpoints as a header lists them. @throws what `failure` makes, naming the field. */
export function readCheckpoints(list: readonly Fields[], failure: FieldFailure): RpcCheckpoint[] {
  return list.map((entry) => {
    const values = entry.object("values");
    return {
      pool: entry.string("pool"),
      blocks: entry.has("blocks")
        ? entry
            .array("blocks")
            .map((value, k) => wholeNumber(value, `${entry.path}.blocks[${k}]`, 0, failure))
        : undefined,
      every: entry.has("every")
        ? wholeNumber(entry.raw("every"), `${entry.path}.every`, 1, failure)
        : undefined,
      values: new Map(values.keys().map((name) => [name, readTotal(values.object(name), failure)])),
    };
  });
}

function wholeNumber(value: unknown, field: string, least: number, failure: FieldFailure): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw failure(field, `a whole number from ${least}`, JSON.stringify(value));
}

/** Blocks of a page at whose ends there is something to read, in order. */
export function checkpointBlocks(
  checkpoints: readonly RpcCheckpoint[],
  page: { readonly fromBlock: number; readonly toBlock: number },
  lastBlock: number,
): readonly number[] {
  const found = new Set<number>();
  const add = (block: number): void => {
    if (block >= page.fromBlock && block <= page.toBlock) found.add(block);
  };
  for (const { blocks, every } of checkpoints) {
    if (blocks === undefined && every === undefined) add(lastBlock);
    blocks?.forEach(add);
    if (every === undefined) continue;
    for (let block = Math.ceil(page.fromBlock / every) * every; block <= page.toBlock; block += every)
      add(block);
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether a checkpoint is read at the end of a block. */
const isAt = ({ blocks, every }: RpcCheckpoint, block: number, lastBlock: number): boolean =>
  blocks === undefined && every === undefined
    ? block === lastBlock
    : (blocks?.includes(block) ?? false) || (every !== undefined && block % every === 0);

function readTotal(fields: Fields, failure: FieldFailure): RpcTotal {
  const data = fields.string("data");
  if (!/^0x([0-9a-fA-F]{2})*$/.test(data)) {
    throw failure(`${fields.path}.data`, "0x and whole bytes of hex", data.slice(0, 80));
  }
  const word = fields.has("word") ? fields.raw("word") : 0;
  if (typeof word !== "number" || !Number.isInteger(word) || word < 0) {
    throw failure(`${fields.path}.word`, "a whole number from 0", JSON.stringify(word));
  }
  return {
    to: fields.address("to"),
    data: data.toLowerCase(),
    word,
    signed: fields.has("signed") && fields.boolean("signed"),
  };
}

/**
 * Reads the checkpoints of a block.
 *
 * @throws {RpcEndpointError} a call fails. @throws {RpcReplyError} a result lacks the word.
 */
export async function readTotals(
  endpoint: Endpoint,
  checkpoints: readonly RpcCheckpoint[],
  { number: block, timestamp }: RpcHeader,
  lastBlock: number,
): Promise<BesideRecord[]> {
  const here = checkpoints.filter((checkpoint) => isAt(checkpoint, block, lastBlock));
  const calls = here.flatMap(({ values }) => [...values.values()]);
  const results = [...(await readCalls(endpoint, calls, block))];
  return here.map(({ pool, values }): BesideRecord => {
    const totals = [...values].map(([name, total]): [string, bigint] => [
      name,
      wordOf(results.shift()!, total, name),
    ]);
    return { kind: "checkpoint", position: { block, timestamp }, pool, values: new Map(totals) };
  });
}

function wordOf(result: string, { word, signed }: RpcTotal, name: string): bigint {
  const text = result.slice(2 + 64 * word, 2 + 64 * (word + 1));
  if (text.length !== 64) {
    throw new RpcReplyError(
      "eth_call",
      name,
      `at least ${word + 1} words`,
      `${(result.length - 2) / 2} bytes`,
    );
  }
  const value = BigInt(`0x${text}`);
  return signed ? BigInt.asIntN(256, value) : value;
}
