import { type ActionResult, definePolicy, type LayerView } from "@shortfall/core";
import * as z from "zod";
import { amountAt } from "../pieces/amounts.js";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount, identifier } from "../pieces/schema.js";

const UNIT = 10n ** 27n;
const MAX_INT128 = (1n << 127n) - 1n;

const signed = z.union([
  z.bigint(),
  z
    .string()
    .regex(/^-?\d+$/, "a decimal integer string")
    .transform((text) => BigInt(text)),
]);

const parameters = z.strictObject({
  vault: identifier.default("vault").describe("Name of the vault's accounts as a group."),
  debtShares: z.record(z.string(), amount).describe("Shares by which debt is shared."),
  debts: z
    .record(z.string(), signed)
    .describe("Debt of each account so far; negative where it is in credit."),
  collateralShares: z.record(z.string(), amount).describe("Shares by which collateral is shared."),
});

interface Account {
  readonly debtShares: bigint;
  readonly collateralShares: bigint;
  /** Debt settled so far, and the running value per share that it was settled at. */
  readonly debt: bigint;
  readonly mark: bigint;
}

interface State {
  readonly accounts: Readonly<Record<string, Account>>;
  /** Debt per debt share, 27 digits, signed. */
  readonly valuePerShare: bigint;
  /** Change of collateral per collateral share, 27 digits, signed: 0 means one to one. */
  readonly scaleModifier: bigint;
  readonly debtShares: bigint;
  readonly collateralShares: bigint;
}

type View = LayerView<z.output<typeof parameters>, State>;

/**
 * An account's collateral and debt move to the others in its vault: collateral by a scale on all shares, debt
 * by a value per share (Synthetix v3).
 *
 * Signed divisions truncate toward zero at 27 digits; both running values are 128-bit, so that a liquidation
 * which leaves only dust shares is refused. Refused, too, where nobody else is left or the reward is all the
 * collateral. Debt that moved is owed again: nothing comes back through this layer.
 */
export const vaultRedistribution = definePolicy({
  id: "vault-redistribution",
  version: "1",
  title: "Vault redistribution",
  parameters,
  describe: (p) => `Debt and collateral move to the other accounts of "${p.vault}".`,
  bearer: (p) => ({ kind: "group", id: p.vault }),
  open: (p): State => openVault(p),
  capacity: (view: View) => (shareOut(view.state, MAX_INT128 / UNIT, 0n) ? "unlimited" : 0n),
  absorb(view, request) {
    const next = shareOut(view.state, request.remaining, 0n);
    if (!next) {
      return {
        taken: 0n,
        state: view.state,
        effects: [],
        reason: "There is no other account that could bear it.",
        refusal: "OverflowInt256ToInt128",
      };
    }
    return {
      taken: request.remaining,
      state: next,
      effects: [{ kind: "transfer-debt", to: view.parameters.vault, assets: request.remaining }],
      reason: `Moves to the accounts of "${view.parameters.vault}".`,
      figures: { valuePerShare: next.valuePerShare },
    };
  },
  actions: {
    liquidate: {
      title: "Closes an account and moves its collateral, less a reward, and its debt to the others.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const id = inputText(input, "account");
        const reward = inputAmount(input, "reward");
        const { state } = view;
        const account = Object.hasOwn(state.accounts, id) ? state.accounts[id] : undefined;
        if (!account) return { ok: false, reason: "AccountNotFound" };
        if (account.debtShares === state.debtShares || reward >= vaultCollateral(state))
          return { ok: false, reason: "MustBeVaultLiquidated" };
        const collateral = collateralOf(state, account);
        const debt = debtOf(state, account);
        const { [id]: _closed, ...accounts } = state.accounts;
        const next = shareOut(
          {
            ...state,
            accounts,
            debtShares: state.debtShares - account.debtShares,
            collateralShares: state.collateralShares - account.collateralShares,
          },
          debt,
          collateral - reward,
        );
        if (!next) return { ok: false, reason: "OverflowInt256ToInt128" };
        return { ok: true, state: next, result: { collateral, debt } };
      },
    },
    standing: {
      title: "Running values and every account as it stands.",
      run: (view: View): ActionResult<State> => ({
        ok: true,
        state: view.state,
        result: {
          scaleModifier: view.state.scaleModifier,
          valuePerShare: view.state.valuePerShare,
          accounts: Object.fromEntries(
            Object.entries(view.state.accounts).map(([id, account]) => [
              id,
              { collateral: collateralOf(view.state, account), debt: debtOf(view.state, account) },
            ]),
          ),
        },
      }),
    },
  },
});

function openVault(p: z.output<typeof parameters>): State {
  const ids = new Set([
    ...Object.keys(p.debtShares),
    ...Object.keys(p.collateralShares),
    ...Object.keys(p.debts),
  ]);
  const accounts = new Map<string, Account>();
  let debtShares = 0n;
  let collateralShares = 0n;
  for (const id of ids) {
    const account = {
      debtShares: amountAt(p.debtShares, id),
      collateralShares: amountAt(p.collateralShares, id),
      debt: amountAt(p.debts, id),
      mark: 0n,
    };
    accounts.set(id, account);
    debtShares += account.debtShares;
    collateralShares += account.collateralShares;
  }
  return {
    accounts: Object.fromEntries(accounts),
    valuePerShare: 0n,
    scaleModifier: 0n,
    debtShares,
    collateralShares,
  };
}

/** bigint division truncates toward zero, as the contract's signed division does. */
const debtOf = (state: State, account: Account): bigint =>
  account.debt + ((state.valuePerShare - account.mark) * account.debtShares) / UNIT;

const vaultCollateral = (state: State): bigint =>
  ((UNIT + state.scaleModifier) * state.collateralShares) / UNIT;

const collateralOf = (state: State, account: Account): bigint =>
  state.collateralShares === 0n
    ? 0n
    : (account.collateralShares * vaultCollateral(state)) / state.collateralShares;

/** Hands signed amounts to all accounts that are left; undefined where a running value overflows. */
function shareOut(state: State, debt: bigint, collateral: bigint): State | undefined {
  if (state.debtShares === 0n || state.collateralShares === 0n) return undefined;
  const valuePerShare = state.valuePerShare + (debt * UNIT) / state.debtShares;
  const scaleModifier = state.scaleModifier + (collateral * UNIT) / state.collateralShares;
  if (!fitsInt128(valuePerShare) || !fitsInt128(scaleModifier)) return undefined;
  return { ...state, valuePerShare, scaleModifier };
}

const fitsInt128 = (value: bigint): boolean => value <= MAX_INT128 && value >= -MAX_INT128 - 1n;
