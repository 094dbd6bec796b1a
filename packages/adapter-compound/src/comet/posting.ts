import { CHART, type EntryDraft, type Journal, type Position, type Posting } from "@shortfall/core";
import { abs } from "@shortfall/math";
import { RoundingBoundError } from "./errors.js";
import type { CometMarket } from "./market.js";
import {
  type BaseControls,
  baseControls,
  type CollateralControls,
  collateralControls,
  type Outcome,
  roundingBound,
} from "./outcome.js";
import { SUPPLIERS_CLASS } from "./waterfall.js";

const SUPPLIERS = CHART.suppliers(SUPPLIERS_CLASS);
/** The market keeps rounding dust: it falls into the implicit reserves. */
const ROUNDING = CHART.rounding("market");

/** One posting, unless the amount is 0. */
type Line = readonly [account: string, commodity: string, amount: bigint];

/**
 * Writes a market's operations into the journal.
 *
 * Loans and suppliers are the contract's own valuations of its two totals. They differ from the sums over
 * accounts by floors; the market's figure is what reserves are measured against. The implicit reserves are
 * everything in equity and income taken together.
 */
export class CometBooks {
  readonly #market: CometMarket;
  readonly #journal: Journal;

  constructor(market: CometMarket, journal: Journal) {
    this.#market = market;
    this.#journal = journal;
  }

  /** The opening balances: what the market holds, owes and is owed, and the residual. */
  open(position: Position): void {
    this.#reset("open", position, CHART.reserves, "Opening balances");
  }

  /** Takes over a state from outside; the differences have no other side in the books. */
  resynchronise(position: Position): void {
    this.#reset("resynchronise", position, CHART.outside, "Taken over from a recorded state");
  }

  /** One operation: interest first where time has passed, then its own entry. */
  post(outcome: Outcome, position: Position, memo?: string): void {
    const { accrued } = outcome;
    if (accrued || outcome.kind === "accrue") {
      const after = accrued ?? outcome.base;
      const cash = this.#balance(CHART.cash);
      const loans = after.loans - this.#balance(CHART.loans);
      const suppliers = after.suppliers + this.#balance(SUPPLIERS);
      this.#append(
        { kind: "accrue", position, ...(outcome.kind === "accrue" ? named(outcome) : {}) },
        this.#base([
          [CHART.loans, loans],
          [SUPPLIERS, -suppliers],
          [CHART.interest, suppliers - loans],
        ]),
        { cash, loans: after.loans, suppliers: after.suppliers },
        [],
      );
    }
    if (outcome.kind === "accrue") return;
    const lines = [...this.#baseLines(outcome), ...this.#collateralLines(outcome)];
    this.#append(
      { kind: outcome.kind, position, ...named(outcome), ...(memo === undefined ? {} : { memo }) },
      lines,
      outcome.base,
      outcome.collateral,
    );
  }

  /** Cash by tokens, loans and suppliers by valuation, the rest by what the operation means. */
  #baseLines(outcome: Outcome): Line[] {
    const { base } = outcome;
    const loans = base.loans - this.#balance(CHART.loans);
    const suppliers = base.suppliers + this.#balance(SUPPLIERS);
    const lines: (readonly [string, bigint])[] = [
      [CHART.cash, outcome.cashChange],
      [CHART.loans, loans],
      [SUPPLIERS, -suppliers],
    ];
    const { absorbed, sale, donated } = outcome;
    if (absorbed) {
      // The reserves buy the collateral for its credit; what the credit does not pay is the loss.
      lines.push([CHART.reserves, absorbed.collateralCredit], [CHART.writeOff, absorbed.shortfall]);
    }
    // What was credited for the tokens comes back first; only the rest is gained, or lost.
    if (sale) lines.push([CHART.reserves, -sale.cost], [CHART.recovery, sale.cost - sale.proceeds]);
    if (donated?.commodity === this.#market.configuration.baseSymbol)
      lines.push([CHART.donation, -donated.amount]);
    if (outcome.kind === "withdraw-reserves") lines.push([CHART.reserves, -outcome.cashChange]);
    const remainder = lines.reduce((sum, [, amount]) => sum + amount, 0n);
    const bound = roundingBound(this.#market.storedIndexes(), outcome.conversions);
    if (abs(remainder) > bound) throw new RoundingBoundError(outcome.kind, remainder, bound);
    lines.push([ROUNDING, -remainder]);
    return this.#base(lines);
  }

  #collateralLines(outcome: Outcome): Line[] {
    return outcome.collateral.flatMap(({ index, held, posted }) => {
      const commodity = this.#market.asset(index).symbol;
      const heldChange = held - this.#journal.balance(this.#market.pool, CHART.collateral, commodity);
      const postedChange = posted + this.#journal.balance(this.#market.pool, CHART.posted, commodity);
      const donated = outcome.donated?.commodity === commodity ? outcome.donated.amount : 0n;
      return [
        [CHART.collateral, commodity, heldChange],
        [CHART.posted, commodity, -postedChange],
        [CHART.donation, commodity, -donated],
        [CHART.reserves, commodity, postedChange + donated - heldChange],
      ] as const;
    });
  }

  #reset(kind: string, position: Position, residual: string, memo: string): void {
    const base = baseControls(this.#market);
    const cash = base.cash - this.#balance(CHART.cash);
    const loans = base.loans - this.#balance(CHART.loans);
    const suppliers = base.suppliers + this.#balance(SUPPLIERS);
    const lines = this.#base([
      [CHART.cash, cash],
      [CHART.loans, loans],
      [SUPPLIERS, -suppliers],
      [residual, suppliers - cash - loans],
    ]);
    const { pool } = this.#market;
    const collateral = this.#market.configuration.assets.map((_, index) =>
      collateralControls(this.#market, index),
    );
    for (const { index, held, posted } of collateral) {
      const commodity = this.#market.asset(index).symbol;
      const heldChange = held - this.#journal.balance(pool, CHART.collateral, commodity);
      const postedChange = posted + this.#journal.balance(pool, CHART.posted, commodity);
      lines.push(
        [CHART.collateral, commodity, heldChange],
        [CHART.posted, commodity, -postedChange],
        [residual, commodity, postedChange - heldChange],
      );
    }
    this.#append({ kind, position, memo }, lines, base, collateral);
  }

  #append(
    draft: Omit<EntryDraft, "postings">,
    lines: readonly Line[],
    base: BaseControls,
    collateral: readonly CollateralControls[],
  ): void {
    const { pool } = this.#market;
    const postings: Posting[] = lines
      .filter(([, , amount]) => amount !== 0n)
      .map(([account, commodity, amount]) => ({ pool, account, commodity, amount }));
    const sequence = this.#journal.post({ ...draft, postings });
    const commodity = this.#market.configuration.baseSymbol;
    const controls: (readonly [string, string, bigint])[] = [
      [CHART.cash, commodity, base.cash],
      [CHART.loans, commodity, base.loans],
      [SUPPLIERS, commodity, -base.suppliers],
    ];
    for (const { index, held, posted } of collateral) {
      const { symbol } = this.#market.asset(index);
      controls.push([CHART.collateral, symbol, held], [CHART.posted, symbol, -posted]);
    }
    this.#journal.requireControls(pool, controls, `${draft.kind} (entry ${sequence})`);
  }

  #balance(account: string): bigint {
    return this.#journal.balance(this.#market.pool, account, this.#market.configuration.baseSymbol);
  }

  #base(lines: readonly (readonly [string, bigint])[]): Line[] {
    const { baseSymbol } = this.#market.configuration;
    return lines.map(([account, amount]) => [account, baseSymbol, amount] as const);
  }
}

const named = (outcome: Outcome) => (outcome.account === undefined ? {} : { account: outcome.account });
