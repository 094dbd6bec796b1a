import { MAX_UINT128, MAX_UINT256 } from "@shortfall/math";
import { addWithin, subtractChecked, toUint128 } from "./amounts.js";
import { type Checks, fail } from "./checks.js";
import { CometRefusal, overflow, TOKEN_SHORTAGE } from "./errors.js";
import type { CometMarket } from "./market.js";
import { baseControls, collateralControls, type Outcome } from "./outcome.js";

/*
 * Collateral moves never accrue: their solvency test uses the indexes as they were last stored.
 */

/** supplyCollateral: posts `amount` that came from `payer` for `account`. */
export function supplyCollateral(
  market: CometMarket,
  payer: string,
  account: string,
  asset: string,
  amount: bigint,
  checks: Checks,
): Outcome {
  const { configuration, state } = market;
  market.requireRunning("supply", checks);
  toUint128(amount);
  const index = market.requireAsset(asset);
  const total = addWithin(state.totalSupplyAsset[index]!, amount, MAX_UINT128);
  if (total > market.asset(index).supplyCap) fail(checks, "SupplyCapExceeded()");
  const id = state.accounts.intern(account);
  const balance = addWithin(state.collateral[index]!.get(id), amount, MAX_UINT128);
  if (state.collateralBalance[index]! + amount > MAX_UINT256) throw overflow();

  state.totalSupplyAsset[index] = total;
  state.collateralBalance[index]! += amount;
  state.collateral[index]!.set(id, balance);
  return {
    kind: "supply-collateral",
    account,
    logs: [
      market.movement(asset, payer, configuration.comet, amount),
      market.event("SupplyCollateral", { from: payer, dst: account, asset, amount }),
    ],
    base: baseControls(market),
    collateral: [collateralControls(market, index)],
    cashChange: 0n,
    conversions: 0,
    amount,
  };
}

/** withdrawCollateral: gives `amount` back to `to` if the account's debt stays covered. */
export function withdrawCollateral(
  market: CometMarket,
  account: string,
  to: string,
  asset: string,
  amount: bigint,
  checks: Checks,
): Outcome {
  const { configuration, state } = market;
  market.requireRunning("withdraw", checks);
  toUint128(amount);
  const index = market.assetIndex(asset);
  if (index === undefined) throw amount === 0n ? new CometRefusal("BadAsset()") : overflow();
  const id = state.accounts.intern(account);
  const balance = subtractChecked(state.collateral[index]!.get(id), amount);
  const total = subtractChecked(state.totalSupplyAsset[index]!, amount);
  market.requireBorrowCollateral(id, state.principal(id), market.storedIndexes(), checks, { index, balance });
  if (amount > state.collateralBalance[index]!) throw new CometRefusal(TOKEN_SHORTAGE);

  const stays = to === configuration.comet;
  state.totalSupplyAsset[index] = total;
  if (!stays) state.collateralBalance[index]! -= amount;
  state.collateral[index]!.set(id, balance);
  return {
    kind: "withdraw-collateral",
    account,
    logs: [
      market.movement(asset, configuration.comet, to, amount),
      market.event("WithdrawCollateral", { src: account, to, asset, amount }),
    ],
    base: baseControls(market),
    collateral: [collateralControls(market, index)],
    cashChange: 0n,
    conversions: 0,
    ...(stays ? { donated: { commodity: market.asset(index).symbol, amount } } : {}),
    amount,
  };
}

/** transferCollateral: moves posted tokens between accounts; totals stay. */
export function transferCollateral(
  market: CometMarket,
  account: string,
  destination: string,
  asset: string,
  amount: bigint,
  checks: Checks,
): Outcome {
  const { state } = market;
  market.requireRunning("transfer", checks);
  if (account === destination) throw new CometRefusal("NoSelfTransfer()");
  toUint128(amount);
  const index = market.assetIndex(asset);
  if (index === undefined) throw amount === 0n ? new CometRefusal("BadAsset()") : overflow();
  const from = state.accounts.intern(account);
  const to = state.accounts.intern(destination);
  const balance = subtractChecked(state.collateral[index]!.get(from), amount);
  const credited = addWithin(state.collateral[index]!.get(to), amount, MAX_UINT128);
  market.requireBorrowCollateral(from, state.principal(from), market.storedIndexes(), checks, {
    index,
    balance,
  });

  state.collateral[index]!.set(from, balance);
  state.collateral[index]!.set(to, credited);
  return {
    kind: "transfer-collateral",
    account,
    logs: [market.event("TransferCollateral", { from: account, to: destination, asset, amount })],
    base: baseControls(market),
    collateral: [],
    cashChange: 0n,
    conversions: 0,
    amount,
  };
}
