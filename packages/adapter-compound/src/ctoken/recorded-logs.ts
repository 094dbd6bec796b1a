import { AbiError, type Comparison, type PredictedLog } from "@shortfall/core";
import { type EventDirectory, TOKEN_TRANSFER } from "./event-directory.js";
import type { RecordedLog } from "./recorded-line.js";

/**
 * Compares each recorded log's decoded name and arguments with its own topics and data.
 *
 * @param named contracts that the header names; a log of any other does not belong in the file.
 */
export function compareDecoding(
  comparison: Comparison,
  events: EventDirectory,
  logs: readonly RecordedLog[],
  named: ReadonlySet<string>,
): void {
  for (const [index, log] of logs.entries()) {
    const reading = events.read(log);
    const at = `logs[${index}]`;
    if (reading.kind === "foreign") {
      if (!named.has(log.address))
        comparison.value(`${at}.address`, log.address, "(a contract of this file)");
      if (log.name === TOKEN_TRANSFER.name)
        comparison.value(`${at}.topics[0]`, log.topics[0], TOKEN_TRANSFER.topic0);
      continue;
    }
    if (reading.kind === "unknown") {
      comparison.value(`${at}.topics[0]`, log.topics[0], "(an event of this contract)");
      continue;
    }
    comparison.value(`${at}.name`, log.name, reading.codec.name);
    try {
      comparison.deep(`${at}.args`, plainArgs(log), reading.codec.decode(log.topics, log.data));
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      comparison.value(`${at}.data`, error.received, error.expected);
    }
  }
}

/** Compares the logs of a simulation with the recorded ones, in order. */
export function comparePredictions(
  comparison: Comparison,
  predicted: readonly PredictedLog[],
  logs: readonly RecordedLog[],
): void {
  comparison.value("logs.length", logs.length, predicted.length);
  for (const [index, log] of logs.entries()) {
    const own = predicted[index];
    comparison.value(`logs[${index}].address`, log.address, own?.address);
    comparison.value(`logs[${index}].event`, log.name, own?.name);
    comparison.deep(`logs[${index}].predicted`, plainArgs(log), own?.args);
  }
}

/** Recorded arguments with addresses in lower case, as the model spells them. */
function plainArgs(log: RecordedLog): unknown {
  return lowered(Object.fromEntries(log.args.keys().map((name) => [name, log.args.raw(name)])));
}

function lowered(value: unknown): unknown {
  if (typeof value === "string") return /^0x[0-9a-fA-F]*$/.test(value) ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, lowered(member)]));
  }
  return value;
}
