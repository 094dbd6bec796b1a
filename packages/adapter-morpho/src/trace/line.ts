import {
  type ChainLog,
  type ChainTransaction,
  type FieldFailure,
  Fields,
  LineError,
  type Position,
  type PriceUpdate,
  type RecordedCall,
  type TraceLine,
} from "@shortfall/core";

/** A recorded line with its parts checked. */
export interface RecordedLine {
  readonly sequence: number;
  readonly position: Position;
  readonly action: RecordedCall;
  readonly actionFields: Fields;
  readonly reverted: string | null;
  readonly logs: readonly Fields[];
  readonly chainLogs: readonly ChainLog[];
  readonly state: Fields;
  readonly full: boolean;
  readonly failure: FieldFailure;
}

const AMOUNTS = ["assets", "shares", "seizedAssets", "repaidShares", "fee", "price", "amount", "cap", "lltv"];

/** Reads a line of a golden file. @throws {LineError} naming the field. */
export function readLine(line: TraceLine): RecordedLine {
  const failure: FieldFailure = (field, expected, received) =>
    new LineError(line.number, field, expected, received);
  const fields = new Fields(line.value, "", failure);
  const sequence = fields.integer("i");
  const action = fields.object("action");
  const reverted = fields.raw("reverted") === null ? null : fields.string("reverted");
  const logs = fields.objects("logs");
  const position: Position = {
    block: fields.integer("block"),
    timestamp: fields.integer("timestamp"),
    transaction: `${sequence}`,
    line: line.number,
  };
  if (position.timestamp < 0) throw failure("timestamp", "seconds since 1970", `${position.timestamp}`);
  for (const key of AMOUNTS) if (action.has(key)) action.uint256(key);
  const state = fields.object("state");
  for (const key of ["markets", "positions", "prices", "balances"]) state.object(key);
  return {
    sequence,
    position,
    action: { ...(line.value.action as Record<string, unknown>), type: action.string("type") },
    actionFields: action,
    reverted,
    logs,
    chainLogs: logs.map((log, logIndex) => ({
      address: log.address("address"),
      topics: log.strings("topics"),
      data: log.string("data"),
      logIndex,
    })),
    state,
    full: state.has("full") && state.boolean("full"),
    failure,
  };
}

/** The line as an observer may see it: logs, times, prices, and that a call without logs was made. */
export function transactionOf(line: RecordedLine, contract: string, calls: boolean): ChainTransaction {
  const { action, actionFields, reverted, chainLogs, position } = line;
  const done = reverted === null;
  const isPrice = action.type === "setPrice";
  return {
    position,
    logs: chainLogs,
    reverted: !done,
    touched: done && !isPrice && chainLogs.length === 0 ? [contract] : [],
    prices: done ? pricesOf(action.type, actionFields) : [],
    ...(calls ? { readCall: () => action } : {}),
  };
}

/** Prices that an action sets; a market may be created with a first one. */
function pricesOf(type: string, fields: Fields): PriceUpdate[] {
  const keys = type === "setPrice" ? ["price"] : type === "createMarket" ? ["initialPrice", "price"] : [];
  const key = keys.find((each) => fields.has(each));
  if (key === undefined || !fields.has("oracle")) return [];
  return [{ subject: fields.address("oracle"), price: fields.uint256(key) }];
}
