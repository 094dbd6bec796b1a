import type { ChainTransaction, Finding, ObservedOperation, Position } from "@shortfall/core";
import { projectAccrual, type Settlement, settlementOf } from "./accrual.js";
import { accrueAccount, storeTransfer } from "./base.js";
import { runCall } from "./calls.js";
import {
  absorbReportedOtherwise,
  type Candidate,
  legOf,
  paymentOf,
  proposeOperation,
  type Surroundings,
} from "./candidates.js";
import { type Checks, lenient, OBSERVATION } from "./checks.js";
import { CometCallError, CometRefusal } from "./errors.js";
import { addressOf, amountOf, COMET_EVENTS, type DecodedLog } from "./events.js";
import { matchTransfers, type TransferLegs } from "./inversion.js";
import { type CometMarket, PAUSE } from "./market.js";
import { claimMovements, type Movement, type SortedLogs, sortLogs } from "./movements.js";
import type { Outcome } from "./outcome.js";
import { describeLog, firstMiss, type Miss, NO_CANDIDATE } from "./prediction.js";
import { donate } from "./reserves.js";

/** An operation that the logs confirm, and which of them it explains. */
export interface Accepted {
  readonly outcome: Outcome;
  readonly logs: readonly number[];
}

/** What a transaction was found to hold. The state has moved by exactly `accepted`. */
export interface Reading {
  readonly accepted: readonly Accepted[];
  readonly operations: readonly ObservedOperation[];
  readonly findings: readonly Finding[];
  readonly callsUsed: 0 | 1;
  /** Something happened whose effect neither logs nor a call showed. */
  readonly undetermined: boolean;
  /** Accounts as they stood before one of several possible outcomes was taken. */
  readonly guessed: readonly Settlement[];
  readonly rejected: boolean;
}

/**
 * Re-executes a transaction from its logs. The state is put back if any log fits no operation.
 */
export function readTransaction(market: CometMarket, transaction: ChainTransaction): Reading {
  const mark = market.state.mark();
  const reader = new TransactionReader(market, transaction);
  const reading = reader.read();
  if (reading.rejected) market.state.rollback(mark);
  market.state.commit();
  return reading;
}

class TransactionReader {
  readonly #market: CometMarket;
  readonly #transaction: ChainTransaction;
  readonly #time: bigint;
  readonly #sorted: SortedLogs;
  readonly #accepted: Accepted[] = [];
  readonly #operations: ObservedOperation[] = [];
  readonly #findings: Finding[] = [];
  #cursor = 0;
  #callsUsed: 0 | 1 = 0;
  #undetermined = false;
  readonly #guessed: Settlement[] = [];
  readonly #permissions: { readonly pair: string; readonly allowed: boolean }[] = [];
  /** The candidate for the event at the cursor that came closest. */
  #miss = NO_CANDIDATE;

  constructor(market: CometMarket, transaction: ChainTransaction) {
    this.#market = market;
    this.#transaction = transaction;
    this.#time = BigInt(transaction.position.timestamp);
    this.#sorted = sortLogs(market, COMET_EVENTS, transaction.logs, transaction.position);
    this.#findings.push(...this.#sorted.findings);
  }

  read(): Reading {
    if (this.#sorted.broken) return this.#result(true);
    const { events, movements } = this.#sorted;
    if (this.#transaction.touched.includes(this.#market.pool) && !this.#touch()) return this.#result(true);
    while (this.#cursor < events.length) {
      const event = events[this.#cursor]!;
      if (this.#isConfiguration(event)) {
        this.#cursor++;
        continue;
      }
      this.#miss = NO_CANDIDATE;
      if (!this.#step(event)) {
        this.#reportMiss(event);
        return this.#result(true);
      }
    }
    for (const movement of movements) {
      if (movement.used) continue;
      if (!this.#remainder(movement)) return this.#result(true);
    }
    for (const { pair, allowed } of this.#permissions) {
      if (allowed) this.#market.state.permissions.add(pair);
      else this.#market.state.permissions.delete(pair);
    }
    return this.#result(false);
  }

  #result(rejected: boolean): Reading {
    return {
      accepted: rejected ? [] : this.#accepted,
      operations: rejected ? [] : this.#operations,
      findings: this.#findings,
      callsUsed: this.#callsUsed,
      undetermined: this.#undetermined,
      guessed: rejected ? [] : this.#guessed,
      rejected,
    };
  }

  /** Explains the event at the cursor, or says nothing fits. */
  #step(event: DecodedLog): boolean {
    if (event.name === "Transfer") return this.#baseTransfer(event);
    const around = {
      market: this.#market,
      time: this.#time,
      following: this.#sorted.events.slice(this.#cursor),
      movements: this.#sorted.movements,
    };
    const candidate = proposeOperation(event, around);
    if (candidate === undefined) return false;
    if (this.#try(candidate)) return true;
    if (event.name.startsWith("Absorb") && this.#tryReportedOtherwise(event, around)) return true;
    const mark = this.#market.state.mark();
    const kept = [this.#accepted.length, this.#operations.length] as const;
    const donated = this.#donateBefore(event);
    if (donated.length > 0 && this.#try(candidate)) return true;
    if (this.#tryLenient(event, candidate)) return true;
    this.#market.state.rollback(mark);
    this.#accepted.length = kept[0];
    this.#operations.length = kept[1];
    for (const movement of donated) movement.used = false;
    return false;
  }

  /** Runs a candidate; keeps it only if its logs are the observed ones. */
  #try(candidate: Candidate, checks: Checks = OBSERVATION): boolean {
    const mark = this.#market.state.mark();
    let outcome: Outcome;
    try {
      outcome = candidate(checks);
    } catch (error) {
      if (!(error instanceof CometRefusal)) throw error;
      this.#market.state.rollback(mark);
      this.#note({ matched: 0, reason: `the operation it reports would revert with ${error.reason}` });
      return false;
    }
    if (this.#accept(outcome)) return true;
    this.#market.state.rollback(mark);
    return false;
  }

  #tryReportedOtherwise(event: DecodedLog, around: Surroundings): boolean {
    const candidate = absorbReportedOtherwise(event, around);
    const { field, reported, recomputed } = this.#miss;
    if (candidate === undefined || !this.#try(candidate)) return false;
    const debt = around.following.find(({ name }) => name === "AbsorbDebt") ?? event;
    this.#findings.push({
      class: "unexplained",
      severity: "differs",
      message:
        "AbsorbDebt says other figures than the prices give, and all around it agrees with the prices. Check the log against the chain.",
      position: this.#at(debt),
      pool: this.#market.pool,
      account: addressOf(event, "borrower"),
      field: field ?? `logs[${debt.at}].basePaidOut`,
      reported: reported ?? "",
      recomputed: recomputed ?? "",
      logs: [debt.log.logIndex],
    });
    return true;
  }

  #tryLenient(event: DecodedLog, candidate: Candidate): boolean {
    const checks = lenient();
    const position = this.#at(event);
    if (!this.#try(candidate, checks)) return false;
    this.#findings.push({
      class: "unexplained",
      severity: "differs",
      message: `${event.name} happened although the model says ${checks.breaches.join(", ")}: ${this.#miss.reason}. Check the prices and parameters.`,
      position,
      pool: this.#market.pool,
      field: this.#miss.field ?? `logs[${event.at}].${event.name}`,
      reported: this.#miss.reported ?? "done",
      recomputed: this.#miss.recomputed ?? checks.breaches.join(", "),
      logs: [event.log.logIndex],
    });
    return true;
  }

  /** Compares an outcome's logs with the observed ones and, if all agree, moves the cursor past them. */
  #accept(outcome: Outcome): boolean {
    const { comet } = this.#market.configuration;
    const { events, movements } = this.#sorted;
    const own = outcome.logs.filter((log) => log.address === comet);
    const transfers = outcome.logs.filter((log) => log.address !== comet);
    const miss = firstMiss(own, events.slice(this.#cursor, this.#cursor + own.length));
    if (miss) {
      this.#note(miss);
      return false;
    }
    const claim = claimMovements(comet, movements, transfers);
    if ("missing" in claim) {
      this.#note({
        matched: own.length,
        reason: `no token movement fits ${describeLog(claim.missing)}`,
        field: "logs.Transfer",
        reported: "(absent)",
        recomputed: describeLog(claim.missing),
      });
      return false;
    }
    for (const movement of claim.claimed) movement.used = true;
    this.#requireOrder(outcome, claim.claimed);
    const logs = [
      ...own.map((_, k) => events[this.#cursor + k]!.at),
      ...claim.claimed.map((movement) => movement.at),
    ].sort((a, b) => a - b);
    this.#cursor += own.length;
    this.#accepted.push({ outcome, logs });
    this.#operations.push({
      kind: outcome.kind,
      pool: this.#market.pool,
      logs,
      comparisons: own.reduce((sum, log) => sum + Object.keys(log.args).length, 0) + claim.claimed.length * 3,
    });
    return true;
  }

  /** The contract emits an operation's logs in one order; any other is not what the chain recorded. */
  #requireOrder(outcome: Outcome, claimed: readonly Movement[]): void {
    const { comet } = this.#market.configuration;
    let event = this.#cursor;
    let movement = 0;
    const at = outcome.logs.map((log) =>
      log.address === comet ? this.#sorted.events[event++]!.at : claimed[movement++]!.at,
    );
    const late = at.findIndex((index, k) => k > 0 && index < at[k - 1]!);
    if (late < 0) return;
    const log = this.#transaction.logs[at[late]!]!;
    this.#findings.push({
      class: "reordered-event",
      severity: "differs",
      message: `${outcome.logs[late]!.name} stands before the log that it follows in a ${outcome.kind}. Sort the logs by their index.`,
      position: { ...this.#transaction.position, logIndex: log.logIndex },
      pool: this.#market.pool,
      field: `logs[${at[late]}]`,
      reported: `after ${late - 1} of its logs`,
      recomputed: `after ${late}`,
      logs: [log.logIndex],
    });
  }

  /** Books tokens that came before an event and that the event's own operation does not pay as donations. */
  #donateBefore(event: DecodedLog): Movement[] {
    const { comet, baseToken } = this.#market.configuration;
    const payment = paymentOf(event, baseToken);
    const before = this.#sorted.movements.filter(
      (movement) =>
        !movement.used && movement.at < event.at && movement.to === comet && movement.from !== comet,
    );
    const own = payment
      ? before.findLast((movement) => movement.token === payment.token && movement.value === payment.value)
      : undefined;
    return before.filter((movement) => movement !== own && this.#remainder(movement));
  }

  /** What no operation explains: inbound tokens are a donation, outbound ones a finding. */
  #remainder(movement: Movement): boolean {
    const { comet } = this.#market.configuration;
    if (movement.to === comet && movement.from === comet) {
      movement.used = true;
      return true;
    }
    if (movement.to === comet) {
      const outcome = this.#donation(movement);
      if (!outcome) return false;
      movement.used = true;
      this.#accepted.push({ outcome, logs: [movement.at] });
      this.#operations.push({
        kind: outcome.kind,
        pool: this.#market.pool,
        logs: [movement.at],
        comparisons: 3,
      });
      return true;
    }
    const log = this.#transaction.logs[movement.at]!;
    this.#findings.push({
      class: "missing-event",
      severity: "differs",
      message: `${movement.value} of ${movement.token} left the market to ${movement.to}, and no operation explains it. Look for a missing event.`,
      position: { ...this.#transaction.position, logIndex: log.logIndex },
      pool: this.#market.pool,
      account: movement.to,
      field: `logs[${movement.at}].value`,
      reported: `${movement.value}`,
      recomputed: "(no outflow)",
      logs: [log.logIndex],
    });
    return false;
  }

  /** A donation; a finding for one that no token balance can hold. */
  #donation(movement: Movement): Outcome | undefined {
    try {
      return donate(this.#market, movement.from, movement.token, movement.value);
    } catch (error) {
      if (!(error instanceof CometRefusal)) throw error;
      const log = this.#transaction.logs[movement.at]!;
      this.#findings.push({
        class: "unreadable",
        severity: "differs",
        message: `A transfer of ${movement.value} of ${movement.token} would lift the market's balance above 2^256. Check the log against the chain.`,
        position: { ...this.#transaction.position, logIndex: log.logIndex },
        pool: this.#market.pool,
        field: `logs[${movement.at}].value`,
        reported: `${movement.value}`,
        recomputed: "(at most what the balance can hold)",
        logs: [log.logIndex],
      });
      return undefined;
    }
  }

  /** A base transfer: burn, mint or both, unpredicted by anything before. */
  #baseTransfer(event: DecodedLog): boolean {
    const first = legOf(event);
    if (first === undefined) return false;
    const next = this.#sorted.events[this.#cursor + 1];
    const second = next?.name === "Transfer" ? legOf(next) : undefined;
    const paired: TransferLegs | undefined =
      first.source !== undefined && second?.destination !== undefined
        ? {
            source: first.source,
            burned: first.burned,
            destination: second.destination,
            minted: second.minted,
          }
        : undefined;
    for (const legs of paired ? [paired, first] : [first]) {
      if (this.#transferWithLegs(event, legs)) return true;
    }
    return false;
  }

  #transferWithLegs(event: DecodedLog, legs: TransferLegs): boolean {
    const market = this.#market;
    let accrual: ReturnType<typeof projectAccrual>;
    try {
      accrual = projectAccrual(market.configuration, market.state, this.#time);
    } catch (error) {
      if (!(error instanceof CometRefusal)) throw error;
      this.#note({ matched: 0, reason: `accrual would revert with ${error.reason}` });
      return false;
    }
    const matches = matchTransfers(market, accrual, legs);
    const [match, other] = matches;
    if (match === undefined) {
      this.#note({
        matched: 0,
        reason:
          "no base transfer burns and mints these amounts at the model's indexes (an accrual may be missing)",
      });
      return false;
    }
    if (other !== undefined) {
      const called = this.#callOutcome("transfer");
      if (called) return called.length === 1 && this.#try(() => called[0]!());
      this.#undetermined = true;
      this.#guessed.push(
        settlementOf(market.state, match.plan.source.id),
        settlementOf(market.state, match.plan.destination.id),
      );
      this.#findings.push({
        class: "missing-event",
        severity: "incomplete",
        message: "Several base transfers give these logs and different balances. Give the call to decide.",
        position: this.#at(event),
        pool: market.pool,
        logs: [event.log.logIndex],
      });
    }
    return this.#try(() => storeTransfer(market, accrual, match.plan, match.range));
  }

  /** A touch without events of the market: only the call says whose account it settled. */
  #touch(): boolean {
    const called = this.#callOutcome("any");
    if (called?.every((run) => this.#tryTouch(run))) return true;
    this.#undetermined = true;
    return this.#tryTouch(() => accrueAccount(this.#market, undefined, this.#time));
  }

  #tryTouch(run: () => Outcome): boolean {
    const before = this.#cursor;
    let events = 0;
    const fits = this.#try(() => {
      const outcome = run();
      events = outcome.logs.length;
      if (events > 0) throw new CometRefusal("events that are not there");
      return outcome;
    });
    if (fits) return true;
    this.#cursor = before;
    this.#findings.push({
      class: "missing-event",
      severity: "differs",
      message: `A call touched the market without logs, but ${this.#miss.reason}.`,
      position: this.#transaction.position,
      pool: this.#market.pool,
      field: "touched",
      reported: "no logs",
      recomputed: this.#miss.reason,
    });
    return false;
  }

  /** The recorded call as something to run, if it may be read and is of use. */
  #callOutcome(want: "transfer" | "any"): (() => Outcome)[] | undefined {
    const call = this.#transaction.readCall?.();
    if (call === undefined) return undefined;
    this.#callsUsed = 1;
    if (
      want === "transfer"
        ? call.type !== "transfer"
        : !["accrueAccount", "transfer", "absorb"].includes(call.type)
    ) {
      return undefined;
    }
    const run = (): Outcome => {
      try {
        const [only, ...rest] = runCall(this.#market, call, this.#transaction.position, OBSERVATION);
        if (only === undefined || rest.length > 0) throw new CometRefusal("several operations");
        return only;
      } catch (error) {
        if (error instanceof CometCallError)
          throw new CometRefusal(`a call that cannot be read (${error.message})`);
        throw error;
      }
    };
    return [run];
  }

  /** Events that change no accounting. */
  #isConfiguration(event: DecodedLog): boolean {
    const { state } = this.#market;
    if (event.name === "PauseAction") {
      const names = ["supply", "transfer", "withdraw", "absorb", "buy"] as const;
      state.pauseFlags = names.reduce(
        (flags, name) => (event.args[`${name}Paused`] === true ? flags | PAUSE[name] : flags),
        0,
      );
      return true;
    }
    if (event.name === "Approval") {
      const pair = `${addressOf(event, "owner")}>${addressOf(event, "spender")}`;
      this.#permissions.push({ pair, allowed: amountOf(event, "amount") !== 0n });
      return true;
    }
    if (event.name === "Upgraded") {
      this.#findings.push({
        class: "wrong-version",
        severity: "incomplete",
        message: `The market was upgraded to ${addressOf(event, "implementation")}. Start a new history with its parameters.`,
        position: this.#at(event),
        pool: this.#market.pool,
        logs: [event.log.logIndex],
      });
      return true;
    }
    return false;
  }

  #note(miss: Miss): void {
    if (miss.matched >= this.#miss.matched) this.#miss = miss;
  }

  #reportMiss(event: DecodedLog): void {
    const { reason, field, reported, recomputed } = this.#miss;
    this.#findings.push({
      class: "unexplained",
      severity: "differs",
      message: `${event.name} (log ${event.at}) fits no operation: ${reason}. The transaction was left out.`,
      position: this.#at(event),
      pool: this.#market.pool,
      field: field ?? `logs[${event.at}].${event.name}`,
      reported: reported ?? event.name,
      recomputed: recomputed ?? reason,
      logs: [event.log.logIndex],
    });
  }

  #at(event: DecodedLog): Position {
    return { ...this.#transaction.position, logIndex: event.log.logIndex };
  }
}
