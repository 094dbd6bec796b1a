import type { AccountTable } from "../accounts.js";
import type { DeficitRegister } from "../deficit.js";
import type { PolicyTrust } from "../waterfall/consult.js";
import type { ActionInputs, ActionKind, ActionResults } from "./actions.js";
import type { Draft } from "./draft.js";

/** What transitions may read beside the pool. */
export interface LedgerContext {
  readonly accounts: AccountTable;
  readonly deficits: DeficitRegister;
  readonly trust: PolicyTrust;
}

/** What a transition worked out, beside the draft. */
export interface Outcome<K extends ActionKind> {
  readonly result: ActionResults[K];
  /** Whose action it was. */
  readonly account?: string;
  readonly deficit?: string;
  /** Sequence of the entry it reverses. */
  readonly reverses?: number;
  /** Says more in the entry, where the input's own memo is absent. */
  readonly memo?: string;
}

/** Works an action out on a draft, or throws. Writes nothing itself. */
export type Transition<K extends ActionKind> = (
  draft: Draft,
  input: ActionInputs[K],
  context: LedgerContext,
) => Outcome<K>;
