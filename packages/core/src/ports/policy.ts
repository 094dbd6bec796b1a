import type { Position } from "../position.js";

/** Anything with zod's `parse`: throws on bad input, returns typed parameters. Core needs no more of zod. */
export interface ParameterSchema<P> {
  parse(input: unknown): P;
}

/** Immutable facts that a policy may look at. Amounts in base units of the pool's asset unless stated. */
export interface PoolFacts {
  readonly pool: string;
  readonly asset: string;
  readonly cash: bigint;
  readonly loans: bigint;
  readonly reserves: bigint;
  readonly funds: ReadonlyMap<string, FundFacts>;
  /** Share classes, senior first. */
  readonly classes: readonly ClassFacts[];
}

export interface FundFacts {
  readonly id: string;
  readonly balance: bigint;
}

export interface ClassFacts {
  readonly id: string;
  /** Claim of the class in assets. */
  readonly assets: bigint;
  readonly shares: bigint;
  /** Shares of one holder, at the moment the loss is weighed by. */
  sharesOf(account: string): bigint;
}

/** The loss a layer is offered. */
export interface LossRequest {
  readonly deficit: string;
  /** What earlier layers left. Positive. */
  readonly remaining: bigint;
  /** The whole deficit. */
  readonly total: bigint;
  readonly borrower: string;
  readonly position: Position;
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
 * What the engine does to the books for a layer. Closed: the engine, not the policy, moves money. The assets
 * of a layer's effects sum to what it took.
 */
export type Effect =
  /** Cash of a fund goes to the pool. */
  | { readonly kind: "draw-fund"; readonly fund: string; readonly assets: bigint }
  /** The pool's own reserves shrink. */
  | { readonly kind: "draw-reserve"; readonly assets: bigint }
  /** All shares of a class lose value alike. */
  | { readonly kind: "write-down"; readonly class: string; readonly assets: bigint }
  /** One holder's shares are burned. */
  | {
      readonly kind: "burn-shares";
      readonly class: string;
      readonly account: string;
      readonly shares: bigint;
      readonly assets: bigint;
    }
  /** The deficit stays an asset until somebody covers it. */
  | { readonly kind: "carry"; readonly assets: bigint }
  /** Accounts outside the pool's share classes owe or lose it (assessment, redistribution, counterparties). */
  | { readonly kind: "charge"; readonly account: string; readonly assets: bigint };

export interface Absorption<S> {
  /** 0 ≤ taken ≤ remaining. */
  readonly taken: bigint;
  /** The layer's state afterwards; the same object if nothing changed. */
  readonly state: S;
  readonly effects: readonly Effect[];
  /** One plain sentence for the report. */
  readonly reason: string;
}

export interface Restoration<S> {
  /** 0 ≤ restored ≤ offered, and at most what is unreimbursed unless the policy has its own claim rule. */
  readonly restored: bigint;
  readonly state: S;
  readonly effects: readonly Effect[];
  readonly reason: string;
}

/** What an action on a layer's own state did, or the reason it was refused. */
export type ActionResult<S> =
  | { readonly ok: true; readonly state: S; readonly result: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string };

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
  /** State of a new layer. Plain data: objects, arrays, strings, bigint. */
  open(parameters: P): S;
  /** Most it could take now. */
  capacity(view: LayerView<P, S>): bigint | "unlimited";
  absorb(view: LayerView<P, S>, request: LossRequest): Absorption<S>;
  /** Gives back up to `offered`; without it the layer takes up to its unreimbursed amount. */
  recover?(view: LayerView<P, S>, offered: bigint, position: Position): Restoration<S>;
  /** Operations on the layer's own state between losses: stake, bid, deposit, settle. */
  readonly actions?: Readonly<
    Record<
      string,
      (view: LayerView<P, S>, input: Readonly<Record<string, unknown>>, position: Position) => ActionResult<S>
    >
  >;
}

/** A policy whose types the engine need not know. */
export type AnyLossPolicy = LossPolicy<never, never>;

/** One layer of a waterfall, as data. */
export interface LayerDefinition {
  /** Unique in its waterfall. */
  readonly id: string;
  readonly policy: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Cap per loss on top of the policy's own capacity. Decimal string in JSON. */
  readonly cap?: bigint;
}

/** How a recovery is shared among the layers and the uncovered part. */
export type RecoveryOrder = "same-order" | "reverse-order" | "senior-first" | "pro-rata" | readonly string[];

/** A loss waterfall as data: versioned, diffable, hashed into the journal, re-run years later. */
export interface WaterfallDefinition {
  readonly format: "shortfall-waterfall/1";
  readonly id: string;
  readonly version: string;
  readonly title?: string;
  /** In loss order. */
  readonly layers: readonly LayerDefinition[];
  readonly recovery?: { readonly order: RecoveryOrder };
}
