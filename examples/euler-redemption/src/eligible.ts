import type { Account, Inputs, Row } from "./inputs.js";
import { Valuation } from "./valuation.js";

/** An account with what its positions are worth, wei of ETH at settlement prices. */
export interface ValuedAccount {
  readonly account: Account;
  value: bigint;
}

/**
 * Who takes part: the snapshot without the attackers, richest first, moved on by the events between the two
 * module removals, less the excluded and everybody whose positions are not worth more than nothing.
 */
export const eligibleAccounts = (inputs: Inputs): Account[] =>
  valuedAccounts(inputs)
    .filter(({ value }) => value > 0n)
    .map(({ account }) => account);

/** Whose positions are worth less than nothing: what they owe beyond their assets is nobody's claim, and lost. */
export const insolventAccounts = (inputs: Inputs): ValuedAccount[] =>
  valuedAccounts(inputs).filter(({ value }) => value < 0n);

function valuedAccounts(inputs: Inputs): ValuedAccount[] {
  const settlement = new Valuation(inputs.markets, inputs.settlementPrices);
  const rowValue = (row: Row): bigint => settlement.ofSigned(row.deposit + row.staked - row.debt, row.token);
  const accounts = inputs.snapshot
    .filter((account) => !inputs.attackers.has(account.address))
    .map((account) => ({
      account: copy(account),
      value: account.subAccounts.flatMap((sub) => sub.rows).reduce((sum, row) => sum + rowValue(row), 0n),
    }))
    // Array.sort is stable: equal values keep the order of the snapshot.
    .sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1));

  const bySubAccount = new Map(
    accounts.flatMap((entry) =>
      entry.account.subAccounts.map((sub) => [sub.address, { entry, sub }] as const),
    ),
  );
  for (const event of inputs.events) {
    const found = bySubAccount.get(event.subAccount);
    if (!found) continue; // an attacker's, or nobody's: neither can have a claim
    let row = found.sub.rows.find((each) => each.token === event.token);
    if (!row) {
      row = { token: event.token, deposit: 0n, staked: 0n, debt: 0n };
      found.sub.rows.push(row);
    }
    const value = settlement.of(event.amount, event.token);
    if (event.kind === "Borrow") row.debt += event.amount;
    else if (event.kind === "Repay") row.debt -= event.amount;
    else row.deposit -= event.amount;
    found.entry.value += event.kind === "Repay" ? value : -value;
  }
  return accounts.filter(({ account }) => !inputs.excluded.has(account.address));
}

const copy = (account: Account): Account => ({
  address: account.address,
  subAccounts: account.subAccounts.map((sub) => ({
    address: sub.address,
    rows: sub.rows.map((row) => ({ ...row })),
  })),
});
