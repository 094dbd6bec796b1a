import { eligibleAccounts } from "./eligible.js";
import type { Account, Inputs, Pool } from "./inputs.js";
import { claimLeaves } from "./leaves.js";
import { redeem } from "./redemption.js";
import { Valuation } from "./valuation.js";

/** What another way of computing would have changed. */
export interface FinerRatios {
  /** Token amounts of leaves that stay the same, of how many. */
  readonly equal: number;
  readonly amounts: number;
}

/**
 * The same computation with 42 digits more between the steps and one floor at the end: what the 18-digit ratios
 * of the published method decide.
 */
export function withFinerRatios(inputs: Inputs): FinerRatios {
  const guard = 10n ** 42n;
  const accounts = eligibleAccounts(inputs);
  const published = leavesByToken(inputs, accounts, 1n);
  const finer = leavesByToken(
    scaled(inputs, guard),
    accounts.map((account) => scaledAccount(account, guard)),
    guard,
  );
  let equal = 0;
  for (const [key, amount] of published) if (finer.get(key) === amount) equal++;
  return { equal, amounts: published.size };
}

/** Amounts of all leaves by place and token, in units before scaling. */
function leavesByToken(inputs: Inputs, accounts: readonly Account[], guard: bigint): Map<string, bigint> {
  const leaves = claimLeaves(inputs, redeem(inputs, accounts).claims);
  return new Map(
    leaves.flatMap((leaf, index) =>
      leaf.amounts.map(({ token, amount }) => [`${index} ${token}`, amount / guard] as const),
    ),
  );
}

const scaledMap = (map: ReadonlyMap<string, bigint>, by: bigint): Map<string, bigint> =>
  new Map([...map].map(([key, amount]) => [key, amount * by]));

const scaledPool = ({ weth, dai, usdc }: Pool, by: bigint): Pool => ({
  weth: weth * by,
  dai: dai * by,
  usdc: usdc * by,
});

const scaled = (inputs: Inputs, by: bigint): Inputs => ({
  ...inputs,
  ratioOne: inputs.ratioOne * by,
  pool: scaledPool(inputs.pool, by),
  reserves: scaledMap(inputs.reserves, by),
  available: scaledMap(inputs.available, by),
});

const scaledAccount = (account: Account, by: bigint): Account => ({
  address: account.address,
  subAccounts: account.subAccounts.map(({ address, rows }) => ({
    address,
    rows: rows.map(({ token, deposit, staked, debt }) => ({
      token,
      deposit: deposit * by,
      staked: staked * by,
      debt: debt * by,
    })),
  })),
});

/** What the text of the method changes against its scripts. */
export interface MethodText {
  /** Sub-accounts whose foregone profit changes. */
  readonly subAccounts: number;
  /** Wei of ETH of claims that would go to others. */
  readonly moved: bigint;
}

/** The text deducts claims in kind at redemption prices where the scripts deduct them at settlement prices. */
export function asTheTextSays(inputs: Inputs): MethodText {
  const accounts = eligibleAccounts(inputs);
  const scripts = redeem(inputs, accounts);
  const text = redeem({ ...inputs, alternativeCost: "redemption" }, accounts);
  const valuation = new Valuation(inputs.markets, inputs.redemptionPrices);
  const value = (pool: Pool): bigint => valuation.ofPool(pool, inputs.tokens);
  const losses = scripts.claims.map(({ pool }, index) => value(pool) - value(text.claims[index]!.pool));
  return {
    subAccounts: scripts.foregone.filter((amount, index) => amount !== text.foregone[index]).length,
    moved: losses.reduce((sum, loss) => (loss > 0n ? sum + loss : sum), 0n),
  };
}
