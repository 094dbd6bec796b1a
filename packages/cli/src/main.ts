#!/usr/bin/env node
import process from "node:process";
import { run } from "./program.js";

// A reader that stops early, such as `head`, is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  flushed: () =>
    new Promise((resolve) => {
      process.stdout.write("", () => resolve());
    }),
  stopSignal: untilSignalled,
}).then((code) => {
  process.exitCode = code;
});

/** Aborted by Ctrl-C or a request to end; the second one ends the process at once. */
function untilSignalled(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
