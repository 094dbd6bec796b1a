import { type Finding, isShortfallError, type Position, type PredictedLog } from "@shortfall/core";
import type { Market } from "../market.js";
import type { Profile } from "../profiles.js";
import type { Reserve } from "../reserve.js";
import { Step } from "../step.js";
import type { DecodedLog } from "./decoded.js";
import { type DisputedWriteOff, type Match, matchLogs } from "./match.js";
import { argument, type Proposal } from "./proposal.js";
import { type Memory, singleProposals } from "./single.js";
import { isTerminal, terminalProposals } from "./terminal.js";

/** An operation that explains a run of logs. */
export interface AcceptedOperation {
  readonly proposal: Proposal;
  readonly step: Step;
  /** Its logs. */
  readonly logs: readonly DecodedLog[];
  readonly comparisons: number;
  readonly disputed: readonly DisputedWriteOff[];
}

export type ObservedTransaction =
  | { readonly ok: true }
  /** Nothing of the transaction was kept. */
  | { readonly ok: false; readonly finding: Finding };

interface OpenLoan {
  readonly reserve: Reserve;
  readonly amountAssets: bigint;
}

/**
 * Explains a transaction's logs from left to right: proposes operations at each boundary, executes them, and
 * keeps the first whose predicted logs are the observed ones. `accepted` is told of each at once, while the
 * state is the one right after it.
 */
export function explainLogs(
  market: Market,
  logs: readonly DecodedLog[],
  position: Position,
  accepted: (operation: AcceptedOperation) => void,
  profile: Profile = market.profile,
): ObservedTransaction {
  const now = BigInt(position.timestamp);
  const ends = nextTerminals(logs);
  const loans: OpenLoan[] = [];
  const memory: { lastCover: OpenLoan | undefined; configured: Set<Reserve> } = {
    lastCover: undefined,
    configured: new Set(),
  };
  let start = 0;
  while (start < logs.length) {
    const attempt = attemptAt({ market, logs, now, profile }, start, ends[start], memory, loans);
    if (!attempt.ok) return { ok: false, finding: describeFailure(logs, start, attempt.nearest, position) };
    const { operation } = attempt;
    trackLoans(loans, operation);
    const cover = operation.step.effects.covered.at(-1);
    if (cover !== undefined) memory.lastCover = cover;
    if (operation.proposal.kind === "configure") {
      for (const reserve of operation.step.effects.touched) memory.configured.add(reserve);
    }
    accepted(operation);
    start += operation.logs.length;
  }
  const open = loans[0];
  if (open === undefined) return { ok: true };
  return {
    ok: false,
    finding: {
      class: "missing-event",
      severity: "differs",
      message: `${open.amountAssets} ${open.reserve.symbol} left the aToken and no operation of this transaction says why; check for a flash loan whose end is missing.`,
      position,
      pool: open.reserve.symbol,
    },
  };
}

type Attempt =
  | { readonly ok: true; readonly operation: AcceptedOperation }
  | { readonly ok: false; readonly nearest: Nearest | undefined };

interface Nearest {
  readonly proposal: Proposal;
  readonly match?: Match;
  /** Why it could not be executed, if so. */
  readonly refusal?: string;
  readonly predicted: readonly PredictedLog[];
}

interface Setting {
  readonly market: Market;
  readonly logs: readonly DecodedLog[];
  readonly now: bigint;
  readonly profile: Profile;
}

function attemptAt(
  { market, logs, now, profile }: Setting,
  start: number,
  end: number | undefined,
  memory: Memory,
  loans: readonly OpenLoan[],
): Attempt {
  let nearest: Nearest | undefined;
  const mark = market.undo.mark();
  for (const proposal of proposals(market, logs, start, end, memory)) {
    const step = new Step(market, now, false, profile);
    try {
      proposal.run(step);
    } catch (error) {
      if (!isShortfallError(error)) throw error;
      market.undo.rollback(mark);
      nearest ??= { proposal, refusal: error.message, predicted: step.logs };
      continue;
    }
    const match = matchLogs(step.logs, logs, start);
    if (match.fits && closesOpenLoan(proposal, step, loans)) {
      return {
        ok: true,
        operation: {
          proposal,
          step,
          logs: logs.slice(start, start + match.agreeing),
          comparisons: match.comparisons,
          disputed: match.disputed,
        },
      };
    }
    market.undo.rollback(mark);
    if (nearest?.match === undefined || match.agreeing > nearest.match.agreeing) {
      nearest = { proposal, match, predicted: step.logs };
    }
  }
  return { ok: false, nearest };
}

function* proposals(
  market: Market,
  logs: readonly DecodedLog[],
  start: number,
  end: number | undefined,
  memory: Memory,
): Generator<Proposal> {
  if (end !== undefined) yield* terminalProposals(market, logs, start, end);
  yield* singleProposals(market, logs, start, memory);
}

/** Place of the next closing event at or after each place. */
function nextTerminals(logs: readonly DecodedLog[]): (number | undefined)[] {
  const ends: (number | undefined)[] = new Array(logs.length);
  let next: number | undefined;
  for (let place = logs.length - 1; place >= 0; place--) {
    if (isTerminal(logs[place]!)) next = place;
    ends[place] = next;
  }
  return ends;
}

/** The loan that the end of an operation gives back, or undefined if it gives none back. */
function returnedLoan(proposal: Proposal, step: Step): { asset: string; amountAssets: bigint } | undefined {
  if (proposal.kind !== "flash-loan-end" && proposal.kind !== "flash-loan-to-debt") return undefined;
  const closing = step.logs.at(-1);
  const asset = closing?.args.asset;
  const amountAssets = closing?.args.amount;
  return typeof asset === "string" && typeof amountAssets === "bigint" ? { asset, amountAssets } : undefined;
}

function closesOpenLoan(proposal: Proposal, step: Step, loans: readonly OpenLoan[]): boolean {
  const returned = returnedLoan(proposal, step);
  return returned === undefined || findLoan(loans, returned) >= 0;
}

const findLoan = (loans: readonly OpenLoan[], loan: { asset: string; amountAssets: bigint }): number =>
  loans.findLastIndex(
    (open) => open.reserve.identity.underlying === loan.asset && open.amountAssets === loan.amountAssets,
  );

function trackLoans(loans: OpenLoan[], operation: AcceptedOperation): void {
  const { proposal, step, logs } = operation;
  if (proposal.kind === "flash-loan-start") {
    const log = logs[0]!;
    if (log.role.kind === "underlying") {
      loans.push({ reserve: log.role.reserve, amountAssets: argument.amount(log, "value") });
    }
    return;
  }
  const returned = returnedLoan(proposal, step);
  if (returned !== undefined) loans.splice(findLoan(loans, returned), 1);
}

function describeFailure(
  logs: readonly DecodedLog[],
  start: number,
  nearest: Nearest | undefined,
  position: Position,
): Finding {
  const log = logs[start]!;
  const where = `${log.name} of ${log.address} (log ${log.place} of the transaction)`;
  const base = { severity: "differs" as const, position, logs: [log.place] };
  if (nearest === undefined) {
    return {
      ...base,
      class: "missing-event",
      message: `${where} starts no known operation; a log before it may be missing.`,
    };
  }
  const { proposal, match, refusal } = nearest;
  const difference = match?.difference;
  if (difference === undefined) {
    return {
      ...base,
      class: "missing-event",
      pool: proposal.pool,
      message: `${where} fits no operation; the nearest, ${proposal.kind}, cannot be executed: ${refusal ?? "it logs nothing"}`,
    };
  }
  return {
    ...base,
    class: difference.field === "event" ? "missing-event" : "unexplained",
    pool: proposal.pool,
    ...(proposal.account === undefined ? {} : { account: proposal.account }),
    message: `${where} fits no operation; the nearest is ${proposal.kind} in ${proposal.pool}, whose ${difference.field} is reported as ${difference.reported} and recomputed as ${difference.recomputed}.`,
    field: difference.field,
    reported: difference.reported,
    recomputed: difference.recomputed,
    formula: proposal.kind,
    ...(difference.log === undefined ? {} : { logs: [difference.log.place] }),
  };
}
