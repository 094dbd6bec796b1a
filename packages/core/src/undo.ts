/** Something whose rows can be put back. */
export interface Restorable {
  restore(id: number, value: bigint): void;
}

/**
 * Records the rows that a trial overwrites, so that a proposal which does not fit can be taken back.
 *
 * Adapters propose an operation, execute it, and keep it only if its logs are the observed ones. Marks nest.
 */
export class UndoLog {
  readonly #targets: Restorable[] = [];
  readonly #ids: number[] = [];
  readonly #values: bigint[] = [];

  /** Position to come back to. */
  mark(): number {
    return this.#ids.length;
  }

  record(target: Restorable, id: number, value: bigint): void {
    this.#targets.push(target);
    this.#ids.push(id);
    this.#values.push(value);
  }

  /** Puts back everything recorded since `mark`, newest first. */
  rollback(mark: number): void {
    for (let k = this.#ids.length - 1; k >= mark; k--)
      this.#targets[k]!.restore(this.#ids[k]!, this.#values[k]!);
    this.#truncate(mark);
  }

  /** Forgets everything: what was done stays done. */
  clear(): void {
    this.#truncate(0);
  }

  #truncate(length: number): void {
    this.#targets.length = length;
    this.#ids.length = length;
    this.#values.length = length;
  }
}
