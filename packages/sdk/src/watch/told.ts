import { canonicalJson, digestText } from "@shortfall/core";
import { WatchHistoryError } from "./errors.js";
import type { EventDraft, WatchEvent } from "./event.js";

/** An event that was told and still holds. */
interface Held {
  readonly sequence: number;
  /** Digest of what it says. */
  readonly content: string;
  readonly block: number;
}

/**
 * What was told so far, against which drafts of a history that is read again are held: the first ones must be those told
 * before, in order, and only what goes beyond them is new.
 */
export class Told {
  #held: Held[] = [];
  #next = 0;
  /** Events of `#held` that the present reading has given again. */
  #again = 0;

  /** Takes over an event that was told before. */
  add(event: WatchEvent): void {
    this.#next = event.sequence + 1;
    if (event.type === "reorg") {
      const gone = new Set(event.retracts);
      this.#held = this.#held.filter(({ sequence }) => !gone.has(sequence));
    } else {
      const { sequence, final: _, ...draft } = event;
      this.#held.push({ sequence, content: contentOf(draft), block: event.position.block });
    }
  }

  /** The history is read from its start again. */
  restart(): void {
    this.#again = 0;
  }

  /**
   * The event of a draft, numbered; undefined where it was told before.
   *
   * @throws {WatchHistoryError} something else was told at this point.
   */
  number(draft: EventDraft, finalBlock: number | null): WatchEvent | undefined {
    const held = this.#held[this.#again];
    const content = contentOf(draft);
    if (held) {
      if (held.content !== content) throw new WatchHistoryError(held.sequence, held.content, describe(draft));
      this.#again++;
      return undefined;
    }
    const final = finalBlock !== null && draft.position.block <= finalBlock;
    const event = { ...draft, sequence: this.#next, final } as WatchEvent;
    this.add(event);
    this.#again++;
    return event;
  }

  /** Takes back what the present reading has not given again; undefined if that is nothing. */
  retract(fromBlock: number): WatchEvent | undefined {
    const retracts = this.#held.slice(this.#again).map(({ sequence }) => sequence);
    if (retracts.length === 0) return undefined;
    const event: WatchEvent = { type: "reorg", sequence: this.#next, fromBlock, retracts };
    this.add(event);
    return event;
  }
}

const contentOf = (draft: EventDraft): string => digestText(canonicalJson(draft)).slice(0, 32);

const describe = (draft: EventDraft): string =>
  `${contentOf(draft)} (${draft.type}, block ${draft.position.block})`;
