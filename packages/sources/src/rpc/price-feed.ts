import type { FieldFailure, Fields } from "@shortfall/core";
import type { BesideRecord } from "../besides.js";
import { RpcReplyError } from "./errors.js";
import type { RpcLog } from "./reply.js";

/** `AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt)`, as Chainlink's aggregators log. */
export const ANSWER_UPDATED = "0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f";

/** An aggregator whose answers are the price of something, in the unit that the protocol takes. */
export interface RpcPriceFeed {
  /** Asset or oracle the price is for, as the protocol keys it. */
  readonly subject: string;
  /** The aggregator that logs, not a proxy in front of it. */
  readonly feed: string;
}

/** Feeds as a header lists them. @throws what `failure` makes, naming the field. */
export function readPriceFeeds(list: readonly Fields[], failure: FieldFailure): RpcPriceFeed[] {
  return list.map((entry) => {
    const subject = entry.string("subject");
    if (subject === "") throw failure(`${entry.path}.subject`, "what the price is for", '""');
    return { subject, feed: entry.address("feed") };
  });
}

export const isAnswer = (log: RpcLog, feeds: readonly string[]): boolean =>
  log.topics[0] === ANSWER_UPDATED && feeds.includes(log.address);

/**
 * The prices that a log of a feed sets, from its transaction on.
 *
 * @throws {RpcReplyError} an answer below zero, which is no price.
 */
export function pricesOf(log: RpcLog, feeds: readonly RpcPriceFeed[], timestamp: number): BesideRecord[] {
  if (log.topics[0] !== ANSWER_UPDATED) return [];
  const { block, transaction, transactionIndex, logIndex } = log;
  return feeds
    .filter(({ feed }) => feed === log.address)
    .map(({ subject }): BesideRecord => {
      const price = BigInt.asIntN(256, BigInt(log.topics[1] ?? "0x0"));
      if (price < 0n) {
        const field = `answer in log ${logIndex} of block ${block}`;
        throw new RpcReplyError("eth_getLogs", field, "a price of at least 0", `${price}`);
      }
      return {
        kind: "price",
        position: { block, timestamp, transaction, transactionIndex },
        update: { subject, price },
      };
    });
}
