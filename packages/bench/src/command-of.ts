import { run } from "@shortfall/cli";

/* Run by itself: does what the command does with the arguments given, and prints the peak of its memory in KiB. */

const silent = { isTTY: false, columns: 80, write: () => true };
const code = await run(process.argv.slice(2), {
  stdout: silent,
  stderr: process.stderr,
  env: {},
  now: Date.now,
  flushed: async () => {},
  stopSignal: () => new AbortController().signal,
});
process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
process.exitCode = code;
