import type { AaveModel } from "../../src/model.js";

/** Everything that a transaction can change in a market, as text. */
export function picture(model: AaveModel): string {
  const { market } = model.opened;
  const accounts = [...model.opened.actors.values()].map((address) => market.account(address));
  const reserves = market.reserves.map((reserve) => [
    reserve.symbol,
    reserve.liquidityIndexRay,
    reserve.borrowIndexRay,
    reserve.liquidityRateRay,
    reserve.borrowRateRay,
    reserve.updatedAtSeconds,
    reserve.treasuryScaled,
    reserve.deficitAssets,
    reserve.virtualAssets,
    reserve.supplyScaled,
    reserve.debtScaled,
    reserve.configuration,
    reserve.graceUntilSeconds,
    reserve.parkedLtvBps,
    reserve.priceBase,
    reserve.optimalUsageBps,
    reserve.baseRateBps,
    reserve.slope1Bps,
    reserve.slope2Bps,
    reserve.offsetAssets,
    reserve.pendingAssets,
    reserve.inFlightAssets,
    reserve.mintedLevelAssets,
    market.cash(reserve),
    accounts.map((account) => [
      reserve.supplies.get(account),
      reserve.debts.get(account),
      reserve.supplyIndexes.get(account),
      reserve.debtIndexes.get(account),
      reserve.unpaidInterest.get(account),
      reserve.wallets.get(account),
    ]),
  ]);
  const users = accounts.map((account) => [market.flags.get(account), market.userCategories.get(account)]);
  const categories = [...market.categories.values()].map((category) => category.ltvZeroBitmap);
  const stakes = market.stakes.map((stake) => [
    stake.supplyShares,
    stake.totalAssets,
    stake.priceBase,
    accounts.map((account) => [
      stake.shares.get(account),
      stake.wallets.get(account),
      stake.cooldownShares.get(account),
      stake.cooldownEnds.get(account),
      stake.cooldownWindows.get(account),
    ]),
  ]);
  const premiums = [market.flashPremiumBps, market.flashPremiumToProtocolBps];
  return JSON.stringify([reserves, users, categories, stakes, premiums], (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

/** Sum of all balances of the journal, by pool and commodity. */
export function trialBalanceSums(model: AaveModel): bigint[] {
  const sums = new Map<string, bigint>();
  for (const { pool, commodity, balance } of model.journal.trialBalance()) {
    const key = `${pool} ${commodity}`;
    sums.set(key, (sums.get(key) ?? 0n) + balance);
  }
  return [...sums.values()];
}
