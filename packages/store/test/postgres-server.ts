import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";

const DEBIAN = "/usr/lib/postgresql";

/** Folder with `initdb` and `postgres`, undefined where PostgreSQL is not installed. */
export function postgresBinaries(): string | undefined {
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin")) : [];
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...debian.sort().reverse()];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

/** A server of its own, on a loopback port, in a temporary folder. */
export interface PostgresServer {
  readonly url: string;
  /** Kills the server and its children as a power cut would, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; root runs it as the distribution's own user. */
function runAs(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

export async function startPostgres(binaries: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "shortfall-postgres-"));
  const user = runAs();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH ?? "", LC_ALL: "C" } };
  const settings = ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(binaries, "initdb"), settings, { ...options, stdio: "ignore" });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const listen = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder];
  const start = (): ChildProcess =>
    spawn(join(binaries, "postgres"), listen, { ...options, stdio: "ignore", detached: true });
  let server = start();
  // After a crash it refuses to start while children of the last one still hold its memory.
  const again = (): void => {
    if (server.exitCode !== null) server = start();
  };
  await answers(url, again);
  const end = async (signal: NodeJS.Signals, whole: boolean): Promise<void> => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    // Its children are in its process group.
    if (server.pid !== undefined) process.kill(whole ? -server.pid : server.pid, signal);
    await ended;
  };
  return {
    url,
    async crash() {
      await end("SIGKILL", true);
      rmSync(join(data, "postmaster.pid"), { force: true });
      server = start();
      await answers(url, again);
    },
    async stop() {
      await end("SIGINT", false);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, retry: () => void): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client(url);
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
      retry();
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
