import type {
  AbiValue,
  ChainLog,
  ChainTransaction,
  Finding,
  ObservedOperation,
  PredictedLog,
} from "@shortfall/core";
import { Refusal, UnknownValueError } from "../refusal.js";
import type { EulerState } from "../state.js";
import { Step } from "../step.js";
import type { Vault } from "../vault.js";
import { addressOf, amountOf, type DecodedLog, decodeLog, UnreadableLogError } from "./decoded-log.js";
import { groupLogs, type LogGroup } from "./group.js";
import { type Proposal, proposals, type RuleBreach } from "./propose.js";

/** What the logs of one transaction turned out to be. */
export interface Explanation {
  readonly step: Step;
  readonly operations: readonly ObservedOperation[];
  readonly findings: readonly Finding[];
  /** False where something fits no operation; nothing may then be kept. */
  readonly accepted: boolean;
  /** The observed log that a predicted one stands for. */
  readonly observedAt: ReadonlyMap<number, ChainLog>;
  /** Amount of a DebtSocialized log, by the predicted log, where it is not the predicted one. */
  readonly reportedLosses: ReadonlyMap<number, bigint>;
}

/**
 * Re-executes a transaction from its logs. The caller rolls the state back if the explanation is not accepted.
 */
export function explain(state: EulerState, transaction: ChainTransaction): Explanation {
  return new Explaining(state, transaction).run();
}

class Explaining {
  readonly #state: EulerState;
  readonly #transaction: ChainTransaction;
  readonly #step: Step;
  readonly #findings: Finding[] = [];
  readonly #operations: ObservedOperation[] = [];
  readonly #observedAt = new Map<number, ChainLog>();
  readonly #reportedLosses = new Map<number, bigint>();
  #accepted = true;

  constructor(state: EulerState, transaction: ChainTransaction) {
    this.#state = state;
    this.#transaction = transaction;
    this.#step = new Step(state, BigInt(transaction.position.timestamp));
  }

  run(): Explanation {
    const decoded = this.#decode();
    if (decoded) {
      const groups = groupLogs(this.#state, decoded);
      for (const group of groups) if (!this.#try(group)) break;
      if (this.#accepted) {
        this.#requireStatusChecks();
        this.#requireReturns(groups);
      }
    }
    return {
      step: this.#step,
      operations: this.#accepted ? this.#operations : [],
      findings: this.#findings,
      accepted: this.#accepted,
      observedAt: this.#observedAt,
      reportedLosses: this.#reportedLosses,
    };
  }

  #decode(): DecodedLog[] | undefined {
    const decoded: DecodedLog[] = [];
    this.#transaction.logs.forEach((log, at) => {
      try {
        decoded.push(decodeLog(this.#state, log, at));
      } catch (error) {
        if (!(error instanceof UnreadableLogError)) throw error;
        this.#reject({
          class: "unreadable",
          severity: "incomplete",
          message: error.message,
          at,
          field: `logs[${at}]`,
          reported: log.topics[0] ?? "(no topic)",
          recomputed: error.reason,
        });
      }
    });
    return this.#accepted ? decoded : undefined;
  }

  #try(group: LogGroup): boolean {
    const { undo } = this.#state;
    const mark = undo.mark();
    const saved = this.#step.save();
    let nearest: Attempt | undefined;
    for (const proposal of proposals(group)) {
      const attempt = this.#attempt(group, proposal);
      if (attempt.difference === undefined) {
        this.#accept(group, attempt, saved.logs);
        return true;
      }
      if (!nearest || attempt.matched > nearest.matched) nearest = attempt;
      undo.rollback(mark);
      this.#step.restore(saved);
    }
    this.#reject({
      class: "unexplained",
      severity: "differs",
      message: `The logs fit no operation. Nearest, a ${group.kind} in ${nameOf(group)}: ${
        nearest?.difference?.text ?? "its other logs are missing"
      }. Check for missing, repeated or reordered logs.`,
      at: nearest?.difference?.at ?? group.key.at,
      pool: group.key.vault?.address,
      field: nearest?.difference?.field,
      reported: nearest?.difference?.reported,
      recomputed: nearest?.difference?.recomputed,
      logs: group.members.map((log) => log.at),
    });
    return false;
  }

  #attempt(group: LogGroup, proposal: Proposal): Attempt {
    const from = this.#step.logs.length;
    try {
      const breach = proposal(this.#step);
      return { breach, ...compareLogs(group.members, this.#step.logs.slice(from)) };
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof UnknownValueError)) throw error;
      return { matched: 0, difference: { at: group.key.at, text: error.message } };
    }
  }

  #accept(group: LogGroup, attempt: Attempt, from: number): void {
    let compared = 0;
    group.members.forEach((member, offset) => {
      this.#observedAt.set(from + offset, this.#transaction.logs[member.at]!);
      compared += Object.keys(member.args).length;
    });
    for (const { offset, reported, recomputed, at } of attempt.losses ?? []) {
      this.#reportedLosses.set(from + offset, reported);
      this.#note("differs", "unexplained", {
        message: `DebtSocialized reports ${reported}, the remaining debt is ${recomputed}. The model keeps its own figure.`,
        at,
        group,
        field: "DebtSocialized.assets",
        reported: String(reported),
        recomputed: String(recomputed),
      });
    }
    if (attempt.breach) this.#noteBreach(group, attempt.breach);
    if (group.key.name === "GovSetInterestRateModel") {
      this.#note("note", "unreadable", {
        message: "The new rate model is not known here; its rates are read from the logs from now on.",
        at: group.key.at,
        group,
      });
    }
    if (group.kind === "no-effect" || group.kind === "connector") return;
    this.#operations.push({
      kind: group.kind === "governance" ? group.key.name : group.kind,
      pool: group.key.vault?.address ?? group.key.address,
      logs: group.members.map((log) => log.at),
      comparisons: compared,
    });
  }

  #noteBreach(group: LogGroup, breach: RuleBreach): void {
    this.#note("differs", breach.field === "DebtSocialized" ? "dust-threshold" : "unexplained", {
      message: `${breach.field}: the log says ${breach.reported}, the liquidation rules at the known prices say ${breach.recomputed}. Check the prices.`,
      at: group.key.at,
      group,
      field: breach.field,
      reported: String(breach.reported),
      recomputed: String(breach.recomputed),
    });
  }

  #note(
    severity: Finding["severity"],
    kind: Finding["class"],
    about: {
      readonly message: string;
      readonly at: number;
      readonly group: LogGroup;
      readonly field?: string;
      readonly reported?: string;
      readonly recomputed?: string;
    },
  ): void {
    const { message, at, group, ...rest } = about;
    const pool = group.key.vault?.address;
    this.#findings.push({
      class: kind,
      severity,
      message,
      position: this.#positionOf(at),
      ...(pool === undefined ? {} : { pool }),
      ...rest,
      logs: group.members.map((log) => this.#logIndex(log.at)),
    });
  }

  /** Every vault that was operated on logs its status at the end. */
  #requireStatusChecks(): void {
    for (const vault of this.#step.vaultChecks) {
      this.#reject({
        class: "missing-event",
        severity: "differs",
        message: `Vault ${vault.symbol} was operated on but logged no VaultStatus afterwards.`,
        pool: vault.address,
        field: "VaultStatus",
      });
    }
  }

  /** Tokens that left a vault without an operation must have come back: a flash loan. */
  #requireReturns(groups: readonly LogGroup[]): void {
    const net = new Map<Vault, bigint>();
    for (const group of groups) {
      if (group.kind !== "token-transfer" || group.key.name !== "Transfer") continue;
      const { key } = group;
      for (const vault of this.#state.vaultsOfAsset(key.address)) {
        const into = addressOf(key, "to") === vault.address ? amountOf(key, "value") : 0n;
        const out = addressOf(key, "from") === vault.address ? amountOf(key, "value") : 0n;
        net.set(vault, (net.get(vault) ?? 0n) + into - out);
      }
    }
    for (const [vault, moved] of net) {
      if (moved >= 0n) continue;
      this.#reject({
        class: "unsupported-token",
        severity: "differs",
        message: `${-moved} of the tokens of vault ${vault.symbol} left without an operation.`,
        pool: vault.address,
        field: "Transfer.value",
      });
    }
  }

  #reject(about: {
    readonly class: Finding["class"];
    readonly severity: Finding["severity"];
    readonly message: string;
    readonly at?: number | undefined;
    readonly pool?: string | undefined;
    readonly field?: string | undefined;
    readonly reported?: string | undefined;
    readonly recomputed?: string | undefined;
    readonly logs?: readonly number[];
  }): void {
    this.#accepted = false;
    const { at, pool, field, reported, recomputed, logs } = about;
    this.#findings.push({
      class: about.class,
      severity: about.severity,
      message: about.message,
      position: at === undefined ? this.#transaction.position : this.#positionOf(at),
      ...(pool === undefined ? {} : { pool }),
      ...(field === undefined ? {} : { field }),
      ...(reported === undefined ? {} : { reported }),
      ...(recomputed === undefined ? {} : { recomputed }),
      ...(logs === undefined ? {} : { logs: logs.map((position) => this.#logIndex(position)) }),
    });
  }

  #logIndex(at: number): number {
    return this.#transaction.logs[at]!.logIndex;
  }

  #positionOf(at: number): Finding["position"] {
    return { ...this.#transaction.position, logIndex: this.#logIndex(at) };
  }
}

interface Difference {
  readonly at: number;
  readonly text: string;
  readonly field?: string;
  readonly reported?: string;
  readonly recomputed?: string;
}

interface LossDifference {
  readonly offset: number;
  readonly at: number;
  readonly reported: bigint;
  readonly recomputed: bigint;
}

interface LogComparison {
  /** Logs in front that agree. */
  readonly matched: number;
  readonly difference?: Difference;
  /** DebtSocialized logs that agree in all but the amount. */
  readonly losses?: readonly LossDifference[];
}

interface Attempt extends LogComparison {
  readonly breach?: RuleBreach | undefined;
}

/** Predicted against observed logs, one by one, argument for argument. */
function compareLogs(members: readonly DecodedLog[], predicted: readonly PredictedLog[]): LogComparison {
  const losses: LossDifference[] = [];
  for (let offset = 0; offset < members.length; offset++) {
    const member = members[offset]!;
    const expected = predicted[offset];
    if (!expected)
      return { matched: offset, difference: { at: member.at, text: `no ${member.name} is due` } };
    if (expected.address !== member.address || expected.name !== member.name) {
      const text = `${expected.name} of ${expected.address} is due, ${member.name} of ${member.address} came`;
      return { matched: offset, difference: { at: member.at, text } };
    }
    for (const [name, value] of Object.entries(member.args)) {
      const due = expected.args[name];
      if (due === value) continue;
      if (member.name === "DebtSocialized" && typeof value === "bigint" && typeof due === "bigint") {
        losses.push({ offset, at: member.at, reported: value, recomputed: due });
        continue;
      }
      const field = `${member.name}.${name}`;
      const reported = show(value);
      const recomputed = String(due);
      const text = `${field} is ${recomputed} by re-execution, the log says ${reported}`;
      return { matched: offset, difference: { at: member.at, text, field, reported, recomputed } };
    }
  }
  const missing = predicted[members.length];
  if (missing) {
    const last = members[members.length - 1]!;
    return {
      matched: members.length,
      difference: { at: last.at, text: `${missing.name} of ${missing.address} is due and did not come` },
    };
  }
  return { matched: members.length, losses };
}

const show = (value: AbiValue): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const nameOf = (group: LogGroup): string => group.key.vault?.symbol ?? group.key.address;
