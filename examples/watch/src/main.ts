// Follows a file that another program writes, and posts what happens in its books to a webhook, each event once though
// the watch breaks off half-way. Both ends stand in this file, on this machine's loopback.
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { comet } from "@shortfall/adapter-compound";
import { eventLine, watch } from "@shortfall/sdk";
import { FollowedFile } from "@shortfall/sources";
import { FileLog } from "./file-log.js";
import { startReceiver } from "./receiver.js";
import { postTo } from "./webhook.js";

const RECORDED = new URL(
  "../../../packages/testing/vectors/compound-v3/10-reserves-covered.jsonl.gz",
  import.meta.url,
);

const folder = await mkdtemp(join(tmpdir(), "shortfall-example-watch-"));
const receiver = await startReceiver();
try {
  const [header, ...lines] = gunzipSync(await readFile(RECORDED))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const file = join(folder, "logs.jsonl");
  await writeFile(file, `${header}\n`);

  // A recorder appends now and then, and not always whole lines.
  const recorder = (async () => {
    const text = lines.map((line) => `${line}\n`).join("");
    for (let at = 0; at < text.length; at += 50_001) await appendFile(file, text.slice(at, at + 50_001));
  })();

  // The first watch is broken off after five events; the second goes on after what the first one kept.
  const log = new FileLog(join(folder, "events.jsonl"));
  const first = await run(file, log, 5);
  await recorder;
  const second = await run(file, log);

  const { events, requests } = receiver;
  const counts = new Map<string, number>();
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
  console.log(`posted ${first} events, broke off, posted ${second} more: ${events.length} in all, each once`);
  for (const [type, count] of [...counts].sort()) console.log(`  ${type} ${count}`);
  const loss = events.find((event) => event.type === "write-off");
  if (loss?.type === "write-off")
    console.log(`first loss: ${loss.recomputed} of ${loss.account} at block ${loss.position.block}`);
  const gaps = events.filter(({ sequence }, index) => sequence !== index).length;
  if (gaps > 0 || requests < events.length) throw new Error("The receiver missed events.");
} finally {
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
}

/** Watches the file as it stands and posts each event before the next; returns how many were posted. */
async function run(file: string, log: FileLog, most = Number.POSITIVE_INFINITY): Promise<number> {
  const source = await FollowedFile.open(file, { once: most === Number.POSITIVE_INFINITY, interval: 5 });
  const watching = watch(source, { adapter: comet, log, from: await log.posted() });
  let count = 0;
  for await (const news of watching) {
    if (news.type === "head") continue;
    await postTo(receiver.url, eventLine(news), `event-${news.sequence}`);
    await log.markPosted(news.sequence + 1);
    if (++count === most) break;
  }
  watching.stop();
  await watching.done;
  return count;
}
