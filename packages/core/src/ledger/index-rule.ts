import { mulDivDown, mulDivHalfUp, mulDivUp, RAY } from "@shortfall/math";
import { atIndex, type Rounding, type ShareRule, type ShareState } from "./share-rule.js";

export interface IndexRuleOptions {
  /** Conversions: `half-up` always, as Aave up to v3.4, or by direction. `directed` where absent. */
  readonly conversion?: "half-up" | "directed";
  /** How the index itself rounds when it moves. `down` where absent: the pool keeps the dust. */
  readonly indexRounding?: Rounding;
  /** The index's 1.0. A ray where absent. */
  readonly divisor?: bigint;
}

type Divide = (a: bigint, b: bigint, c: bigint) => bigint;

/** The parts that every rule with an index shares. */
function indexParts(id: string, divisor: bigint, indexRounding: Rounding, growth: Divide) {
  const move: Divide = indexRounding === "down" ? mulDivDown : mulDivUp;
  return {
    id,
    virtual: { assets: 0n, shares: 0n },
    divisor,
    open: (): ShareState => ({ shares: 0n, assets: 0n, index: divisor }),
    isPriced: (state: ShareState) => state.index > 0n,
    move(this: ShareRule, state: ShareState, _assets: bigint, shares: bigint): ShareState {
      return atIndex(this, { ...state, shares: state.shares + shares }, state.index);
    },
    revalue(this: ShareRule, state: ShareState, assets: bigint): ShareState {
      return atIndex(this, state, move(state.assets + assets, divisor, state.shares));
    },
    grow(this: ShareRule, state: ShareState, factorRay: bigint): ShareState {
      return atIndex(this, state, growth(state.index, factorRay, RAY));
    },
  };
}

/**
 * Scaled balances times an index. The class's claim is floor(shares · index / divisor); what a holder's
 * rounding adds or loses against it is posted as dust.
 */
export function indexed(options: IndexRuleOptions = {}): ShareRule {
  const divisor = options.divisor ?? RAY;
  const conversion = options.conversion ?? "directed";
  const indexRounding = options.indexRounding ?? "down";
  const halfUp = conversion === "half-up";
  const by = (rounding: Rounding): Divide =>
    halfUp ? mulDivHalfUp : rounding === "down" ? mulDivDown : mulDivUp;
  return Object.freeze({
    ...indexParts("indexed", divisor, indexRounding, by(indexRounding)),
    parameters: Object.freeze({ conversion, indexRounding, divisor: divisor.toString() }),
    sharesIn: (state, _held, assets, rounding) => by(rounding)(assets, divisor, state.index),
    sharesOut: (state, _held, assets, rounding) => by(rounding)(assets, divisor, state.index),
    assetsOf: (state, shares, rounding) => by(rounding)(shares, state.index, divisor),
  } satisfies ShareRule);
}

/**
 * Principal with an index, as Compound's Comet keeps it: an operation computes the holder's new balance first
 * and the principal of that, so that the rounding depends on what is held. Present value always rounds down.
 */
export function principalIndexed(options: Omit<IndexRuleOptions, "conversion"> = {}): ShareRule {
  const divisor = options.divisor ?? 10n ** 15n;
  const indexRounding = options.indexRounding ?? "down";
  const present = (state: ShareState, shares: bigint) => mulDivDown(shares, state.index, divisor);
  const principal = (state: ShareState, assets: bigint, rounding: Rounding) =>
    rounding === "down" ? mulDivDown(assets, divisor, state.index) : mulDivUp(assets, divisor, state.index);
  return Object.freeze({
    ...indexParts(
      "principal-indexed",
      divisor,
      indexRounding,
      indexRounding === "down" ? mulDivDown : mulDivUp,
    ),
    parameters: Object.freeze({ indexRounding, divisor: divisor.toString() }),
    sharesIn: (state, held, assets, rounding) =>
      principal(state, present(state, held) + assets, rounding) - held,
    sharesOut(state, held, assets, rounding) {
      const balance = present(state, held);
      // Beyond the balance the answer only has to exceed what is held, so that the caller refuses it.
      if (assets > balance) return held + principal(state, assets - balance, "up");
      return held - principal(state, balance - assets, rounding === "down" ? "up" : "down");
    },
    assetsOf: (state, shares) => present(state, shares),
  } satisfies ShareRule);
}
