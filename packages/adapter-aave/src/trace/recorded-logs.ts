import { AbiError, type ChainLog, type Comparison, type Fields, type PredictedLog } from "@shortfall/core";
import { EVENTS } from "../events.js";

/** A line's logs as a node would return them: topics and data only. */
export function chainLogs(logs: readonly Fields[]): ChainLog[] {
  return logs.map((log, logIndex) => ({
    address: log.address("address"),
    topics: log.strings("topics").map((topic) => topic.toLowerCase()),
    data: log.string("data").toLowerCase(),
    logIndex,
  }));
}

/** Compares each log's recorded name and arguments with what its topics and data say. */
export function compareLogArguments(
  recorded: readonly Fields[],
  logs: readonly ChainLog[],
  timestamp: number,
  comparison: Comparison,
): void {
  recorded.forEach((entry, place) => {
    const log = logs[place]!;
    const path = `logs[${place}]`;
    const codec = EVENTS.get(log.topics[0] ?? "");
    comparison.value(`${path}.name`, entry.raw("name"), codec?.name);
    if (codec === undefined) return;
    try {
      const args = codec.decode(log.topics, log.data);
      comparison.deep(`${path}.args`, lowerCase(entry.raw("args")), args);
      // A rewards index that is brought up to date says the block's time.
      if (codec.name === "LastTimestampUpdated") {
        comparison.value(`${path}.newTimestamp`, args.newTimestamp, timestamp);
      }
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      comparison.value(`${path}.data`, log.data, error.message);
    }
  });
}

/** Recorded arguments with addresses as a codec writes them. */
export function lowerCase(args: unknown): unknown {
  if (typeof args === "string") return /^0x[0-9a-fA-F]*$/.test(args) ? args.toLowerCase() : args;
  if (typeof args !== "object" || args === null) return args;
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, lowerCase(value)]));
}

/** Compares what a call logged with what it was predicted to log: order, contract, name and every argument. */
export function compareLogs(
  logs: readonly ChainLog[],
  predicted: readonly PredictedLog[],
  comparison: Comparison,
): void {
  comparison.value("logs.length", logs.length, predicted.length);
  logs.forEach((log, place) => {
    const expected = predicted[place];
    if (expected === undefined) return;
    const path = `logs[${place}]`;
    const codec = EVENTS.get(log.topics[0] ?? "");
    comparison.value(`${path}.address`, log.address, expected.address);
    comparison.value(`${path}.event`, codec?.name, expected.name);
    if (codec === undefined) return;
    try {
      comparison.deep(`${path}.predicted`, codec.decode(log.topics, log.data), expected.args);
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      comparison.value(`${path}.data`, log.data, error.message);
    }
  });
}
