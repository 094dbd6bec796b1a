import { RpcRequestFault } from "./errors.js";
import { ANSWER_UPDATED, isAnswer, type RpcPriceFeed } from "./price-feed.js";
import type { RpcLog } from "./reply.js";

/** Movements of tokens: every `Transfer` from or to one of the holders. */
export interface RpcTokens {
  /** Tokens; every token if there are none. */
  readonly addresses: readonly string[];
  /** Accounts, such as the contracts of a market. At least one. */
  readonly holders: readonly string[];
}

/** Which logs are asked for. Lower case; `topics` as `eth_getLogs` takes them: one, several or any a place. */
export interface RpcFilter {
  readonly addresses: readonly string[];
  readonly topics: readonly (string | readonly string[] | null)[];
  /** Beside the logs of the contracts. */
  readonly tokens?: RpcTokens;
  /** Aggregators whose answers are read. */
  readonly feeds?: readonly string[];
}

/** `Transfer(address,address,uint256)` */
const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** The filter in one form, whatever the order and case it was given in. @throws {RpcRequestFault} */
export function filterOf(asked: {
  readonly addresses: readonly string[];
  readonly topics?: RpcFilter["topics"];
  readonly tokens?: RpcTokens | undefined;
  readonly prices?: readonly RpcPriceFeed[] | undefined;
}): RpcFilter {
  const { topics = [], tokens, prices = [] } = asked;
  const addresses = lowerAddresses(asked.addresses, "addresses");
  if (addresses.length === 0) throw new RpcRequestFault("addresses", "at least one contract", "none");
  if (tokens?.holders.length === 0)
    throw new RpcRequestFault("tokens.holders", "at least one account", "none");
  const lowerTopic = (topic: string): string => topic.toLowerCase();
  return {
    addresses,
    topics: topics.map((topic) => {
      if (topic === null) return null;
      return typeof topic === "string" ? lowerTopic(topic) : topic.map(lowerTopic).sort();
    }),
    ...(tokens === undefined
      ? {}
      : {
          tokens: {
            addresses: lowerAddresses(tokens.addresses, "tokens.addresses"),
            holders: lowerAddresses(tokens.holders, "tokens.holders"),
          },
        }),
    ...(prices.length === 0
      ? {}
      : {
          feeds: lowerAddresses(
            prices.map(({ feed }) => feed),
            "prices",
          ),
        }),
  };
}

function lowerAddresses(addresses: readonly string[], field: string): readonly string[] {
  const lower = addresses.map((address, index) => {
    if (/^0x[0-9a-fA-F]{40}$/.test(address)) return address.toLowerCase();
    throw new RpcRequestFault(`${field}[${index}]`, "a 20-byte hex address", address);
  });
  return [...new Set(lower)].sort();
}

/** What `eth_getLogs` is asked, once for each: a node can say "and" but not "or". */
export function queriesOf({
  addresses,
  topics,
  tokens,
  feeds,
}: RpcFilter): readonly Record<string, unknown>[] {
  const contracts = { address: addresses, ...(topics.length === 0 ? {} : { topics }) };
  const queries: Record<string, unknown>[] = [contracts];
  if (feeds !== undefined) queries.push({ address: feeds, topics: [ANSWER_UPDATED] });
  if (tokens !== undefined) {
    const of = tokens.addresses.length === 0 ? {} : { address: tokens.addresses };
    const holders = tokens.holders.map(topicOf);
    queries.push({ ...of, topics: [TRANSFER, holders] }, { ...of, topics: [TRANSFER, null, holders] });
  }
  return queries;
}

/** Whether a log is what the filter asks for. */
export const fits = (log: RpcLog, filter: RpcFilter): boolean =>
  isWanted(log, filter) || (filter.feeds !== undefined && isAnswer(log, filter.feeds));

/** Whether it is asked for as a log, and not only as a price. */
export function isWanted(log: RpcLog, filter: RpcFilter): boolean {
  const ofContract =
    filter.addresses.includes(log.address) &&
    filter.topics.every((wanted, place) => {
      const topic = log.topics[place];
      if (wanted === null) return true;
      return topic !== undefined && (typeof wanted === "string" ? wanted === topic : wanted.includes(topic));
    });
  return ofContract || (filter.tokens !== undefined && moves(log, filter.tokens));
}

function moves(log: RpcLog, { addresses, holders }: RpcTokens): boolean {
  if (log.topics[0] !== TRANSFER || (addresses.length > 0 && !addresses.includes(log.address))) return false;
  return holders.some((holder) => {
    const topic = topicOf(holder);
    return log.topics[1] === topic || log.topics[2] === topic;
  });
}

/**
 * Values of which logs that fit leave traces in a bloom filter: one of each list, of at least one alternative.
 */
export function tracesOf({
  addresses,
  topics,
  tokens,
  feeds,
}: RpcFilter): readonly (readonly (readonly string[])[])[] {
  const wanted = topics.flatMap((topic) =>
    topic === null ? [] : [typeof topic === "string" ? [topic] : topic],
  );
  const contracts = [addresses, ...wanted];
  const answers = feeds === undefined ? [] : [[feeds, [ANSWER_UPDATED]]];
  if (tokens === undefined) return [contracts, ...answers];
  const of = tokens.addresses.length === 0 ? [] : [tokens.addresses];
  return [contracts, ...answers, [...of, [TRANSFER], tokens.holders.map(topicOf)]];
}

const topicOf = (address: string): string => `0x${address.slice(2).padStart(64, "0")}`;
