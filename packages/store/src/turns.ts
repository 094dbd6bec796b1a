/** Runs what is handed in one after the other, in order of arrival. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as `work` does; a failure does not hold up the next. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves once everything handed in so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
