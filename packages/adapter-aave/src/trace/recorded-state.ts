import type { Comparison, Fields } from "@shortfall/core";
import type { OpenedMarket } from "../header.js";
import { maxSlashableAssets } from "../operations/stake.js";
import { slashableDeficit } from "../operations/umbrella.js";
import { Refusal } from "../refusal.js";
import type { Reserve } from "../reserve.js";
import type { StakeToken } from "../stake-token.js";
import { Step } from "../step.js";
import { headroomBase, valueAccount } from "../valuation.js";

const STATE_PARTS: ReadonlySet<string> = new Set(["reserves", "users", "umbrella"]);

/** Compares every recorded number of a line's `state` with the model. */
export function compareState(
  opened: OpenedMarket,
  state: Fields,
  nowSeconds: number,
  full: boolean,
  comparison: Comparison,
): void {
  const step = new Step(opened.market, BigInt(nowSeconds), false);
  // A record without its parts would agree with anything.
  for (const part of ["reserves", "users"]) {
    if (!state.has(part)) comparison.value(`state.${part}`, undefined, "an object");
  }
  for (const key of state.keys()) {
    if (!STATE_PARTS.has(key)) comparison.value(`state.${key}`, key, undefined);
  }
  if (state.has("reserves")) compareReserves(opened, state.object("reserves"), full, comparison);
  if (state.has("users")) compareUsers(opened, state.object("users"), step, full, comparison);
  if (state.has("umbrella")) compareUmbrella(opened, state.object("umbrella"), comparison);
}

function compareReserves(
  opened: OpenedMarket,
  recorded: Fields,
  full: boolean,
  comparison: Comparison,
): void {
  if (full) {
    comparison.value(
      "state.reserves",
      recorded.keys().sort().join(),
      [...opened.reserves.keys()].sort().join(),
    );
  }
  for (const symbol of recorded.keys()) {
    const reserve = opened.reserves.get(symbol);
    const computed = reserve === undefined ? undefined : reserveRecord(opened, reserve);
    comparison.deep(`state.reserves.${symbol}`, recorded.raw(symbol), computed);
  }
}

const reserveRecord = (opened: OpenedMarket, reserve: Reserve): Record<string, bigint> => ({
  li: reserve.liquidityIndexRay,
  bi: reserve.borrowIndexRay,
  lr: reserve.liquidityRateRay,
  br: reserve.borrowRateRay,
  ts: reserve.updatedAtSeconds,
  acc: reserve.treasuryScaled,
  def: reserve.deficitAssets,
  virt: reserve.virtualAssets,
  aSup: reserve.supplyScaled,
  dSup: reserve.debtScaled,
  cash: opened.market.cash(reserve),
  price: reserve.priceBase,
  cfg: reserve.configuration,
});

function compareUsers(
  opened: OpenedMarket,
  recorded: Fields,
  step: Step,
  full: boolean,
  comparison: Comparison,
): void {
  for (const name of recorded.keys()) {
    const address = opened.actors.get(name);
    if (address === undefined) {
      comparison.value(`state.users.${name}`, name, undefined);
      continue;
    }
    const account = opened.market.account(address);
    const user = recorded.object(name);
    const path = `state.users.${name}`;
    comparison.value(`${path}.cfg`, user.raw("cfg"), opened.market.flags.get(account));
    comparison.value(`${path}.em`, user.raw("em"), opened.market.userCategories.get(account));
    comparison.deep(`${path}.b`, user.raw("b"), balancesRecord(opened, account));
    comparison.deep(`${path}.acct`, user.raw("acct"), accountView(step, account));
  }
  if (full) compareUnlisted(opened, recorded, comparison);
}

/** A full line lists every account that holds anything: the rest must hold nothing. */
function compareUnlisted(opened: OpenedMarket, recorded: Fields, comparison: Comparison): void {
  const listed = new Set(
    recorded.keys().map((name) => opened.market.account(opened.actors.get(name) ?? name)),
  );
  comparison.value("state.users", recorded.keys().sort().join(), [...opened.users].sort().join());
  for (const reserve of opened.reserves.values()) {
    for (const [side, book] of [
      ["a", reserve.supplies],
      ["d", reserve.debts],
    ] as const) {
      let unlisted = 0n;
      for (const [account, scaled] of book.holders()) if (!listed.has(account)) unlisted += scaled;
      comparison.value(`state.users.(others).b.${reserve.symbol}.${side}`, 0n, unlisted);
    }
  }
}

function balancesRecord(opened: OpenedMarket, account: number): Record<string, Record<string, bigint>> {
  const balances: Record<string, Record<string, bigint>> = {};
  for (const [symbol, reserve] of opened.reserves) {
    const row: Record<string, bigint> = {
      a: reserve.supplies.get(account),
      ai: reserve.supplyIndexes.get(account),
      d: reserve.debts.get(account),
      di: reserve.debtIndexes.get(account),
      w: reserve.wallets.get(account),
    };
    if (opened.market.isIssued(reserve)) row.gi = reserve.unpaidInterest.get(account);
    if (Object.values(row).some((value) => value !== 0n)) balances[symbol] = row;
  }
  return balances;
}

/** The pool's account view at this block; null where the view reverts. */
function accountView(step: Step, account: number): Record<string, bigint> | null {
  try {
    const valuation = valueAccount(step, account);
    return {
      coll: valuation.collateralBase,
      debt: valuation.debtBase,
      avail: headroomBase(step, valuation),
      lt: valuation.thresholdBps,
      ltv: valuation.ltvBps,
      hf: valuation.healthFactorWad,
    };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function compareUmbrella(opened: OpenedMarket, recorded: Fields, comparison: Comparison): void {
  const reserves: Record<string, unknown> = {};
  for (const [symbol, reserve] of opened.reserves) {
    const newDeficit = slashableDeficit(reserve);
    reserves[symbol] = {
      offset: reserve.offsetAssets,
      pending: reserve.pendingAssets,
      slashable: newDeficit > 0n && opened.market.stakeByReserve.has(reserve),
      newDeficit,
    };
  }
  const stakes: Record<string, unknown> = {};
  for (const [symbol, stake] of opened.stakes) {
    const users = recorded.object("stakes").object(symbol).object("users").keys();
    stakes[symbol] = stakeRecord(opened, stake, users);
  }
  comparison.deep("state.umbrella.reserves", recorded.raw("reserves"), reserves);
  comparison.deep("state.umbrella.stakes", recorded.raw("stakes"), stakes);
}

function stakeRecord(opened: OpenedMarket, stake: StakeToken, names: readonly string[]): unknown {
  const { market } = opened;
  const users: Record<string, unknown> = {};
  for (const name of names) {
    const account = market.account(opened.actors.get(name) ?? name);
    users[name] = {
      shares: stake.shares.get(account),
      cooldown: stake.cooldownShares.get(account),
      underlying: stake.wallets.get(account),
    };
  }
  return {
    supply: stake.supplyShares,
    assets: stake.totalAssets,
    cash: stake.wallets.get(market.account(stake.address)),
    maxSlashable: maxSlashableAssets(stake),
    users,
  };
}
