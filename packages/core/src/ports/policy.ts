import type { Position } from "../position.js";

/** Anything with zod's `parse`: throws on bad input, returns typed parameters. Core needs no more of zod. */
export interface ParameterSchema<P> {
  parse(input: unknown): P;
}

/**
 * What a policy may look at: the pool as it stands when its layer is reached, earlier layers' effects
 * included. Amounts in base units of the pool's asset unless stated.
 */
export interface PoolFacts {
  readonly pool: string;
  readonly asset: string;
  readonly cash: bigint;
  readonly loans: bigint;
  /** The pool's own reserves; signed. */
  readonly reserves: bigint;
  /** Draws may not take the reserves below it. 0 where absent; `none` where the protocol lets them be negative. */
  readonly reservesFloor?: bigint | "none";
  readonly funds: ReadonlyMap<string, FundFacts>;
  /** Share classes, senior first. */
  readonly classes: readonly ClassFacts[];
  /** Position of each class by id, for pools with many. Facts without it are searched. */
  readonly classPositions?: ReadonlyMap<string, number>;
  /**
   * Amounts by account, by name of the group, as of the moment the loss is weighed by: contributions of
   * members, gains of winners, open interest. What a charge may take is what stands here.
   */
  readonly groups?: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** Prices by asset, all on one scale per base unit. For layers that pay in another asset. */
  readonly prices?: ReadonlyMap<string, bigint>;
}

/** Capital beside the share classes: insurance fund, treasury, cover, or a stake pool in another asset. */
export interface FundFacts {
  readonly id: string;
  /** In base units of `asset`. */
  readonly balance: bigint;
  /** Draws and slashes may not take the balance below it. 0 where absent. */
  readonly floor?: bigint;
  /** The pool's asset where absent. */
  readonly asset?: string;
}

/** A class of shares with a claim on the pool. */
export interface ClassFacts {
  readonly id: string;
  /** Claim of the class in assets. */
  readonly assets: bigint;
  /** Shares, or scaled balance where the class has an index. */
  readonly shares: bigint;
  /** Where a share's worth is kept as an index: assets = floor(shares · index / divisor). */
  readonly index?: { readonly value: bigint; readonly divisor: bigint };
  /** Of the claim, what reversible marks hold back from the exit price. 0 where absent. */
  readonly marked?: bigint;
  /** Virtual amounts of its share conversion. None where absent. */
  readonly virtual?: { readonly assets: bigint; readonly shares: bigint };
  /** Shares of one holder, at the moment the loss is weighed by. */
  sharesOf(account: string): bigint;
}

/** Collateral that was seized with the loss and goes to those who bear it. */
export interface SeizedCollateral {
  readonly asset: string;
  /** Base units of the collateral that earlier layers left. */
  readonly amount: bigint;
}

/** The loss a layer is offered. */
export interface LossRequest {
  readonly deficit: string;
  /** What earlier layers left, after the layer's cap. Positive. */
  readonly remaining: bigint;
  /** The whole deficit. */
  readonly total: bigint;
  readonly borrower: string;
  readonly position: Position;
  readonly seized?: readonly SeizedCollateral[];
}

/** What a layer sees: its own parameters and state, the pool, and how much it has not got back. */
export interface LayerView<P, S> {
  readonly layer: string;
  readonly parameters: P;
  readonly state: S;
  readonly pool: PoolFacts;
  /** Taken and not yet restored, over all deficits. */
  readonly unreimbursed: bigint;
}

/**
 * What the engine does to the books for a layer that takes a loss. Closed: the engine, not the policy, moves
 * money. The `assets` of a layer's effects sum to what it took.
 */
export type LossEffect =
  /** Cash of a fund goes to the pool. */
  | { readonly kind: "draw-fund"; readonly fund: string; readonly assets: bigint }
  /** `units` of a stake pool's own asset are taken; they pay for `assets` of the loss. */
  | { readonly kind: "slash-stake"; readonly fund: string; readonly units: bigint; readonly assets: bigint }
  /** The pool's own reserves shrink. */
  | { readonly kind: "draw-reserve"; readonly assets: bigint }
  /**
   * All shares of a class lose value alike: its claim falls by assets + dust. `dust` (what rounding takes
   * beyond the loss) stays with the pool. `index` is the class's index afterwards, where it has one.
   */
  | {
      readonly kind: "write-down";
      readonly class: string;
      readonly assets: bigint;
      readonly dust?: bigint;
      readonly index?: bigint;
    }
  /** One holder's shares are burned; the class's claim falls by assets. */
  | {
      readonly kind: "burn-shares";
      readonly class: string;
      readonly account: string;
      readonly shares: bigint;
      readonly assets: bigint;
    }
  /** The deficit stays an asset until somebody covers it. */
  | { readonly kind: "carry"; readonly assets: bigint }
  /** A reversible mark: the class's exit price falls, its claim stands. */
  | { readonly kind: "mark"; readonly class: string; readonly assets: bigint }
  /** One member of a group owes or loses it. */
  | { readonly kind: "charge"; readonly group: string; readonly account: string; readonly assets: bigint }
  /** Somebody else owes the debt now: an account, or all of a group in a way settled on touch. */
  | { readonly kind: "transfer-debt"; readonly to: string; readonly assets: bigint }
  /** Somebody buys the debt from the pool with the proceeds of an auction or a sale. */
  | { readonly kind: "sale"; readonly buyer: string; readonly assets: bigint }
  /** Seized collateral goes to those who bear the loss; `amount` in the collateral's units, no assets. */
  | {
      readonly kind: "give-collateral";
      readonly asset: string;
      readonly to: string;
      readonly amount: bigint;
    };

/** What the engine does to the books when a layer gets something back. The opposite of {@link LossEffect}. */
export type RecoveryEffect =
  | { readonly kind: "fill-fund"; readonly fund: string; readonly assets: bigint }
  | { readonly kind: "return-stake"; readonly fund: string; readonly units: bigint; readonly assets: bigint }
  | { readonly kind: "fill-reserve"; readonly assets: bigint }
  /** The class's claim rises by assets − dust; `dust` (what rounding holds back) stays with the pool. */
  | {
      readonly kind: "write-up";
      readonly class: string;
      readonly assets: bigint;
      readonly dust?: bigint;
      readonly index?: bigint;
    }
  | {
      readonly kind: "mint-shares";
      readonly class: string;
      readonly account: string;
      readonly shares: bigint;
      readonly assets: bigint;
    }
  | { readonly kind: "uncarry"; readonly assets: bigint }
  | { readonly kind: "unmark"; readonly class: string; readonly assets: bigint }
  | { readonly kind: "refund"; readonly group: string; readonly account: string; readonly assets: bigint }
  /** Paid out to somebody outside the books' classes and funds, such as whoever took the debt over. */
  | { readonly kind: "pay"; readonly to: string; readonly assets: bigint };

export type Effect = LossEffect | RecoveryEffect;

export interface Absorption<S> {
  /** 0 ≤ taken ≤ remaining, and at most the capacity. */
  readonly taken: bigint;
  /** The layer's state afterwards; the same object if nothing changed. */
  readonly state: S;
  readonly effects: readonly LossEffect[];
  /** One plain sentence for the report. */
  readonly reason: string;
  /** Named intermediate results, such as `wanted` and `slashed`. */
  readonly figures?: Readonly<Record<string, bigint>>;
  /** The protocol's own name for why it takes nothing, such as `PREVIOUS_SLASHING_NOT_SETTLED`. */
  readonly refusal?: string;
}

export interface Restoration<S> {
  /** 0 ≤ restored ≤ offered. */
  readonly restored: bigint;
  readonly state: S;
  readonly effects: readonly RecoveryEffect[];
  readonly reason: string;
  readonly figures?: Readonly<Record<string, bigint>>;
}

/** What an action on a layer's own state did, or the reason it was refused. */
export type ActionResult<S> =
  | {
      readonly ok: true;
      readonly state: S;
      readonly result: Readonly<Record<string, unknown>>;
      /** Movements of funds and classes that go with it: an auction's proceeds, a stake that is returned. */
      readonly effects?: readonly Effect[];
    }
  | { readonly ok: false; readonly reason: string };

/** An operation on a layer's own state between losses: stake, bid, deposit, settle. */
export interface PolicyAction<P, S> {
  /** One plain sentence. */
  readonly title: string;
  run(view: LayerView<P, S>, input: Readonly<Record<string, unknown>>, position: Position): ActionResult<S>;
}

/** Whom a layer charges. */
export interface Bearer {
  readonly kind: "fund" | "reserve" | "class" | "holder" | "group" | "account" | "carried" | "auction";
  /** Id of the fund, class, group or account. */
  readonly id: string;
}

/**
 * A loss policy: pure, from an immutable view to what it takes and why. The engine enforces sums, caps and
 * floors, and writes the postings; a policy that breaks a rule is refused by name and changes nothing.
 */
export interface LossPolicy<P = unknown, S = unknown> {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly parameters: ParameterSchema<P>;
  /** Plain words for one layer with these parameters. */
  describe(parameters: P): string;
  /** Whom a layer with these parameters charges. `senior-first` recovery ranks classes by it. */
  bearer(parameters: P): Bearer;
  /** State of a new layer. Plain data: objects, arrays, strings, booleans, bigint. */
  open(parameters: P): S;
  /** Most it could take now. */
  capacity(view: LayerView<P, S>, position: Position): bigint | "unlimited";
  absorb(view: LayerView<P, S>, request: LossRequest): Absorption<S>;
  /**
   * Gives back up to `offered` (never more than the layer's claim). Without it the layer never gets anything
   * back: what it is due goes to whom the recovery order names next.
   */
  recover?(view: LayerView<P, S>, offered: bigint, position: Position): Restoration<S>;
  /** What recoveries may fill. Without it, what is unreimbursed; a policy that lets claims grow has it. */
  claim?(view: LayerView<P, S>, position: Position): bigint;
  readonly actions?: Readonly<Record<string, PolicyAction<P, S>>>;
}

/** A policy whose types the engine need not know. */
export type AnyLossPolicy = LossPolicy;

/** Policies by id. */
export type PolicyRegistry = ReadonlyMap<string, AnyLossPolicy>;

/** One layer of a waterfall, as data. */
export interface LayerDefinition {
  /** Unique in its waterfall; `uncovered` is taken. */
  readonly id: string;
  readonly policy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Cap per loss on top of the policy's own capacity; the rest falls to the next layer. Decimal string in JSON. */
  readonly cap?: bigint;
}

/**
 * How a recovery is shared among the layers and the uncovered part (slot `uncovered`).
 *
 * `same-order`: first layer first, uncovered last. `reverse-order`: uncovered first, then the last layer.
 * `senior-first`: uncovered, then layers on share classes from the most senior class down (later layers of a
 * class first), then the others in reverse order. `junior-first`: its exact opposite. `pro-rata`: by what is
 * unreimbursed, largest remainder. A list names slots in order; a slot it leaves out gets nothing.
 */
export type RecoveryOrder =
  | "same-order"
  | "reverse-order"
  | "senior-first"
  | "junior-first"
  | "pro-rata"
  | readonly string[];

/** A loss waterfall as data: versioned, diffable, hashed into the journal, re-run years later. */
export interface WaterfallDefinition {
  readonly format: "shortfall-waterfall/1";
  readonly id: string;
  readonly version: string;
  readonly title?: string;
  /** In loss order. */
  readonly layers: readonly LayerDefinition[];
  /** `reverse-order` where absent. */
  readonly recovery?: { readonly order: RecoveryOrder };
}
