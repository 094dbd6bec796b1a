import { ShortfallError } from "@shortfall/core";
import type { RpcCursor } from "./cursor.js";

/** An endpoint did not do what was asked, after all repetitions. Carries no address of it: that may hold a key. */
export class RpcEndpointError extends ShortfallError {
  readonly code = "SF_RPC_ENDPOINT";

  constructor(
    readonly method: string,
    /** Times it was asked. */
    readonly attempts: number,
    /** The endpoint's own words, or what happened instead of an answer. */
    readonly reason: string,
    readonly advice: string,
  ) {
    super(
      `${method} failed after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${reason}. ${advice}`,
    );
  }
}

/** A reply is malformed, or contradicts what the same endpoint says elsewhere. */
export class RpcReplyError extends ShortfallError {
  readonly code = "SF_RPC_REPLY";

  constructor(
    readonly method: string,
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `Reply to ${method}, ${field}: expected ${expected}, got ${received}. Ask another endpoint; nothing of this page was used.`,
    );
  }
}

/** Logs of these blocks cannot be had, so nothing after them may be read either. */
export class RpcGapError extends ShortfallError {
  readonly code = "SF_RPC_GAP";

  constructor(
    readonly fromBlock: number,
    readonly toBlock: number,
    readonly reason: string,
    readonly advice: string,
  ) {
    const blocks = fromBlock === toBlock ? `block ${fromBlock}` : `blocks ${fromBlock} to ${toBlock}`;
    super(`Logs of ${blocks} cannot be read: ${reason}. ${advice}`);
  }
}

/** Blocks that were read are no longer on the chain. */
export class RpcReorganisedError extends ShortfallError {
  readonly code = "SF_RPC_REORGANISED";

  constructor(
    /** The block whose hash changed. */
    readonly block: number,
    readonly expected: string,
    readonly received: string,
    /** Keep its first `lines` lines, drop the rest, and read on from it; undefined: read again from the start. */
    readonly resume: RpcCursor | undefined,
  ) {
    const advice =
      resume === undefined
        ? "Drop everything that was read and start again."
        : `Drop everything after block ${resume.nextBlock - 1} and read on from the cursor that this error carries.`;
    super(`Block ${block} was ${expected} and now is ${received}: the chain was reorganised. ${advice}`);
  }
}

/** A cursor does not belong to what is being read. */
export class RpcCursorError extends ShortfallError {
  readonly code = "SF_RPC_CURSOR";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `Cursor, ${field}: expected ${expected}, got ${received}. Read from the start, or with what it was made for.`,
    );
  }
}

/** What was asked for makes no sense, or not on this chain. */
export class RpcRequestFault extends ShortfallError {
  readonly code = "SF_RPC_REQUEST";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
  ) {
    super(`Reading from a node, ${field}: expected ${expected}, got ${received}.`);
  }
}

/** A reading was told to stop. What was read is kept. */
export class RpcInterruptedError extends ShortfallError {
  readonly code = "SF_RPC_INTERRUPTED";

  constructor(
    readonly nextBlock: number,
    readonly toBlock: number,
  ) {
    super(`Stopped before block ${nextBlock} of ${toBlock}. The same reading again goes on from there.`);
  }
}
