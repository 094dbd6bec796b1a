import type { Comparison, EventArgs, PredictedLog } from "@shortfall/core";
import { decodeLog, UnreadableLogError } from "../observe/decoded-log.js";
import type { EulerState } from "../state.js";
import type { RecordedLog } from "./record.js";

/** Compares the recorder's decoding of each log with what topics and data say. */
export function compareDecoding(
  comparison: Comparison,
  state: EulerState,
  logs: readonly RecordedLog[],
): void {
  logs.forEach((log, index) => {
    const at = `logs[${index}]`;
    try {
      const decoded = decodeLog(state, log.raw, index);
      comparison.value(`${at}.name`, log.name, decoded.name);
      compareArguments(comparison, at, log, decoded.args);
    } catch (error) {
      if (!(error instanceof UnreadableLogError)) throw error;
      comparison.value(at, log.name, error.reason);
    }
  });
}

/** Compares recorded logs with predicted ones, in order, argument for argument. */
export function comparePrediction(
  comparison: Comparison,
  state: EulerState,
  logs: readonly RecordedLog[],
  predicted: readonly PredictedLog[],
): void {
  comparison.value("logs.length", logs.length, predicted.length);
  logs.forEach((log, index) => {
    const expected = predicted[index];
    const at = `logs[${index}]`;
    if (!expected) {
      comparison.value(at, log.name, undefined);
      return;
    }
    comparison.value(`${at}.address`, log.raw.address, expected.address);
    comparison.value(`${at}.name`, log.name, expected.name);
    compareArguments(comparison, at, log, expected.args);
    compareRaw(comparison, state, at, log, index, expected);
  });
}

function compareArguments(
  comparison: Comparison,
  at: string,
  log: RecordedLog,
  args: Readonly<Record<string, unknown>>,
): void {
  for (const name of new Set([...log.args.keys(), ...Object.keys(args)])) {
    comparison.value(`${at}.${name}`, lowered(log.args.raw(name)), args[name]);
  }
}

/** The raw form must say the same as its decoding, which has been counted: only a difference counts again. */
function compareRaw(
  comparison: Comparison,
  state: EulerState,
  at: string,
  log: RecordedLog,
  index: number,
  expected: PredictedLog,
): void {
  let args: EventArgs;
  try {
    args = decodeLog(state, log.raw, index).args;
  } catch (error) {
    if (!(error instanceof UnreadableLogError)) throw error;
    comparison.value(`${at}.data`, error.reason, "a log that can be read");
    return;
  }
  for (const [name, value] of Object.entries(args)) {
    if (value !== expected.args[name]) comparison.value(`${at}.raw.${name}`, value, expected.args[name]);
  }
}

const lowered = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : value);
