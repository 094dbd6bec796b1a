import { CHART, type EntryDraft, type Journal, type Position, type Posting } from "@shortfall/core";
import { RoundingBoundError } from "./errors.js";
import type { Market } from "./market.js";
import type { BlueState } from "./state.js";
import { controlsOf, type MarketControls, type Step } from "./step.js";
import { SUPPLIERS_CLASS } from "./waterfall.js";

const SUPPLIERS = CHART.suppliers(SUPPLIERS_CLASS);
/** Wei paid above the debt: the contract keeps them. */
const SURPLUS = CHART.rounding("contract");

type Line = readonly [account: string, commodity: string, amount: bigint];

/**
 * Turns steps into entries. A market's claims and loans move by exactly what the tokens move, so nothing is
 * left to round but the wei by which a repayment may exceed the debt.
 */
export class BlueBooks {
  readonly #state: BlueState;
  readonly #journal: Journal;

  constructor(state: BlueState, journal: Journal) {
    this.#state = state;
    this.#journal = journal;
  }

  /** Opening balances of every market, and tokens that belong to none. */
  open(position: Position): void {
    this.#reset("open", position, CHART.reserves, "Opening balances");
  }

  /** Takes over a state from outside; the differences have no other side in the books. */
  resynchronise(position: Position): void {
    this.#reset("resynchronise", position, CHART.outside, "Taken over from a recorded state");
  }

  /** A step in one entry, a write-off in two more: recognised as an expense, then borne by the suppliers. */
  post(step: Step, position: Position, deficit?: string): void {
    const { market, after, loss, donated } = step;
    if (donated) this.#donation(step, donated, position);
    if (!market || !after) return;
    if (step.surplus > 1n) throw new RoundingBoundError(step.kind, step.surplus, 1n);
    const loan = this.#loan(market);
    const written = loss?.badDebtAssets ?? 0n;
    const repaid = { ...after, loans: after.loans + written, suppliers: after.suppliers + written };
    const loans = repaid.loans - this.#balance(market, CHART.loans, loan);
    const suppliers = repaid.suppliers + this.#balance(market, SUPPLIERS, loan);
    const lines: Line[] = [
      [CHART.cash, loan, step.cash],
      [CHART.loans, loan, loans],
      [SUPPLIERS, loan, -suppliers],
      [SURPLUS, loan, -step.surplus],
      ...this.#collateral(market, step.collateral),
    ];
    this.#append(market, draftOf(step.kind, position, step), lines, repaid);
    if (written === 0n) return;
    const detail = { ...draftOf("write-off", position, step), ...(deficit ? { deficit } : {}) };
    const recognised = { ...repaid, loans: after.loans };
    this.#append(
      market,
      detail,
      [
        [CHART.writeOff, loan, written],
        [CHART.loans, loan, -written],
      ],
      recognised,
    );
    this.#append(
      market,
      { ...detail, kind: "socialise" },
      [
        [SUPPLIERS, loan, written],
        [CHART.writeOff, loan, -written],
      ],
      after,
    );
  }

  #collateral(market: Market, amount: bigint): Line[] {
    const commodity = this.#state.token(market.parameters.collateralToken).symbol;
    return [
      [CHART.collateral, commodity, amount],
      [CHART.posted, commodity, -amount],
    ];
  }

  #donation(step: Step, donated: NonNullable<Step["donated"]>, position: Position): void {
    const pool = this.#state.deployment.morpho;
    const commodity = this.#state.token(donated.token).symbol;
    const postings: Posting[] = [
      { pool, account: CHART.cash, commodity, amount: donated.amount },
      { pool, account: CHART.donation, commodity, amount: -donated.amount },
    ];
    const sequence = this.#journal.post({ ...draftOf("donate", position, step), postings });
    this.#journal.requireControls(
      pool,
      [[CHART.cash, commodity, donated.total]],
      `donate (entry ${sequence})`,
    );
  }

  #reset(kind: string, position: Position, residual: string, memo: string): void {
    for (const market of this.#state.markets.values()) {
      const controls = controlsOf(market);
      const loan = this.#loan(market);
      const cash = controls.cash - this.#balance(market, CHART.cash, loan);
      const loans = controls.loans - this.#balance(market, CHART.loans, loan);
      const suppliers = controls.suppliers + this.#balance(market, SUPPLIERS, loan);
      const commodity = this.#state.token(market.parameters.collateralToken).symbol;
      const collateral = controls.collateral - this.#balance(market, CHART.collateral, commodity);
      const lines: Line[] = [
        [CHART.cash, loan, cash],
        [CHART.loans, loan, loans],
        [SUPPLIERS, loan, -suppliers],
        [residual, loan, suppliers - cash - loans],
        ...this.#collateral(market, collateral),
      ];
      if (lines.every(([, , amount]) => amount === 0n)) continue;
      this.#append(market, { kind, position, memo }, lines, controls);
    }
    const pool = this.#state.deployment.morpho;
    for (const token of this.#state.tokens.values()) {
      const donated = this.#state.donated(token.address);
      const amount = donated - this.#journal.balance(pool, CHART.cash, token.symbol);
      if (amount === 0n) continue;
      const postings: Posting[] = [
        { pool, account: CHART.cash, commodity: token.symbol, amount },
        { pool, account: residual, commodity: token.symbol, amount: -amount },
      ];
      this.#journal.append({ kind, position, memo, postings });
    }
  }

  #append(
    market: Market,
    draft: Omit<EntryDraft, "postings">,
    lines: readonly Line[],
    controls: MarketControls,
  ): void {
    const pool = market.id;
    const postings = lines
      .filter(([, , amount]) => amount !== 0n)
      .map(([account, commodity, amount]): Posting => ({ pool, account, commodity, amount }));
    const sequence = this.#journal.post({ ...draft, postings });
    const loan = this.#loan(market);
    const collateral = this.#state.token(market.parameters.collateralToken).symbol;
    this.#journal.requireControls(
      pool,
      [
        [CHART.cash, loan, controls.cash],
        [CHART.loans, loan, controls.loans],
        [SUPPLIERS, loan, -controls.suppliers],
        [CHART.collateral, collateral, controls.collateral],
        [CHART.posted, collateral, -controls.collateral],
      ],
      `${draft.kind} (entry ${sequence})`,
    );
  }

  #loan(market: Market): string {
    return this.#state.token(market.parameters.loanToken).symbol;
  }

  #balance(market: Market, account: string, commodity: string): bigint {
    return this.#journal.balance(market.id, account, commodity);
  }
}

const draftOf = (kind: string, position: Position, step: Step) => ({
  kind,
  position,
  ...(step.account === undefined ? {} : { account: step.account }),
});
