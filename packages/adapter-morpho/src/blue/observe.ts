import type { ChainLog, ChainTransaction, EventCodec, Finding } from "@shortfall/core";
import { MAX_UINT256 } from "@shortfall/math";
import { accrueInterest } from "./accrual.js";
import {
  createMarket,
  donate,
  enableIrm,
  enableLltv,
  flashLoan,
  setAuthorization,
  setFee,
  setFeeRecipient,
  setOwner,
} from "./administration.js";
import { supplyCollateral, withdrawCollateral } from "./collateral.js";
import { refusalReason } from "./errors.js";
import {
  amountOf,
  BLUE_EVENTS,
  type DecodedLog,
  flagOf,
  IRM_EVENTS,
  TOKEN_EVENTS,
  textOf,
} from "./events.js";
import { borrow, repay, supply, withdraw } from "./lending.js";
import { quoteSeizure, settleLiquidation } from "./liquidation.js";
import type { Market } from "./market.js";
import { type Candidate, NOTHING_READ, type Reading, Unreadable, Walk } from "./reading.js";
import type { BlueState } from "./state.js";
import { emit, openRun, openStep, type Run } from "./step.js";

/** Reads the events of other contracts that act on Morpho within the same transaction. */
export interface Extension {
  /** Events of a contract, or undefined if it is none of the extension's. */
  tableOf(address: string): ReadonlyMap<string, EventCodec> | undefined;
  /** Explains the event at `index` if it belongs to one of its operations. */
  read(walk: Walk, index: number): boolean;
  /** Explains a Transfer that no operation accounts for. */
  readTransfer(walk: Walk, index: number): boolean;
}

/**
 * Re-executes a transaction from its logs: every event names an operation, whose prediction must be the logs
 * argument for argument. All or nothing.
 */
export function readTransaction(
  state: BlueState,
  transaction: ChainTransaction,
  extension?: Extension,
): Reading {
  if (transaction.logs.length === 0) return readTouch(state, transaction);
  const mark = state.undo.mark();
  try {
    const walk = new Walk(
      state,
      transaction,
      (address) => extension?.tableOf(address) ?? tableOf(state, transaction, address),
      (address) => state.tokens.has(address),
    );
    for (let index = 0; index < walk.events.length; index++) {
      if (walk.isUsed(index)) continue;
      if (extension?.read(walk, index)) continue;
      readEvent(walk, index);
    }
    walk.settlePayments();
    readTransfers(walk, extension);
    return walk.finish();
  } catch (stop) {
    state.undo.rollback(mark);
    if (!(stop instanceof Unreadable)) throw stop;
    return { ...NOTHING_READ, rejected: true, findings: [stop.finding] };
  }
}

/** Where a Liquidate reports its loss: if only that is wrong, the operation stands and the loss differs. */
const REPORTED_LOSS: ReadonlySet<string> = new Set(["Liquidate.badDebtAssets"]);

function tableOf(
  state: BlueState,
  transaction: ChainTransaction,
  address: string,
): ReadonlyMap<string, EventCodec> | undefined {
  const { morpho, adaptiveCurveIrm } = state.deployment;
  if (address === morpho) return BLUE_EVENTS;
  if (address === adaptiveCurveIrm) return IRM_EVENTS;
  if (state.tokens.has(address)) return TOKEN_EVENTS;
  // A flash loan may be of any token, and a market of new ones may be created and used at once.
  const padded = address.slice(2).padStart(64, "0");
  const named = transaction.logs.some(
    (log) => log.address === morpho && (log.topics[2] === `0x${padded}` || isCreationOf(log, padded)),
  );
  return named ? TOKEN_EVENTS : undefined;
}

const isCreationOf = (log: ChainLog, padded: string): boolean =>
  BLUE_EVENTS.get(log.topics[0] ?? "")?.name === "CreateMarket" && log.data.slice(2, 130).includes(padded);

function readEvent(walk: Walk, index: number): void {
  const event = walk.events[index]!;
  switch (event.name) {
    case "Transfer":
      // Payments are matched at the end, when all that is expected is known.
      return;
    case "BorrowRateUpdate":
    case "AccrueInterest":
      readAccrual(walk, index, event);
      return;
    case "IncrementNonce":
      walk.explain(index, [incrementNonce(event)], "payments-apart");
      return;
    case "Liquidate": {
      const quotes = quotesOf(walk, event);
      walk.explain(index, candidatesOf(walk, event), "payments-apart", REPORTED_LOSS);
      checkSeizure(walk, event, quotes);
      return;
    }
    default:
      walk.explain(index, candidatesOf(walk, event), "payments-apart");
  }
}

/** An accrual: of the adaptive curve two logs, of another rate model one. */
function readAccrual(walk: Walk, index: number, event: DecodedLog): void {
  const market = marketOf(walk, event);
  const reported = event.name === "AccrueInterest" ? amountOf(event, "prevBorrowRate") : undefined;
  walk.explain(index, [(run) => accrueInterest(run, market, reported), notDue(market)], "payments-apart");
}

/** Only reached where an accrual predicts nothing: the market is up to date, so the log is one too many. */
const notDue =
  (market: Market): Candidate =>
  (run) => {
    const step = openStep(run, "accrue", market.id, market);
    emit(step, run.state.deployment.morpho, "no accrual in this second", {});
  };

function incrementNonce(event: DecodedLog): Candidate {
  return (run) => {
    const step = openStep(run, "increment-nonce", event.address, undefined, textOf(event, "authorizer"));
    emit(step, event.address, event.name, event.args);
  };
}

export function marketOf(walk: Walk, event: DecodedLog): Market {
  const id = textOf(event, "id");
  const market = walk.state.markets.get(id);
  if (market && market.lastUpdate !== 0n) return market;
  throw new Unreadable(
    walk.finding(
      "missing-event",
      "differs",
      event.at,
      `${event.name} is for market ${id}, which was never created here. Start the history at its creation or give its state.`,
      { field: `${event.name}.id`, reported: id, recomputed: "no such market" },
    ),
  );
}

/** Operations that an event may come from: with both amounts logged, either may have been the one given. */
function candidatesOf(walk: Walk, event: DecodedLog): Candidate[] {
  const amount = (name: string) => amountOf(event, name);
  const text = (name: string) => textOf(event, name);
  switch (event.name) {
    case "SetOwner":
      return [(run) => setOwner(run, text("newOwner"))];
    case "SetFeeRecipient":
      return [(run) => setFeeRecipient(run, text("newFeeRecipient"))];
    case "EnableIrm":
      return [(run) => enableIrm(run, text("irm"))];
    case "EnableLltv":
      return [(run) => enableLltv(run, amount("lltv"))];
    case "SetAuthorization":
      return [
        (run) =>
          setAuthorization(run, {
            caller: text("caller"),
            authorizer: text("authorizer"),
            authorized: text("authorized"),
            newIsAuthorized: flagOf(event, "newIsAuthorized"),
          }),
      ];
    case "FlashLoan":
      return [(run) => flashLoan(run, text("caller"), text("token"), amount("assets"))];
    case "CreateMarket":
      return [createdBy(event)];
    default:
      return onMarket(walk, event);
  }
}

function createdBy(event: DecodedLog): Candidate {
  const members = event.args.marketParams as Readonly<Record<string, string | bigint>>;
  const text = (name: string) => String(members[name]);
  return (run) =>
    createMarket(run, {
      loanToken: text("loanToken"),
      collateralToken: text("collateralToken"),
      oracle: text("oracle"),
      irm: text("irm"),
      lltv: BigInt(members.lltv ?? 0n),
    });
}

function onMarket(walk: Walk, event: DecodedLog): Candidate[] {
  const market = marketOf(walk, event);
  const amount = (name: string) => amountOf(event, name);
  const text = (name: string) => textOf(event, name);
  const either = (act: (run: Run, given: { assets: bigint; shares: bigint }) => void): Candidate[] =>
    [
      { assets: amount("assets"), shares: 0n },
      { assets: 0n, shares: amount("shares") },
    ]
      .filter(({ assets, shares }) => assets + shares > 0n)
      .map((given) => (run) => act(run, given));
  switch (event.name) {
    case "Supply":
    case "Repay": {
      const act = event.name === "Supply" ? supply : repay;
      const parties = { market, caller: text("caller"), onBehalf: text("onBehalf") };
      return either((run, given) => act(run, { ...parties, ...given }));
    }
    case "Withdraw":
    case "Borrow": {
      const act = event.name === "Withdraw" ? withdraw : borrow;
      const parties = {
        market,
        caller: text("caller"),
        onBehalf: text("onBehalf"),
        receiver: text("receiver"),
      };
      return either((run, given) => act(run, { ...parties, ...given }));
    }
    case "SupplyCollateral": {
      const input = { market, caller: text("caller"), onBehalf: text("onBehalf"), assets: amount("assets") };
      return [(run) => supplyCollateral(run, input)];
    }
    case "WithdrawCollateral": {
      const input = {
        market,
        caller: text("caller"),
        onBehalf: text("onBehalf"),
        receiver: text("receiver"),
        assets: amount("assets"),
      };
      return [(run) => withdrawCollateral(run, input)];
    }
    case "Liquidate": {
      const input = {
        market,
        caller: text("caller"),
        borrower: text("borrower"),
        seizedAssets: amount("seizedAssets"),
        repaidShares: amount("repaidShares"),
      };
      return [(run) => settleLiquidation(run, input)];
    }
    case "SetFee":
      return [(run) => setFee(run, market, amount("newFee"))];
    default:
      return [];
  }
}

/** What a known price says about a liquidation, worked out before its debt is repaid. */
function quotesOf(walk: Walk, event: DecodedLog): readonly string[] | undefined {
  const market = marketOf(walk, event);
  const price = walk.state.prices.get(market.parameters.oracle);
  if (price === undefined) return undefined;
  const seizedAssets = amountOf(event, "seizedAssets");
  const repaidShares = amountOf(event, "repaidShares");
  const quotes: string[] = [];
  for (const given of [
    { seizedAssets, repaidShares: 0n },
    { seizedAssets: 0n, repaidShares },
  ]) {
    if (given.seizedAssets + given.repaidShares === 0n) continue;
    try {
      const quote = quoteSeizure(market, given, price);
      quotes.push(describeSeizure(quote.seizedAssets, quote.repaidShares));
    } catch (error) {
      if (refusalReason(error) === undefined) throw error;
    }
  }
  return quotes;
}

/** With a price, the seizure must be worth the repayment. Prices may be stale, so this is a note. */
function checkSeizure(walk: Walk, event: DecodedLog, quotes: readonly string[] | undefined): void {
  const own = describeSeizure(amountOf(event, "seizedAssets"), amountOf(event, "repaidShares"));
  if (!quotes || quotes.includes(own)) return;
  walk.findings.push(
    walk.finding(
      "unexplained",
      "note",
      event.at,
      "The seizure is not what the last known price gives; the price may be out of date.",
      { field: "Liquidate.seizedAssets", reported: own, recomputed: quotes.join(" or ") },
    ),
  );
}

const describeSeizure = (seizedAssets: bigint, repaidShares: bigint): string =>
  `${seizedAssets} for ${repaidShares} shares`;

/** Transfers that no operation predicted: incoming ones are donations, outgoing ones cannot be explained. */
function readTransfers(walk: Walk, extension: Extension | undefined): void {
  const { state } = walk;
  const { morpho } = state.deployment;
  walk.events.forEach((event, index) => {
    if (walk.isUsed(index) || event.name !== "Transfer") return;
    if (extension?.readTransfer(walk, index)) return;
    const from = textOf(event, "from");
    const to = textOf(event, "to");
    if (from === morpho && to !== morpho) {
      throw new Unreadable(
        walk.finding("unexplained", "differs", event.at, "Tokens left Morpho without an operation.", {
          field: "Transfer.value",
          reported: amountOf(event, "value").toString(),
          recomputed: "none",
        }),
      );
    }
    if (to !== morpho || from === morpho) return;
    const value = amountOf(event, "value");
    if (state.balance(morpho, event.address) + value > MAX_UINT256) {
      throw new Unreadable(
        walk.finding("unreadable", "differs", event.at, "A transfer lifts Morpho's balance above 2^256.", {
          field: "Transfer.value",
          reported: value.toString(),
          recomputed: "at most what the balance can hold",
        }),
      );
    }
    walk.use(index);
    const run = openRun(state, walk.time, false);
    donate(run, event.address, from, value);
    walk.accept(run.steps, [event.at]);
  });
}

/**
 * A call that left no log. It can only have accrued a market without a rate model, and all that moved then is
 * that market's last update, on which nothing depends.
 */
function readTouch(state: BlueState, transaction: ChainTransaction): Reading {
  if (!transaction.touched.includes(state.deployment.morpho)) return NOTHING_READ;
  const time = BigInt(transaction.position.timestamp);
  const created = [...state.markets.values()].filter((market) => market.lastUpdate !== 0n);
  const stale = created.filter((market) => !market.hasInterest && market.lastUpdate !== time);
  const [only] = stale;
  if (!only) return NOTHING_READ;
  if (stale.length === 1 && created.every((market) => market.lastUpdate !== time)) {
    only.lastUpdate = time;
    return NOTHING_READ;
  }
  const call = transaction.readCall?.();
  if (!call) {
    return { ...NOTHING_READ, undetermined: true, findings: [undeterminedTouch(transaction, stale)] };
  }
  const market = state.markets.get(String(call.market));
  if (call.type === "accrueInterest" && market && !market.hasInterest) market.lastUpdate = time;
  return { ...NOTHING_READ, callsUsed: 1 };
}

const undeterminedTouch = (transaction: ChainTransaction, stale: readonly Market[]): Finding => ({
  class: "accrual-timing",
  severity: "incomplete",
  message: `A call without logs updated one of ${stale.length} markets that bear no interest, or none; no amount depends on which. Give the call to follow it.`,
  position: transaction.position,
  field: "lastUpdate",
});
