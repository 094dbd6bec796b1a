import type { Journal, JournalEntry } from "@shortfall/core";

/**
 * The entries of a journal from its first on, range after range, also where the journal lets go of its older ones. Made
 * right after the journal, whose opening entries belong to the first range.
 */
export class NewEntries {
  readonly #journal: Journal;
  readonly #gathered: JournalEntry[] = [];
  #next = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
    journal.handOn(() => this.#gather());
  }

  /** Entries since the last time this was asked. */
  take(): JournalEntry[] {
    this.#gather();
    return this.#gathered.splice(0);
  }

  #gather(): void {
    for (const entry of this.#journal.entries(this.#next)) this.#gathered.push(entry);
    this.#next = this.#journal.length;
  }
}
