import { RpcCursorError } from "./errors.js";

export const CURSOR_FORMAT = "shortfall-rpc-cursor/1";

/** Page ends kept, to find what still stands after a reorganisation. */
const ANCHORS = 64;

/** The end of a page that was read. */
export interface RpcAnchor {
  readonly block: number;
  readonly hash: string;
  /** Lines of the history up to here, the header's included. */
  readonly lines: number;
}

/** How far a node was read: plain data for the caller to keep beside what was read. */
export interface RpcCursor {
  readonly format: typeof CURSOR_FORMAT;
  readonly chainId: string;
  /** Addresses and topics, as canonical text. */
  readonly filter: string;
  readonly fromBlock: number;
  /** The last block that this reading goes to. */
  readonly toBlock: number;
  readonly nextBlock: number;
  /** Lines of the history so far, the header's included. */
  readonly lines: number;
  /** Oldest first. */
  readonly anchors: readonly RpcAnchor[];
}

/** The cursor after one more page. */
export function advanceCursor(cursor: RpcCursor, anchor: RpcAnchor): RpcCursor {
  return {
    ...cursor,
    nextBlock: anchor.block + 1,
    lines: anchor.lines,
    anchors: [...cursor.anchors, anchor].slice(-ANCHORS),
  };
}

/** The cursor as it was at one of its anchors. */
export function cutCursor(cursor: RpcCursor, anchor: RpcAnchor): RpcCursor {
  const anchors = cursor.anchors.slice(0, cursor.anchors.indexOf(anchor) + 1);
  return { ...cursor, nextBlock: anchor.block + 1, lines: anchor.lines, anchors };
}

/**
 * A cursor from JSON that was kept.
 *
 * @throws {RpcCursorError} naming the field.
 */
export function readCursor(value: unknown): RpcCursor {
  if (typeof value !== "object" || value === null) throw fault("(all)", "an object", value);
  const cursor = value as Readonly<Record<string, unknown>>;
  if (cursor.format !== CURSOR_FORMAT) throw fault("format", CURSOR_FORMAT, cursor.format);
  const whole = (from: Readonly<Record<string, unknown>>, key: string, at = key): number => {
    const number = from[key];
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    throw fault(at, "a whole number", number);
  };
  const text = (from: Readonly<Record<string, unknown>>, key: string, at = key): string => {
    const found = from[key];
    if (typeof found === "string") return found;
    throw fault(at, "text", found);
  };
  if (!Array.isArray(cursor.anchors)) throw fault("anchors", "an array", cursor.anchors);
  const anchors = cursor.anchors.map((anchor: unknown, index): RpcAnchor => {
    const at = `anchors[${index}]`;
    if (typeof anchor !== "object" || anchor === null) throw fault(at, "an object", anchor);
    const fields = anchor as Readonly<Record<string, unknown>>;
    return {
      block: whole(fields, "block", `${at}.block`),
      hash: text(fields, "hash", `${at}.hash`),
      lines: whole(fields, "lines", `${at}.lines`),
    };
  });
  const read: RpcCursor = {
    format: CURSOR_FORMAT,
    chainId: text(cursor, "chainId"),
    filter: text(cursor, "filter"),
    fromBlock: whole(cursor, "fromBlock"),
    toBlock: whole(cursor, "toBlock"),
    nextBlock: whole(cursor, "nextBlock"),
    lines: whole(cursor, "lines"),
    anchors,
  };
  const last = anchors[anchors.length - 1];
  const next = last === undefined ? read.fromBlock : last.block + 1;
  if (read.nextBlock !== next) throw fault("nextBlock", `${next}, after its last anchor`, read.nextBlock);
  return read;
}

const fault = (field: string, expected: string, received: unknown): RpcCursorError =>
  new RpcCursorError(
    field,
    expected,
    received === undefined ? "nothing" : JSON.stringify(received).slice(0, 80),
  );
