// pnpm kill-test:workers [kills] [seed]: kills workers again and again while they replay eight markets on PostgreSQL.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connectPostgres, openQueue, PostgresStore, RangePlan } from "../../src/index.js";
import { goldenJournal } from "../golden.js";
import { rangesOf } from "../jobs/comet-replay.js";
import { MARKETS } from "../jobs/markets.js";
import { postgresBinaries, startPostgres } from "../postgres-server.js";
import { Dice } from "./dice.js";

const [kills = "50", seed = "1"] = process.argv.slice(2);
const binaries = postgresBinaries();
if (binaries === undefined) throw new Error("PostgreSQL is not installed.");
const server = await startPostgres(binaries);
const children = new Set<ChildProcess>();
try {
  const store = await PostgresStore.on(await connectPostgres(server.url));
  const connection = await connectPostgres(server.url);
  const plan = await RangePlan.on(connection);
  const queue = await openQueue(server.url);
  let planned = 0;
  for (const { key, source } of MARKETS) {
    // Small ranges, so that there is something left to do for the last worker.
    const ranges = await plan.add(key, source, rangesOf(source, 2));
    planned += ranges.length;
    await queue.add(key, ranges);
  }
  const applied = async (): Promise<number> => {
    const [row] = await connection.transaction((session) =>
      session.query(`SELECT count(*) AS n FROM ${plan.tables.applied}`),
    );
    return Number(row?.n);
  };
  const dice = new Dice(Number(seed));
  let held = 0;
  for (let k = 0; k < Number(kills); k++) {
    const worker = start();
    const id = await worker.id;
    await pause(dice.below(1500));
    worker.child.kill("SIGKILL");
    await new Promise((resolve) => worker.child.once("close", resolve));
    children.delete(worker.child);
    held += await jobsOf(id);
  }
  const killedWith = await applied();
  const last = start();
  while ((await applied()) < planned) await pause(100);
  last.child.kill("SIGTERM");
  let same = 0;
  for (const { key, source } of MARKETS) {
    const expected = goldenJournal(source);
    const stored = await store.view(key);
    if (stored?.length === expected.length && (await stored.digest()) === expected.digest()) same++;
  }
  process.stdout.write(
    `${kills} kills, seed ${seed}: ${held} of them with a job in hand; ${killedWith} of ${planned} ranges applied by then; ` +
      `in the end ${await applied()} rows for ${planned} ranges, ${same} of ${MARKETS.length} digests those of one process.\n`,
  );
  if (same !== MARKETS.length || (await applied()) !== planned) process.exitCode = 1;
  await queue.close();
  await connection.close();
  await store.close();

  async function jobsOf(worker: string): Promise<number> {
    const [row] = await connection.transaction((session) =>
      session.query("SELECT count(*) AS n FROM graphile_worker.jobs WHERE locked_by = $1", [worker]),
    );
    return Number(row?.n);
  }
} finally {
  for (const child of children) child.kill("SIGKILL");
  await server.stop();
}

function start(): { readonly child: ChildProcess; readonly id: Promise<string> } {
  const script = fileURLToPath(new URL("../jobs/worker.ts", import.meta.url));
  const flags = ["--conditions=@shortfall/source", "--import", "tsx", script, server.url];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const id = new Promise<string>((resolve) => {
    child.stdout.once("data", (text: Buffer) => resolve(text.toString("utf8").trim()));
  });
  return { child, id };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
