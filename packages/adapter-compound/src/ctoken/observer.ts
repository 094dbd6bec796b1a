import { AbiError, type ChainTransaction, type Finding } from "@shortfall/core";
import type { Entry, EventDirectory } from "./event-directory.js";
import type { Family } from "./family.js";
import { describeParting, type Match, matchLogs, type Parting } from "./matching.js";
import type { Pool } from "./pool.js";
import { MarketRefusal } from "./refusal.js";
import { Step } from "./step.js";

/** An operation that explains some logs, already applied to the state. */
export interface Accepted<O> {
  readonly operation: O | undefined;
  readonly kind: string;
  readonly step: Step;
  /** Positions in the transaction's logs, by predicted log (events passed over included as absent). */
  readonly positions: readonly number[];
  readonly comparisons: number;
}

export interface Reading<O> {
  readonly accepted: readonly Accepted<O>[];
  readonly findings: readonly Finding[];
}

/**
 * Finds the operations that a transaction's logs tell of and applies them. All or nothing: if a log fits no
 * operation, the state is as before and a finding says which and what came nearest.
 */
export function observeTransaction<O extends { readonly kind: string }>(
  family: Family<O>,
  transaction: ChainTransaction,
): Reading<O> {
  const findings: Finding[] = [];
  const entries = readEntries(family.events, transaction, findings);
  if (!entries) return { accepted: [], findings };
  const { undo } = family.pool;
  // Prices are facts of their own: they stay even if the transaction is left out.
  const loggedPrices = family.pricedBy(entries);
  for (const { subject, price } of transaction.prices) {
    if (!loggedPrices.has(subject)) family.pool.setPrice(subject, price);
  }
  const start = undo.mark();
  const accepted: Accepted<O>[] = [];
  for (const operation of family.unlogged(transaction.touched)) {
    const step = attempt(family, operation, transaction);
    if (step instanceof Step) accepted.push(settle(family, operation, step, entries, 0, 0));
  }
  let cursor = 0;
  while (cursor < entries.length) {
    const found = explain(family, transaction, entries, cursor, findings);
    if ("nearest" in found) {
      undo.rollback(start);
      findings.push(unfit(transaction, entries[cursor], found.nearest, found.parting));
      return { accepted: [], findings };
    }
    accepted.push(...found.accepted);
    for (const { step } of found.accepted) {
      for (const doubt of step.doubts) findings.push(doubtful(transaction, entries[cursor], doubt));
    }
    cursor = found.cursor;
  }
  return { accepted, findings };
}

type Explanation<O> =
  | { readonly accepted: readonly Accepted<O>[]; readonly cursor: number }
  | { readonly nearest: string; readonly parting?: Parting };

function explain<O extends { readonly kind: string }>(
  family: Family<O>,
  transaction: ChainTransaction,
  entries: readonly Entry[],
  cursor: number,
  findings: Finding[],
): Explanation<O> {
  const proposals = family.propose(entries, cursor);
  const hidden: Accepted<O>[] = [];
  // Each round adopts the unannounced cash of one market; then the same proposals are tried again.
  for (let round = 0; round <= family.pool.markets.length; round++) {
    let nearest: { readonly length: number; readonly text: string; readonly parting?: Parting } | undefined;
    for (const operation of proposals) {
      const tried = attemptMatch(family, operation, transaction, entries, cursor);
      if ("accepted" in tried) {
        return { accepted: [...hidden, tried.accepted], cursor: cursor + tried.length };
      }
      if (!nearest || tried.length > nearest.length) nearest = tried;
    }
    const adopted = nearest?.parting && adoptCash(family, transaction, entries, nearest.parting, findings);
    if (adopted) {
      hidden.push(adopted);
      continue;
    }
    const entry = entries[cursor];
    const movement = entry && hidden.length === 0 ? family.movement(entry) : undefined;
    if (movement) {
      const tried = attemptMatch(family, movement, transaction, entries, cursor);
      if ("accepted" in tried) return { accepted: [tried.accepted], cursor: cursor + tried.length };
    }
    return {
      nearest: nearest?.text ?? "no operation logs this here",
      ...(nearest?.parting ? { parting: nearest.parting } : {}),
    };
  }
  return { nearest: "cash differs again after it was adopted" };
}

function attemptMatch<O extends { readonly kind: string }>(
  family: Family<O>,
  operation: O,
  transaction: ChainTransaction,
  entries: readonly Entry[],
  cursor: number,
):
  | { readonly accepted: Accepted<O>; readonly length: number }
  | { readonly length: number; readonly text: string; readonly parting?: Parting } {
  const mark = family.pool.undo.mark();
  const step = attempt(family, operation, transaction);
  if (!(step instanceof Step)) {
    // What it logged before the refusal may show where it went wrong, such as cash that nobody announced.
    const { length, parting } = matchLogs(family.pool, visible(family, step.broken), entries, cursor);
    const text = `${operation.kind} would be refused with ${step.reason}`;
    return { length, text, ...(parting ? { parting } : {}) };
  }
  const match: Match = matchLogs(family.pool, visible(family, step), entries, cursor);
  if (!match.parting && match.length > 0) {
    return {
      accepted: settle(family, operation, step, entries, cursor, match.comparisons),
      length: match.length,
    };
  }
  family.pool.undo.rollback(mark);
  return match.parting
    ? {
        length: match.length,
        text: `as ${operation.kind}, ${describeParting(match.parting)}`,
        parting: match.parting,
      }
    : { length: 0, text: `${operation.kind} logs nothing` };
}

/** The step, or the refusal with how far it got and everything rolled back. */
function attempt<O extends { readonly kind: string }>(
  family: Family<O>,
  operation: O,
  transaction: ChainTransaction,
): Step | { readonly reason: string; readonly broken: Step } {
  const mark = family.pool.undo.mark();
  const step = new Step(family.pool, family.slotOf(transaction.position), false);
  try {
    family.perform(operation, step);
    return step;
  } catch (error) {
    if (!(error instanceof MarketRefusal)) throw error;
    family.pool.undo.rollback(mark);
    return { reason: error.reason, broken: step };
  }
}

const visible = <O extends { readonly kind: string }>(family: Family<O>, step: Step) =>
  step.logs.filter((log) => !family.passedOver.has(log.name));

function settle<O extends { readonly kind: string }>(
  family: Family<O>,
  operation: O,
  step: Step,
  entries: readonly Entry[],
  cursor: number,
  comparisons: number,
): Accepted<O> {
  step.finish(family.seizesEnteredOnly);
  let next = cursor;
  const positions = step.logs.map((log) =>
    family.passedOver.has(log.name) ? -1 : (entries[next++]?.position ?? -1),
  );
  return { operation, kind: operation.kind, step, positions, comparisons };
}

/**
 * Where an accrual reports other cash than the books hold, tokens moved without a log (native coin, rebasing
 * token, lost log): the difference is adopted before the accrual and said.
 */
function adoptCash<O extends { readonly kind: string }>(
  family: Family<O>,
  transaction: ChainTransaction,
  entries: readonly Entry[],
  parting: Parting,
  findings: Finding[],
): Accepted<O> | undefined {
  const accrual = nextAccrual(family.pool, entries, parting);
  const market = accrual && family.pool.market(accrual.address);
  const reported = accrual?.args.cashPrior;
  if (!accrual || !market || typeof reported !== "bigint" || reported === market.cash) return undefined;
  const difference = reported - market.cash;
  const step = new Step(family.pool, family.slotOf(transaction.position), false);
  findings.push({
    class: difference > 0n ? "donation" : "unsupported-token",
    severity: "differs",
    message: `${market.parameters.symbol}: the accrual reports ${reported} units of cash, the logs account for ${market.cash}. The difference is booked as moved without a log.`,
    position: transaction.position,
    pool: market.token,
    field: "AccrueInterest.cashPrior",
    reported: reported.toString(),
    recomputed: market.cash.toString(),
    logs: [accrual.position],
  });
  market.cash = reported;
  step.touch(market);
  step.seal("donation", undefined, difference);
  return { operation: undefined, kind: "hidden-movement", step, positions: [], comparisons: 0 };
}

/**
 * The accrual that a prediction broke off in: its own event, or the one that follows a reserve push of other
 * size. Tokens that arrive at a market where they part are a donation with a log, and none of this.
 */
function nextAccrual(pool: Pool, entries: readonly Entry[], parting: Parting): Entry | undefined {
  const { at, predicted, observed } = parting;
  const arrives = observed !== undefined && pool.asset(observed.address) !== undefined;
  if (arrives && pool.market(String(observed.args.to))) return undefined;
  const markets = new Set([predicted.address, predicted.args.from]);
  return entries.find(
    (entry, index) => index >= at && entry.name === "AccrueInterest" && markets.has(entry.address),
  );
}

function readEntries(
  events: EventDirectory,
  transaction: ChainTransaction,
  findings: Finding[],
): Entry[] | undefined {
  const entries: Entry[] = [];
  let readable = true;
  for (const [position, log] of transaction.logs.entries()) {
    const reading = events.read(log);
    if (reading.kind === "foreign") continue;
    if (reading.kind === "unknown") {
      findings.push({
        class: "wrong-version",
        severity: "incomplete",
        message: `Log ${log.logIndex} of ${log.address} has topic ${log.topics[0] ?? "(none)"}, which this version does not emit. Check the contract's version.`,
        position: { ...transaction.position, logIndex: log.logIndex },
        field: `logs[${position}].topics[0]`,
        reported: log.topics[0] ?? "(none)",
        logs: [position],
      });
      continue;
    }
    try {
      const args = reading.codec.decode(log.topics, log.data);
      const entry = { position, address: log.address, name: reading.codec.name, args };
      if (reading.kind === "modelled" && events.concerns(entry)) entries.push(entry);
    } catch (error) {
      if (!(error instanceof AbiError)) throw error;
      readable = false;
      findings.push({
        class: "unreadable",
        severity: "incomplete",
        message: `Log ${log.logIndex} of ${log.address} is malformed: ${error.message} The transaction is left out.`,
        position: { ...transaction.position, logIndex: log.logIndex },
        field: `logs[${position}].data`,
        reported: error.received,
        recomputed: error.expected,
        logs: [position],
      });
    }
  }
  return readable ? entries : undefined;
}

function unfit(
  transaction: ChainTransaction,
  entry: Entry | undefined,
  nearest: string,
  parting: Parting | undefined,
): Finding {
  const at = parting?.observed ?? entry;
  const log = at && transaction.logs[at.position];
  return {
    class: parting && !parting.observed ? "missing-event" : "unexplained",
    severity: "differs",
    message: `${entry?.name ?? "A log"} of ${entry?.address ?? "?"} fits no operation: ${nearest}. The transaction is left out.`,
    position: log ? { ...transaction.position, logIndex: log.logIndex } : transaction.position,
    ...(at ? { pool: at.address, field: at.name, logs: [at.position] } : {}),
    ...(parting?.observed && parting.field !== undefined
      ? {
          field: `${parting.observed.name}.${parting.field}`,
          reported: String(parting.observed.args[parting.field]),
          recomputed: String(parting.predicted.args[parting.field]),
        }
      : {}),
  };
}

function doubtful(transaction: ChainTransaction, entry: Entry | undefined, doubt: string): Finding {
  return {
    class: "unexplained",
    severity: "note",
    message: `${entry?.name ?? "An operation"} happened, but ${doubt}. Check the prices that the model was given.`,
    position: transaction.position,
    ...(entry ? { pool: entry.address, logs: [entry.position] } : {}),
  };
}
