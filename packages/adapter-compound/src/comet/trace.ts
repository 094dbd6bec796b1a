import {
  type ChainLog,
  type ChainTransaction,
  Comparison,
  type FieldFailure,
  Fields,
  type Finding,
  type HistoryHeader,
  LineError,
  type LineResult,
  type Mismatch,
  type Position,
  type RecordedCall,
  type TraceBinding,
  type TraceLine,
  type TraceSession,
} from "@shortfall/core";
import { compareAction, expectedAmount } from "./action.js";
import { isCallType } from "./calls.js";
import { COMET_EVENTS, decodeLog, TOKEN_EVENTS } from "./events.js";
import { CometModel } from "./model.js";
import type { Outcome } from "./outcome.js";
import { accountSnapshot, marketSnapshot } from "./snapshot.js";

/** What an undetermined touch may have changed: one or two accounts' principals and rewards, and totals. */
const DOUBTFUL_FIELD =
  /^state\.(totalSupplyBase|totalBorrowBase|utilization|reserves|accounts\.0x[0-9a-f]{40}\.(principal|baseTrackingIndex|baseTrackingAccrued|isLiquidatable))$/;

/** A recorded line with its parts checked. */
interface Line {
  readonly sequence: number;
  readonly position: Position;
  readonly action: RecordedCall;
  readonly reverted: string | null;
  readonly logs: readonly Fields[];
  readonly chainLogs: readonly ChainLog[];
  readonly state: Fields;
  readonly full: boolean;
  readonly failure: FieldFailure;
}

/** Checks golden files of Comet line by line. */
export class CometTraceSession implements TraceSession {
  readonly model: CometModel;
  #sequence = 0;
  #block: number;
  #timestamp: number;
  /** First of the positions since which something undetermined may have happened. */
  #doubt: Position | undefined;
  /**
   * A line whose logs fit no operation. Whoever drives the session may execute it from its call; if nobody has
   * by the next line, its recorded state is taken over, so that later lines are not blamed for it.
   */
  #leftOut: Line | undefined;

  constructor(header: HistoryHeader) {
    this.model = new CometModel(header);
    const genesis = new Fields(header).object("genesis");
    this.#block = genesis.integer("block");
    this.#timestamp = genesis.integer("timestamp");
  }

  transaction(line: TraceLine): ChainTransaction {
    return this.#transaction(readLine(line), true);
  }

  observe(line: TraceLine, options: { readonly calls: boolean }): LineResult {
    const recorded = readLine(line);
    const caughtUp = this.#catchUp(recorded);
    const comparison = this.#begin(recorded);
    const expected =
      recorded.reverted === null
        ? expectedAmount(this.model.market, recorded.action, recorded.position)
        : undefined;
    const reading = this.model.read(this.#transaction(recorded, options.calls));
    const outcomes = reading.accepted.map(({ outcome }) => outcome);
    if (reading.undetermined) this.#doubt ??= recorded.position;
    const findings = [...reading.findings];
    const mismatches: Mismatch[] = findings
      .filter((finding) => finding.severity === "differs")
      .map((finding) => ({
        field: finding.field ?? "logs",
        recorded: finding.reported ?? "",
        computed: finding.recomputed ?? "",
      }));
    if (recorded.reverted === null && reading.callsUsed === 0 && !reading.rejected && !reading.undetermined) {
      compareAction(comparison, recorded.action, outcomes, expected);
    }
    this.#compareState(comparison, recorded);
    this.#compareAbsorbed(comparison, line, outcomes);
    const own = reading.operations.reduce((sum, operation) => sum + operation.comparisons, 0);
    mismatches.push(...comparison.mismatches);

    const doubted = this.#doubt;
    const stale = reading.rejected || mismatches.some(({ field }) => doubted && DOUBTFUL_FIELD.test(field));
    let left = mismatches;
    const waits = stale && reading.rejected && !doubted && options.calls;
    if (waits) this.#leftOut = recorded;
    else if (stale) {
      if (doubted)
        left = reading.rejected ? [] : mismatches.filter(({ field }) => !DOUBTFUL_FIELD.test(field));
      this.model.resynchronise(recorded.state, recorded.position, recorded.failure, reading.guessed);
      findings.push(
        resynchronised(recorded.position, doubted ?? recorded.position, this.model.market.pool, mismatches),
      );
    }
    // A record that names accounts names those that were touched.
    if (recorded.full || recorded.state.object("accounts").keys().length > 0) this.#doubt = undefined;
    return {
      comparisons: comparison.count + own,
      mismatches: left,
      callsUsed: reading.callsUsed,
      resynced: caughtUp || (stale && !waits),
      findings,
    };
  }

  execute(line: TraceLine): LineResult {
    const recorded = readLine(line);
    const again = this.#leftOut?.sequence === recorded.sequence;
    const caughtUp = this.#catchUp(recorded);
    const comparison = this.#begin(recorded, again);
    const reason = unexecutable(recorded);
    if (reason !== undefined) return this.#skip(recorded, comparison, reason);
    if (!isCallType(recorded.action.type)) {
      comparison.value("action.type", recorded.action.type, "a call of Comet");
      const { skipped: _skipped, ...result } = this.#skip(recorded, comparison, "");
      return result;
    }
    const result = this.model.run(recorded.action, recorded.position);
    const outcomes = "reason" in result ? [] : result.outcomes;
    comparison.value("reverted", recorded.reverted, "reason" in result ? result.reason : null);
    const predicted = outcomes.flatMap((outcome) => outcome.logs);
    comparison.value("logs.length", recorded.logs.length, predicted.length);
    recorded.logs.forEach((log, at) => {
      const own = predicted[at];
      comparison.value(`logs[${at}].address`, recorded.chainLogs[at]!.address, own?.address);
      comparison.value(`logs[${at}].name`, log.raw("name"), own?.name);
      if (own) comparison.deep(`logs[${at}].args`, log.raw("args"), own.args);
    });
    const diverged = comparison.mismatches.length > 0;
    this.#compareState(comparison, recorded);
    this.#compareAbsorbed(comparison, line, outcomes);
    const findings: Finding[] = [];
    if (diverged) {
      this.model.resynchronise(recorded.state, recorded.position, recorded.failure);
      findings.push(
        resynchronised(recorded.position, recorded.position, this.model.market.pool, comparison.mismatches),
      );
    }
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: caughtUp || diverged,
      findings,
    };
  }

  /** Takes over the state after a line that was left out, if this is a later one. */
  #catchUp(recorded: Line): boolean {
    const left = this.#leftOut;
    this.#leftOut = undefined;
    if (left === undefined || left.sequence === recorded.sequence) return false;
    this.model.resynchronise(left.state, left.position, left.failure);
    return true;
  }

  #skip(recorded: Line, comparison: Comparison, skipped: string): LineResult {
    if (recorded.reverted === null) {
      this.model.resynchronise(recorded.state, recorded.position, recorded.failure);
    }
    this.#compareState(comparison, recorded);
    return {
      comparisons: comparison.count,
      mismatches: comparison.mismatches,
      callsUsed: 0,
      resynced: false,
      findings: [],
      skipped,
    };
  }

  /** Order of lines, and each log's decoded arguments against its topics and data. */
  #begin(recorded: Line, again = false): Comparison {
    const comparison = new Comparison();
    const { block, timestamp } = recorded.position;
    comparison.value("i", recorded.sequence, again ? this.#sequence : this.#sequence + 1);
    comparison.value("block", block, block < this.#block ? `at least ${this.#block}` : block);
    const earliest = this.#timestamp;
    // One block has one time.
    const expected =
      block === this.#block ? earliest : timestamp < earliest ? `at least ${earliest}` : timestamp;
    comparison.value(
      "timestamp",
      timestamp,
      this.#sequence === 0 && timestamp >= earliest ? timestamp : expected,
    );
    this.#sequence = recorded.sequence;
    this.#block = block;
    this.#timestamp = timestamp;
    recorded.logs.forEach((log, at) => {
      const chainLog = recorded.chainLogs[at]!;
      const table = chainLog.address === this.model.market.pool ? COMET_EVENTS : TOKEN_EVENTS;
      const decoding = decodeLog(table, chainLog, at);
      if (!decoding.ok) {
        comparison.value(`logs[${at}]`, JSON.stringify(log.raw("args")), decoding.reason);
        return;
      }
      comparison.value(`logs[${at}].name`, log.raw("name"), decoding.decoded.name);
      comparison.deep(`logs[${at}].args`, log.raw("args"), decoding.decoded.args);
    });
    return comparison;
  }

  #compareState(comparison: Comparison, recorded: Line): void {
    const { market } = this.model;
    const { state } = recorded;
    const computed = marketSnapshot(market, BigInt(recorded.position.timestamp));
    const accounts = state.object("accounts");
    for (const key of new Set([...state.keys(), ...Object.keys(computed)])) {
      if (key !== "accounts") comparison.deep(`state.${key}`, state.raw(key), computed[key]);
    }
    for (const account of accounts.keys()) {
      comparison.deep(`state.accounts.${account}`, accounts.raw(account), accountSnapshot(market, account));
    }
    if (!recorded.full) return;
    market.state.accounts.keys().forEach((account, id) => {
      if (accounts.has(account) || market.state.isBlank(id)) return;
      comparison.deep(`state.accounts.${account}`, undefined, accountSnapshot(market, account));
    });
  }

  #compareAbsorbed(comparison: Comparison, line: TraceLine, outcomes: readonly Outcome[]): void {
    const derived = line.value.derived;
    const absorbed = outcomes.flatMap(({ absorbed: figures }) =>
      figures
        ? [
            {
              account: figures.account,
              oldBalance: figures.oldBalance,
              collateralCredit: figures.collateralCredit,
              newBalance: figures.newBalance,
              shortfall: figures.shortfall,
            },
          ]
        : [],
    );
    if (derived === undefined || derived === null) return;
    comparison.deep("derived", derived, absorbed.length > 0 ? { absorbed } : {});
  }

  /** The line as an observer may see it. */
  #transaction(recorded: Line, calls: boolean): ChainTransaction {
    const { action, reverted, chainLogs, position } = recorded;
    const done = reverted === null;
    const isPrice = action.type === "setPrice";
    const fields = new Fields(action, "action", recorded.failure);
    return {
      position,
      logs: chainLogs,
      reverted: !done,
      touched: done && !isPrice && chainLogs.length === 0 ? [this.model.market.pool] : [],
      prices:
        done && isPrice ? [{ subject: fields.address("asset"), price: fields.amount("price", true) }] : [],
      ...(calls ? { readCall: () => action } : {}),
    };
  }
}

/** Why a line's action cannot be executed, if it cannot. */
function unexecutable(recorded: Line): string | undefined {
  const { action, reverted } = recorded;
  if (action.type === "bundle" || action.type === "batch") {
    return `The action "${action.type}" cannot be executed; the recorded state was taken over.`;
  }
  const paysIn = action.type === "supply" || action.type === "buyCollateral" || action.type === "donate";
  if (paysIn && reverted?.startsWith('Error("ERC20:')) {
    return "The payer lacked tokens; wallets are not part of the state.";
  }
  return undefined;
}

function resynchronised(
  position: Position,
  since: Position,
  pool: string,
  differences: readonly Mismatch[],
): Finding {
  const [first] = differences;
  return {
    class: "resynchronised",
    severity: "incomplete",
    message: `The recorded state was taken over: ${differences.length} values differ from what the logs show. Give the calls to follow them.`,
    position,
    since,
    pool,
    ...(first ? { field: first.field, reported: first.recorded, recomputed: first.computed } : {}),
  };
}

function readLine(line: TraceLine): Line {
  const failure: FieldFailure = (field, expected, received) =>
    new LineError(line.number, field, expected, received);
  const fields = new Fields(line.value, "", failure);
  const sequence = fields.integer("i");
  const action = fields.object("action");
  const reverted = fields.raw("reverted") === null ? null : fields.string("reverted");
  const logs = fields.objects("logs");
  const position: Position = {
    block: fields.integer("block"),
    timestamp: fields.integer("timestamp"),
    transaction: `${sequence}`,
    line: line.number,
  };
  if (position.timestamp < 0) throw failure("timestamp", "seconds since 1970", `${position.timestamp}`);
  checkAmounts(action);
  const state = fields.object("state");
  state.object("accounts");
  return {
    sequence,
    position,
    action: { ...(line.value.action as Record<string, unknown>), type: action.string("type") },
    reverted,
    logs,
    chainLogs: logs.map((log, logIndex) => ({
      address: log.address("address"),
      topics: log.strings("topics"),
      data: log.string("data"),
      logIndex,
    })),
    state,
    full: fields.has("full") && fields.boolean("full"),
    failure,
  };
}

/** An action's amounts must be unsigned 256-bit integers, whatever it does with them. */
function checkAmounts(action: Fields): void {
  for (const key of ["amount", "baseAmount", "minAmount"]) if (action.has(key)) action.uint256(key);
}

export const cometTraces: TraceBinding = { open: (header) => new CometTraceSession(header) };
