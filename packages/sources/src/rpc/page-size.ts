/** Pages that must pass before a size that failed is tried again. */
const FORGET_AFTER = 16;

/**
 * How many blocks to ask for: shrinks at once when an endpoint refuses, grows by a quarter with each page that
 * passes, and stays below a size that failed until some pages have passed.
 */
export class PageSize {
  readonly #largest: number;
  #size: number;
  #ceiling: number;
  #passed = 0;

  constructor(largest: number) {
    this.#largest = largest;
    this.#size = largest;
    this.#ceiling = largest;
  }

  get blocks(): number {
    return this.#size;
  }

  /**
   * A page of `blocks` was refused. A proposed range is taken if it starts where the page does and is shorter; else
   * the page is halved.
   */
  refused(fromBlock: number, blocks: number, hint?: readonly [number, number]): void {
    const proposed = hint && hint[0] === fromBlock ? hint[1] - hint[0] + 1 : 0;
    this.#size = proposed >= 1 && proposed < blocks ? proposed : Math.max(1, blocks >> 1);
    this.#ceiling = Math.max(this.#size, blocks - 1);
    this.#passed = 0;
  }

  passed(): void {
    this.#passed++;
    if (this.#passed % FORGET_AFTER === 0) this.#ceiling = Math.min(this.#largest, this.#ceiling * 2);
    this.#size = Math.min(this.#ceiling, this.#size + Math.max(1, this.#size >> 2));
  }
}
