/** Where text goes. `process.stdout` fits. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a run of the command sees of the outside; a test passes its own. */
export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, for the progress line only. */
  readonly now: () => number;
  /** Resolves once everything written to standard output has left; at once where absent. */
  readonly flushed?: () => Promise<void>;
  /** For commands that run until they are told to stop; never aborted where absent. */
  readonly stopSignal?: () => AbortSignal;
}
