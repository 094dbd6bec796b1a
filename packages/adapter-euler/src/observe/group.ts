import { ZERO_ADDRESS } from "../constants.js";
import type { EulerState } from "../state.js";
import type { Vault } from "../vault.js";
import { addressOf, amountOf, type DecodedLog } from "./decoded-log.js";

/** What a run of logs is the trace of. */
export type GroupKind =
  | "deposit"
  | "skim"
  | "withdraw"
  | "repay-with-shares"
  | "borrow"
  | "repay"
  | "pull-debt"
  | "liquidate"
  | "convert-fees"
  | "transfer"
  | "token-transfer"
  | "status"
  | "governance"
  | "connector"
  | "no-effect";

/** Logs that one operation emitted, in log order. */
export interface LogGroup {
  readonly kind: GroupKind;
  /** The event that says most: it carries the operation's parties and amounts. */
  readonly key: DecodedLog;
  readonly members: readonly DecodedLog[];
}

/**
 * Finds which logs belong together. Events that close an operation (Liquidate, PullDebt, ConvertFees) claim
 * theirs backwards over the same vault's logs; what is left then stands on its own. Order within a vault is
 * order of operations, because a vault cannot be re-entered.
 *
 * Groups come in the order of their first member. A log that no operation of the kit leaves behind forms a
 * group of its own, which no transition will reproduce.
 */
export function groupLogs(state: EulerState, logs: readonly DecodedLog[]): LogGroup[] {
  return new Grouping(state, logs).run();
}

class Grouping {
  readonly #state: EulerState;
  readonly #logs: readonly DecodedLog[];
  readonly #owned: boolean[];
  readonly #groups: LogGroup[] = [];
  /** Positions of a vault's logs (its debt token's included), ascending. */
  readonly #sequences = new Map<Vault, number[]>();

  constructor(state: EulerState, logs: readonly DecodedLog[]) {
    this.#state = state;
    this.#logs = logs;
    this.#owned = logs.map(() => false);
    logs.forEach((log, position) => {
      if (!log.vault || log.name === "Approval") return;
      const sequence = this.#sequences.get(log.vault);
      if (sequence) sequence.push(position);
      else this.#sequences.set(log.vault, [position]);
    });
  }

  run(): LogGroup[] {
    this.#logs.forEach((log, position) => {
      if (log.from !== "vault") return;
      if (log.name === "Liquidate") this.#liquidation(position);
      else if (log.name === "PullDebt") this.#pulledDebt(position);
      else if (log.name === "ConvertFees") this.#convertedFees(position);
    });
    this.#logs.forEach((log, position) => {
      if (!this.#owned[position] && log.from === "vault") this.#single(log, position);
    });
    this.#logs.forEach((log, position) => {
      if (!this.#owned[position]) this.#leftover(log, position);
    });
    return this.#groups.sort((a, b) => a.members[0]!.at - b.members[0]!.at);
  }

  #liquidation(position: number): void {
    const log = this.#logs[position]!;
    const violator = addressOf(log, "violator");
    const liquidator = addressOf(log, "liquidator");
    const claim = new Claim(this.#before(position), position);
    if (claim.take((one) => one.name === "DebtSocialized" && addressOf(one, "account") === violator)) {
      claim.take((one) => one.name === "Withdraw" && addressOf(one, "owner") === ZERO_ADDRESS);
      this.#debtLogs(claim, "Repay", violator);
    }
    const seized = this.#seizure(log, position);
    if (amountOf(log, "repayAssets") > 0n) {
      this.#debtLogs(claim, "Borrow", liquidator);
      this.#debtLogs(claim, "Repay", violator);
    }
    this.#add("liquidate", log, seized === undefined ? claim.taken : [...claim.taken, seized]);
  }

  /** The transfer of collateral shares that a liquidation forced, in the collateral vault's logs. */
  #seizure(log: DecodedLog, position: number): number | undefined {
    const shares = amountOf(log, "yieldBalance");
    const vault = this.#state.vaultAt(addressOf(log, "collateral"));
    if (shares === 0n || !vault) return undefined;
    return this.#sequenceBefore(vault, position).find((at) => {
      const one = this.#logs[at]!;
      return (
        one.from === "vault" &&
        one.name === "Transfer" &&
        addressOf(one, "from") === addressOf(log, "violator") &&
        addressOf(one, "to") === addressOf(log, "liquidator") &&
        amountOf(one, "value") === shares
      );
    });
  }

  #pulledDebt(position: number): void {
    const log = this.#logs[position]!;
    const claim = new Claim(this.#before(position), position);
    this.#debtLogs(claim, "Borrow", addressOf(log, "to"));
    this.#debtLogs(claim, "Repay", addressOf(log, "from"));
    this.#add("pull-debt", log, claim.taken);
  }

  #convertedFees(position: number): void {
    const log = this.#logs[position]!;
    const claim = new Claim(this.#before(position), position);
    for (const shares of ["protocolShares", "governorShares"]) {
      if (amountOf(log, shares) === 0n) continue;
      claim.take((one) => one.name === "Deposit" && addressOf(one, "sender") === ZERO_ADDRESS);
      claim.take((one) => one.from === "vault" && one.name === "Transfer");
    }
    this.#add("convert-fees", log, claim.taken);
  }

  #single(log: DecodedLog, position: number): void {
    switch (log.name) {
      case "Deposit":
        this.#deposit(log, position);
        break;
      case "Withdraw":
        this.#withdrawal(log, position);
        break;
      case "Borrow": {
        const taken = [position, ...this.#interestBefore(position), ...this.#debtTokenAfter(position)];
        const payment = this.#payment(log.vault!, position, amountOf(log, "assets"), "after");
        this.#add("borrow", log, payment === undefined ? taken : [...taken, payment]);
        break;
      }
      case "Repay": {
        const taken = [position, ...this.#interestBefore(position), ...this.#debtTokenAfter(position)];
        const first = Math.min(...taken);
        const payment = this.#payment(log.vault!, first, amountOf(log, "assets"), "before");
        this.#add("repay", log, payment === undefined ? taken : [...taken, payment]);
        break;
      }
      default:
    }
  }

  #deposit(log: DecodedLog, position: number): void {
    const claim = new Claim(this.#before(position), position);
    claim.take((one) => one.from === "vault" && one.name === "Transfer");
    const first = Math.min(...claim.taken);
    const payer = addressOf(log, "sender");
    const payment = this.#payment(log.vault!, first, amountOf(log, "assets"), "before", payer);
    if (payment === undefined) this.#add("skim", log, claim.taken);
    else this.#add("deposit", log, [...claim.taken, payment]);
  }

  #withdrawal(log: DecodedLog, position: number): void {
    const vault = log.vault!;
    const claim = new Claim(this.#before(position), position);
    claim.take((one) => one.from === "vault" && one.name === "Transfer");
    const payee = addressOf(log, "receiver");
    const payment = this.#payment(vault, position, amountOf(log, "assets"), "after", payee);
    if (payment !== undefined) {
      this.#add("withdraw", log, [...claim.taken, payment]);
      return;
    }
    const repay = this.#repayAfter(vault, position, amountOf(log, "assets"));
    if (repay === undefined) this.#add("withdraw", log, claim.taken);
    else {
      this.#add("repay-with-shares", this.#logs[repay]!, [
        ...claim.taken,
        repay,
        ...this.#interestBefore(repay),
        ...this.#debtTokenAfter(repay),
      ]);
    }
  }

  /** Repay of the same amount right after a Withdraw that paid nobody, interest aside. */
  #repayAfter(vault: Vault, position: number, assets: bigint): number | undefined {
    for (const at of this.#sequences.get(vault)!) {
      if (at <= position || this.#owned[at]) continue;
      const one = this.#logs[at]!;
      if (one.name === "InterestAccrued") continue;
      return one.name === "Repay" && amountOf(one, "assets") === assets ? at : undefined;
    }
    return undefined;
  }

  #leftover(log: DecodedLog, position: number): void {
    if (log.from === "connector") this.#add("connector", log, [position]);
    else if (log.name === "Approval" || log.name === "BalanceForwarderStatus") {
      this.#add("no-effect", log, [position]);
    } else if (log.from === "token") this.#add("token-transfer", log, [position]);
    else if (log.from === "vault" && log.name === "VaultStatus") this.#status(log, position);
    else if (log.from === "vault" && log.name === "Transfer") this.#add("transfer", log, [position]);
    else this.#add("governance", log, [position]);
  }

  /** A status that a setter logged belongs to the setter, which comes right after it. */
  #status(log: DecodedLog, position: number): void {
    const next = this.#sequences.get(log.vault!)!.find((at) => at > position);
    const setter = next === undefined ? undefined : this.#logs[next]!;
    if (setter && (setter.name === "GovSetInterestFee" || setter.name === "GovSetInterestRateModel")) {
      this.#add("governance", setter, [position, next!]);
    } else this.#add("status", log, [position]);
  }

  /** From the end: the debt token's log, the event itself, the interest before it; each may be missing. */
  #debtLogs(claim: Claim, name: "Borrow" | "Repay", account: string): void {
    claim.take((one) => one.from === "debt-token" && partyOf(one) === account);
    claim.take((one) => one.name === name && addressOf(one, "account") === account);
    claim.take((one) => one.name === "InterestAccrued" && addressOf(one, "account") === account);
  }

  #interestBefore(position: number): number[] {
    const account = addressOf(this.#logs[position]!, "account");
    const claim = new Claim(this.#before(position), position);
    claim.take((one) => one.name === "InterestAccrued" && addressOf(one, "account") === account);
    return claim.taken.filter((at) => at !== position);
  }

  #debtTokenAfter(position: number): number[] {
    const log = this.#logs[position]!;
    const next = this.#sequences.get(log.vault!)!.find((at) => at > position && !this.#owned[at]);
    if (next === undefined) return [];
    const one = this.#logs[next]!;
    return one.from === "debt-token" && partyOf(one) === addressOf(log, "account") ? [next] : [];
  }

  /**
   * Token transfer of an amount into or out of the vault, with a given other side where the events name it, not
   * beyond the vault's neighbouring log.
   */
  #payment(
    vault: Vault,
    position: number,
    assets: bigint,
    side: "before" | "after",
    party?: string,
  ): number | undefined {
    const step = side === "before" ? -1 : 1;
    for (let at = position + step; at >= 0 && at < this.#logs.length; at += step) {
      const one = this.#logs[at]!;
      if (one.vault === vault && one.from === "vault" && one.name !== "Approval") return undefined;
      if (this.#owned[at] || one.from !== "token" || one.address !== vault.asset) continue;
      const end = addressOf(one, side === "before" ? "to" : "from");
      if (one.name !== "Transfer" || end !== vault.address || amountOf(one, "value") !== assets) continue;
      const other = addressOf(one, side === "before" ? "from" : "to");
      if (party === undefined || other === party) return at;
    }
    return undefined;
  }

  /** The vault's own unowned logs before a position, nearest first. */
  #before(position: number): { at: number; log: DecodedLog }[] {
    return this.#sequenceBefore(this.#logs[position]!.vault!, position).map((at) => ({
      at,
      log: this.#logs[at]!,
    }));
  }

  #sequenceBefore(vault: Vault, position: number): number[] {
    return (this.#sequences.get(vault) ?? []).filter((at) => at < position && !this.#owned[at]).reverse();
  }

  #add(kind: GroupKind, key: DecodedLog, positions: readonly number[]): void {
    const sorted = [...positions].sort((a, b) => a - b);
    for (const at of sorted) this.#owned[at] = true;
    this.#groups.push({ kind, key, members: sorted.map((at) => this.#logs[at]!) });
  }
}

/** Takes logs one by one from the nearest backwards, for as long as they fit. */
class Claim {
  readonly taken: number[];
  readonly #queue: readonly { at: number; log: DecodedLog }[];
  #next = 0;

  constructor(queue: readonly { at: number; log: DecodedLog }[], position: number) {
    this.#queue = queue;
    this.taken = [position];
  }

  take(fits: (log: DecodedLog) => boolean): boolean {
    const entry = this.#queue[this.#next];
    if (!entry || !fits(entry.log)) return false;
    this.taken.push(entry.at);
    this.#next++;
    return true;
  }
}

/** The account whose debt a debt token's log mirrors. */
function partyOf(log: DecodedLog): string {
  const from = addressOf(log, "from");
  return from === ZERO_ADDRESS ? addressOf(log, "to") : from;
}
