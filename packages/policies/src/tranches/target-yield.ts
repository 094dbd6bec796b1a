import { type ActionResult, definePolicy, type LayerView, type Position } from "@shortfall/core";
import { min, zeroFloorSub } from "@shortfall/math";
import * as z from "zod";
import { type ActionInput, inputAmount } from "../pieces/input.js";
import { amount, bps, identifier } from "../pieces/schema.js";

const YEAR_BPS = 365n * 86_400n * 10_000n;

const parameters = z.strictObject({
  class: identifier.describe(
    "Class of the pool that the portfolio is: cash + loans. The tranches share it inside the layer.",
  ),
  tranches: z
    .array(z.strictObject({ id: identifier, checkpoint: amount, targetBpsPerYear: bps }))
    .min(1)
    .describe("The residual tranche first, then by rank up to the most senior."),
  cash: amount.describe("Cash of the portfolio at the checkpoint."),
  loans: amount.describe("Loans of the portfolio at the checkpoint."),
  at: amount.default(0n).describe("Seconds of the checkpoint."),
  defaulted: z.boolean().default(false).describe("Whether a loan has defaulted before."),
});
type Parameters = z.output<typeof parameters>;

interface State {
  readonly cash: bigint;
  readonly loans: bigint;
  readonly at: bigint;
  readonly defaulted: boolean;
  /** Value at the last checkpoint, residual first. */
  readonly checkpoints: readonly bigint[];
  /** What a tranche is short of its target since a default. */
  readonly deficits: readonly bigint[];
  /** Set once closed: most that each tranche may still be paid in all, and what it was paid. */
  readonly closed: { readonly claims: readonly bigint[]; readonly paid: readonly bigint[] } | null;
}

type View = LayerView<Parameters, State>;

/**
 * Tranches with a target yield are served senior first and a residual tranche owns the rest (TrueFi).
 *
 * claim = value + interest(value) + deficit + interest(deficit), simple interest rounded down each. A default
 * leaves a deficit to target that earns the target yield too, so recoveries repay yield as well as principal.
 * Closing pays cash senior first and freezes each claim; later money fills the frozen claims, the rest is the
 * residual's. The layer's loss is the loan value that a default removes.
 */
export const targetYield = definePolicy({
  id: "target-yield",
  version: "1",
  title: "Target-yield tranches",
  parameters,
  describe: (p) =>
    `Tranches of "${p.class}" are served from the most senior down to target: ${[...p.tranches]
      .reverse()
      .map(
        (entry) => `"${entry.id}"${entry.targetBpsPerYear > 0n ? ` at ${entry.targetBpsPerYear} bps` : ""}`,
      )
      .join(", ")}; the last owns the rest.`,
  bearer: (p) => ({ kind: "class", id: p.class }),
  open: (p): State => ({
    cash: p.cash,
    loans: p.loans,
    at: p.at,
    defaulted: p.defaulted,
    checkpoints: p.tranches.map((entry) => entry.checkpoint),
    deficits: p.tranches.map(() => 0n),
    closed: null,
  }),
  capacity: (view: View) => (view.state.closed ? 0n : min(view.state.loans, classAssets(view))),
  absorb(view, request) {
    const taken = view.state.closed ? 0n : min(request.remaining, min(view.state.loans, classAssets(view)));
    if (taken === 0n) {
      return { taken, state: view.state, effects: [], reason: "No loan is left to default." };
    }
    const now = BigInt(request.position.timestamp);
    const before = checkpoint(view.parameters, view.state, now);
    const state = checkpoint(
      view.parameters,
      { ...before, loans: before.loans - taken, defaulted: true },
      now,
    );
    return {
      taken,
      state,
      effects: [{ kind: "write-down", class: view.parameters.class, assets: taken }],
      reason: "The default lowers what is left for junior tranches first.",
    };
  },
  claim: (view) => (view.state.defaulted ? EVERYTHING : view.unreimbursed),
  recover(view, offered, position) {
    const state = view.state.closed
      ? payClosed(view.state, view.state.closed, offered).state
      : repayLive(view.parameters, view.state, offered, 0n, BigInt(position.timestamp));
    return {
      restored: offered,
      state,
      effects: [
        view.state.closed
          ? { kind: "pay", to: view.parameters.class, assets: offered }
          : { kind: "write-up", class: view.parameters.class, assets: offered },
      ],
      reason: "Served from the most senior tranche down.",
    };
  },
  actions: {
    values: {
      title: "What each tranche is worth now, residual first, and its deficit at the last checkpoint.",
      run: (view: View, _input: ActionInput, position: Position): ActionResult<State> => ({
        ok: true,
        state: view.state,
        result: {
          values: valuesAt(view.parameters, view.state, BigInt(position.timestamp)),
          deficits: view.state.deficits,
        },
      }),
    },
    accrue: {
      title: "The loans' value rises.",
      run(view: View, input: ActionInput): ActionResult<State> {
        const gain = inputAmount(input, "amount");
        return {
          ok: true,
          state: { ...view.state, loans: view.state.loans + gain },
          result: {},
          effects: [{ kind: "write-up", class: view.parameters.class, assets: gain }],
        };
      },
    },
    repay: {
      title: "Cash comes in while loans fall by their part of it; checkpoints all tranches.",
      run(view: View, input: ActionInput, position: Position): ActionResult<State> {
        if (view.state.closed) return { ok: false, reason: "PortfolioClosed" };
        const cash = inputAmount(input, "amount");
        const loans = inputAmount(input, "loanDecrease");
        if (loans > view.state.loans) return { ok: false, reason: "LoansExceeded" };
        const state = repayLive(view.parameters, view.state, cash, loans, BigInt(position.timestamp));
        return {
          ok: true,
          state,
          result: { values: state.checkpoints, deficits: state.deficits },
          effects:
            cash >= loans
              ? [{ kind: "write-up", class: view.parameters.class, assets: cash - loans }]
              : [{ kind: "write-down", class: view.parameters.class, assets: loans - cash }],
        };
      },
    },
    close: {
      title: "Pays all cash senior first and freezes each claim.",
      run(view: View, _input: ActionInput, position: Position): ActionResult<State> {
        if (view.state.closed) return { ok: false, reason: "PortfolioClosed" };
        const claims = claimsAt(view.parameters, view.state, BigInt(position.timestamp));
        const paid = serve(claims, view.state.cash);
        const state = { ...view.state, cash: 0n, closed: { claims, paid } };
        return {
          ok: true,
          state,
          result: { paid, claims },
          effects: [{ kind: "write-down", class: view.parameters.class, assets: view.state.cash }],
        };
      },
    },
    "pay-closed": {
      title: "Money after closing fills the frozen claims senior first; the rest is the residual's.",
      run(view: View, input: ActionInput): ActionResult<State> {
        if (!view.state.closed) return { ok: false, reason: "PortfolioLive" };
        const paid = payClosed(view.state, view.state.closed, inputAmount(input, "amount"));
        return { ok: true, state: paid.state, result: { added: paid.added, paid: paid.total } };
      },
    },
  },
});

const EVERYTHING = 1n << 256n;

const classAssets = (view: View): bigint =>
  view.pool.classes.find((entry) => entry.id === view.parameters.class)?.assets ?? 0n;

const interest = (value: bigint, targetBps: bigint, seconds: bigint): bigint =>
  (value * targetBps * seconds) / YEAR_BPS;

/** Claims at a time, the residual's as 0. */
function claimsAt(parameters: Parameters, state: State, now: bigint): bigint[] {
  const seconds = zeroFloorSub(now, state.at);
  return parameters.tranches.map((entry, at) => {
    if (at === 0) return 0n;
    const value = state.checkpoints[at]!;
    const deficit = state.deficits[at]!;
    return (
      value +
      interest(value, entry.targetBpsPerYear, seconds) +
      deficit +
      interest(deficit, entry.targetBpsPerYear, seconds)
    );
  });
}

/** Serves claims from the last (most senior) down; the first gets what is left. */
function serve(claims: readonly bigint[], assets: bigint): bigint[] {
  const parts = claims.map(() => 0n);
  let left = assets;
  for (let at = claims.length - 1; at > 0; at--) {
    parts[at] = min(claims[at]!, left);
    left -= parts[at]!;
  }
  parts[0] = left;
  return parts;
}

const valuesAt = (parameters: Parameters, state: State, now: bigint): bigint[] =>
  serve(claimsAt(parameters, state, now), state.cash + state.loans);

/** Takes values as they stand; once a loan has defaulted, deficits move by what the values missed. */
function checkpoint(parameters: Parameters, state: State, now: bigint): State {
  const seconds = zeroFloorSub(now, state.at);
  const values = valuesAt(parameters, state, now);
  const deficits = parameters.tranches.map((entry, at) => {
    if (at === 0 || !state.defaulted) return 0n;
    const deficit = state.deficits[at]!;
    const grown = deficit + interest(deficit, entry.targetBpsPerYear, seconds);
    return zeroFloorSub(grown + state.checkpoints[at]!, values[at]!);
  });
  return { ...state, at: now, checkpoints: values, deficits };
}

/** Checkpoints before and after, so that interest up to now is taken at the value that earned it. */
function repayLive(
  parameters: Parameters,
  state: State,
  cash: bigint,
  loanDecrease: bigint,
  now: bigint,
): State {
  const before = checkpoint(parameters, state, now);
  return checkpoint(
    parameters,
    { ...before, cash: before.cash + cash, loans: before.loans - loanDecrease },
    now,
  );
}

function payClosed(
  state: State,
  closed: NonNullable<State["closed"]>,
  amountIn: bigint,
): { state: State; added: bigint[]; total: bigint[] } {
  const due = closed.claims.map((claim, at) => zeroFloorSub(claim, closed.paid[at]!));
  const added = serve(due, amountIn);
  const total = closed.paid.map((paid, at) => paid + added[at]!);
  return { state: { ...state, closed: { ...closed, paid: total } }, added, total };
}
