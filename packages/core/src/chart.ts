/**
 * Chart of accounts, the same for every protocol. Debits are positive, so assets and expenses carry positive
 * balances, liabilities, equity and income negative ones; each pool's postings of an entry sum to zero per
 * commodity.
 */
export const CHART = {
  /** Tokens the pool holds. */
  cash: "Assets:Cash",
  /** What borrowers owe. */
  loans: "Assets:Loans",
  /** Written-off debt kept as an asset until it is covered. */
  deficit: "Assets:Deficit",
  /** Losses recognised but still reversible; a credit balance against the loans. */
  provision: "Assets:Provision",
  /** What members of a group were charged for a loss and have not paid yet. */
  charges: "Assets:Charges",
  /** Tokens of a fund, in the fund's own commodity. */
  fund: (fund: string) => `Assets:Fund:${fund}`,
  /** Collateral the pool holds, in the collateral's own commodity. */
  collateral: "Assets:Collateral",
  /** What the pool owes to holders of `shareClass`. */
  suppliers: (shareClass: string) => `Liabilities:Suppliers:${shareClass}`,
  /** Collateral owed back to those who posted it. */
  posted: "Liabilities:Collateral",
  /** Recoveries credited to accounts and not yet paid out. */
  payable: "Liabilities:Recoveries",
  /** Accrued to a treasury and not yet paid out. */
  treasury: "Liabilities:Treasury",
  /** The pool's own reserves; negative backing shows as a positive balance. */
  reserves: "Equity:Reserves",
  insurance: (fund: string) => `Equity:Insurance:${fund}`,
  /** Rounding dust, by the owner who keeps it. */
  rounding: (owner: string) => `Equity:Rounding:${owner}`,
  interest: "Income:Interest",
  recovery: "Income:Recovery",
  /** Tokens that came without an operation. */
  donation: "Income:Donation",
  writeOff: "Expenses:WriteOff",
  /** Everybody outside the pool: only for movements that have no other side in the books. */
  outside: "Equity:Outside",
} as const;
