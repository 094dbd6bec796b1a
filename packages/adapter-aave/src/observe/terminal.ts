import type { Market } from "../market.js";
import { borrow } from "../operations/borrow.js";
import { coverDeficit } from "../operations/deficit.js";
import { endFlashLoan, type FlashEnd, logFlashLoan } from "../operations/flash-loan.js";
import { type LiquidationInput, liquidate } from "../operations/liquidation.js";
import { repay } from "../operations/repay.js";
import { depositStake, withdrawStake } from "../operations/stake.js";
import { supply } from "../operations/supply.js";
import { mintToTreasury } from "../operations/treasury.js";
import { slash } from "../operations/umbrella.js";
import { withdraw } from "../operations/withdraw.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import type { DecodedLog } from "./decoded.js";
import { argument, type Proposal } from "./proposal.js";

const { amount, text, flag } = argument;

const POOL_TERMINALS: ReadonlySet<string> = new Set([
  "Supply",
  "Withdraw",
  "Borrow",
  "Repay",
  "LiquidationCall",
  "DeficitCovered",
  "MintedToTreasury",
  "FlashLoan",
]);

/** Whether a log closes an operation and names its amounts. */
export function isTerminal(log: DecodedLog): boolean {
  const { kind } = log.role;
  if (kind === "pool") return POOL_TERMINALS.has(log.name);
  if (kind === "stake") return log.name === "Deposit" || log.name === "Withdraw";
  return kind === "umbrella" && log.name === "StakeTokenSlashed";
}

/** Operations that end in the terminal at `end` and may start at `start`. */
export function* terminalProposals(
  market: Market,
  logs: readonly DecodedLog[],
  start: number,
  end: number,
): Generator<Proposal> {
  const log = logs[end];
  if (log === undefined) return;
  if (log.role.kind === "stake") {
    yield stakeProposal(log, log.role.stake);
    return;
  }
  const asset = text(log, log.args.reserve === undefined ? "asset" : "reserve");
  const reserve = market.reserveByUnderlying.get(asset);
  if (log.name === "LiquidationCall") {
    const input = readLiquidation(market, logs, start, end);
    if (input !== undefined) yield liquidationProposal(input, log);
  } else if (reserve !== undefined) {
    yield* reserveProposals(market, logs, start, end, reserve);
  }
}

function* reserveProposals(
  market: Market,
  logs: readonly DecodedLog[],
  start: number,
  end: number,
  reserve: Reserve,
): Generator<Proposal> {
  const log = logs[end]!;
  const pool = reserve.symbol;
  const named = (kind: string, account: string, run: Proposal["run"]): Proposal => ({
    kind,
    pool,
    account,
    run,
  });
  switch (log.name) {
    case "Supply":
      yield named("supply", text(log, "onBehalfOf"), (step) => {
        const caller = text(log, "user");
        const onBehalfOf = text(log, "onBehalfOf");
        supply(step, { reserve, caller, onBehalfOf, amountAssets: amount(log, "amount") });
      });
      return;
    case "Withdraw":
      yield named("withdraw", text(log, "user"), (step) => {
        const amountAssets = amount(log, "amount");
        withdraw(step, { reserve, caller: text(log, "user"), to: text(log, "to"), amountAssets });
      });
      return;
    case "Borrow":
      yield* borrowProposals(log, logs[end + 1], reserve);
      return;
    case "Repay":
      yield named("repay", text(log, "user"), (step) => {
        const input = { caller: text(log, "repayer"), onBehalfOf: text(log, "user") };
        const amountAssets = amount(log, "amount");
        repay(step, { reserve, ...input, amountAssets, useATokens: flag(log, "useATokens") });
      });
      return;
    case "DeficitCovered":
      yield named("cover-deficit", text(log, "caller"), (step) => {
        coverDeficit(step, {
          reserve,
          caller: text(log, "caller"),
          amountAssets: amount(log, "amountCovered"),
        });
      });
      return;
    case "MintedToTreasury":
      yield named("mint-to-treasury", market.addresses.treasury, (step) => mintToTreasury(step, reserve));
      return;
    case "FlashLoan":
      if (amount(log, "interestRateMode") !== 0n) return;
      yield named("flash-loan-end", text(log, "initiator"), (step) =>
        endFlashLoan(step, readFlash(log, reserve)),
      );
      return;
    case "StakeTokenSlashed": {
      const taken = logs.slice(start, end).findLast((entry) => entry.name === "Slashed");
      if (taken === undefined) return;
      yield named("slash", text(log, "umbrellaStake"), (step) => {
        slash(step, reserve, {
          takenAssets: amount(taken, "amount"),
          coveredAssets: amount(log, "amount"),
          feeAssets: amount(log, "fee"),
        });
      });
      return;
    }
    default:
      return;
  }
}

function* borrowProposals(
  log: DecodedLog,
  next: DecodedLog | undefined,
  reserve: Reserve,
): Generator<Proposal> {
  const input = {
    reserve,
    caller: text(log, "user"),
    onBehalfOf: text(log, "onBehalfOf"),
    amountAssets: amount(log, "amount"),
  };
  const base = { pool: reserve.symbol, account: input.onBehalfOf };
  const becomesDebt =
    next?.name === "FlashLoan" &&
    amount(next, "interestRateMode") !== 0n &&
    amount(next, "amount") === input.amountAssets &&
    text(next, "asset") === reserve.identity.underlying;
  if (becomesDebt) {
    yield {
      ...base,
      kind: "flash-loan-to-debt",
      run(step) {
        borrow(step, { ...input, payout: false });
        logFlashLoan(step, readFlash(next, reserve), amount(next, "interestRateMode"));
      },
    };
  }
  yield { ...base, kind: "borrow", run: (step) => borrow(step, { ...input, payout: true }) };
}

const readFlash = (log: DecodedLog, reserve: Reserve): FlashEnd => ({
  reserve,
  receiver: text(log, "target"),
  initiator: text(log, "initiator"),
  amountAssets: amount(log, "amount"),
  premiumAssets: amount(log, "premium"),
});

function stakeProposal(log: DecodedLog, stake: StakeToken): Proposal {
  const moved = { stake, assets: amount(log, "assets"), shares: amount(log, "shares") };
  const sender = text(log, "sender");
  const owner = text(log, "owner");
  const base = { pool: stake.symbol, account: owner };
  return log.name === "Deposit"
    ? { ...base, kind: "stake", run: (step) => depositStake(step, { ...moved, sender, owner }) }
    : {
        ...base,
        kind: "unstake",
        run: (step) => withdrawStake(step, { ...moved, sender, owner, receiver: text(log, "receiver") }),
      };
}

/**
 * A liquidation as its logs show it: repayment and seizure from the closing event, the fee from the transfer to
 * the treasury, the flag from a leading `ReserveUsedAsCollateralDisabled`, the write-off from a `DeficitCreated`
 * of the borrower. No price is needed.
 */
function readLiquidation(
  market: Market,
  logs: readonly DecodedLog[],
  start: number,
  end: number,
): LiquidationInput | undefined {
  const log = logs[end]!;
  const collateral = market.reserveByUnderlying.get(text(log, "collateralAsset"));
  const debt = market.reserveByUnderlying.get(text(log, "debtAsset"));
  if (collateral === undefined || debt === undefined) return undefined;
  const borrower = text(log, "user");
  const liquidator = text(log, "liquidator");
  const receiveAToken = flag(log, "receiveAToken");
  const first = logs[start]!;
  const inside = logs.slice(start, end);
  const treasuryLiquidates = receiveAToken && liquidator === market.addresses.treasury;
  const fee = readFee(market, inside, collateral, borrower, treasuryLiquidates);
  return {
    collateral,
    debt,
    borrower: market.account(borrower),
    liquidator,
    receiveAToken,
    size: {
      by: "logs",
      outcome: {
        repaidAssets: amount(log, "debtToCover"),
        seizedAssets: amount(log, "liquidatedCollateralAmount"),
        feeAssets: fee ?? 0n,
        paysFee: fee !== undefined,
        clearsCollateral:
          first.name === "ReserveUsedAsCollateralDisabled" &&
          text(first, "reserve") === collateral.identity.underlying &&
          text(first, "user") === borrower,
        writesOff: inside.some(
          (entry) => entry.name === "DeficitCreated" && text(entry, "user") === borrower,
        ),
      },
    },
  };
}

/** Value of the aToken transfer to the treasury. A treasury that liquidates gets its own payout first. */
function readFee(
  market: Market,
  inside: readonly DecodedLog[],
  collateral: Reserve,
  borrower: string,
  treasuryLiquidates: boolean,
): bigint | undefined {
  const transfers = inside.filter(
    (entry) =>
      entry.name === "Transfer" &&
      entry.address === collateral.identity.aToken &&
      text(entry, "from") === borrower &&
      text(entry, "to") === market.addresses.treasury,
  );
  const fee = transfers[treasuryLiquidates ? 1 : 0];
  return fee === undefined ? undefined : amount(fee, "value");
}

function liquidationProposal(input: LiquidationInput, log: DecodedLog): Proposal {
  return {
    kind: "liquidation",
    pool: input.debt.symbol,
    account: text(log, "user"),
    run: (step) => liquidate(step, input),
  };
}
