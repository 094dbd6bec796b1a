import {
  type FieldFailure,
  Fields,
  type Position,
  type RecordedCall,
  type SourceRecord,
} from "@shortfall/core";
import { SourceError } from "./errors.js";
import type { JsonLine } from "./json-lines.js";

/**
 * Reads a line of a `shortfall-logs/1` file. The key decides the kind: `price`, `touch`, `call`, `checkpoint`,
 * `range`, otherwise a log. Block numbers, indices and times may be JSON numbers, decimal or 0x strings.
 *
 * @throws {SourceError} naming the field.
 */
export function readLogRecord(line: JsonLine, file: string, chainId: string | undefined): SourceRecord {
  return readPlainLog(line, chainId) ?? readAnyRecord(line, file, chainId);
}

/**
 * A log in the form that most files have: lower case, every field of its plain type. Undefined for anything else,
 * which {@link readAnyRecord} reads or refuses field by field; both give the same record.
 */
export function readPlainLog(line: JsonLine, chainId: string | undefined): SourceRecord | undefined {
  const { value } = line;
  const { address, topics, data, logIndex, timestamp, transactionHash, transactionIndex, blockHash } = value;
  const block = wholeNumber(value.blockNumber);
  const index = transactionIndex === undefined ? undefined : wholeNumber(transactionIndex);
  const plain =
    block !== undefined &&
    isWhole(logIndex) &&
    isWhole(timestamp) &&
    typeof address === "string" &&
    LOWER_ADDRESS.test(address) &&
    typeof data === "string" &&
    LOWER_BYTES.test(data) &&
    typeof transactionHash === "string" &&
    Array.isArray(topics) &&
    topics.length <= 4 &&
    topics.every(isLowerWord) &&
    (transactionIndex === undefined || index !== undefined) &&
    (blockHash === undefined || typeof blockHash === "string") &&
    (chainId === undefined || value.chainId === undefined) &&
    OTHER_KEYS.every((key) => value[key] === undefined);
  if (!plain) return undefined;
  return {
    kind: "log",
    position: {
      block,
      timestamp,
      transaction: transactionHash.toLowerCase(),
      ...(index === undefined ? {} : { transactionIndex: index }),
      line: line.number,
      logIndex,
    },
    log: { address, topics, data, logIndex },
    removed: false,
    ...(blockHash === undefined ? {} : { blockHash: blockHash.toLowerCase() }),
  };
}

const LOWER_ADDRESS = /^0x[0-9a-f]{40}$/;
const LOWER_WORD = /^0x[0-9a-f]{64}$/;
const LOWER_BYTES = /^0x(?:[0-9a-f]{2})*$/;
/** What makes a record something else than a log, or a log that was taken back. */
const OTHER_KEYS = ["range", "price", "touch", "call", "checkpoint", "removed"] as const;

const isLowerWord = (topic: unknown): topic is string => typeof topic === "string" && LOWER_WORD.test(topic);

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A number, or 0x text, as a number; undefined for anything else. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^0x[0-9a-fA-F]+$/.test(value) ? Number(value) : value;
  return isWhole(number) ? number : undefined;
}

/** Any record, field by field. */
export function readAnyRecord(line: JsonLine, file: string, chainId: string | undefined): SourceRecord {
  const failure: FieldFailure = (field, expected, received) =>
    new SourceError({
      file,
      line: line.number,
      field,
      expected,
      received,
      advice: "Fetch the record again, or correct how it was exported.",
    });
  const fields = new Fields(line.value, "", failure);
  if (chainId !== undefined && fields.has("chainId")) {
    const own = quantity(fields, "chainId", failure);
    if (String(own) !== decimalText(chainId)) throw failure("chainId", `chain ${chainId}`, `chain ${own}`);
  }
  if (fields.has("range")) {
    const range = fields.object("range");
    const fromBlock = quantity(range, "fromBlock", failure);
    const toBlock = quantity(range, "toBlock", failure);
    if (toBlock < fromBlock) throw failure("range.toBlock", `${fromBlock} or later`, `${toBlock}`);
    return { kind: "range", line: line.number, fromBlock, toBlock };
  }
  const position = readPosition(fields, line.number, failure);
  if (fields.has("price")) {
    const price = fields.object("price");
    return {
      kind: "price",
      position,
      update: { subject: price.string("subject"), price: price.uint256("price") },
    };
  }
  if (fields.has("touch")) {
    return { kind: "touch", position, addresses: fields.strings("touch").map(lowerAddress(failure)) };
  }
  if (fields.has("call")) {
    const call = fields.object("call");
    call.string("type");
    return { kind: "call", position, call: fields.raw("call") as RecordedCall };
  }
  if (fields.has("checkpoint")) {
    const checkpoint = fields.object("checkpoint");
    const names = checkpoint.keys().filter((name) => name !== "pool");
    return {
      kind: "checkpoint",
      position,
      pool: checkpoint.string("pool"),
      values: new Map(names.map((name) => [name, checkpoint.amount(name, true)])),
    };
  }
  return readLog(fields, position, failure);
}

function readLog(fields: Fields, position: Position, failure: FieldFailure): SourceRecord {
  const logIndex = quantity(fields, "logIndex", failure);
  const topics = fields.strings("topics").map((topic, index) => {
    if (!/^0x[0-9a-fA-F]{64}$/.test(topic)) throw failure(`topics[${index}]`, "32 bytes of hex", topic);
    return topic.toLowerCase();
  });
  const data = fields.string("data");
  if (!/^0x([0-9a-fA-F]{2})*$/.test(data)) {
    throw failure("data", "0x and whole bytes of hex", data.length > 80 ? `${data.slice(0, 77)}…` : data);
  }
  if (topics.length > 4) throw failure("topics", "at most 4 topics", `${topics.length}`);
  return {
    kind: "log",
    position: { ...position, logIndex },
    log: { address: fields.address("address"), topics, data: data.toLowerCase(), logIndex },
    removed: fields.has("removed") && fields.boolean("removed"),
    ...(fields.has("blockHash") ? { blockHash: fields.string("blockHash").toLowerCase() } : {}),
  };
}

function readPosition(fields: Fields, line: number, failure: FieldFailure): Position {
  const timestamp = fields.has("timestamp") ? "timestamp" : "blockTimestamp";
  if (!fields.has(timestamp)) {
    throw failure("timestamp", "seconds since 1970 of the block, which interest depends on", "nothing");
  }
  const isLog = fields.has("topics");
  return {
    block: quantity(fields, "blockNumber", failure),
    timestamp: quantity(fields, timestamp, failure),
    ...(isLog || fields.has("transactionHash")
      ? { transaction: fields.string("transactionHash").toLowerCase() }
      : {}),
    ...(fields.has("transactionIndex")
      ? { transactionIndex: quantity(fields, "transactionIndex", failure) }
      : {}),
    line,
  };
}

/** A small whole number as a JSON number, decimal text or 0x text. */
function quantity(fields: Fields, key: string, failure: FieldFailure): number {
  const value = fields.raw(key);
  const at = fields.path === "" ? key : `${fields.path}.${key}`;
  const text = typeof value === "string" && /^(\d+|0x[0-9a-fA-F]+)$/.test(value);
  const number = text ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  throw failure(at, "a whole number, decimal or 0x", value === undefined ? "nothing" : JSON.stringify(value));
}

const decimalText = (chainId: string): string =>
  /^(\d+|0x[0-9a-fA-F]+)$/.test(chainId) ? String(Number(chainId)) : chainId;

const lowerAddress =
  (failure: FieldFailure) =>
  (address: string, index: number): string => {
    if (!/^0x[0-9a-fA-F]{40}$/.test(address))
      throw failure(`touch[${index}]`, "a 20-byte hex address", address);
    return address.toLowerCase();
  };
