import { type ChainLog, Fields, LineError, type RecordedCall, type TraceLine } from "@shortfall/core";

/** A log as the trace has it: the raw part, and what the recorder decoded. */
export interface RecordedLog {
  readonly raw: ChainLog;
  readonly name: string;
  readonly args: Fields;
}

/** Figures after a line, as recorded. `full`: all vaults and accounts. */
export interface RecordedState {
  readonly full: boolean;
  readonly vaults: Fields;
  readonly accounts: Fields;
  readonly prices: Fields;
  readonly balances: Fields;
}

/** A line of a trace, its fields checked. */
export interface RecordedLine {
  readonly number: number;
  readonly index: number;
  readonly block: number;
  readonly timestamp: number;
  readonly call: RecordedCall;
  readonly action: Fields;
  readonly reverted: string | undefined;
  readonly logs: readonly RecordedLog[];
  readonly state: RecordedState;
}

/** @throws {LineError} naming the field, what was expected and what came. */
export function readLine(line: TraceLine): RecordedLine {
  const fields = new Fields(
    line.value,
    "",
    (field, expected, received) => new LineError(line.number, field, expected, received),
  );
  const action = fields.object("action");
  const state = fields.object("state");
  return {
    number: line.number,
    index: count(line, fields, "i"),
    block: count(line, fields, "block"),
    timestamp: count(line, fields, "timestamp"),
    call: { ...(line.value.action as Readonly<Record<string, unknown>>), type: action.string("type") },
    action,
    reverted: fields.has("reverted") ? fields.string("reverted") : undefined,
    logs: fields.objects("logs").map(readLog),
    state: {
      full: state.boolean("full"),
      vaults: state.object("vaults"),
      accounts: state.object("accounts"),
      prices: state.object("prices"),
      balances: state.object("balances"),
    },
  };
}

function readLog(fields: Fields, index: number): RecordedLog {
  return {
    raw: {
      address: fields.address("address"),
      topics: fields.strings("topics"),
      data: fields.string("data"),
      logIndex: index,
    },
    name: fields.string("name"),
    args: fields.object("args"),
  };
}

function count(line: TraceLine, fields: Fields, key: string): number {
  const value = fields.integer(key);
  if (value < 0) throw new LineError(line.number, key, "zero or more", `${value}`);
  return value;
}
