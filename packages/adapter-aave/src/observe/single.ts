import type { Market } from "../market.js";
import { switchCollateral } from "../operations/collateral-switch.js";
import { synchronise } from "../operations/configuration.js";
import { setUserCategory } from "../operations/efficiency-mode.js";
import { startFlashLoan } from "../operations/flash-loan.js";
import { moveStaked, setStakePrice, startCooldown, transferStake } from "../operations/stake.js";
import { transferATokens } from "../operations/transfer.js";
import { type CoverKind, setDeficitOffset, setPending, settleCover } from "../operations/umbrella.js";
import type { Reserve } from "../reserve.js";
import { moveUnderlying } from "../underlying.js";
import type { DecodedLog } from "./decoded.js";
import { argument, type Proposal } from "./proposal.js";
import { settingProposals } from "./settings.js";

const { amount, text } = argument;

/** What a transaction has shown so far that a single log may refer to. */
export interface Memory {
  /** Last cover of the transaction. */
  readonly lastCover: { readonly reserve: Reserve; readonly amountAssets: bigint } | undefined;
  /** Reserves whose rates or factor were changed: only those does the configurator synchronise. */
  readonly configured: ReadonlySet<Reserve>;
}

/** What the log at `start` may be when it is not part of an operation with a closing event. */
export function* singleProposals(
  market: Market,
  logs: readonly DecodedLog[],
  start: number,
  memory: Memory,
): Generator<Proposal> {
  const log = logs[start]!;
  const { role } = log;
  switch (role.kind) {
    case "pool":
      yield* poolSingle(market, log, memory);
      return;
    case "aToken":
      yield* transferProposal(logs, start, role.reserve);
      return;
    case "underlying":
      if (log.name === "Transfer") yield underlyingMove(market, log, role.reserve);
      return;
    case "staked":
      if (log.name === "Transfer") {
        const { stake } = role;
        const from = text(log, "from");
        if (from === stake.address) return;
        const to = text(log, "to");
        yield {
          kind: to === stake.address ? "stake-donation" : "wallet",
          pool: stake.symbol,
          run: (step) => moveStaked(step, stake, from, to, amount(log, "value")),
        };
      }
      return;
    case "stake":
      yield* stakeSingle(market, log, role.stake);
      return;
    case "feed":
      if (log.name === "FeedSet") {
        yield {
          kind: "price",
          pool: role.stake.symbol,
          run: (step) => {
            setStakePrice(step, role.stake, amount(log, "answer"));
          },
        };
      }
      return;
    case "umbrella":
      yield* umbrellaSingle(market, log, logs[start + 1], memory);
      return;
    case "configurator":
    case "strategy":
    case "oracle":
      yield* settingProposals(market, log);
      return;
    case "debtToken":
      return;
  }
}

function* poolSingle(market: Market, log: DecodedLog, memory: Memory): Generator<Proposal> {
  const reserve = market.reserveByUnderlying.get(text(log, "reserve"));
  const user = text(log, "user");
  if (log.name === "UserEModeSet") {
    const category = amount(log, "categoryId");
    yield {
      kind: "set-category",
      pool: market.reserves[0]?.symbol ?? "",
      account: user,
      run: (step) => setUserCategory(step, user, category),
    };
  }
  if (reserve === undefined) return;
  const pool = reserve.symbol;
  if (log.name === "ReserveDataUpdated") {
    if (!memory.configured.has(reserve)) return;
    yield { kind: "synchronise", pool, run: (step) => synchronise(step, reserve) };
  } else if (log.name.startsWith("ReserveUsedAsCollateral")) {
    const enabled = log.name === "ReserveUsedAsCollateralEnabled";
    yield {
      kind: "switch-collateral",
      pool,
      account: user,
      run: (step) => switchCollateral(step, { reserve, caller: user, enabled }),
    };
  }
}

/** A transfer of aTokens reaches up to its `BalanceTransfer`, or to the flags behind that. */
function* transferProposal(
  logs: readonly DecodedLog[],
  start: number,
  reserve: Reserve,
): Generator<Proposal> {
  const token = reserve.identity.aToken;
  const end = logs.findIndex(
    (log, place) => place >= start && log.address === token && log.name === "BalanceTransfer",
  );
  const closing = logs[end];
  if (closing === undefined) return;
  const from = text(closing, "from");
  const to = text(closing, "to");
  const inside = logs.slice(start, end).filter((log) => log.address === token);
  const moved = inside.findLast(
    (log) => log.name === "Transfer" && text(log, "from") === from && text(log, "to") === to,
  );
  if (moved === undefined) return;
  const interest = inside.find((log) => log.name === "Mint");
  const sender = interest === undefined ? from : text(interest, "caller");
  yield {
    kind: "transfer",
    pool: reserve.symbol,
    account: from,
    run: (step) => transferATokens(step, { reserve, sender, from, to, amountAssets: amount(moved, "value") }),
  };
}

/** Underlying leaves the aToken for a flash loan; reaches it as a donation; else it is no business of the pool. */
function underlyingMove(market: Market, log: DecodedLog, reserve: Reserve): Proposal {
  const { aToken } = reserve.identity;
  const from = text(log, "from");
  const to = text(log, "to");
  const value = amount(log, "value");
  const pool = reserve.symbol;
  if (from === aToken && !market.isIssued(reserve)) {
    return {
      kind: "flash-loan-start",
      pool,
      account: to,
      run: (step) => startFlashLoan(step, reserve, to, value),
    };
  }
  const vault = market.stakes.find((stake) => stake.wallets === reserve.wallets && stake.address === to);
  if (vault !== undefined) {
    return {
      kind: "stake-donation",
      pool: vault.symbol,
      run: (step) => moveStaked(step, vault, from, to, value),
    };
  }
  const kind = from === aToken ? "distribute-income" : to === aToken ? "donation" : "wallet";
  return {
    kind,
    pool,
    account: from,
    run: (step) => {
      moveUnderlying(step, reserve, from, to, value);
      if (kind === "donation") step.effects.donated(reserve, value);
      if (kind === "distribute-income") step.effects.fromOutside(reserve, value);
    },
  };
}

function* stakeSingle(
  market: Market,
  log: DecodedLog,
  stake: Parameters<typeof transferStake>[1],
): Generator<Proposal> {
  const pool = stake.symbol;
  if (log.name === "StakerCooldownUpdated") {
    const user = text(log, "user");
    yield {
      kind: "stake-cooldown",
      pool,
      account: user,
      run: (step) =>
        startCooldown(step, stake, market.account(user), {
          shares: amount(log, "amount"),
          ends: amount(log, "endOfCooldown"),
          window: amount(log, "unstakeWindow"),
        }),
    };
  } else if (log.name === "Transfer") {
    const from = text(log, "from");
    yield {
      kind: "stake-transfer",
      pool,
      account: from,
      run: (step) => transferStake(step, stake, from, text(log, "to"), amount(log, "value")),
    };
  }
}

const COVERS: Readonly<Record<string, CoverKind>> = {
  PendingDeficitCovered: "pending",
  DeficitOffsetCovered: "offset",
  ReserveDeficitCovered: "plain",
};

function* umbrellaSingle(
  market: Market,
  log: DecodedLog,
  next: DecodedLog | undefined,
  memory: Memory,
): Generator<Proposal> {
  const reserve = market.reserveByUnderlying.get(text(log, "reserve"));
  if (reserve === undefined) return;
  const pool = reserve.symbol;
  const closing = COVERS[log.name] === undefined ? next : log;
  const kind = closing === undefined ? undefined : COVERS[closing.name];
  if (kind !== undefined && memory.lastCover?.reserve === reserve) {
    const covered = memory.lastCover.amountAssets;
    yield { kind: `settle-${kind}`, pool, run: (step) => settleCover(step, kind, reserve, covered) };
  }
  if (log.name === "DeficitOffsetChanged") {
    yield {
      kind: "set-offset",
      pool,
      run: (step) => setDeficitOffset(step, reserve, amount(log, "newDeficitOffset")),
    };
  } else if (log.name === "PendingDeficitChanged") {
    yield {
      kind: "set-pending",
      pool,
      run: (step) => setPending(step, reserve, amount(log, "newPendingDeficit")),
    };
  }
}
