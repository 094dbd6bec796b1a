import type { WatchNews } from "./event.js";

/** News on its way to one reader, at most about so many. */
export class NewsQueue implements AsyncIterableIterator<WatchNews> {
  readonly #most: number;
  readonly #waiting: WatchNews[] = [];
  readonly #close: (queue: NewsQueue) => void;
  #ended: { readonly error?: unknown } | undefined;
  #arrived: () => void = () => undefined;
  #taken: () => void = () => undefined;

  constructor(most: number, close: (queue: NewsQueue) => void) {
    this.#most = most;
    this.#close = close;
  }

  push(news: WatchNews): void {
    if (this.#ended) return;
    this.#waiting.push(news);
    this.#arrived();
  }

  /** Nothing more comes, or only the error after what waits. */
  end(failure: { readonly error?: unknown }): void {
    this.#ended ??= failure;
    this.#arrived();
    this.#taken();
  }

  /** Resolves once the reader has taken enough. */
  async room(): Promise<void> {
    while (!this.#ended && this.#waiting.length >= this.#most) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }

  async next(): Promise<IteratorResult<WatchNews, undefined>> {
    for (;;) {
      const news = this.#waiting.shift();
      if (news) {
        this.#taken();
        return { done: false, value: news };
      }
      if (this.#ended) {
        const { error } = this.#ended;
        this.#ended = {};
        if (error !== undefined) throw error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<WatchNews, undefined>> {
    this.#waiting.length = 0;
    this.#close(this);
    this.end({});
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
