import type { WatchEvent } from "./event.js";

/** Keeps what was told, so that a watch that starts again goes on after it. */
export interface EventLog {
  /** All events kept, in order. Read once, before the first append. */
  read(): AsyncIterable<WatchEvent>;
  /** Keeps events, all or none, and returns once they are durable; only then are they told. */
  append(events: readonly WatchEvent[]): Promise<void>;
}

/** A log that lasts as long as the process: every watch begins anew. */
export const forgetfulLog = (): EventLog => ({
  async *read() {},
  append: async () => undefined,
});
