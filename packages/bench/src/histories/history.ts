import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { HistoryHeader, ProtocolAdapter, RecordedCall } from "@shortfall/core";
import { seededSource, type UniformSource } from "@shortfall/risk";
import { LogEncoder } from "./encode-log.js";

/** A market and who uses it: what a history is made from. */
export interface Play {
  readonly adapter: ProtocolAdapter;
  readonly header: HistoryHeader;
  /** Calls before the history proper, in order. */
  readonly opening: readonly RecordedCall[];
  /** The next call; the contract may refuse it. */
  next(random: UniformSource): RecordedCall;
}

/**
 * Lines of a `shortfall-logs/1` file that the contracts could have written: calls drawn from a seed, executed by the
 * adapter, refusals left out. Ends after the transaction that brings `logs` logs. The same seed gives the same lines,
 * so a shorter history is the beginning of a longer one.
 */
export function* historyLines(play: Play, logs: number, seed = 1): Generator<string> {
  const { adapter, header, opening } = play;
  const model = adapter.open(header);
  const encoder = new LogEncoder(adapter.events ?? []);
  const random = seededSource(seed);
  yield JSON.stringify(header);
  let block = 100;
  let timestamp = 1_700_000_000;
  let written = 0;
  for (let turn = 0; written < logs; turn++) {
    const call = opening[turn] ?? play.next(random);
    block++;
    timestamp += 12;
    const transaction = `0x${block.toString(16).padStart(64, "0")}`;
    const result = model.execute(call, { block, timestamp, transaction });
    if (!result.ok) continue;
    const place = { blockNumber: block, timestamp };
    if (call.type === "setPrice") {
      const { oracle, asset, price } = call;
      yield JSON.stringify({ ...place, price: { subject: oracle ?? asset, price } });
    }
    for (const [logIndex, predicted] of result.logs.entries()) {
      const { address, topics, data } = encoder.encode(predicted, logIndex);
      yield JSON.stringify({
        address,
        topics,
        data,
        blockNumber: `0x${block.toString(16)}`,
        transactionHash: transaction,
        transactionIndex: 0,
        logIndex,
        timestamp,
      });
    }
    written += result.logs.length;
  }
}

/** Writes a history; streams. */
export async function writeHistory(path: string, play: Play, logs: number, seed = 1): Promise<void> {
  const file = createWriteStream(path);
  let piece = "";
  for (const line of historyLines(play, logs, seed)) {
    piece += `${line}\n`;
    if (piece.length < 1 << 20) continue;
    if (!file.write(piece)) await once(file, "drain");
    piece = "";
  }
  file.end(piece);
  await once(file, "close");
}

/** Address of a player by its number. */
export const player = (index: number): string => `0x${(index + 0x10_0000).toString(16).padStart(40, "0")}`;

/** A whole number from `low` to `high`, both included. */
export const between = (random: UniformSource, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));
