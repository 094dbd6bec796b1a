import { EventEmitter } from "eventemitter3";
import type { DeficitRecord } from "./deficit.js";
import type { JournalEntry } from "./journal/entry.js";
import type { ActionKind, Receipt } from "./ledger/actions.js";

/** What a listener threw, and on what. */
export interface ListenerFailure {
  readonly event: string;
  readonly cause: unknown;
}

/** Events of a ledger by name: one for each kind of action, with its receipt, and three that cut across. */
export type LedgerEvents = { readonly [K in ActionKind]: Receipt<K> } & {
  /** Every entry of the journal. */
  readonly entry: JournalEntry;
  /** A deficit was recognised or changed; as it stands now. */
  readonly deficit: DeficitRecord;
  /** A listener threw. The ledger is unharmed and other listeners were called. */
  readonly error: ListenerFailure;
};

export type LedgerEventName = keyof LedgerEvents;
export type LedgerListener<N extends LedgerEventName> = (payload: LedgerEvents[N]) => void;

/**
 * Typed events over eventemitter3 in which a throwing listener harms nobody: the others are still called and
 * the failure goes to `error`. What a listener of `error` itself throws is counted in {@link lost}.
 */
export class GuardedEmitter<Events extends { readonly error: ListenerFailure }> {
  readonly #emitter = new EventEmitter();
  /** How to take each listener off, by event. */
  readonly #remove = new Map<string, Map<unknown, () => void>>();
  readonly #waiting: [event: string, payload: unknown][] = [];
  #sending = false;
  #lost = 0;

  /** Failures that could not be reported: nobody listened to `error`, or its listener threw as well. */
  get lost(): number {
    return this.#lost;
  }

  /** Calls `listener` after every such event. Adding it twice changes nothing. Returns how to take it off. */
  on<N extends keyof Events & string>(event: N, listener: (payload: Events[N]) => void): () => void {
    const known = this.#remove.get(event) ?? new Map<unknown, () => void>();
    this.#remove.set(event, known);
    if (!known.has(listener)) {
      const guarded = (payload: Events[N]) => {
        try {
          const returned: unknown = listener(payload);
          // An async listener fails later; its rejection must not end the process.
          if (returned instanceof Promise) returned.catch((cause: unknown) => this.#fail(event, cause));
        } catch (cause) {
          this.#fail(event, cause);
        }
      };
      this.#emitter.on(event, guarded);
      known.set(listener, () => this.#emitter.off(event, guarded));
    }
    return () => this.off(event, listener);
  }

  off<N extends keyof Events & string>(event: N, listener: (payload: Events[N]) => void): void {
    const known = this.#remove.get(event);
    known?.get(listener)?.();
    known?.delete(listener);
  }

  /** Whether building a payload is worth it. */
  hasListeners(event: keyof Events & string): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }

  /** Tells the listeners; while others are being told, waits until they have been. */
  emit<N extends keyof Events & string>(event: N, payload: Events[N]): void {
    this.#waiting.push([event, payload]);
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#emitter.emit(...next);
    }
    this.#sending = false;
  }

  #fail(event: string, cause: unknown): void {
    if (event === "error" || !this.hasListeners("error")) this.#lost++;
    else this.#emitter.emit("error", { event, cause } satisfies ListenerFailure);
  }
}

/** Events of a ledger. */
export class LedgerEmitter extends GuardedEmitter<LedgerEvents> {
  /** `emit` for a receipt whose kind is only known as a type. */
  emitReceipt<K extends ActionKind>(kind: K, receipt: Receipt<K>): void {
    this.emit(kind, receipt as never);
  }
}
