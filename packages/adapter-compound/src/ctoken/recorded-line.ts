import {
  type ChainLog,
  Fields,
  LineError,
  type PriceUpdate,
  type RecordedCall,
  type TraceLine,
} from "@shortfall/core";

/** A log as a trace records it: raw, and as the recorder decoded it. */
export interface RecordedLog extends ChainLog {
  readonly name: string;
  readonly args: Fields;
}

/** A line of a trace, checked field by field. */
export interface RecordedLine {
  readonly number: number;
  readonly sequence: number;
  readonly block: number;
  readonly timestamp: number;
  readonly action: RecordedCall;
  /** The contract's reason, or null. */
  readonly reverted: string | null;
  readonly logs: readonly RecordedLog[];
  readonly state: Fields;
  readonly derived: Fields | undefined;
  readonly full: boolean;
  readonly failure: (field: string, expected: string, received: string) => LineError;
}

const HEX = /^0x([0-9a-f]{2})*$/;

/** @throws {LineError} naming the field. */
export function readLine(line: TraceLine): RecordedLine {
  const failure = (field: string, expected: string, received: string): LineError =>
    new LineError(line.number, field, expected, received);
  const fields = new Fields(line.value, "", failure);
  const action = fields.object("action");
  const type = action.string("type");
  const reverted = fields.raw("reverted");
  if (reverted !== null && typeof reverted !== "string") {
    throw failure("reverted", "null or the reason", typeof reverted);
  }
  const natural = (key: string): number => {
    const value = fields.integer(key);
    return value >= 0 ? value : fail(failure, key, value);
  };
  return {
    number: line.number,
    sequence: natural("i"),
    block: natural("block"),
    timestamp: natural("timestamp"),
    action: { ...Object.fromEntries(action.keys().map((key) => [key, action.raw(key)])), type },
    reverted,
    logs: fields.objects("logs").map((log, index) => readLog(log, index, failure)),
    state: fields.object("state"),
    derived: fields.has("derived") ? fields.object("derived") : undefined,
    full: fields.has("full") && fields.boolean("full"),
    failure,
  };
}

const fail = (failure: RecordedLine["failure"], key: string, value: number): never => {
  throw failure(key, "a whole number of at least 0", String(value));
};

function readLog(fields: Fields, index: number, failure: RecordedLine["failure"]): RecordedLog {
  const topics = fields.strings("topics").map((topic) => topic.toLowerCase());
  const data = fields.string("data").toLowerCase();
  if (!HEX.test(data)) throw failure(`${fields.path}.data`, "hex bytes", data.slice(0, 80));
  const bad = topics.find((topic) => !/^0x[0-9a-f]{64}$/.test(topic));
  if (bad !== undefined) throw failure(`${fields.path}.topics`, "32-byte hex words", bad.slice(0, 80));
  return {
    address: fields.address("address"),
    name: fields.string("name"),
    topics,
    data,
    logIndex: index,
    args: fields.object("args"),
  };
}

/** What a price-setting action sets. */
export function pricesOf(line: RecordedLine): PriceUpdate[] {
  if (line.action.type !== "setPrice" || line.reverted !== null) return [];
  const action = new Fields(line.action, "action", line.failure);
  return [{ subject: action.address("market"), price: action.uint256("price") }];
}
