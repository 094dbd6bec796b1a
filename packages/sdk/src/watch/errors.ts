import { ShortfallError } from "@shortfall/core";

/** A line is no event. */
export class EventLineError extends ShortfallError {
  readonly code = "SF_EVENT_LINE";

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: string,
    options?: ErrorOptions,
  ) {
    super(
      `Event, ${field}: expected ${expected}, got ${received}. Keep events as they were written.`,
      options,
    );
  }
}

/** What was told before does not follow from the history that is watched now. */
export class WatchHistoryError extends ShortfallError {
  readonly code = "SF_WATCH_HISTORY";

  constructor(
    /** Sequence of the event that was told before. */
    readonly sequence: number,
    readonly expected: string,
    readonly received: string,
  ) {
    super(
      `Event ${sequence} was told as ${expected}, and the history now gives ${received}. It is another history, or it was changed, or another version of the model reads it: watch it with a log of its own.`,
    );
  }
}
