import { createHash } from "node:crypto";
import type { Position, SourceRecord } from "@shortfall/core";
import { recordLine } from "./record-line.js";

/** A record that neither nodes nor tables give as a log. */
export type BesideRecord = SourceRecord & { readonly kind: "price" | "touch" | "call" | "checkpoint" };

/** A record that stands somewhere on the chain. */
export type PlacedRecord = SourceRecord & { readonly position: Position };

/** sha-256 of the records as lines, so that a cursor knows which they were. */
export const besidesText = (records: readonly BesideRecord[]): string =>
  createHash("sha256").update(records.map(recordLine).join("\n")).digest("hex");

/** The first record of no block that is read: it would be lost. */
export const outsideOf = (
  records: readonly BesideRecord[],
  range: { readonly fromBlock: number; readonly toBlock: number },
): BesideRecord | undefined =>
  records.find(({ position }) => position.block < range.fromBlock || position.block > range.toBlock);

/**
 * Puts records beside logs into the order of the chain: by block, then before the logs of their transaction, or of the
 * block if they name none; checkpoints after the last. What shares a place keeps the order given, `besides` first.
 */
export function placeBesides(
  besides: readonly PlacedRecord[],
  logs: readonly PlacedRecord[],
): readonly PlacedRecord[] {
  if (besides.length === 0) return logs;
  const places = transactionPlaces(logs);
  const placed = [...besides, ...logs].map((record) => ({ record, place: placeOf(record, places) }));
  // Sorting is stable.
  placed.sort((a, b) => a.record.position.block - b.record.position.block || a.place - b.place);
  return placed.map(({ record }) => record);
}

/** Place of each transaction in its block: its index, or the order of appearance where indices are not known. */
function transactionPlaces(logs: readonly PlacedRecord[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let block = -1;
  let next = 0;
  for (const { position } of logs) {
    if (position.block !== block) next = 0;
    block = position.block;
    const { transaction } = position;
    if (transaction === undefined || places.has(transaction)) continue;
    places.set(transaction, position.transactionIndex ?? next);
    next++;
  }
  return places;
}

function placeOf(record: PlacedRecord, places: ReadonlyMap<string, number>): number {
  if (record.kind === "checkpoint") return Number.MAX_SAFE_INTEGER;
  const { transaction, transactionIndex } = record.position;
  return (transaction === undefined ? undefined : places.get(transaction)) ?? transactionIndex ?? -1;
}

/** The record on a line of the history. */
export const onLine = <R extends PlacedRecord>(record: R, line: number): R => ({
  ...record,
  position: { ...record.position, line },
});
