import { type ActionResult, definePolicy, type LayerView, type LossEffect } from "@shortfall/core";
import { WAD } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount, inputText } from "../pieces/input.js";
import { amount, identifier } from "../pieces/schema.js";

const parameters = z.strictObject({
  borrowers: identifier.default("borrowers").describe("Name of the borrowers as a group."),
  collateral: identifier.default("collateral").describe("Collateral that goes with the debt."),
  troves: z
    .record(z.string(), z.strictObject({ collateral: amount, debt: amount }))
    .default({})
    .describe("Troves open at the start."),
});
type Parameters = z.output<typeof parameters>;

/** A borrower's position with the running values it has settled to. */
interface Trove {
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly stake: bigint;
  readonly collateralMark: bigint;
  readonly debtMark: bigint;
}

interface State {
  readonly troves: Readonly<Record<string, Trove>>;
  /** Collateral and debt per unit of stake so far, 1e18 scaled. */
  readonly collateralPerStake: bigint;
  readonly debtPerStake: bigint;
  /** Remainders fed back into the next loss. */
  readonly collateralError: bigint;
  readonly debtError: bigint;
  readonly totalStakes: bigint;
  /** Stakes and collateral after the last liquidation: the rate of new stakes. */
  readonly stakesSnapshot: bigint;
  readonly collateralSnapshot: bigint;
  /** Handed out and not yet settled by anybody. */
  readonly pendingCollateral: bigint;
  readonly pendingDebt: bigint;
}

type View = LayerView<Parameters, State>;

/**
 * Debt and collateral of a failed borrower move to the other borrowers, by stake (Liquity `TroveManager`).
 *
 * Per unit of stake floor((amount·1e18 + error)/stakes), the remainder carried to the next loss; a borrower
 * settles floor(stake·per unit/1e18) when it is touched. Nobody else with a stake: nothing is taken. Debt
 * that moved is owed again, so nothing comes back through this layer.
 */
export const redistribution = definePolicy({
  id: "redistribution",
  version: "1",
  title: "Redistribution",
  parameters,
  describe: (p) => `Debt and "${p.collateral}" move to the other "${p.borrowers}" by stake.`,
  bearer: (p) => ({ kind: "group", id: p.borrowers }),
  open: (p): State => openTroves(p),
  capacity: (view: View) => (view.state.totalStakes === 0n ? 0n : "unlimited"),
  absorb(view, request) {
    const { state, parameters: p } = view;
    if (state.totalStakes === 0n) {
      return { taken: 0n, state, effects: [], reason: "There is no other borrower to move it to." };
    }
    const collateral = request.seized?.find((part) => part.asset === p.collateral)?.amount ?? 0n;
    const effects: LossEffect[] = [{ kind: "transfer-debt", to: p.borrowers, assets: request.remaining }];
    if (collateral > 0n)
      effects.push({ kind: "give-collateral", asset: p.collateral, to: p.borrowers, amount: collateral });
    const next = handOut(state, request.remaining, collateral);
    return {
      taken: request.remaining,
      state: next,
      effects,
      reason: `Moves to the other "${p.borrowers}" by stake.`,
      figures: { debtPerStake: next.debtPerStake, collateralPerStake: next.collateralPerStake },
    };
  },
  actions: {
    open: {
      title: "Opens a trove.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const trove = inputText(input, "trove");
        if (Object.hasOwn(view.state.troves, trove)) return { ok: false, reason: "TroveIsActive" };
        const opened = settled(view.state, trove, {
          collateral: inputAmount(input, "collateral"),
          debt: inputAmount(input, "debt"),
        });
        return {
          ok: true,
          state: opened.state,
          result: { collateral: 0n, debt: 0n, stake: opened.stake },
        };
      },
    },
    touch: {
      title: "Settles a trove and adds collateral.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const trove = inputText(input, "trove");
        const pending = pendingOf(view.state, trove);
        if (!pending) return { ok: false, reason: "TroveNotActive" };
        const added = input.addCollateral === undefined ? 0n : inputAmount(input, "addCollateral");
        const before = view.state.troves[trove]!;
        const next = settled(
          {
            ...view.state,
            pendingCollateral: view.state.pendingCollateral - pending.collateral,
            pendingDebt: view.state.pendingDebt - pending.debt,
          },
          trove,
          {
            collateral: before.collateral + pending.collateral + added,
            debt: before.debt + pending.debt,
          },
        );
        return { ok: true, state: next.state, result: { ...pending, stake: next.stake } };
      },
    },
    close: {
      title: "Closes a failed trove; its whole debt and collateral are then a loss of the layers.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const trove = inputText(input, "trove");
        const pending = pendingOf(view.state, trove);
        if (!pending) return { ok: false, reason: "TroveNotActive" };
        const { [trove]: closed, ...troves } = view.state.troves;
        return {
          ok: true,
          state: {
            ...view.state,
            troves,
            totalStakes: view.state.totalStakes - closed!.stake,
            pendingCollateral: view.state.pendingCollateral - pending.collateral,
            pendingDebt: view.state.pendingDebt - pending.debt,
          },
          result: {
            collateral: closed!.collateral + pending.collateral,
            debt: closed!.debt + pending.debt,
          },
        };
      },
    },
    standing: {
      title: "Running values and every trove with what it has pending.",
      run: (view: View): ActionResult<State> => ({
        ok: true,
        state: view.state,
        result: {
          ...view.state,
          troves: Object.fromEntries(
            Object.entries(view.state.troves).map(([id, trove]) => [
              id,
              { ...trove, pending: pendingOf(view.state, id) ?? { collateral: 0n, debt: 0n } },
            ]),
          ),
        },
      }),
    },
  },
});

function openTroves(p: Parameters): State {
  let state: State = {
    troves: {},
    collateralPerStake: 0n,
    debtPerStake: 0n,
    collateralError: 0n,
    debtError: 0n,
    totalStakes: 0n,
    stakesSnapshot: 0n,
    collateralSnapshot: 0n,
    pendingCollateral: 0n,
    pendingDebt: 0n,
  };
  for (const [id, trove] of Object.entries(p.troves)) state = settled(state, id, trove).state;
  return state;
}

/** Hands a loss to all stakes and takes the snapshot that later stakes are measured by. */
function handOut(state: State, debt: bigint, collateral: bigint): State {
  const debtNumerator = debt * WAD + state.debtError;
  const collateralNumerator = collateral * WAD + state.collateralError;
  const debtStep = debtNumerator / state.totalStakes;
  const collateralStep = collateralNumerator / state.totalStakes;
  const pendingCollateral = state.pendingCollateral + collateral;
  const active = Object.values(state.troves).reduce((sum, trove) => sum + trove.collateral, 0n);
  return {
    ...state,
    debtPerStake: state.debtPerStake + debtStep,
    collateralPerStake: state.collateralPerStake + collateralStep,
    debtError: debtNumerator - debtStep * state.totalStakes,
    collateralError: collateralNumerator - collateralStep * state.totalStakes,
    stakesSnapshot: state.totalStakes,
    collateralSnapshot: active + pendingCollateral,
    pendingCollateral,
    pendingDebt: state.pendingDebt + debt,
  };
}

function pendingOf(state: State, id: string): { collateral: bigint; debt: bigint } | undefined {
  const trove = Object.hasOwn(state.troves, id) ? state.troves[id] : undefined;
  if (!trove) return undefined;
  return {
    collateral: (trove.stake * (state.collateralPerStake - trove.collateralMark)) / WAD,
    debt: (trove.stake * (state.debtPerStake - trove.debtMark)) / WAD,
  };
}

/** A trove settled to now, its stake measured anew: floor(collateral·stakes/collateral of the snapshot). */
function settled(
  state: State,
  id: string,
  amounts: { readonly collateral: bigint; readonly debt: bigint },
): { state: State; stake: bigint } {
  const stake =
    state.collateralSnapshot === 0n
      ? amounts.collateral
      : (amounts.collateral * state.stakesSnapshot) / state.collateralSnapshot;
  const before = Object.hasOwn(state.troves, id) ? state.troves[id]!.stake : 0n;
  const trove: Trove = {
    collateral: amounts.collateral,
    debt: amounts.debt,
    stake,
    collateralMark: state.collateralPerStake,
    debtMark: state.debtPerStake,
  };
  return {
    state: {
      ...state,
      troves: { ...state.troves, [id]: trove },
      totalStakes: state.totalStakes - before + stake,
    },
    stake,
  };
}
