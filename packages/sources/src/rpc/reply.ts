import { RpcReplyError } from "./errors.js";

/** A block header, as far as reading logs needs it. Hashes lower case. */
export interface RpcHeader {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: number;
  readonly logsBloom: string | undefined;
  readonly transactionCount: number;
}

/** A log of a reply. Hex is lower case. */
export interface RpcLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
  readonly block: number;
  readonly blockHash: string;
  readonly transaction: string;
  readonly transactionIndex: number;
  readonly logIndex: number;
  /** Not every node says it. */
  readonly timestamp: number | undefined;
}

/** A transaction's receipt, as far as reading logs needs it. */
export interface RpcReceipt {
  readonly transaction: string;
  readonly transactionIndex: number;
  readonly to: string | undefined;
  readonly succeeded: boolean;
  readonly logs: readonly RpcLog[];
}

const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const BYTES = /^0x([0-9a-f]{2})*$/;
const QUANTITY = /^0x[0-9a-f]{1,14}$/;

/** An object of a reply, read field by field. Written by hand because every log passes here. */
class Reply {
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(
    readonly method: string,
    readonly at: string,
    value: unknown,
  ) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new RpcReplyError(method, at, "an object", show(value));
    }
    this.#value = value as Readonly<Record<string, unknown>>;
  }

  raw(key: string): unknown {
    return this.#value[key];
  }

  quantity(key: string): number {
    const value = this.#value[key];
    const number =
      typeof value === "string" && QUANTITY.test(value.toLowerCase()) ? Number(value) : Number.NaN;
    if (Number.isSafeInteger(number)) return number;
    throw this.fault(key, "a 0x quantity", value);
  }

  hash(key: string): string {
    return this.#text(key, HASH, "32 bytes of hex");
  }

  address(key: string): string {
    return this.#text(key, ADDRESS, "20 bytes of hex");
  }

  bytes(key: string): string {
    return this.#text(key, BYTES, "0x and whole bytes of hex");
  }

  fault(key: string, expected: string, received: unknown): RpcReplyError {
    return new RpcReplyError(this.method, `${this.at}.${key}`, expected, show(received));
  }

  #text(key: string, pattern: RegExp, expected: string): string {
    const value = this.#value[key];
    const text = typeof value === "string" ? value.toLowerCase() : "";
    if (pattern.test(text)) return text;
    throw this.fault(key, expected, value);
  }
}

/** @throws {RpcReplyError} */
export function readHeader(method: string, value: unknown): RpcHeader {
  const reply = new Reply(method, "block", value);
  const bloom = reply.raw("logsBloom");
  const transactions = reply.raw("transactions");
  if (!Array.isArray(transactions)) throw reply.fault("transactions", "an array", transactions);
  return {
    number: reply.quantity("number"),
    hash: reply.hash("hash"),
    parentHash: reply.hash("parentHash"),
    timestamp: reply.quantity("timestamp"),
    logsBloom: bloom === undefined || bloom === null ? undefined : reply.bytes("logsBloom"),
    transactionCount: transactions.length,
  };
}

/** @throws {RpcReplyError} */
export function readLogs(method: string, value: unknown, at = "logs"): RpcLog[] {
  return listOf(method, at, value).map((entry, index) =>
    readLog(new Reply(method, `${at}[${index}]`, entry)),
  );
}

function readLog(reply: Reply): RpcLog {
  const removed = reply.raw("removed");
  if (removed !== undefined && removed !== false) throw reply.fault("removed", "false", removed);
  const topics = reply.raw("topics");
  if (!Array.isArray(topics) || topics.length > 4) throw reply.fault("topics", "at most 4 topics", topics);
  const timestamp = reply.raw("blockTimestamp");
  return {
    address: reply.address("address"),
    topics: topics.map((topic: unknown, index) => {
      const text = typeof topic === "string" ? topic.toLowerCase() : "";
      if (!HASH.test(text)) throw reply.fault(`topics[${index}]`, "32 bytes of hex", topic);
      return text;
    }),
    data: reply.bytes("data"),
    block: reply.quantity("blockNumber"),
    blockHash: reply.hash("blockHash"),
    transaction: reply.hash("transactionHash"),
    transactionIndex: reply.quantity("transactionIndex"),
    logIndex: reply.quantity("logIndex"),
    timestamp: timestamp === undefined || timestamp === null ? undefined : reply.quantity("blockTimestamp"),
  };
}

/** @throws {RpcReplyError} */
export function readReceipts(method: string, value: unknown): RpcReceipt[] {
  return listOf(method, "receipts", value).map((entry, index) => {
    const at = `receipts[${index}]`;
    const reply = new Reply(method, at, entry);
    const to = reply.raw("to");
    return {
      transaction: reply.hash("transactionHash"),
      transactionIndex: reply.quantity("transactionIndex"),
      to: to === null || to === undefined ? undefined : reply.address("to"),
      succeeded: reply.quantity("status") === 1,
      logs: readLogs(method, reply.raw("logs"), `${at}.logs`),
    };
  });
}

/** @throws {RpcReplyError} */
export function readQuantity(method: string, value: unknown): number {
  return new Reply(method, "reply", { result: value }).quantity("result");
}

/** @throws {RpcReplyError} */
export function readBytes(method: string, value: unknown): string {
  return new Reply(method, "reply", { result: value }).bytes("result");
}

function listOf(method: string, at: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RpcReplyError(method, at, "an array", show(value));
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
