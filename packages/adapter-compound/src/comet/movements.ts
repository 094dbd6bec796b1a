import type { ChainLog, EventCodec, Finding, Position, PredictedLog } from "@shortfall/core";
import { addressOf, amountOf, type DecodedLog, decodeLog, TOKEN_EVENTS } from "./events.js";
import type { CometMarket } from "./market.js";

/** A token Transfer that touches the market. */
export interface Movement {
  readonly at: number;
  readonly token: string;
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
  /** Explained by an operation. */
  used: boolean;
}

/** A transaction's logs by who emitted them. */
export interface SortedLogs {
  readonly events: readonly DecodedLog[];
  readonly movements: Movement[];
  readonly findings: readonly Finding[];
  /** A log of the market itself could not be read, so the transaction cannot be followed. */
  readonly broken: boolean;
}

/** Splits logs into the market's events and the movements of its tokens. Other contracts' logs are not ours. */
export function sortLogs(
  market: CometMarket,
  table: ReadonlyMap<string, EventCodec>,
  logs: readonly ChainLog[],
  position: Position,
): SortedLogs {
  const { comet, baseToken } = market.configuration;
  const events: DecodedLog[] = [];
  const movements: Movement[] = [];
  const findings: Finding[] = [];
  let broken = false;
  logs.forEach((log, at) => {
    const ours = log.address === comet;
    if (!ours && log.address !== baseToken && market.assetIndex(log.address) === undefined) return;
    const decoding = decodeLog(ours ? table : TOKEN_EVENTS, log, at);
    if (!decoding.ok) {
      // Tokens may emit events of their own that move nothing; a Transfer that cannot be read may.
      const harmless = !ours && decoding.unknown;
      broken ||= !harmless;
      findings.push({
        class: "unreadable",
        severity: harmless ? "note" : "incomplete",
        message: `Log ${at} of ${ours ? "the market" : `token ${log.address}`} cannot be read: ${decoding.reason}.`,
        position: { ...position, logIndex: log.logIndex },
        pool: market.pool,
        field: `logs[${at}].${decoding.unknown ? "topics[0]" : "data"}`,
        reported: decoding.unknown ? (log.topics[0] ?? "(none)") : log.data,
        recomputed: decoding.reason,
        logs: [log.logIndex],
      });
      return;
    }
    const { decoded } = decoding;
    if (ours) events.push(decoded);
    else if (decoded.name === "Transfer") {
      const movement = {
        at,
        token: log.address,
        from: addressOf(decoded, "from"),
        to: addressOf(decoded, "to"),
        value: amountOf(decoded, "value"),
        used: false,
      };
      if (movement.from === comet || movement.to === comet) movements.push(movement);
    }
  });
  return { events, movements, findings, broken };
}

/**
 * Finds the recorded movements that an operation predicts: the same parties first, else the same token,
 * direction and value, since a wrapper may stand between the market and an account.
 *
 * @returns the movements, or the first prediction that nothing matches.
 */
export function claimMovements(
  comet: string,
  movements: readonly Movement[],
  predicted: readonly PredictedLog[],
): { readonly claimed: Movement[] } | { readonly missing: PredictedLog } {
  const claimed: Movement[] = [];
  for (const log of predicted) {
    const { from, to, value } = log.args;
    const open = movements.filter(
      (movement) =>
        !movement.used &&
        !claimed.includes(movement) &&
        movement.token === log.address &&
        movement.value === value &&
        (movement.from === comet) === (from === comet) &&
        (movement.to === comet) === (to === comet),
    );
    const found = open.find((movement) => movement.from === from && movement.to === to) ?? open[0];
    if (!found) return { missing: log };
    claimed.push(found);
  }
  return { claimed };
}
