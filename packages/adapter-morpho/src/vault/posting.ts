import { CHART, type Journal, type Position, type Posting } from "@shortfall/core";
import { RoundingBoundError } from "../blue/errors.js";
import type { BlueState } from "../blue/state.js";
import type { Vault } from "./vault.js";
import { type VaultControls, type VaultStep, vaultControls } from "./vault-step.js";
import { DEPOSITORS_CLASS } from "./waterfall.js";

const DEPOSITORS = CHART.suppliers(DEPOSITORS_CLASS);

type Line = readonly [account: string, amount: bigint];

/**
 * Turns a vault's steps into entries. The vault's own numbers are what it told its depositors: claims on
 * markets, lost assets, and the sum of both as its liability. Tokens only pass through it.
 */
export class VaultBooks {
  readonly #state: BlueState;
  readonly #journal: Journal;

  constructor(state: BlueState, journal: Journal) {
    this.#state = state;
    this.#journal = journal;
  }

  /** Opens a vault, or takes a recorded state over. */
  reset(vault: Vault, kind: "open" | "resynchronise", position: Position): void {
    const controls = vaultControls(vault);
    const lines = this.#changes(vault, controls);
    if (lines.every(([, amount]) => amount === 0n)) return;
    this.#append(vault, kind, position, lines, controls);
  }

  /** A step in one entry; a loss in more, so that it is seen before whoever bears it is charged. */
  post(step: VaultStep, position: Position, deficit?: string): void {
    const { vault, vaultAfter, accrual, idle } = step;
    if (idle) this.#idle(step, idle, position);
    if (!vaultAfter) return;
    if (accrual) {
      this.#accrue(step, accrual.gain, vaultAfter, position, deficit);
      return;
    }
    const lines = this.#changes(vault, vaultAfter);
    const [, depositors] = lines.find(([account]) => account === DEPOSITORS) ?? [DEPOSITORS, 0n];
    const remainder = step.cash === 0n ? 0n : step.cash + depositors;
    // Only a withdrawal of more than was counted can differ: the last total stops at 0.
    const bound = BigInt(vault.withdrawQueue.length + 1);
    if (remainder > bound || -remainder > bound) throw new RoundingBoundError(step.kind, remainder, bound);
    this.#append(vault, step.kind, position, lines, vaultAfter, step.account);
  }

  #accrue(
    step: VaultStep,
    gain: bigint,
    after: VaultControls,
    position: Position,
    deficit: string | undefined,
  ): void {
    const { vault, accrual } = step;
    const before = accrual!.before;
    const grown = { ...before, claims: before.claims + gain, depositors: before.depositors + gain };
    this.#append(vault, step.kind, position, this.#changes(vault, grown), grown, step.account);
    const loss = accrual!.loss;
    if (loss === 0n) return;
    const detail = deficit === undefined ? {} : { deficit };
    const kind = deficit === undefined ? "vault-rounding" : "write-off";
    const recognised = { ...grown, claims: grown.claims - loss };
    this.#append(
      vault,
      kind,
      position,
      [
        [CHART.writeOff, loss],
        [CHART.loans, -loss],
      ],
      recognised,
      undefined,
      detail,
    );
    const carried = vault.version === "1.1";
    this.#append(
      vault,
      carried ? "carry" : "socialise",
      position,
      [
        [carried ? CHART.deficit : DEPOSITORS, loss],
        [CHART.writeOff, -loss],
      ],
      after,
      undefined,
      detail,
    );
  }

  #idle(step: VaultStep, idle: NonNullable<VaultStep["idle"]>, position: Position): void {
    const pool = step.vault.address;
    const commodity = this.#state.token(idle.token).symbol;
    const other = idle.amount > 0n ? CHART.donation : CHART.outside;
    const postings: Posting[] = [
      { pool, account: CHART.cash, commodity, amount: idle.amount },
      { pool, account: other, commodity, amount: -idle.amount },
    ];
    const sequence = this.#journal.post({ kind: step.kind, position, postings });
    this.#journal.requireControls(
      pool,
      [[CHART.cash, commodity, idle.total]],
      `${step.kind} (entry ${sequence})`,
    );
  }

  /** What brings the books to the controls given. */
  #changes(vault: Vault, controls: VaultControls): Line[] {
    return [
      [CHART.loans, controls.claims - this.#balance(vault, CHART.loans)],
      [CHART.deficit, controls.deficit - this.#balance(vault, CHART.deficit)],
      [DEPOSITORS, -controls.depositors - this.#balance(vault, DEPOSITORS)],
    ];
  }

  #append(
    vault: Vault,
    kind: string,
    position: Position,
    lines: readonly Line[],
    controls: VaultControls,
    account?: string,
    detail: { readonly deficit?: string } = {},
  ): void {
    const pool = vault.address;
    const commodity = this.#state.token(vault.asset).symbol;
    const sequence = this.#journal.post({
      kind,
      position,
      ...(account === undefined ? {} : { account }),
      ...detail,
      postings: lines.map(([path, amount]): Posting => ({ pool, account: path, commodity, amount })),
    });
    this.#journal.requireControls(
      pool,
      [
        [CHART.loans, commodity, controls.claims],
        [CHART.deficit, commodity, controls.deficit],
        [DEPOSITORS, commodity, -controls.depositors],
      ],
      `${kind} (entry ${sequence})`,
    );
  }

  #balance(vault: Vault, account: string): bigint {
    return this.#journal.balance(vault.address, account, this.#state.token(vault.asset).symbol);
  }
}
