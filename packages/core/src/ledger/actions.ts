import type { JournalEntry } from "../journal/entry.js";
import type { RecoveryOrder } from "../ports/policy.js";
import type { Position } from "../position.js";
import type { LayerOutcome } from "../waterfall/run.js";
import type { RecoveryHolders } from "./definition.js";
import type { OutsideFacts } from "./pool-facts.js";

/** What every action says. */
export interface ActionBase {
  readonly pool: string;
  /** When it happens. The ledger has no clock. */
  readonly at: Position;
  /** Idempotency key: the same action again under it changes nothing and returns the first receipt. */
  readonly key?: string;
  readonly memo?: string;
}

/** A value of collateral: `numerator / denominator` base units of the pool's asset per base unit of it. */
export interface PriceRatio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Who pays for a carried deficit. */
export type CoverSource =
  | { readonly kind: "payer"; readonly account: string }
  | { readonly kind: "fund"; readonly fund: string }
  | { readonly kind: "reserves" }
  /** Burns that account's shares of the class, rounded up. */
  | { readonly kind: "shares"; readonly class: string; readonly account: string }
  /** The layers below the carrying one, as the waterfall orders them. */
  | { readonly kind: "waterfall" };

/** Inputs by kind of action. Amounts are base units; `class` is the pool's first where absent. */
export interface ActionInputs {
  /** Shares round down. */
  deposit: ActionBase & { readonly class?: string; readonly account: string; readonly assets: bigint };
  /**
   * Many deposits at one price in one entry, for a migration or a batch: each is converted at the totals before
   * the first, rounded down, so that their order does not matter.
   */
  "deposit-many": ActionBase & {
    readonly class?: string;
    readonly deposits: readonly (readonly [account: string, assets: bigint])[];
  };
  /** Buys an exact number of shares; assets round up. */
  mint: ActionBase & { readonly class?: string; readonly account: string; readonly shares: bigint };
  /** Takes out an exact amount, or all; shares burned round up. */
  withdraw: ActionBase & {
    readonly class?: string;
    readonly account: string;
    readonly assets: bigint | "all";
  };
  /** Burns an exact number of shares; assets round down. */
  redeem: ActionBase & { readonly class?: string; readonly account: string; readonly shares: bigint };
  transfer: ActionBase & {
    readonly class?: string;
    readonly account: string;
    readonly to: string;
    readonly shares: bigint;
  };
  /** Debt shares round up. */
  borrow: ActionBase & { readonly account: string; readonly assets: bigint };
  /** Debt shares cancelled round down; `all` pays what is owed, rounded up. */
  repay: ActionBase & { readonly account: string; readonly assets: bigint | "all" };
  /** Interest since the last accrual: by a rate per second of 1e27 (simple within the interval), or an amount. */
  accrue: ActionBase &
    (
      | { readonly ratePerSecondRay: bigint; readonly interest?: never }
      | { readonly interest: bigint; readonly ratePerSecondRay?: never }
    ) & {
      /** The suppliers' part by class instead of pro rata by claim. Must sum to it. */
      readonly split?: Readonly<Record<string, bigint>>;
    };
  "post-collateral": ActionBase & {
    readonly account: string;
    readonly asset: string;
    readonly amount: bigint;
  };
  "withdraw-collateral": ActionBase & {
    readonly account: string;
    readonly asset: string;
    readonly amount: bigint;
  };
  /**
   * Repays debt and seizes collateral worth it plus the bonus, rounded down. Where less is posted, all of it is
   * seized and the repayment shrinks to what that is worth, rounded up.
   */
  liquidate: ActionBase & {
    readonly account: string;
    readonly liquidator: string;
    readonly asset: string;
    readonly repay: bigint;
    readonly price: PriceRatio;
  };
  /** Recognises a deficit and runs it down the waterfall. All of the debt where `assets` is absent. */
  "write-off": ActionBase &
    OutsideFacts & {
      readonly account: string;
      readonly assets?: bigint;
      /** Made up from the pool and a counter where absent. */
      readonly deficit?: string;
      /** The debt stays owed and the loss may be reversed. */
      readonly provisional?: boolean;
      /** What happens to collateral still posted. A realised write-off is refused over it where absent. */
      readonly collateral?: "keep" | "give";
    };
  /** Makes a provisional write-off final: the debt is cancelled. */
  realise: ActionBase & { readonly deficit: string };
  /** Takes a provisional write-off back. */
  reverse: ActionBase & { readonly deficit: string };
  /** Money that came back on a deficit, shared by the waterfall's recovery order. */
  recover: ActionBase &
    OutsideFacts & {
      readonly deficit: string;
      readonly assets: bigint;
      readonly order?: RecoveryOrder;
      readonly holders?: RecoveryHolders;
    };
  /** Pays for what a carry layer kept open. */
  cover: ActionBase &
    OutsideFacts & {
      readonly deficit: string;
      readonly assets: bigint;
      readonly by: CoverSource;
    };
  /** Pays an account what recoveries have credited to it. All of it where `assets` is absent. */
  claim: ActionBase & { readonly account: string; readonly assets?: bigint };
  /** An account pays what a layer charged it. */
  "settle-charge": ActionBase & { readonly account: string; readonly assets: bigint };
  /** In the fund's own asset. Mints fund shares where the fund has holders. */
  "top-up-fund": ActionBase & { readonly fund: string; readonly account: string; readonly assets: bigint };
  "withdraw-fund": ActionBase & { readonly fund: string; readonly account: string; readonly assets: bigint };
  /** Gives assets to a class's present holders; no shares are minted. */
  recapitalise: ActionBase & { readonly class?: string; readonly account: string; readonly assets: bigint };
  /** Cancels all shares of a class that is worth nothing, so that it can start again. O(1). */
  "retire-class": ActionBase & { readonly class?: string };
  "add-reserves": ActionBase & { readonly account: string; readonly assets: bigint };
  "withdraw-reserves": ActionBase & { readonly account: string; readonly assets: bigint };
  "pay-treasury": ActionBase & { readonly assets: bigint };
  /** Runs an operation of a layer's own policy on its own state: stake, bid, settle. Moves no money of the pool. */
  "layer-action": ActionBase &
    OutsideFacts & {
      readonly layer: string;
      readonly action: string;
      readonly input: Readonly<Record<string, unknown>>;
    };
}

/** What each kind of action answers, beside its entry. */
export interface ActionResults {
  deposit: { readonly assets: bigint; readonly shares: bigint };
  "deposit-many": { readonly assets: bigint; readonly shares: bigint };
  mint: { readonly assets: bigint; readonly shares: bigint };
  withdraw: { readonly assets: bigint; readonly shares: bigint };
  redeem: { readonly assets: bigint; readonly shares: bigint };
  transfer: { readonly shares: bigint };
  borrow: { readonly assets: bigint; readonly shares: bigint };
  repay: { readonly assets: bigint; readonly shares: bigint };
  accrue: { readonly interest: bigint; readonly reserves: bigint; readonly treasury: bigint };
  "post-collateral": { readonly amount: bigint };
  "withdraw-collateral": { readonly amount: bigint };
  liquidate: { readonly repaid: bigint; readonly shares: bigint; readonly seized: bigint };
  "write-off": WriteOffResult;
  realise: { readonly deficit: string; readonly assets: bigint };
  reverse: { readonly deficit: string; readonly assets: bigint };
  recover: {
    readonly deficit: string;
    readonly assets: bigint;
    /** What each slot got, in the order paid; `uncovered` is a slot. */
    readonly slots: readonly { readonly slot: string; readonly restored: bigint; readonly reason: string }[];
    readonly uncovered: bigint;
    readonly excess: bigint;
  };
  cover: { readonly deficit: string; readonly assets: bigint; readonly shares: bigint };
  claim: { readonly assets: bigint };
  "settle-charge": { readonly assets: bigint };
  "top-up-fund": { readonly assets: bigint; readonly shares: bigint };
  "withdraw-fund": { readonly assets: bigint; readonly shares: bigint };
  recapitalise: { readonly assets: bigint };
  "retire-class": { readonly shares: bigint };
  "add-reserves": { readonly assets: bigint };
  "withdraw-reserves": { readonly assets: bigint };
  "pay-treasury": { readonly assets: bigint };
  "layer-action": { readonly result: Readonly<Record<string, unknown>> };
}

export interface WriteOffResult {
  readonly deficit: string;
  /** The deficit, base units: absorbed + uncovered. */
  readonly assets: bigint;
  readonly absorbed: bigint;
  readonly uncovered: bigint;
  readonly layers: readonly LayerOutcome[];
  /** Names the holders' balances it was weighed by. */
  readonly epoch: number;
}

export type ActionKind = keyof ActionInputs;

/** Input of one kind of action. */
export type ActionInput<K extends ActionKind> = ActionInputs[K];

/** An action as data, for {@link Ledger.apply}. */
export type LedgerAction = { [K in ActionKind]: { readonly kind: K } & ActionInputs[K] }[ActionKind];

/** What every action answers. */
export interface ReceiptBase<K extends ActionKind> {
  readonly kind: K;
  readonly pool: string;
  readonly entry: JournalEntry;
  /** The key was seen before: nothing was done this time. */
  readonly replayed: boolean;
}

/** What an action did: its entry in the journal, and its figures. */
export type Receipt<K extends ActionKind> = ReceiptBase<K> & ActionResults[K];

/** A receipt of any kind, told apart by `kind`. */
export type AnyReceipt = { [K in ActionKind]: Receipt<K> }[ActionKind];
