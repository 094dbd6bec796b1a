import type { HistoryHeader } from "@shortfall/core";
import { SourceError } from "./errors.js";

/** Formats of histories that can be read. */
export const TRACE_FORMAT = "shortfall-trace/1";
export const LOGS_FORMAT = "shortfall-logs/1";

/** What the first line of a history says, apart from what only its adapter understands. */
export interface HistoryStart {
  readonly style: "trace" | "logs";
  readonly header: HistoryHeader;
  readonly complete: boolean;
  readonly continues: boolean;
  readonly chainId: string | undefined;
}

/**
 * Reads the first line of a history. `protocolOtherwise` stands in where the line names no protocol.
 *
 * @throws {SourceError} no known format; protocol or version are not text; a flag is not a boolean.
 */
export function readHistoryStart(
  value: Readonly<Record<string, unknown>>,
  file: string,
  protocolOtherwise?: string,
): HistoryStart {
  const fault = (field: string, expected: string, received: unknown, advice: string): SourceError =>
    new SourceError({
      file,
      line: 1,
      field,
      expected,
      received: received === undefined ? "nothing" : JSON.stringify(received).slice(0, 80),
      advice,
    });
  const { format, version } = value;
  const protocol = value.protocol ?? protocolOtherwise;
  if (format !== TRACE_FORMAT && format !== LOGS_FORMAT) {
    throw fault(
      "format",
      `"${TRACE_FORMAT}" or "${LOGS_FORMAT}"`,
      format,
      "The first line of a history is its header; docs/formats/logs.md shows one.",
    );
  }
  if (typeof protocol !== "string") {
    throw fault(
      "protocol",
      "the name of a protocol",
      protocol,
      "Name it there or with --protocol, such as aave-v3.",
    );
  }
  if (typeof version !== "string") {
    throw fault("version", "the contract's version as text", version, "Name it as its releases do.");
  }
  const flag = (key: string): boolean => {
    const set = value[key];
    if (set === undefined || typeof set === "boolean") return set === true;
    throw fault(key, "true or false", set, "Leave it out for false.");
  };
  const style = format === TRACE_FORMAT ? "trace" : "logs";
  return {
    style,
    header: { ...value, protocol, version },
    complete: style === "logs" && flag("complete"),
    continues: flag("continues"),
    chainId: chainIdOf(value),
  };
}

/** The chain a header is for, at its top or among its parameters; undefined where it does not say. */
export function chainIdOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const { chainId, params } = value;
  const nested =
    typeof params === "object" && params !== null && "chainId" in params ? params.chainId : undefined;
  const found = chainId ?? nested;
  return found === undefined || found === null ? undefined : String(found);
}

/** The header's line in a file of plain logs. */
export const headerLine = (header: HistoryHeader): string =>
  JSON.stringify({ ...header, format: LOGS_FORMAT });
