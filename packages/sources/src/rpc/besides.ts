import { createHash } from "node:crypto";
import type { SourceRecord } from "@shortfall/core";
import { RpcRequestFault } from "./errors.js";
import { recordLine } from "./record-line.js";

/** A record that a node does not give as a log. */
export type BesideRecord = SourceRecord & { readonly kind: "price" | "touch" | "call" | "checkpoint" };

/** sha-256 of the records as lines, so that a cursor knows which they were. */
export const besidesText = (records: readonly BesideRecord[]): string =>
  createHash("sha256").update(records.map(recordLine).join("\n")).digest("hex");

/** @throws {RpcRequestFault} a record of no block that is read would be lost. */
export function refuseOutside(
  records: readonly BesideRecord[],
  range: { readonly fromBlock: number; readonly toBlock: number },
): void {
  const outside = records.find(
    ({ position }) => position.block < range.fromBlock || position.block > range.toBlock,
  );
  if (!outside) return;
  const { kind, position } = outside;
  const line = position.line === undefined ? "" : ` of line ${position.line}`;
  throw new RpcRequestFault(
    `${kind}${line}`,
    `a block from ${range.fromBlock} to ${range.toBlock}, which are read`,
    `block ${position.block}`,
  );
}
