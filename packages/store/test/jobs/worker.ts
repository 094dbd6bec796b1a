// A worker in a process of its own: replays recorded traces until it is killed or told to stop.
import { startWorker } from "../../src/index.js";
import { openComet } from "./comet-replay.js";

const worker = await startWorker({ database: process.argv[2]!, open: openComet, silence: 2 });
process.stdout.write(`${worker.id}\n`);
process.once("SIGTERM", () => {
  worker.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
