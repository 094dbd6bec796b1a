import {
  CHART,
  type EntryDraft,
  type Journal,
  type Position,
  type Posting,
  ShortfallError,
} from "@shortfall/core";
import { VIRTUAL_AMOUNT } from "./constants.js";
import { type Figures, residualOf } from "./figures.js";
import type { Deed } from "./step.js";
import type { Vault } from "./vault.js";

/** Class of the vault's share token in the chart of accounts. */
export const SHARE_CLASS = "shares";
/** Owner of what conversions round off: nobody can withdraw it. */
export const DUST_OWNER = "virtual-deposit";

const SUPPLIERS = CHART.suppliers(SHARE_CLASS);
const ROUNDING = CHART.rounding(DUST_OWNER);

/** An operation moved more between a vault and its holders than rounding can: the model is wrong. */
export class RoundingBoundError extends ShortfallError {
  readonly code = "SF_EULER_ROUNDING_BOUND";

  constructor(
    readonly vault: string,
    readonly kind: string,
    readonly remainder: bigint,
    readonly bound: bigint,
  ) {
    super(
      `A ${kind} in ${vault} leaves ${remainder} unexplained, rounding can leave at most ${bound}. Report this with the history.`,
    );
  }
}

/** Posts the books as a history opens with them. */
export function postOpening(journal: Journal, vault: Vault, figures: Figures, position: Position): void {
  post(journal, vault, NOTHING, figures, ROUNDING, { kind: "opening", position });
}

/**
 * Posts what an operation did to a vault's books. Cash moves by the tokens moved, loans and holders by the change
 * of the vault's own valuation. What is then left belongs to the virtual deposit: its share of interest stays in
 * Income:Interest, its share of a loss in Expenses:WriteOff, and anything else is rounding, which is bounded.
 *
 * @throws {RoundingBoundError} @throws {ControlMismatchError}
 */
export function postDeed(journal: Journal, deed: Deed, position: Position, deficit?: string): void {
  const { kind, vault, before, after } = deed;
  const remainder = residualOf(after) - residualOf(before);
  if (kind !== "accrue") requireBound(deed, remainder);
  const account = kind === "accrue" ? CHART.interest : deed.loss ? CHART.writeOff : ROUNDING;
  post(journal, vault, before, after, account, {
    kind,
    position,
    ...(deed.account === undefined ? {} : { account: deed.account }),
    ...(deficit === undefined ? {} : { deficit }),
  });
}

/** Rounding of an ordinary operation, or the virtual deposit's share of a loss give or take it. */
function requireBound(deed: Deed, remainder: bigint): void {
  const { loss, roundingBound } = deed;
  const due = loss ? -(loss.assets * VIRTUAL_AMOUNT) / loss.weight : 0n;
  const off = remainder - due;
  if (off > roundingBound || off < -roundingBound) {
    throw new RoundingBoundError(deed.vault.address, deed.kind, remainder, roundingBound);
  }
}

function post(
  journal: Journal,
  vault: Vault,
  before: Figures,
  after: Figures,
  remainderAccount: string,
  entry: Omit<EntryDraft, "postings">,
): void {
  const line = (account: string, amount: bigint): Posting => ({
    pool: vault.address,
    account,
    commodity: vault.symbol,
    amount,
  });
  const lines = [
    line(CHART.cash, after.balance - before.balance),
    line(CHART.donation, excessOf(before) - excessOf(after)),
    line(CHART.loans, after.loans - before.loans),
    line(SUPPLIERS, before.suppliers - after.suppliers),
    line(CHART.treasury, before.treasury - after.treasury),
  ];
  const gain = residualOf(after) - residualOf(before);
  if (remainderAccount === CHART.writeOff || remainderAccount === CHART.interest) {
    lines.push(...throughResult(line, remainderAccount, before, after));
  } else lines.push(line(remainderAccount, -gain));
  journal.append({ ...entry, postings: lines });
  journal.requireControls(vault.address, controlsOf(vault.symbol, after), entry.kind);
}

/** Interest and losses pass through their account in full before the holders get or bear their part. */
function throughResult(
  line: (account: string, amount: bigint) => Posting,
  account: string,
  before: Figures,
  after: Figures,
): Posting[] {
  const loans = after.loans - before.loans;
  const holders = after.suppliers + after.treasury - before.suppliers - before.treasury;
  return [line(account, -loans), line(account, holders)];
}

/** Control accounts of a vault and what its totals say they hold. */
export function controlsOf(
  commodity: string,
  figures: Figures,
): (readonly [account: string, commodity: string, total: bigint])[] {
  return [
    [CHART.cash, commodity, figures.balance],
    [CHART.donation, commodity, -excessOf(figures)],
    [CHART.loans, commodity, figures.loans],
    [SUPPLIERS, commodity, -figures.suppliers],
    [CHART.treasury, commodity, -figures.treasury],
  ];
}

const excessOf = (figures: Figures): bigint => figures.balance - figures.cash;

const NOTHING: Figures = { balance: 0n, cash: 0n, loans: 0n, suppliers: 0n, treasury: 0n };
