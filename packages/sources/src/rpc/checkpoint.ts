import type { FieldFailure, Fields, SourceRecord } from "@shortfall/core";
import type { Endpoint } from "./endpoint.js";
import { RpcReplyError } from "./errors.js";
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

/** Totals of a pool to read at the last block, by the names of `PoolView`. */
export interface RpcCheckpoint {
  readonly pool: string;
  readonly values: ReadonlyMap<string, RpcTotal>;
}

/** Checkpoints as a header lists them. @throws what `failure` makes, naming the field. */
export function readCheckpoints(list: readonly Fields[], failure: FieldFailure): RpcCheckpoint[] {
  return list.map((entry) => {
    const values = entry.object("values");
    return {
      pool: entry.string("pool"),
      values: new Map(values.keys().map((name) => [name, readTotal(values.object(name), failure)])),
    };
  });
}

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
 * Reads checkpoints at a block. Lines are counted from `line`.
 *
 * @throws {RpcEndpointError} a call fails. @throws {RpcReplyError} a result lacks the word.
 */
export function readTotals(
  endpoint: Endpoint,
  checkpoints: readonly RpcCheckpoint[],
  { number: block, timestamp }: RpcHeader,
  line: number,
): Promise<SourceRecord[]> {
  return Promise.all(
    checkpoints.map(async ({ pool, values }, index): Promise<SourceRecord> => {
      const totals = await Promise.all(
        [...values].map(
          async ([name, total]): Promise<[string, bigint]> => [
            name,
            wordOf(await endpoint.call(total.to, total.data, block), total, name),
          ],
        ),
      );
      const position = { block, timestamp, line: line + index };
      return { kind: "checkpoint", position, pool, values: new Map(totals) };
    }),
  );
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
