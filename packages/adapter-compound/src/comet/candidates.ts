import { absorb, type ReportedAbsorb } from "./absorb.js";
import { supplyBase, withdrawBase } from "./base.js";
import type { Checks } from "./checks.js";
import { supplyCollateral, transferCollateral, withdrawCollateral } from "./collateral.js";
import { ZERO_ADDRESS } from "./constants.js";
import { CometRefusal } from "./errors.js";
import { addressOf, amountOf, type DecodedLog } from "./events.js";
import type { TransferLegs } from "./inversion.js";
import type { CometMarket } from "./market.js";
import type { Movement } from "./movements.js";
import type { Outcome } from "./outcome.js";
import { buyCollateral, withdrawReserves } from "./reserves.js";

/** An operation to try, with all its arguments taken from logs. */
export type Candidate = (checks: Checks) => Outcome;

/** What a proposal may look at besides its own event. */
export interface Surroundings {
  readonly market: CometMarket;
  /** Seconds. */
  readonly time: bigint;
  /** The event and all after it. */
  readonly following: readonly DecodedLog[];
  readonly movements: readonly Movement[];
}

/** The operation that an event starts. Undefined for events that start none, and for Transfer. */
export function proposeOperation(event: DecodedLog, around: Surroundings): Candidate | undefined {
  const { market, time } = around;
  const address = (name: string): string => addressOf(event, name);
  const amount = (name = "amount"): bigint => amountOf(event, name);
  switch (event.name) {
    case "Supply":
      return (checks) => supplyBase(market, address("from"), address("dst"), amount(), time, checks);
    case "Withdraw":
      return (checks) => withdrawBase(market, address("src"), address("to"), amount(), time, checks);
    case "SupplyCollateral":
      return (checks) =>
        supplyCollateral(market, address("from"), address("dst"), address("asset"), amount(), checks);
    case "WithdrawCollateral":
      return (checks) =>
        withdrawCollateral(market, address("src"), address("to"), address("asset"), amount(), checks);
    case "TransferCollateral":
      return (checks) =>
        transferCollateral(market, address("from"), address("to"), address("asset"), amount(), checks);
    case "AbsorbCollateral":
    case "AbsorbDebt":
      return proposeAbsorb(event, around);
    case "BuyCollateral":
      return proposeSale(event, around);
    case "WithdrawReserves":
      return (checks) => withdrawReserves(market, address("to"), amount(), time, checks);
    default:
      return undefined;
  }
}

const isPriced = (market: CometMarket): boolean => market.state.prices.every((price) => price !== undefined);

/**
 * With all prices known the contract's own computation must give the logs. Without, or when that has failed
 * and breaches are collected, the values come from the logs, which determine every balance.
 */
function proposeAbsorb(event: DecodedLog, { market, time, following }: Surroundings): Candidate {
  const absorber = addressOf(event, "absorber");
  const borrower = addressOf(event, "borrower");
  const reported = reportedAbsorb(following);
  const priced = isPriced(market);
  return (checks) => {
    const fromLogs = !priced || checks.breaches !== undefined;
    if (fromLogs && reported === undefined) throw new CometRefusal("an AbsorbDebt that is not in the logs");
    const outcome = absorb(market, absorber, borrower, time, checks, fromLogs ? reported : undefined);
    if (priced) checks.breaches?.push("the known prices give other values");
    return outcome;
  };
}

/**
 * An absorb whose AbsorbDebt alone says other figures than the known prices give: everything around it agrees, so
 * the computed outcome is kept with the reported figures beside it. Undefined where prices are not known.
 */
export function absorbReportedOtherwise(event: DecodedLog, around: Surroundings): Candidate | undefined {
  const { market, time, following } = around;
  const reported = reportedAbsorb(following);
  if (reported === undefined || !isPriced(market)) return undefined;
  return (checks) => {
    const outcome = absorb(market, addressOf(event, "absorber"), addressOf(event, "borrower"), time, checks);
    const { basePaidOut, usdValue } = reported;
    const logs = outcome.logs.map((log) =>
      log.name === "AbsorbDebt" ? { ...log, args: { ...log.args, basePaidOut, usdValue } } : log,
    );
    const { absorbed } = outcome;
    if (absorbed === undefined) return outcome;
    // What the logs claim to have been lost: all they say was paid, less the credit for the collateral.
    const lost = basePaidOut - absorbed.collateralCredit;
    return { ...outcome, logs, absorbed: { ...absorbed, reportedShortfall: lost > 0n ? lost : 0n } };
  };
}

/** The figures of the absorb that starts with the first of these events. */
function reportedAbsorb(events: readonly DecodedLog[]): ReportedAbsorb | undefined {
  const collateralValues: bigint[] = [];
  for (const event of events) {
    if (event.name === "AbsorbCollateral") collateralValues.push(amountOf(event, "usdValue"));
    else if (event.name !== "AbsorbDebt") return undefined;
    else {
      return {
        basePaidOut: amountOf(event, "basePaidOut"),
        usdValue: amountOf(event, "usdValue"),
        collateralValues,
      };
    }
  }
  return undefined;
}

function proposeSale(event: DecodedLog, { market, time, movements }: Surroundings): Candidate {
  const asset = addressOf(event, "asset");
  const sold = amountOf(event, "collateralAmount");
  // The recipient is in no event of the market; the token's Transfer names it.
  const paid = movements.find(
    (movement) =>
      !movement.used && movement.token === asset && movement.from === market.pool && movement.value === sold,
  );
  const sale = {
    buyer: addressOf(event, "buyer"),
    recipient: paid?.to ?? addressOf(event, "buyer"),
    asset,
    baseAmount: amountOf(event, "baseAmount"),
    minAmount: 0n,
  };
  const priced = isPriced(market);
  return (checks) => {
    const fromLogs = !priced || checks.breaches !== undefined;
    const outcome = buyCollateral(market, fromLogs ? { ...sale, sold } : sale, time, checks);
    if (priced) checks.breaches?.push("the known prices give another quote");
    return outcome;
  };
}

/** Tokens that an event's own operation brings in, so that they are not taken for a donation. */
export function paymentOf(
  event: DecodedLog,
  baseToken: string,
): { readonly token: string; readonly value: bigint } | undefined {
  switch (event.name) {
    case "BuyCollateral":
      return { token: baseToken, value: amountOf(event, "baseAmount") };
    case "Supply":
      return { token: baseToken, value: amountOf(event, "amount") };
    case "SupplyCollateral":
      return { token: addressOf(event, "asset"), value: amountOf(event, "amount") };
    default:
      return undefined;
  }
}

/** One side of a base transfer, from a Transfer with the zero address. */
export function legOf(event: DecodedLog): TransferLegs | undefined {
  const from = addressOf(event, "from");
  const to = addressOf(event, "to");
  const amount = amountOf(event, "amount");
  if ((from === ZERO_ADDRESS) === (to === ZERO_ADDRESS)) return undefined;
  return from === ZERO_ADDRESS
    ? { burned: 0n, destination: to, minted: amount }
    : { source: from, burned: amount, minted: 0n };
}
